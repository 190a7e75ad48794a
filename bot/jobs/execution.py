"""Carries one job through its life: claimed, shown, put off or given up, and ended."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import structlog

from bot.errors import ChatBusy, ChatClosed, ChatRefused, StoreUnavailable, TracklinkError
from bot.jobs.allowance import read_for
from bot.jobs.presenter import through
from bot.jobs.progress import ProgressMessage
from bot.jobs.retry import continued
from bot.models.job import MOST_ATTEMPTS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from bot.clock import Clock
    from bot.jobs.leases import Leases
    from bot.jobs.presenter import Presenter
    from bot.models import Listing
    from bot.models.job import Job
    from bot.models.view import ListingView
    from bot.quota.meter import Meter
    from bot.resolve.resolver import Resolver
    from bot.storage.jobs import Jobs
    from bot.telemetry import Mask

log = structlog.get_logger()

WAIT_NOTE_AFTER_S = 1.5  # a turn that comes sooner needs no word about waiting
MOST_REASON = 200  # characters of a failure that the job keeps for the operator


@dataclass(eq=False, slots=True)
class Entry:
    """A job of this process. `claimed`: its lease is held, or there is none to hold.

    `stored`: it is in MongoDB, as far as is known.
    `reading` fetches its listing: it begins while the job is still being stored.
    `turning` shows another page that was asked for in another process, `page` is the stored one
    as far as is known.
    `ending`: it is being ended here; that its lease is no longer held then means nothing.
    `whole`: its listing came to its end. `over`: it has left this process.
    """

    job: Job
    reading: asyncio.Task[Listing] | None = None
    claimed: bool = False
    stored: bool = True
    stopped: bool = False
    running: asyncio.Task[None] | None = None
    showing: ProgressMessage | None = None
    note: asyncio.Task[None] | None = None
    turning: asyncio.Task[None] | None = None
    page: int = field(init=False)
    ending: bool = False
    telling: asyncio.Lock = field(default_factory=asyncio.Lock)
    whole: bool = False
    over: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.page = self.job.page

    @property
    def now(self) -> Job:
        """The job as it stands, with its message."""
        return self.showing.job if self.showing else self.job


class Carrier:
    """Does with one job what is to be done; when, `bot.jobs.queues` says."""

    def __init__(
        self,
        resolver: Resolver,
        *,
        jobs: Jobs,
        leases: Leases,
        meter: Meter,
        presenter: Presenter,
        clock: Clock,
        afterwards: Callable[[Job, ListingView], Awaitable[None]] | None,
        mask: Mask,
    ) -> None:
        self._resolver = resolver
        self._jobs = jobs
        self._leases = leases
        self._meter = meter
        self._presenter = presenter
        self._clock = clock
        self._afterwards = afterwards
        self._mask = mask

    def read(self, entry: Entry) -> asyncio.Task[Listing]:
        """Begin to fetch its listing, once."""
        if entry.reading is None:
            entry.reading = asyncio.create_task(
                read_for(entry.job, self._resolver, stored=entry.stored)
            )
            # A job that ends before it looks leaves nothing behind that nobody asked for.
            entry.reading.add_done_callback(lambda task: task.cancelled() or task.exception())
        return entry.reading

    async def run(self, entry: Entry) -> None:
        """Show its listing to its end. Whatever fails, the user's next job can run."""
        try:
            if not entry.claimed and not await self._claim(entry):
                return
            async with entry.telling:  # a note on its way is edited, not followed by a second one
                entry.showing = ProgressMessage(
                    entry.job,
                    self.read(entry),
                    self._resolver,
                    self._meter,
                    self._presenter,
                    save=self._leases.save,
                    stored=entry.stored,
                    clock=self._clock,
                )
            if entry.stopped:
                entry.showing.stop()
            entry.whole = await self._carry(entry, entry.showing)
        except ChatClosed:
            log.info("chat closed", job=entry.job.id)
            await self._leases.finish(entry.job, {})
        except ChatBusy as error:
            await self._put_off(entry, error)
        except StoreUnavailable as error:
            await self._leave_open(entry.job, error)
        except Exception as error:
            log.exception("job failed", job=entry.job.id, attempts=entry.job.attempts)
            # What Telegram finds wrong with a message it will find wrong again.
            last = entry.job.last_attempt or isinstance(error, ChatRefused)
            if last or not await self._leases.retry(entry.job):
                await self._give_up(entry.now, repr(error))

    async def tell_waiting(self, entry: Entry, first: Callable[[], Entry]) -> None:
        """Say what a job waits for, `first`; the message becomes its listing later."""
        await asyncio.sleep(WAIT_NOTE_AFTER_S)
        async with entry.telling:
            if entry.showing:
                return
            ahead = first().showing
            with contextlib.suppress(ChatClosed, ChatBusy):
                await through(self._note(entry, ahead.view() if ahead else None))

    async def drop(self, entry: Entry) -> None:
        """End a job that has not begun and never will."""
        async with entry.telling:
            if entry.note:
                entry.note.cancel()
            with contextlib.suppress(ChatClosed, ChatBusy):
                await self._presenter.stopped(entry.job)
        await self._leases.finish(entry.job, {})

    async def _note(self, entry: Entry, ahead: ListingView | None) -> None:
        entry.job = await self._presenter.waiting(entry.job, ahead) or entry.job
        await self._leases.save(entry.job)

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

    async def _carry(self, entry: Entry, showing: ProgressMessage) -> bool:
        """Whether its listing came to its end: not stopped, and nothing tried again later."""
        job = entry.job
        if job.attempts > MOST_ATTEMPTS:
            await self._give_up(job, "the processes that tried it died")
            return False
        outcome = await showing.carry()
        if showing.again_at:
            await self._go_on_later(showing.job, showing.again_at)
        entry.ending = True
        await self._leases.finish(job, outcome)
        if outcome and not showing.again_at:
            await self._end(showing)
        return bool(outcome) and not (outcome["stopped"] or showing.again_at)

    async def _go_on_later(self, job: Job, at: datetime) -> None:
        """Store the job that follows, which the person was told of.

        Raises StoreUnavailable where this one can be tried again instead.
        """
        try:
            await self._jobs.accept(continued(job, at))
        except StoreUnavailable:
            if not job.last_attempt:
                raise

    async def _end(self, showing: ProgressMessage) -> None:
        view = showing.view()
        if self._afterwards is None or view is None:
            return
        try:
            await self._afterwards(showing.job, view)
        except Exception as error:  # noqa: BLE001 - the listing itself stands
            log.warning("nothing said afterwards", job=showing.job.id, error=str(error))

    async def _leave_open(self, job: Job, error: StoreUnavailable) -> None:
        """Not counted or not paid yet: whoever claims it goes on in the same message."""
        log.warning("job not ended", job=job.id, error=str(error))
        await self._leases.retry(job)

    async def _put_off(self, entry: Entry, error: ChatBusy) -> None:
        """Give the job back, for whoever claims it when Telegram may take it again."""
        log.warning("job put off", job=entry.job.id, reason=str(error))
        await self._leases.put_off(entry.job.id, error.retry_in_s)

    async def _give_up(self, job: Job, reason: str) -> None:
        """End a job that fails by itself: a sentence for the person, a record for the operator.

        What it still has reserved is given back: the failure is ours. The reason is masked first: a
        secret that is cut in the middle could no longer be told.
        """
        reason = self._mask(reason)[:MOST_REASON]
        log.error("job given up", job=job.id, attempts=job.attempts, reason=reason)
        try:
            await self._presenter.problem(job, TracklinkError())
        except Exception as error:  # noqa: BLE001 - whatever it is, the user's next job must run
            log.warning("failure not told", job=job.id, error=str(error))
        with contextlib.suppress(StoreUnavailable):
            await self._meter.give_back(job.user_id, job.id, job.created_at)
        await self._leases.finish(job, {"failed": reason})
