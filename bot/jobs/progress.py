"""One listing on its way into one chat message: first page at once, then edits, then its end."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from bot.clock import utc_now
from bot.errors import SourceError, StoreUnavailable, UnsupportedLink
from bot.jobs.allowance import open_listing
from bot.jobs.presenter import through
from bot.jobs.retry import again_at, seconds_to
from bot.models import ListingKind
from bot.models.view import ListingView, State

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from bot.clock import Clock
    from bot.jobs.allowance import JobAllowance
    from bot.jobs.presenter import Presenter
    from bot.models import Listing
    from bot.models.job import Job
    from bot.quota.meter import Meter
    from bot.resolve.resolver import Resolution, Resolver

EDIT_EVERY_S = 3.0  # design §9: edits are joined, at most one every 3 s for each message
CARD_WAIT_S = 2.5  # a track's card waits this long for its YouTube link before it is sent
HEAD_START_S = 0.02  # the first page leaves before the look-ups compete with it for the processor
ALMOST_DONE_S = 2.0  # with no more than this to go, an edit now would only delay the last one


class ProgressMessage:
    """Carries one job. `carry` does all; `turn` and `stop` come from its buttons meanwhile."""

    def __init__(
        self,
        job: Job,
        reading: Awaitable[Listing],
        resolver: Resolver,
        meter: Meter,
        presenter: Presenter,
        *,
        save: Callable[[Job], Awaitable[None]],
        stored: bool = True,
        clock: Clock = utc_now,
    ) -> None:
        self.job = job
        self._reading = reading
        self._resolver = resolver
        self._meter = meter
        self._presenter = presenter
        self._save = save
        self._stored = stored
        self._clock = clock
        self.again_at: datetime | None = (
            None  # when another job tries what failed; see bot.jobs.retry
        )
        self._state = State.RUNNING
        self._opening: JobAllowance | None = None
        self._one_at_a_time = asyncio.Lock()
        self._wanted = self._rendered = self._arrived = 0  # calls of `_show`, counted
        self._page_was_whole = False
        self._shown_results = 0
        self._shown_at = 0.0  # loop time of the newest state in the chat
        self._edited_at = self._put_off_at = float("-inf")

    async def carry(self) -> dict[str, Any]:
        """Show the listing to its end, and say how it ended, as `stored_view` reads it.

        Empty when there was no listing. Raises StoreUnavailable when it is shown but not paid, and
        another attempt is to follow.
        """
        try:
            opening = await open_listing(
                self.job, self._reading, self._resolver, self._meter, stored=self._stored
            )
        except (SourceError, UnsupportedLink, StoreUnavailable) as error:
            await self._refuse(error)
            return {}
        self._opening = opening
        if opening.tab and opening.tab.shortfall:
            # A guess of less than all would cut the list: what it reserved before it was taken
            # over counts against it there, and not in the ledger.
            await opening.reserve()
        try:
            if opening.resolution.missing and self._state is State.RUNNING:
                await self._follow(opening)
        except Exception:
            with suppress(StoreUnavailable):
                await opening.settle()
            raise
        if opening.tab and self._state is State.RUNNING:
            self.again_at = again_at(self.job, opening.resolution.results.values(), self._clock())
        # The person sees the end while it is paid: neither waits for the other, and both come.
        shown, paid = await asyncio.gather(
            self._show_end(), opening.settle(), return_exceptions=True
        )
        if shown:
            raise shown
        if paid:
            await self._end_unpaid(paid)
        return {
            "listing": opening.resolution.listing.key,
            "title": opening.resolution.listing.title,
            "owner": opening.resolution.listing.owner,
            "spent": opening.spent,
            "stopped": self._state is State.STOPPED,
            "counts": asdict(opening.resolution.counts),
            "again_at": self.again_at,
        }

    async def _refuse(self, error: Exception) -> None:
        """Say why there is no listing. What may pass is tried again later, in the same message.

        Not where nobody asked for it: an answer would come long after the talk has gone on.
        """
        if self._stored and self._state is State.RUNNING and not self.job.unasked:
            self.again_at = again_at(self.job, [error], self._clock())
        again_s = seconds_to(self.again_at, self._clock())
        await through(self._place(self._presenter.problem(self.job, error, again_s=again_s)))

    async def _end_unpaid(self, failure: BaseException) -> None:
        """Raises the failure, unless the job ends all the same: then it keeps nothing reserved."""
        if not (isinstance(failure, StoreUnavailable) and self._is_last):
            raise failure
        with suppress(StoreUnavailable):
            await self._meter.give_back(self.job.user_id, self.job.id, self.job.created_at)

    @property
    def _is_last(self) -> bool:
        """Whether nothing follows, whatever the store makes of this attempt."""
        return self._state is State.STOPPED or self.job.last_attempt

    def view(self) -> ListingView | None:
        """What is known now; None before the listing has come."""
        if self._opening is None:
            return None
        resolution, tab = self._opening.resolution, self._opening.tab
        return ListingView(
            listing=resolution.listing,
            results=resolution.results,
            allowed=resolution.allowed,
            state=self._state,
            page=self.job.page,
            job=self.job.id,
            shortfall=tab.shortfall if tab else None,
            store_down=tab is None,
            goes_on=self._opening.unsure and not self._is_last,
            again_s=seconds_to(self.again_at, self._clock()),
            platforms=self.job.platforms,
        )

    async def turn(self, page: int) -> bool:
        """Show another page and look up its tracks before the others; False when there is none."""
        view = self.view()
        if view is None or self._opening is None or page >= view.pages:
            return False
        self.job = replace(self.job, page=page)
        self._opening.resolution.first(replace(view, page=page).on_screen)
        await self._show()
        await self._save(self.job)
        return True

    def stop(self) -> None:
        """End early: what is found stays, what has not begun is given back."""
        self._state = State.STOPPED
        if self._opening:
            self._opening.resolution.cancel()

    async def _follow(self, opening: JobAllowance) -> None:
        """Show what there is, look up what is missing, and keep the message fresh meanwhile."""
        resolution = opening.resolution
        tasks: list[asyncio.Task[None]] = []
        try:
            if resolution.listing.kind is not ListingKind.TRACK:
                tasks.append(asyncio.create_task(self._show()))
                await asyncio.wait(tasks, timeout=HEAD_START_S)
            run = asyncio.create_task(self._look_up(opening))
            tasks.append(run)
            if resolution.listing.kind is ListingKind.TRACK:
                await asyncio.wait({run}, timeout=CARD_WAIT_S)
            else:
                await tasks[0]
            await self._edit_until_done(run, resolution)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _look_up(self, opening: JobAllowance) -> None:
        """Begin with what the ledger should give, while it says what it gives."""
        view = self.view()
        if view is None or view.state is State.STOPPED:
            return
        lane, first = self.job.user_id, view.on_screen
        await asyncio.gather(
            self._resolver.run(opening.resolution, lane=lane, first=first), opening.reserve()
        )

    async def _edit_until_done(self, run: asyncio.Task[None], resolution: Resolution) -> None:
        began, before = asyncio.get_running_loop().time(), len(resolution.results)
        while not run.done():
            await self._change(run, resolution)
            first = not self._wanted  # of a card; a listing's first page is there by now
            if run.done() or not (first or self._edit_is_due(resolution, began, before)):
                continue
            # A call that waits for its turn shows this state, or a newer one.
            if not self._one_at_a_time.locked() and self._presenter.room(self.job):
                if not first:
                    self._edited_at = asyncio.get_running_loop().time()
                await self._show()
            else:  # a newer state will be there by then
                self._put_off_at = asyncio.get_running_loop().time()
        await run

    async def _change(self, run: asyncio.Task[None], resolution: Resolution) -> None:
        """Wait for a result, the end, or the time at which an edit may be due."""
        resolution.changed.clear()
        change = asyncio.create_task(resolution.changed.wait())
        due = max(self._shown_at, self._edited_at, self._put_off_at) + EDIT_EVERY_S
        timeout = max(0.05, due - asyncio.get_running_loop().time())
        await asyncio.wait({run, change}, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
        change.cancel()

    def _edit_is_due(self, resolution: Resolution, began: float, before: int) -> bool:
        """The page on screen is shown as soon as it is whole, other progress every 3 s.

        Not when all will be done in a moment: the last edit would have to wait for this one.
        """
        if len(resolution.results) == self._shown_results:
            return False
        now = asyncio.get_running_loop().time()
        missing = set(resolution.missing)
        done = len(resolution.results) - before
        to_go = len(missing) * (now - began) / done if done else float("inf")
        if now - self._edited_at < EDIT_EVERY_S or to_go <= ALMOST_DONE_S:
            return False
        view = self.view()
        whole = view is not None and not missing.intersection(view.on_screen)
        newly_whole = whole and not self._page_was_whole
        self._page_was_whole = whole
        return newly_whole or now - self._shown_at >= EDIT_EVERY_S

    async def _show_end(self) -> None:
        """The last state always arrives, at its time."""
        if self._state is State.RUNNING:
            self._state = State.DONE
        wait = self._edited_at + EDIT_EVERY_S - asyncio.get_running_loop().time()
        if wait > 0:
            await asyncio.sleep(wait)
        await self._show()

    async def _show(self) -> None:
        """Show the newest state. A call that waits while another one renders needs none itself."""
        if self._opening is None:
            return
        self._wanted += 1
        mine = self._wanted
        async with self._one_at_a_time:
            if self._arrived >= mine:
                return
            await through(self._put())
            self._arrived = self._rendered

    async def _put(self) -> None:
        if not await self._place(self._presenter.show(self.job, self._newest)):
            self.stop()

    async def _place(self, showing: Awaitable[Job | None]) -> bool:
        """Note where the message is, once it is there; False when it is gone."""
        shown = await showing
        if shown is None:
            return False
        if (shown.chat_id, shown.reply_id) != (self.job.chat_id, self.job.reply_id):
            self.job = replace(self.job, chat_id=shown.chat_id, reply_id=shown.reply_id)
            await self._save(self.job)
        return True

    def _newest(self) -> ListingView:
        view = self.view()
        if view is None:
            raise RuntimeError("shown before it was opened")
        self._rendered = self._wanted
        self._shown_at = asyncio.get_running_loop().time()
        self._shown_results = len(view.results)
        return view
