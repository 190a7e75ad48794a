"""Carries each listing from a link to its finished message, across restarts.

A job is a document in MongoDB under a lease. One process holds it, shows the listing, lets the
resolver look up its tracks, edits the message as they come, settles the quota and ends the job.
A process that stops gives its leases back; one that dies loses them to whoever claims them next.
"""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING

from bot.errors import StoreUnavailable, UnsupportedLink
from bot.jobs.allowance import GROUPS, as_shown
from bot.jobs.editor import MessageEditor
from bot.jobs.execution import JobExecution
from bot.jobs.heartbeat import Heartbeat
from bot.jobs.queues import UserQueues
from bot.models.job import JobState, seconds_to
from bot.models.outline import READ_WHOLE
from bot.models.results import Counts, allowed_songs, songs
from bot.models.view import ListingView, State, page_rows

if TYPE_CHECKING:
    from collections.abc import Collection

    from bot.errors import SourceError
    from bot.jobs.execution import JobContext
    from bot.models import Finding, Listing
    from bot.models.job import Job

READ_AT_ONCE = 600  # rows, where all recordings are looked for: 20 ms


class Runner:
    """Runs the jobs of this process: side by side for different users, in turn for one."""

    def __init__(self, context: JobContext) -> None:
        self._context = context
        self._jobs = context.jobs
        self._queues = UserQueues(context.places)
        self._heartbeat = Heartbeat(context, self._queues)
        self._keeper: asyncio.Task[None] | None = None

    @property
    def idle(self) -> bool:
        """Whether nothing runs or waits here, and no message has links to come."""
        return not self._queues.entries and not self._context.filling

    def start(self) -> None:
        """Begin to keep leases alive and to take over jobs that nobody holds."""
        self._keeper = asyncio.create_task(self._heartbeat.keep())

    async def stop(self) -> None:
        """Bring every job to a safe point and give its lease back. Nothing is settled or ended."""
        unstored = [each for each in self._queues.entries.values() if each.is_only_here]
        tasks = [*self._queues.tasks, *([self._keeper] if self._keeper else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, self._stop_filling(), return_exceptions=True)
        await self._stop_filling()  # of messages that were on their way
        await self._context.resolver.saved()
        with contextlib.suppress(StoreUnavailable):
            for execution in unstored:
                await self._context.outbox.hand_in(execution.job)
            # The next start must know which messages were sent.
            await self._context.outbox.write()
            await self._jobs.release_all()

    async def submit(self, job: Job, *, store: bool = True) -> bool:
        """Store a job and start it; False when it was there already.

        With the store down the job runs all the same, and is stored when it is back. Whoever
        knows that it is down says so by `store`. Raises StoreUnavailable when it is down and
        there are too many jobs already, or another process could have the job: one that was given
        up may have been stored all the same.
        """
        if job.id in self._queues.entries:
            return False
        if not self._queues.has_turn(job):
            try:
                return await self._put_off(job, store=store)
            except StoreUnavailable:
                if self._queues.full:
                    raise
                store = False  # known now
        alone = not self._queues.busy(job.user_id)
        # Known here before it is stored: the heartbeat may come upon one that waits at once.
        execution = JobExecution(job, self._context, claimed=not store, stored=store)
        self._queues.entries[job.id] = execution
        if alone:
            execution.read()
        try:
            fresh = await self._store(execution, alone=alone, store=store)
        except StoreUnavailable:
            if not self._context.alone:
                self._queues.leave(execution)
                raise
            fresh = execution.claimed = True
            execution.stored = False
        except BaseException:
            self._queues.leave(execution)
            raise
        if fresh:
            self._queues.enter(execution)
        else:
            self._queues.leave(execution)
        return fresh

    async def _put_off(self, job: Job, *, store: bool) -> bool:
        """Leave a job in the store, where the heartbeat finds it when there is a place."""
        if not store:
            raise StoreUnavailable("known to be down")
        waits = self._queues.busy(job.user_id)
        self._queues.pass_over(job, waits=waits)
        fresh = await self._jobs.accept(job)
        self._queues.pass_over(job, waits=waits)  # it came into the store between two looks
        return fresh

    async def _store(self, execution: JobExecution, *, alone: bool, store: bool) -> bool:
        """Store a new job, with its lease where its turn is now; False when it was there already.

        Another process may run one of the same user: then it is to wait.
        """
        if not store:
            raise StoreUnavailable("known to be down")
        started = await self._jobs.start(execution.job) if alone else None
        if started:
            execution.hold(started)
            return True
        execution.read_again()
        return await self._jobs.accept(execution.job)

    async def _stop_filling(self) -> None:
        await asyncio.gather(*(each.stop_filling() for each in self._context.filling.values()))

    def running(self, job_id: str) -> Job | None:
        """A job whose listing this process is showing."""
        execution = self._queues.entries.get(job_id)
        return execution.job if execution and execution.begun else None

    def answered(self, job_id: str) -> bool:
        """Whether a job that was submitted here has a message, or is no longer here."""
        execution = self._queues.entries.get(job_id)
        return execution is None or execution.job.reply_id is not None

    async def ended(self, job_id: str) -> bool:
        """Wait until a job has left this process; whether its listing came to its end."""
        execution = self._queues.entries.get(job_id)
        if execution is None:
            return True
        await execution.over.wait()
        return execution.whole

    async def whole(self, job: Job, *, reasons: bool = False) -> ListingView | None:
        """The listing with all that is stored of it; None while it is looked up.

        `reasons` say why. Raises UnsupportedLink and StoreUnavailable.
        """
        shown = self._shown(job)
        if _is_running(shown, job):
            return None
        if shown is None:
            view = self._view(job, await self._listing(job), job.page)
            wanted = allowed_songs(view.listing, view.allowed)
            return await self._with_results(job, view, wanted, whole=True, reasons=reasons)
        wanted = allowed_songs(shown.listing, shown.allowed)
        known = await self._context.resolver.known(
            shown.listing, wanted, lane=job.user_id, reasons=reasons
        )
        return replace(shown, results={**shown.results, **known}, whole=True)

    async def recordings(self, job: Job, rows: range | None) -> ListingView | None:
        """The listing with what is stored of these rows, or with all its few recordings.

        None while it is looked up. Raises UnsupportedLink and StoreUnavailable.
        """
        shown = self._shown(job)
        if shown or job.state is not JobState.DONE:
            return None if _is_running(shown, job) else shown
        if rows:
            return await self._rows(job, rows)
        found: dict[int, Finding | SourceError] = {}
        for start in count(0, READ_AT_ONCE):
            view = await self._rows(job, range(start, start + READ_AT_ONCE))
            found |= {at: result for at, result in view.results.items() if view.match(at)}
            counts = view.counts or Counts()
            last = start + READ_AT_ONCE >= len(view.listing.tracks)
            if last or len(found) == counts.official + counts.chosen:
                return replace(view, results=found)
        raise AssertionError("unreachable: the listing ends")

    async def stored(self, job: Job, page: int) -> ListingView | None:
        """A page of a listing from what is stored; None while it is still being looked up.

        Its end is in the chat a moment before it is stored, which is waited for. Raises
        UnsupportedLink and StoreUnavailable.
        """
        if execution := self._queues.entries.get(job.id):
            view = execution.view()
            if view is None or view.state is State.RUNNING:
                return None
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._context.timing.ended_s):
                    await execution.over.wait()
            job = await self._jobs.get(job.id) or job
        if job.state is not JobState.DONE:
            return None
        return await self._page(job, page)

    async def turn(self, job: Job, page: int) -> bool:
        """Show another page of a listing, running or done; False when it has no such page.

        Raises UnsupportedLink, StoreUnavailable and ChatClosed.
        """
        execution = self._queues.entries.get(job.id)
        if execution and execution.begun:
            return await execution.turn(page)
        view = await self._page(job, page)
        if page >= view.pages:
            return False
        editor = MessageEditor.of(job, self._context, lambda: view)
        await editor.show()
        editor.job = replace(editor.job, page=page)
        await self._context.outbox.save(editor.job)
        return True

    async def cancel(self, user_id: int, job_id: str | None = None) -> int:
        """Stop a user's jobs, or one of them; how many. What is found stays and is paid."""
        chosen = [each for each in self._queues.of(user_id) if job_id in (None, each.job.id)]
        for execution in chosen:
            if execution.begun:
                execution.stop()
            else:
                await self._queues.drop(execution)
        if chosen and job_id:
            return len(chosen)
        with contextlib.suppress(StoreUnavailable):
            return len(chosen) + await self._jobs.cancel(user_id, job_id)
        return len(chosen)

    async def forget(self, user_id: int) -> None:
        """Delete a user's jobs; those that run are ended and settled first, wherever they run.

        Waits for those of this process, for a moment: others hear of it within a heartbeat. Raises
        StoreUnavailable.
        """
        chosen = self._queues.of(user_id)
        for execution in chosen:
            if execution.begun:
                execution.forget()
            else:
                await self._queues.drop(execution)
        await self._jobs.forget(user_id)
        over = [asyncio.create_task(execution.over.wait()) for execution in chosen]
        if over:
            _, late = await asyncio.wait(over, timeout=self._context.timing.ended_s)
            for task in late:
                task.cancel()

    async def leave(self, chat_id: int) -> None:
        """End the jobs of a chat that is closed. Raises StoreUnavailable."""
        for execution in list(self._queues.entries.values()):
            if execution.job.chat_id == chat_id:
                execution.stop()
        await self._jobs.leave(chat_id)

    def _shown(self, job: Job) -> ListingView | None:
        """What is known here of a listing that has not left this process."""
        execution = self._queues.entries.get(job.id)
        return execution.view() if execution else None

    async def _page(self, job: Job, page: int) -> ListingView:
        """A page of a listing that was shown before, from what is stored: also after a restart.

        Raises UnsupportedLink when the listing is no longer kept.
        """
        most = page_rows(job.platforms)
        listing = await self._listing(job, range(page * most, (page + 1) * most))
        view = self._view(job, listing, page)
        if view.shown_page != page and listing.outline:
            return await self._page(job, view.shown_page)
        wanted = allowed_songs(listing, view.allowed)
        whole = listing.outline is None and len(wanted) <= READ_WHOLE
        return await self._with_results(job, view, wanted if whole else view.on_screen, whole=whole)

    async def _rows(self, job: Job, rows: range) -> ListingView:
        """A listing with what is stored of these rows."""
        view = self._view(job, await self._listing(job, rows), job.page)
        wanted = [at for at in allowed_songs(view.listing, view.allowed) if at in rows]
        return await self._with_results(job, view, wanted, whole=False)

    async def _with_results(
        self,
        job: Job,
        view: ListingView,
        positions: Collection[int],
        *,
        whole: bool,
        reasons: bool = False,
    ) -> ListingView:
        """What came into the listing since, and is not paid for, is left out."""
        results, paid = await asyncio.gather(
            self._context.resolver.known(
                view.listing, positions, lane=job.user_id, reasons=reasons
            ),
            self._paid(job, view.listing, positions),
        )
        if paid is not None:
            results = {at: result for at, result in results.items() if at in paid}
            if view.counts and view.counts.withheld:
                view = replace(view, allowed=paid)
        return replace(view, results=results, whole=whole)

    async def _listing(self, job: Job, rows: range | None = None) -> Listing:
        """As it was when it was sent: nobody is asked for it, whoever taps and how often.

        With `rows`, of a long listing no others are read; all, where they were not counted.
        """
        sent = job.outcome.get("listing")
        if not sent:
            raise UnsupportedLink(job.link_kind)
        if job.chat_type in GROUPS:
            rows = range(page_rows(job.platforms))
        rows = rows if job.outcome.get("counts") else None
        return as_shown(job, await self._context.resolver.shown(sent, rows))

    def _view(self, job: Job, listing: Listing, page: int) -> ListingView:
        """A listing that was shown before, without its results."""
        kept = job.outcome.get("counts")
        return ListingView(
            listing=listing,
            allowed=_first_songs(job, listing),
            state=State.STOPPED if job.outcome.get("stopped") else State.DONE,
            page=page,
            job=job.id,
            counts=Counts.of(kept) if kept else None,
            again_s=seconds_to(job.outcome.get("again_at"), self._context.clock()),
            platforms=job.platforms,
        )

    async def _paid(
        self, job: Job, listing: Listing, positions: Collection[int]
    ) -> set[int] | None:
        """Which of the songs there are paid for; None where the ledger does not know each track."""
        if not job.outcome.get("by_track"):
            return None
        keys = {at: listing.tracks[at].key for at in positions}
        paid = await self._context.meter.paid(job.user_id, list(keys.values()))
        return {at for at, key in keys.items() if key in paid}


def _first_songs(job: Job, listing: Listing) -> list[int] | None:
    """What a job was allowed of which no single tracks are known: the first songs; None is all."""
    kept = job.outcome.get("counts")
    if not kept or job.outcome.get("by_track"):
        return None
    found = songs(listing)
    return found[: max(0, len(found) - Counts.of(kept).withheld)]


def _is_running(shown: ListingView | None, job: Job) -> bool:
    return shown.state is State.RUNNING if shown else job.state is not JobState.DONE
