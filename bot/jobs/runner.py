"""Carries each listing from a link to its finished message, across restarts.

A job is a document in MongoDB under a lease. One process holds it, shows the listing, lets the
resolver look up its tracks, edits the message as they come, settles the quota and ends the job.
A process that stops gives its leases back; one that dies loses them to whoever claims them next.
"""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.clock import utc_now
from bot.errors import StoreUnavailable
from bot.jobs.execution import Carrier, Entry
from bot.jobs.heartbeat import Heartbeat
from bot.jobs.leases import Leases
from bot.jobs.queues import UserQueues
from bot.jobs.stored_listing import stored_view, whole_view
from bot.models.job import JobState
from bot.models.view import State
from bot.telemetry import Mask

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.clock import Clock
    from bot.jobs.presenter import Presenter
    from bot.models.job import Job
    from bot.models.view import ListingView
    from bot.quota.meter import Meter
    from bot.resolve.resolver import Resolver
    from bot.storage.jobs import Jobs

END_S = 3.0  # the longest that a button waits for a list that ended to be stored


class Runner:
    """Runs the jobs of this process: side by side for different users, in turn for one."""

    def __init__(
        self,
        resolver: Resolver,
        *,
        jobs: Jobs,
        meter: Meter,
        presenter: Presenter,
        clock: Clock = utc_now,
        afterwards: Callable[[Job, ListingView], Awaitable[None]] | None = None,
        mask: Mask | None = None,
    ) -> None:
        """`afterwards` is called once for each listing that came to its end.

        `mask` takes secrets out of the reasons that are stored with failed jobs; without one, those
        that are secret by their form.
        """
        self._resolver = resolver
        self._jobs = jobs
        self._presenter = presenter
        self._clock = clock
        self._leases = Leases(jobs)
        self._carrier = Carrier(
            resolver,
            jobs=jobs,
            leases=self._leases,
            meter=meter,
            presenter=presenter,
            clock=clock,
            afterwards=afterwards,
            mask=mask or Mask(),
        )
        self._lanes = UserQueues(self._carrier)
        self._heartbeat = Heartbeat(self._leases, self._lanes)
        self._keeper: asyncio.Task[None] | None = None

    @property
    def idle(self) -> bool:
        """Whether nothing runs or waits here."""
        return not self._lanes.entries

    def start(self) -> None:
        """Begin to keep leases alive and to take over jobs that nobody holds."""
        self._keeper = asyncio.create_task(self._heartbeat.keep())

    async def stop(self) -> None:
        """Bring every job to a safe point and give its lease back. Nothing is settled or ended."""
        tasks = [*self._lanes.tasks, *([self._keeper] if self._keeper else [])]
        held = [job_id for job_id, entry in self._lanes.entries.items() if entry.claimed]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._resolver.saved()
        with contextlib.suppress(StoreUnavailable):
            await self._leases.write()  # the next start must know which messages were sent
            await asyncio.gather(*map(self._leases.give_back, held))

    async def submit(self, job: Job, *, store: bool = True) -> bool:
        """Store a job and start it; False when it was there already.

        With the store down the job runs all the same: its Spotify links need no memory. Whoever
        knows that it is down says so by `store`. Raises StoreUnavailable when it is down and
        there are too many jobs already.
        """
        if job.id in self._lanes.entries:
            return False
        if self._lanes.full:
            return await self._jobs.accept(job)  # the heartbeat takes it when there is room
        # Known here before it is stored: the heartbeat may come upon it at once.
        entry = self._lanes.entries[job.id] = Entry(job, claimed=not store, stored=store)
        if not self._lanes.busy(job.user_id):
            self._carrier.read(entry)
        try:
            fresh = await self._jobs.accept(job) if store else True
        except StoreUnavailable:
            fresh = entry.claimed = True
            entry.stored = False
        except BaseException:
            self._lanes.leave(entry)
            raise
        if fresh:
            self._lanes.enter(entry)
        else:
            self._lanes.leave(entry)
        return fresh

    def running(self, job_id: str) -> Job | None:
        """A job whose listing this process is showing."""
        entry = self._lanes.entries.get(job_id)
        return entry.showing.job if entry and entry.showing else None

    def answered(self, job_id: str) -> bool:
        """Whether a job that was submitted here has a message, or is no longer here."""
        entry = self._lanes.entries.get(job_id)
        return entry is None or entry.now.reply_id is not None

    async def ended(self, job_id: str) -> bool:
        """Wait until a job has left this process; whether its listing came to its end."""
        entry = self._lanes.entries.get(job_id)
        if entry is None:
            return True
        await entry.over.wait()
        return entry.whole

    async def whole(self, job: Job) -> ListingView | None:
        """The listing with all that was found; None while it is still being looked up.

        Raises SourceError and StoreUnavailable.
        """
        entry = self._lanes.entries.get(job.id)
        shown = entry.showing.view() if entry and entry.showing else None
        if shown.state is State.RUNNING if shown else job.state is not JobState.DONE:
            return None
        return await whole_view(self._resolver, job, shown)

    async def stored(self, job: Job, page: int) -> ListingView | None:
        """A page of a listing from what is stored; None while it is still being looked up.

        Its end is in the chat a moment before it is stored, which is waited for. Raises
        SourceError and StoreUnavailable.
        """
        if entry := self._lanes.entries.get(job.id):
            view = entry.showing.view() if entry.showing else None
            if view is None or view.state is State.RUNNING:
                return None
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(END_S):
                    await entry.over.wait()
            job = await self._jobs.get(job.id) or job
        return await stored_view(self._resolver, job, page) if job.state is JobState.DONE else None

    async def turn(self, job: Job, page: int) -> bool:
        """Show another page of a listing, running or done; False when it has no such page.

        Raises SourceError, StoreUnavailable and ChatClosed.
        """
        entry = self._lanes.entries.get(job.id)
        if entry and entry.showing:
            return await entry.showing.turn(page)
        view = await stored_view(self._resolver, job, page, now=self._clock())
        if page >= view.pages:
            return False
        shown = await self._presenter.show(job, lambda: view)
        await self._leases.save(replace(shown or job, page=page))
        return True

    async def cancel(self, user_id: int, job_id: str | None = None) -> int:
        """Stop a user's jobs, or one of them; how many. What is found stays and is paid."""
        chosen = [each for each in self._lanes.of(user_id) if job_id in (None, each.job.id)]
        for entry in chosen:
            if entry.showing:
                entry.showing.stop()
            elif self._lanes.is_first(entry):
                entry.stopped = True  # it is about to begin
                await self._leases.finish(entry.job, {})
            else:
                self._lanes.take_out(entry)
                await self._carrier.drop(entry)
        if chosen and job_id:
            return len(chosen)
        return len(chosen) + await self._leases.cancel(user_id, job_id)

    async def leave(self, chat_id: int) -> None:
        """End the jobs of a chat that is closed. Raises StoreUnavailable."""
        for entry in list(self._lanes.entries.values()):
            if entry.now.chat_id == chat_id:
                entry.stopped = True
                if entry.showing:
                    entry.showing.stop()
        await self._jobs.leave(chat_id)
