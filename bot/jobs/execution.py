"""One job through its life here: claimed, shown, put off or given up, and ended."""

from __future__ import annotations

import asyncio
import contextlib
from contextvars import copy_context
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import structlog

from bot.clock import Timing, utc_now
from bot.errors import ChatBusy, ChatClosed, ChatRefused, StoreUnavailable, TracklinkError
from bot.jobs.allowance import Ahead
from bot.jobs.outbox import Outbox
from bot.jobs.progress import ListingProgress
from bot.jobs.queues import MOST
from bot.models.job import MOST_ATTEMPTS, continued
from bot.net.service_budget import asker
from bot.platforms.page_finder import PageFinder
from bot.telemetry import Mask

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from datetime import datetime

    from bot.clock import Clock
    from bot.jobs.editor import MessageEditor, Presenter
    from bot.models.job import Job
    from bot.models.view import ListingView
    from bot.quota.meter import Meter
    from bot.resolve.resolver import Resolver
    from bot.storage.jobs import Jobs

log = structlog.get_logger()

MOST_REASON = 200  # characters of a failure that the job keeps for the operator


@dataclass(frozen=True, slots=True, kw_only=True)
class JobContext:
    """What every job of a process works with.

    `presenter_of` chooses by the kind of a job; `pages` finds links of other platforms.
    `afterwards` is called once for each listing that came to its end. `mask` takes secrets out of
    the reasons that are stored with failed jobs; by default those that are secret by their form.
    `filling` are the messages whose links at other platforms are looked up, by job: that goes on
    when the job has ended. `places` are how many jobs may be here, see bot.jobs.queues. `alone`: no
    other process runs jobs of the same store.
    """

    resolver: Resolver
    jobs: Jobs
    meter: Meter
    presenter_of: Callable[[Job], Presenter]
    pages: PageFinder = field(default_factory=lambda: PageFinder({}, None))
    alone: bool = True
    clock: Clock = utc_now
    timing: Timing = Timing()
    mask: Mask = field(default_factory=Mask)
    afterwards: Callable[[Job, ListingView], Awaitable[None]] | None = None
    filling: dict[str, MessageEditor] = field(default_factory=dict)
    places: Mapping[str, int] = field(default_factory=lambda: MOST)
    outbox: Outbox = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "outbox", Outbox(self.jobs, self.meter))


