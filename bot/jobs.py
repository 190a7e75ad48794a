"""Carries each listing from a link to its finished message, across restarts.

A job is a document in MongoDB under a lease. One process holds it, shows the listing, lets the
resolver look up its tracks, edits the message as they come, settles the quota and ends the job.
A process that stops gives its leases back; one that dies loses them to whoever claims them next.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import structlog

from bot.again import continued
from bot.clock import utc_now
from bot.errors import ChatBusy, ChatClosed, ChatRefused, StoreUnavailable, TracklinkError
from bot.leases import Leases
from bot.opening import read_for
from bot.render.views import State
from bot.showing import Showing, stored_view, through, whole_view
from bot.storage.jobs import JobState

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from bot.clock import Clock
    from bot.models import Listing
    from bot.quota.meter import Meter
    from bot.render.views import ListingView
    from bot.resolver import Resolver
    from bot.showing import Outlet
    from bot.storage.jobs import Job, Jobs

log = structlog.get_logger()

HEARTBEAT_S = 5.0
WAIT_NOTE_AFTER_S = 1.5  # a turn that comes sooner needs no word about waiting
END_S = 3.0  # the longest that a button waits for a list that ended to be stored
MOST_ATTEMPTS = 3  # a job that failed this often will fail again
MOST_ENTRIES = 1000  # jobs in memory; more of them wait in MongoDB
MOST_REASON = 200  # characters of a failure that the job keeps for the operator


@dataclass(eq=False, slots=True)
class Entry:
    """A job of this process. `claimed`: its lease is held, or there is none to hold.

    `lost`: another process has it now, or the person had it deleted.
    `stored`: it is in MongoDB, as far as is known.
    `reading` fetches its listing: it begins while the job is still being stored.
    `whole`: its listing came to its end. `over`: it has left this process.
    """

    job: Job
    reading: asyncio.Task[Listing] | None = None
    claimed: bool = False
    stored: bool = True
    stopped: bool = False
    lost: bool = False
    running: asyncio.Task[None] | None = None
    showing: Showing | None = None
    note: asyncio.Task[None] | None = None
    telling: asyncio.Lock = field(default_factory=asyncio.Lock)
    whole: bool = False
    over: asyncio.Event = field(default_factory=asyncio.Event)

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
        afterwards: Callable[[Job, ListingView], Awaitable[None]] | None = None,
    ) -> None:
        """`afterwards` is called once for each listing that came to its end."""
        self._afterwards = afterwards
        self._resolver = resolver
        self._jobs = jobs
        self._leases = Leases(jobs)
        self._meter = meter
        self._outlet = outlet
        self._clock = clock
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
                await self._leases.give_back(job_id)

    async def submit(self, job: Job, *, store: bool = True) -> bool:
        """Store a job and start it; False when it was there already.

        With the store down the job runs all the same: its Spotify links need no memory. Whoever
        knows that it is down says so by `store`. Raises StoreUnavailable when it is down and
        there are too many jobs already.
        """
        if job.id in self._entries:
            return False
        if len(self._entries) >= MOST_ENTRIES:
            return await self._jobs.accept(job)  # `_recover` takes it when there is room
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

    def answered(self, job_id: str) -> bool:
        """Whether a job that was submitted here has a message, or is no longer here."""
        entry = self._entries.get(job_id)
        return entry is None or entry.now.reply_id is not None

    async def ended(self, job_id: str) -> bool:
        """Wait until a job has left this process; whether its listing came to its end."""
        entry = self._entries.get(job_id)
        if entry is None:
            return True
        await entry.over.wait()
        return entry.whole

    async def whole(self, job: Job) -> ListingView | None:
        """The listing with all that was found; None while it is still being looked up.

        Raises SourceError and StoreUnavailable.
        """
        entry = self._entries.get(job.id)
        shown = entry.showing.view() if entry and entry.showing else None
        if shown.state is State.RUNNING if shown else job.state is not JobState.DONE:
            return None
        return await whole_view(self._resolver, job, shown)

    async def stored(self, job: Job, page: int) -> ListingView | None:
        """A page of a listing from what is stored; None while it is still being looked up.

        Its end is in the chat a moment before it is stored, which is waited for. Raises
        SourceError and StoreUnavailable.
        """
        if entry := self._entries.get(job.id):
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
        entry = self._entries.get(job.id)
        if entry and entry.showing:
            return await entry.showing.turn(page)
        view = await stored_view(self._resolver, job, page, now=self._clock())
        if page >= view.pages:
            return False
        shown = await self._outlet.show(job, lambda: view)
        await self._save(replace(shown or job, page=page))
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
        if chosen and job_id:
            return len(chosen)
        return len(chosen) + await self._leases.cancel(user_id, job_id)

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
        entry.over.set()
        for task in (entry.reading, entry.note):
            if task:
                task.cancel()

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
                entry = lane[0]
                entry.running = asyncio.create_task(self._run(entry))
                try:
                    await entry.running
                except asyncio.CancelledError:
                    if not entry.lost:
                        raise
                    log.warning("job lost", job=entry.job.id)
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
                await through(self._note(entry, ahead.view() if ahead else None))

    async def _note(self, entry: Entry, ahead: ListingView | None) -> None:
        entry.job = await self._outlet.waiting(entry.job, ahead) or entry.job
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
            entry.whole = await self._carry(entry.job, entry.showing)
        except ChatClosed:
            log.info("chat closed", job=entry.job.id)
            await self._finish(entry.job)
        except ChatBusy as error:
            await self._put_off(entry, error)
        except StoreUnavailable as error:
            # Not paid yet. Whoever claims it later edits the same message and finds all stored.
            log.warning("job not ended", job=entry.job.id, error=str(error))
        except Exception as error:
            log.exception("job failed", job=entry.job.id, attempts=entry.job.attempts)
            # What Telegram finds wrong with a message it will find wrong again.
            last = entry.job.attempts >= MOST_ATTEMPTS or isinstance(error, ChatRefused)
            if last or not await self._leases.retry(entry.job):
                await self._give_up(entry.now, repr(error))

    async def _claim(self, entry: Entry) -> bool:
        """Take the lease. False when the job is another process's or was ended meanwhile."""
        try:
            claimed = await self._leases.claim(entry.job.id)
        except StoreUnavailable:
            return True
        if claimed:
            reply_id = entry.job.reply_id or claimed.reply_id
            entry.job = replace(entry.job, attempts=claimed.attempts, reply_id=reply_id)
            entry.stopped |= claimed.stop
        entry.claimed = claimed is not None
        return entry.claimed

    async def _carry(self, job: Job, showing: Showing) -> bool:
        """Whether its listing came to its end, and was not stopped before."""
        if job.attempts > MOST_ATTEMPTS:
            await self._give_up(job, "the processes that tried it died")
            return False
        outcome = await showing.carry()
        if showing.again_at:
            with contextlib.suppress(StoreUnavailable):
                await self._jobs.accept(continued(showing.job, showing.again_at))
        await self._finish(job, outcome)
        if outcome and not showing.again_at:
            await self._end(showing)
        return bool(outcome) and not outcome["stopped"]

    async def _end(self, showing: Showing) -> None:
        view = showing.view()
        if self._afterwards is None or view is None:
            return
        try:
            await self._afterwards(showing.job, view)
        except Exception as error:  # noqa: BLE001 - the listing itself stands
            log.warning("nothing said afterwards", job=showing.job.id, error=str(error))

    async def _put_off(self, entry: Entry, error: ChatBusy) -> None:
        """Give the job back, for whoever claims it when Telegram may take it again."""
        log.warning("job put off", job=entry.job.id, reason=str(error))
        await self._leases.put_off(entry.job.id, error.retry_in_s)

    async def _give_up(self, job: Job, reason: str) -> None:
        """End a job that fails by itself: a sentence for the person, a record for the operator."""
        log.error("job given up", job=job.id, attempts=job.attempts, reason=reason[:MOST_REASON])
        try:
            await self._outlet.problem(job, TracklinkError())
        except Exception as error:  # noqa: BLE001 - whatever it is, the user's next job must run
            log.warning("failure not told", job=job.id, error=str(error))
        await self._finish(job, {"failed": reason[:MOST_REASON]})

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
        await self._leases.save(job)

    async def _finish(self, job: Job, outcome: Mapping[str, Any] | None = None) -> None:
        await self._leases.finish(job, outcome or {})

    async def _keep(self) -> None:
        while True:
            try:
                await self._leases.write()
                await self._renew()
                await self._recover()
                await self._adopt()
            except StoreUnavailable as error:
                log.warning("leases not renewed", error=str(error))
            await asyncio.sleep(HEARTBEAT_S)

    async def _renew(self) -> None:
        held = {
            job_id: entry
            for job_id, entry in self._entries.items()
            if entry.claimed and entry.stored and entry.running
        }
        if not held:
            return
        stored = await self._leases.renew(held)
        for job_id, entry in held.items():
            if self._entries.get(job_id) is entry:
                await self._follow(entry, stored.get(job_id))

    async def _follow(self, entry: Entry, stored: Job | None) -> None:
        """Do with a running job what another process was asked to do with it."""
        if stored is None:
            entry.lost = True
            if entry.running:
                entry.running.cancel()
        elif entry.showing and stored.stop:
            entry.showing.stop()
        elif entry.showing and stored.page != entry.now.page:
            with contextlib.suppress(ChatClosed, ChatBusy):
                await entry.showing.turn(stored.page)

    async def _recover(self) -> None:
        """Take over what nobody holds: after a restart, or from a process that died."""
        while len(self._entries) < MOST_ENTRIES and (job := await self._leases.next()):
            if entry := self._entries.get(job.id):
                entry.claimed = True
                continue
            log.info("job taken over", job=job.id, attempts=job.attempts)
            self._enter(Entry(job, claimed=True, stopped=job.stop))

    async def _adopt(self) -> None:
        """Line up what a user sent to other processes behind what runs for that user here."""
        if not self._lanes:
            return
        for job in await self._leases.waiting(list(self._lanes)):
            if job.id not in self._entries and job.user_id in self._lanes:
                self._enter(Entry(job))
