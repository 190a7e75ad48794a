"""One listing on its way into its message: first page at once, then edits, then its end."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from bot.clock import loop_s
from bot.errors import SourceError, StoreUnavailable, UnsupportedLink
from bot.jobs.allowance import open_listing
from bot.jobs.editor import MessageEditor
from bot.models import ListingKind
from bot.models.job import again_at, seconds_to
from bot.models.view import ListingView, State

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from bot.jobs.allowance import Ahead, JobAllowance
    from bot.jobs.execution import JobContext
    from bot.models.job import Job
    from bot.resolve.resolver import Resolution

    Outcome = dict[str, Any]


class ListingProgress:
    """Carries one job. `carry` does all; `turn` and `stop` come from its buttons meanwhile.

    `again_at` is when another job tries what failed; see bot.models.job.
    """

    def __init__(self, job: Job, context: JobContext) -> None:
        self.editor = MessageEditor.of(job, context, self.view)
        self.again_at: datetime | None = None
        self._context = context
        self._timing = context.timing
        self._state = State.RUNNING
        self._allowance: JobAllowance | None = None
        self._page_was_whole = False

    @property
    def job(self) -> Job:
        return self.editor.job

    async def carry(
        self,
        ahead: Ahead,
        *,
        stored: bool,
        end: Callable[[Outcome], Awaitable[None]],
    ) -> Outcome:
        """Show the listing to its end, and say how it ended, as pages turned later read it.

        Empty when there was no listing. Where its message is sent when all else is done, `end` is
        called with the outcome in that moment. Raises StoreUnavailable when it is shown but not
        paid, and another attempt is to follow.
        """
        try:
            allowance = self._allowance = await open_listing(
                self.job, ahead, self._context.resolver, self._context.meter, stored=stored
            )
        except (SourceError, UnsupportedLink, StoreUnavailable) as error:
            await self._refuse(error)
            return {}
        try:
            if allowance.resolution.missing and self._state is State.RUNNING:
                await self._follow(allowance.resolution)
        except Exception:
            with suppress(StoreUnavailable):
                await allowance.settle()
            raise
        if not allowance.waits and self._state is State.RUNNING:
            results = allowance.resolution.results.values()
            self.again_at = again_at(self.job, results, self._context.clock())
        if allowance.lent and allowance.spent:
            self._context.outbox.owe(self.job, allowance.resolution.listing)
        await self._end(allowance, end)
        return self._outcome(allowance)

    async def _refuse(self, error: Exception) -> None:
        """Say why there is no listing. What may pass is tried again later, in the same message.

        Not where nobody asked for it: an answer would come long after the talk has gone on.
        """
        now = self._context.clock()
        if self._state is State.RUNNING and not self.job.unasked:
            self.again_at = again_at(self.job, [error], now)
        await self.editor.problem(error, again_s=seconds_to(self.again_at, now))

    async def _end(
        self, allowance: JobAllowance, end: Callable[[Outcome], Awaitable[None]]
    ) -> None:
        """The person sees the end while it is paid: neither waits for the other, and both come."""
        paying = asyncio.create_task(allowance.settle())

        async def at_once() -> bool:
            await asyncio.wait({paying}, timeout=self._timing.paid_s)
            paid = paying.done() and not paying.cancelled() and not paying.exception()
            if not paid or self.again_at:
                return False
            await end(self._outcome(allowance))
            return True

        if self._state is State.RUNNING:
            self._state = State.DONE
        showing = self._shown(self.editor.last(at_once))
        shown, paid = await asyncio.gather(showing, paying, return_exceptions=True)
        if shown:
            raise shown
        if paid:
            await self._end_unpaid(paid)

    async def _end_unpaid(self, failure: BaseException) -> None:
        """Raises the failure, unless the job ends all the same: then it keeps nothing reserved."""
        if not (isinstance(failure, StoreUnavailable) and self._is_last):
            raise failure
        with suppress(StoreUnavailable):
            await self._context.meter.give_back(self.job)

    def _outcome(self, allowance: JobAllowance) -> Outcome:
        resolution = allowance.resolution
        return {
            "listing": resolution.listing.key,
            "title": resolution.listing.title,
            "owner": resolution.listing.owner,
            "spent": allowance.spent,
            "by_track": allowance.tab is not None and allowance.tab.limited,
            "stopped": self._state is State.STOPPED,
            "counts": asdict(resolution.counts),
            "again_at": self.again_at,
        }

    @property
    def _is_last(self) -> bool:
        """Whether nothing follows, whatever the store makes of this attempt."""
        return self._state is State.STOPPED or self.job.last_attempt

    def view(self) -> ListingView | None:
        """What is known now; None before the listing has come."""
        if self._allowance is None:
            return None
        resolution, tab = self._allowance.resolution, self._allowance.tab
        now = self._context.clock()
        return ListingView(
            listing=resolution.listing,
            results=resolution.results,
            allowed=resolution.allowed,
            state=self._state,
            page=self.job.page,
            job=self.job.id,
            shortfall=tab.shortfall(now) if tab else None,
            store_down=tab is None and not self._allowance.lent,
            goes_on=self._allowance.waits and not self._is_last,
            again_s=seconds_to(self.again_at, now),
            platforms=self.job.platforms,
        )

    async def turn(self, page: int) -> bool:
        """Show another page and look up its tracks before the others; False when there is none."""
        view = self.view()
        if view is None or self._allowance is None or page >= view.pages:
            return False
        self.editor.job = replace(self.job, page=page)
        self._allowance.resolution.first(replace(view, page=page).on_screen)
        await self._shown(self.editor.show())
        await self._context.outbox.save(self.job)
        return True

    def stop(self) -> None:
        """End early: what is found stays, what has not begun is given back."""
        self._state = State.STOPPED
        if self._allowance:
            self._allowance.resolution.cancel()

    async def _shown(self, showing: Awaitable[None]) -> None:
        await showing
        if self.editor.gone:
            self.stop()

    async def _follow(self, resolution: Resolution) -> None:
        """Show what there is, look up what is missing, and keep the message fresh meanwhile."""
        is_card = resolution.listing.kind is ListingKind.TRACK
        tasks: list[asyncio.Task[None]] = []
        try:
            if not is_card:
                tasks.append(asyncio.create_task(self._shown(self.editor.show())))
                await asyncio.wait(tasks, timeout=self._timing.head_start_s)
            run = asyncio.create_task(self._look_up(resolution))
            tasks.append(run)
            if is_card:
                await asyncio.wait({run}, timeout=self._timing.card_wait_s)
            else:
                await tasks[0]
            await self._edit_until_done(run, resolution)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _look_up(self, resolution: Resolution) -> None:
        view = self.view()
        if view and view.state is State.RUNNING:
            await self._context.resolver.run(
                resolution, lane=self.job.user_id, first=view.on_screen
            )

    async def _edit_until_done(self, run: asyncio.Task[None], resolution: Resolution) -> None:
        began, before = loop_s(), len(resolution.results)
        while not run.done():
            await self._change(run, resolution)
            if not run.done() and self._edit_is_due(resolution, began, before):
                await self._shown(self.editor.progress())
        await run

    async def _change(self, run: asyncio.Task[None], resolution: Resolution) -> None:
        """Wait for a result, the end, or the time at which an edit may be due."""
        resolution.changed.clear()
        change = asyncio.create_task(resolution.changed.wait())
        await asyncio.wait(
            {run, change}, timeout=self.editor.wait_s, return_when=asyncio.FIRST_COMPLETED
        )
        change.cancel()

    def _edit_is_due(self, resolution: Resolution, began: float, before: int) -> bool:
        """A card is shown at all, a page on screen as soon as it is whole, the rest now and then.

        Not when all will be done in a moment: the last edit would have to wait for this one.
        """
        if self.editor.results_shown is None:
            return True
        if len(resolution.results) == self.editor.results_shown:
            return False
        missing = set(resolution.missing)
        done = len(resolution.results) - before
        to_go = len(missing) * (loop_s() - began) / done if done else float("inf")
        if not self.editor.is_due(urgent=True) or to_go <= self._timing.almost_done_s:
            return False
        view = self.view()
        whole = view is not None and not missing.intersection(view.on_screen)
        newly_whole, self._page_was_whole = whole and not self._page_was_whole, whole
        return newly_whole or self.editor.is_due(urgent=False)
