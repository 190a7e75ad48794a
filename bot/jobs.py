"""Carries each listing from a link to its finished message, across restarts.

A job is a document in MongoDB under a lease. One process holds it, shows the listing, lets the
resolver look up its tracks, edits the message as they come, settles the quota and ends the job.
A process that stops gives its leases back; one that dies loses them to whoever claims them next.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections import deque
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import structlog

from bot.again import continued
from bot.clock import utc_now
from bot.errors import ChatBusy, ChatClosed, StoreUnavailable, TracklinkError
from bot.opening import read_for
from bot.render.views import State
from bot.showing import Showing, stored_view, whole_view
from bot.storage.jobs import JobState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.clock import Clock
    from bot.models import Listing
    from bot.quota.meter import Meter
    from bot.render.views import ListingView
    from bot.resolver import Resolver
    from bot.showing import Outlet
    from bot.storage.jobs import Job, Jobs

log = structlog.get_logger()

LEASE_S = 25.0  # a dead process loses its jobs within 30 s (issue: durable jobs), claims included
HEARTBEAT_S = 5.0
WAIT_NOTE_AFTER_S = 1.5  # a turn that comes sooner needs no word about waiting
MOST_ATTEMPTS = 3  # a job that failed this often will fail again
AGAIN_S = 30.0  # until a job is tried again whose chat takes nothing; doubled with each attempt


@dataclass(eq=False, slots=True)
class Entry:
    """A job of this process. `claimed`: its lease is held, or there is none to hold.

    `stored`: it is in MongoDB, as far as is known.
    `reading` fetches its listing: it begins while the job is still being stored.
    """

    job: Job
    reading: asyncio.Task[Listing] | None = None
    claimed: bool = False
    stored: bool = True
    stopped: bool = False
    showing: Showing | None = None
    note: asyncio.Task[None] | None = None
    telling: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def now(self) -> Job:
        """The job as it stands, with its message."""
        return self.showing.job if self.showing else self.job


class Runner:
    """Runs the jobs of this process: side by side for different users, in turn for one."""

    def __init__(
        self,
        resolver: Resolver,
        *,
        jobs: Jobs,
        meter: Meter,
        outlet: Outlet,
        clock: Clock = utc_now,
    ) -> None:
        self._resolver = resolver
        self._jobs = jobs
        self._meter = meter
        self._outlet = outlet
        self._clock = clock
        self._owner = secrets.token_hex(6)
        self._entries: dict[str, Entry] = {}
        self._lanes: dict[int, deque[Entry]] = {}  # by user; the first one runs
        self._workers: set[asyncio.Task[None]] = set()
        self._keeper: asyncio.Task[None] | None = None

    @property
    def idle(self) -> bool:
        """Whether nothing runs or waits here."""
        return not self._entries

    def start(self) -> None:
        """Begin to keep leases alive and to take over jobs that nobody holds."""
        self._keeper = asyncio.create_task(self._keep())

    async def stop(self) -> None:
        """Bring every job to a safe point and give its lease back. Nothing is settled or ended."""
        notes = {entry.note for entry in self._entries.values() if entry.note}
        tasks = [*self._workers, *notes, *([self._keeper] if self._keeper else [])]
        held = [job_id for job_id, entry in self._entries.items() if entry.claimed]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._resolver.saved()
        with contextlib.suppress(StoreUnavailable):
            for job_id in held:
                await self._jobs.release(job_id, self._owner)

    async def submit(self, job: Job, *, store: bool = True) -> bool:
        """Store a job and start it; False when it was there already.

        With the store down the job runs all the same: its Spotify links need no memory. Whoever
        knows that it is down says so by `store`.
        """
        if job.id in self._entries:
            return False
        # Known here before it is stored: `_recover` may come upon it at once.
        entry = self._entries[job.id] = Entry(job, claimed=not store, stored=store)
        if job.user_id not in self._lanes:
            self._read(entry)
        try:
            fresh = await self._jobs.accept(job) if store else True
        except StoreUnavailable:
            fresh = entry.claimed = True
            entry.stored = False
        except BaseException:
            self._leave(entry)
            raise
        if fresh:
            self._enter(entry)
        else:
            self._leave(entry)
        return fresh

    def running(self, job_id: str) -> Job | None:
        """A job whose listing this process is showing."""
        entry = self._entries.get(job_id)
        return entry.showing.job if entry and entry.showing else None

    async def whole(self, job: Job) -> ListingView | None:
        """The listing with all that was found; None while it is still being looked up.

        Raises SourceError and StoreUnavailable.
        """
        entry = self._entries.get(job.id)
        shown = entry.showing.view() if entry and entry.showing else None
        if shown.state is State.RUNNING if shown else job.state is not JobState.DONE:
            return None
        return await whole_view(self._resolver, job, shown)

    async def turn(self, job: Job, page: int) -> bool:
        """Show another page of a listing, running or done; False when it has no such page.

        Raises SourceError, StoreUnavailable and ChatClosed.
        """
        entry = self._entries.get(job.id)
        if entry and entry.showing:
            return await entry.showing.turn(page)
        view = await stored_view(self._resolver, job, page, now=self._clock())
        if page >= view.pages:
            return False
        await self._outlet.show(job, view)
        await self._save(replace(job, page=page))
        return True

    async def cancel(self, user_id: int, job_id: str | None = None) -> int:
        """Stop a user's jobs, or one of them; how many. What is found stays and is paid."""
        chosen = [e for e in self._lanes.get(user_id, ()) if job_id in (None, e.job.id)]
        for entry in chosen:
            if entry.showing:
                entry.showing.stop()
            elif entry is self._lanes[user_id][0]:
                entry.stopped = True  # it is about to begin
                await self._finish(entry.job)
            else:
                self._lanes[user_id].remove(entry)
                await self._drop(entry)
        elsewhere = 0
        if job_id is None:
            with contextlib.suppress(StoreUnavailable):
                elsewhere = await self._jobs.cancel_waiting(user_id)
        return len(chosen) + elsewhere

    async def leave(self, chat_id: int) -> None:
        """End the jobs of a chat that is closed. Raises StoreUnavailable."""
        for entry in list(self._entries.values()):
            if entry.now.chat_id == chat_id:
                entry.stopped = True
                if entry.showing:
                    entry.showing.stop()
        await self._jobs.leave(chat_id)

    def _enter(self, entry: Entry) -> None:
        user_id = entry.job.user_id
        self._entries[entry.job.id] = entry
        if user_id in self._lanes:
            self._lanes[user_id].append(entry)
            entry.note = asyncio.create_task(self._tell_waiting(entry))
            return
        self._lanes[user_id] = deque([entry])
        worker = asyncio.create_task(self._work(user_id))
        self._workers.add(worker)
        worker.add_done_callback(self._workers.discard)

    def _leave(self, entry: Entry) -> None:
        del self._entries[entry.job.id]
        if entry.reading:
            entry.reading.cancel()

    def _read(self, entry: Entry) -> asyncio.Task[Listing]:
        if entry.reading is None:
            entry.reading = asyncio.create_task(
                read_for(entry.job, self._resolver, stored=entry.stored)
            )
            # A job that ends before it looks leaves nothing behind that nobody asked for.
            entry.reading.add_done_callback(lambda task: task.cancelled() or task.exception())
        return entry.reading

    async def _work(self, user_id: int) -> None:
        """Run a user's jobs in turn until none is left."""
        lane = self._lanes[user_id]
        try:
            while lane:
                try:
                    await self._run(lane[0])
                finally:
                    self._leave(lane.popleft())
        finally:
            del self._lanes[user_id]

    async def _tell_waiting(self, entry: Entry) -> None:
        """Say what a job waits for; the message becomes its listing later."""
        await asyncio.sleep(WAIT_NOTE_AFTER_S)
        async with entry.telling:
            if entry.showing:
                return
            ahead = self._lanes[entry.job.user_id][0].showing
            with contextlib.suppress(ChatClosed, ChatBusy):
                reply_id = await self._outlet.waiting(entry.job, ahead.view() if ahead else None)
                entry.job = replace(entry.job, reply_id=reply_id)
                await self._save(entry.job)

    async def _run(self, entry: Entry) -> None:
        try:
            if not entry.claimed and not await self._claim(entry):
                return
            async with entry.telling:  # a note on its way is edited, not followed by a second one
                entry.showing = Showing(
                    entry.job,
                    self._read(entry),
                    self._resolver,
                    self._meter,
                    self._outlet,
                    save=self._save,
                    stored=entry.stored,
                    clock=self._clock,
                )
            if entry.stopped:
                entry.showing.stop()
            await self._carry(entry.job, entry.showing)
        except ChatClosed:
            log.info("chat closed", job=entry.job.id)
            await self._finish(entry.job)
        except ChatBusy as error:
            await self._put_off(entry, error)
        except Exception:
            log.exception("job failed", job=entry.job.id)
            await self._give_up(entry.now)

    async def _claim(self, entry: Entry) -> bool:
        """Take the lease. False when the job is another process's or was ended meanwhile."""
        try:
            claimed = await self._jobs.claim_id(entry.job.id, self._owner, lease_s=LEASE_S)
            if claimed is None:  # `_recover` may have been faster
                job = await self._jobs.get(entry.job.id)
                claimed = job if job and job.owner == self._owner else None
        except StoreUnavailable:
            return True
        entry.claimed = claimed is not None
        return entry.claimed

    async def _carry(self, job: Job, showing: Showing) -> None:
        if job.attempts > MOST_ATTEMPTS:
            log.error("job given up", job=job.id, attempts=job.attempts)
            await self._give_up(job)
            return
        outcome = await showing.carry()
        if showing.again_at:
            with contextlib.suppress(StoreUnavailable):
                await self._jobs.accept(continued(showing.job, showing.again_at))
        await self._finish(job, outcome)

    async def _put_off(self, entry: Entry, error: ChatBusy) -> None:
        """Give the job back, for whoever claims it when Telegram may take it again."""
        wait = max(error.retry_in_s, AGAIN_S * 2**entry.job.attempts)
        log.warning("job put off", job=entry.job.id, reason=str(error), seconds=wait)
        with contextlib.suppress(StoreUnavailable):
            await self._jobs.release(entry.job.id, self._owner, retry_in_s=wait)

    async def _give_up(self, job: Job) -> None:
        """End a job that fails by itself. Where even that can't be said, it is in the log."""
        try:
            await self._outlet.problem(job, TracklinkError())
        except Exception as error:  # noqa: BLE001 - whatever it is, the user's next job must run
            log.warning("failure not told", job=job.id, error=str(error))
        await self._finish(job)

    async def _drop(self, entry: Entry) -> None:
        """End a job that has not begun."""
        self._leave(entry)
        async with entry.telling:
            if entry.note:
                entry.note.cancel()
            with contextlib.suppress(ChatClosed, ChatBusy):
                await self._outlet.stopped(entry.job)
        await self._finish(entry.job)

    async def _save(self, job: Job) -> None:
        with contextlib.suppress(StoreUnavailable):
            await self._jobs.save(job.id, reply_id=job.reply_id, page=job.page)

    async def _finish(self, job: Job, outcome: Mapping[str, Any] | None = None) -> None:
        try:
            await self._jobs.finish(job.id, outcome or {})
        except StoreUnavailable as error:
            # Whoever claims it later edits the same message and finds all of it stored.
            log.warning("job not ended", job=job.id, error=str(error))

    async def _keep(self) -> None:
        while True:
            try:
                await self._recover()
                for job_id, entry in list(self._entries.items()):
                    if entry.claimed:
                        await self._jobs.renew(job_id, self._owner, lease_s=LEASE_S)
            except StoreUnavailable as error:
                log.warning("leases not renewed", error=str(error))
            await asyncio.sleep(HEARTBEAT_S)

    async def _recover(self) -> None:
        """Take over what nobody holds: after a restart, or from a process that died."""
        while job := await self._jobs.claim(self._owner, lease_s=LEASE_S):
            if entry := self._entries.get(job.id):
                entry.claimed = True
                continue
            log.info("job taken over", job=job.id, attempts=job.attempts)
            self._enter(Entry(job, claimed=True))