class JobExecution:
    """A job of this process: its state and all that goes on for it. When, `bot.jobs.queues` says.

    `claimed`: its lease is held, or there is none to hold. `stored`: it is in MongoDB, as far as is
    known. `begun`: its turn has come. `whole`: its listing came to its end. `over`: it has left
    this process.
    """

    def __init__(
        self, job: Job, context: JobContext, *, claimed: bool = False, stored: bool = True
    ) -> None:
        self.claimed = claimed
        self.stored = stored
        self.begun = False
        self.whole = False
        self.over = asyncio.Event()
        self._context = context
        self._progress = ListingProgress(job, context)
        self._page_stored = job.page  # as far as is known
        self._ending = False  # here; that its lease is no longer held then means nothing
        self._dropped = False
        self._ahead: Ahead | None = None
        self._running: asyncio.Task[None] | None = None
        self._note: asyncio.Task[None] | None = None
        self._turning: asyncio.Task[None] | None = None
        if job.stop or job.forgotten:
            self.stop()

    @property
    def job(self) -> Job:
        """The job as it stands, with its message."""
        return self._progress.job

    @property
    def is_leased(self) -> bool:
        """Whether its lease is to be renewed."""
        return self.claimed and self.stored and not self._ending

    @property
    def waits(self) -> bool:
        """Whether it stands behind another job of its user."""
        return self._note is not None and self._running is None

    @property
    def is_only_here(self) -> bool:
        """Whether MongoDB does not know it, and would have to if this process ended now."""
        return not (self.stored or self._ending)

    @property
    def tasks(self) -> list[asyncio.Task[None]]:
        """What goes on beside its turn."""
        return [task for task in (self._note, self._turning) if task]

    def view(self) -> ListingView | None:
        """What is known of its listing; None before that has come."""
        return self._progress.view()

    def hold(self, claimed: Job) -> None:
        """Its lease was taken: it as it is stored."""
        self.claimed = True
        reply_id = self.job.reply_id or claimed.reply_id
        self._progress.editor.job = replace(
            self.job,
            attempts=claimed.attempts,
            reply_id=reply_id,
            forgotten=self.job.forgotten or claimed.forgotten,
        )
        if claimed.stop:
            self.stop()

    def read(self) -> Ahead:
        """Begin to ask for all it needs, once: also while the job is still being stored."""
        if self._ahead is None:
            asking, context = copy_context(), self._context
            asking.run(asker.set, self.job.user_id)
            self._ahead = asking.run(
                Ahead.of, self.job, context.resolver, context.meter, stored=self.stored
            )
        return self._ahead

    def read_again(self) -> None:
        """Its turn comes later: what it asked for will be old by then."""
        if self._ahead:
            self._ahead.cancel()
            self._ahead = None

    def wait(self, first: Callable[[], JobExecution]) -> None:
        """Stand in a queue behind `first`, and say so after a while."""
        self._note = asyncio.create_task(self._tell_waiting(first))

    def start(self) -> asyncio.Task[None]:
        """Its turn has come."""
        self._running = asyncio.create_task(self._run())
        return self._running

    async def turn(self, page: int) -> bool:
        """Show another page; False when it has no such page. Raises ChatClosed and ChatBusy."""
        return await self._progress.turn(page)

    def stop(self) -> None:
        """End early, or soon after it will have begun; what is found stays and is paid."""
        self._progress.stop()

    def forget(self) -> None:
        """End early, and leave nothing behind."""
        self._progress.editor.job = replace(self.job, forgotten=True)
        self.stop()

    async def drop(self) -> None:
        """End a job that has not begun, and never will."""
        self._dropped = True
        with contextlib.suppress(ChatClosed, ChatBusy):
            await self._progress.editor.stopped()
        await self._finish({})

    def follow(self, stored: Job | None) -> None:
        """Do what another process was asked to do with it; None: the lease is lost."""
        if stored is None:
            self._lose()
        elif self.begun and stored.forgotten:
            self.forget()
        elif self.begun and stored.stop:
            self.stop()
        elif self.begun and stored.page != self._page_stored and _is_over(self._turning):
            # Turned elsewhere since it was last looked at; a page turned here is stored later.
            self._page_stored = stored.page
            if stored.page != self.job.page:
                # Beside the heartbeat: it may wait a minute for its chat, and the leases can't.
                self._turning = asyncio.create_task(self._turn_beside(stored.page))

    def leave(self) -> None:
        """It has left this process: ended, given back or lost."""
        self.over.set()
        self.read_again()
        for task in self.tasks:
            task.cancel()

    def _lose(self) -> None:
        if self._running is None:
            self.claimed = False  # it asks again when its turn comes
        elif not self._ending:
            self._running.cancel()

    async def _turn_beside(self, page: int) -> None:
        try:
            await self.turn(page)
        except (ChatClosed, ChatBusy) as error:
            log.info("page not turned", job=self.job.id, reason=str(error))
        except Exception:
            log.exception("page not turned", job=self.job.id)

    async def _tell_waiting(self, first: Callable[[], JobExecution]) -> None:
        """Where there is room: in a crowd these notes would be what the answers wait for."""
        await asyncio.sleep(self._context.timing.wait_note_after_s)
        if not self._context.presenter_of(self.job).room(self.job):
            return
        with contextlib.suppress(ChatClosed, ChatBusy):
            await self._progress.editor.waiting(
                lambda: first().view(), still=lambda: not (self.begun or self._dropped)
            )

    async def _run(self) -> None:
        """Show its listing to its end. Whatever fails, the user's next job can run."""
        asker.set(self.job.user_id)
        try:
            if not self.claimed and not await self._claim():
                return
            if self._dropped:  # perhaps before it was stored
                await self._finish({})
                return
            self.begun = True
            await self._carry()
        except ChatClosed:
            log.info("chat closed", job=self.job.id)
            await self._finish({})
        except ChatBusy as error:
            log.warning("job put off", job=self.job.id, reason=str(error))
            await self._put_off(error.retry_in_s)
        except StoreUnavailable as error:
            # Not counted or not paid yet: whoever claims it goes on in the same message.
            log.warning("job not ended", job=self.job.id, error=str(error))
            if self.stored:
                await self._retry()
            else:
                await self._context.outbox.hand_in(self.job)
        except Exception as error:
            log.exception("job failed", job=self.job.id, attempts=self.job.attempts)
            # What Telegram finds wrong with a message it will find wrong again.
            last = self.job.last_attempt or isinstance(error, ChatRefused)
            if last or not await self._retry():
                await self._give_up(repr(error))

    async def _claim(self) -> bool:
        """Take the lease. False when the job is another process's or was ended meanwhile."""
        try:
            claimed = await self._context.jobs.claim_id(self.job.id)
        except StoreUnavailable:
            return True
        if claimed:
            self.hold(claimed)
        return claimed is not None

    async def _carry(self) -> None:
        if self.job.attempts > MOST_ATTEMPTS:
            await self._give_up("the processes that tried it died")
            return
        outcome = await self._progress.carry(self.read(), stored=self.stored, end=self._end_at_once)
        again_at = self._progress.again_at
        if again_at:
            await self._go_on_later(again_at)
        if not (self._ending and self.stored):
            await self._finish(outcome)
        if outcome and not again_at:
            await self._say_afterwards()
            self.whole = not outcome["stopped"]

    async def _go_on_later(self, at: datetime) -> None:
        """Store the job that follows, which the person was told of.

        Raises StoreUnavailable where this one can be tried again instead.
        """
        follows = continued(self.job, at)
        if not self.stored:
            await self._context.outbox.hand_in(follows)
            return
        try:
            await self._context.jobs.accept(follows)
        except StoreUnavailable:
            if not self.job.last_attempt:
                raise

    async def _end_at_once(self, outcome: dict[str, Any]) -> None:
        """Note the message and the end in one statement: nothing can come between."""
        self._ending = True
        if self.stored:
            await self._context.outbox.save(self.job, outcome)
            await self._leave_nothing()

    async def _finish(self, outcome: dict[str, Any]) -> None:
        self._ending = True
        if self.stored:
            await self._context.outbox.finish(self.job, outcome)
            await self._leave_nothing()
        elif not self.job.forgotten:
            await self._context.outbox.hand_in(self.job, outcome)

    async def _leave_nothing(self) -> None:
        """Which tracks it reserved may have been written after its user had all deleted."""
        if self.job.forgotten:
            with contextlib.suppress(StoreUnavailable):
                await self._context.meter.forget(self.job.user_id)

    async def _say_afterwards(self) -> None:
        view = self.view()
        if self._context.afterwards is None or view is None:
            return
        try:
            await self._context.afterwards(self.job, view)
        except Exception as error:  # noqa: BLE001 - the listing itself stands
            log.warning("nothing said afterwards", job=self.job.id, error=str(error))

    async def _retry(self) -> bool:
        """Give the job back, to be tried again after a while; False when it can't be."""
        wait = self._context.timing.retry_job_s * max(1, self.job.attempts)
        try:
            return await self._context.jobs.release(self.job.id, retry_in_s=wait)
        except StoreUnavailable:
            return False

    async def _put_off(self, at_least_s: float) -> None:
        """Give the job back, for whoever claims it when Telegram may take it again."""
        try:
            if self.stored:
                await self._context.jobs.put_off(self.job.id, at_least_s=at_least_s)
                return
            at = self._context.clock() + timedelta(seconds=at_least_s)
            await self._context.outbox.hand_in(replace(self.job, lease_until=at))
        except StoreUnavailable as error:  # then the lease runs out
            log.warning("job not put off", job=self.job.id, error=str(error))

    async def _give_up(self, reason: str) -> None:
        """End a job that fails by itself: a sentence for the person, a record for the operator.

        What it still has reserved is given back: the failure is ours. The reason is masked first: a
        secret that is cut in the middle could no longer be told.
        """
        reason = self._context.mask(reason)[:MOST_REASON]
        log.error("job given up", job=self.job.id, attempts=self.job.attempts, reason=reason)
        try:
            await self._progress.editor.problem(TracklinkError())
        except Exception as error:  # noqa: BLE001 - whatever it is, the user's next job must run
            log.warning("failure not told", job=self.job.id, error=str(error))
        with contextlib.suppress(StoreUnavailable):
            await self._context.meter.give_back(self.job)
        await self._finish({"failed": reason})


def _is_over(task: asyncio.Task[None] | None) -> bool:
    return task is None or task.done()
