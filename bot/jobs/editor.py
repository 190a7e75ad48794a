"""The edits of a job's message: the latest state wins, and they keep their distance.

Whatever has news of a message (its look-ups, its links at other platforms, a page that is turned,
its end) asks this to show it, and all of that is joined here.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Protocol

import structlog

from bot.clock import loop_s
from bot.errors import ChatBusy, ChatClosed
from bot.models import ListingKind, Platform, RowKind, Source
from bot.models.results import allowed_songs
from bot.models.view import State
from bot.platforms.page_finder import Pages, Wanted, name

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Iterator

    from bot.jobs.execution import JobContext
    from bot.models.job import Job
    from bot.models.view import ListingView
    from bot.platforms.page_finder import PageFinder

    Links = dict[tuple[int, str], str | None]

log = structlog.get_logger()

SEARCHED = (Platform.APPLE_MUSIC, Platform.DEEZER)
_OWN = {Source.APPLE: Platform.APPLE_MUSIC, Source.DEEZER: Platform.DEEZER}


class Presenter(Protocol):
    """The chat, as a job sees it: where the jobs of one kind are shown.

    What shows something gives the job with its message as it is then, or None when that message is
    gone, and raises ChatClosed when the person left or blocked the bot.
    """

    def room(self, job: Job) -> bool:
        """Whether a state that a newer one will replace may be shown now, in no one's way."""

    async def show(self, job: Job, view: Callable[[], ListingView]) -> Job | None:
        """Send the listing, or edit `job.reply_id`. `view` is asked when its turn has come."""

    async def problem(
        self, job: Job, error: Exception, *, again_s: float | None = None
    ) -> Job | None:
        """Say why there is no listing, and in how many seconds it is tried again, if it is."""

    async def waiting(self, job: Job, ahead: ListingView | None) -> Job | None: ...
    async def stopped(self, job: Job) -> Job | None: ...


class MessageEditor:
    """The one message of a job, sent by whatever comes first and edited from then on.

    `job` is the job as it stands, with its message and the page on screen; `view` says what there
    is to show. `gone`: the person deleted the message. `results_shown`: how many, None at first.
    """

    def __init__(
        self, job: Job, context: JobContext, view: Callable[[], ListingView | None]
    ) -> None:
        self.job = job
        self.view = view
        self.gone = False
        self.results_shown: int | None = None
        self._presenter = context.presenter_of(job)
        self._context = context
        self._every_s = context.timing.edit_every_s
        self._one_at_a_time = asyncio.Lock()
        self._cut_off = False
        self._wanted = self._rendered = self._arrived = 0  # states, counted
        self._shown_at = self._edited_at = self._put_off_at = float("-inf")  # loop time
        self._links = PlatformLinks(context.pages)
        self._links_shown: Links = {}
        self._filling: asyncio.Task[None] | None = None

    @classmethod
    def of(
        cls, job: Job, context: JobContext, view: Callable[[], ListingView | None]
    ) -> MessageEditor:
        """The one that still has links to show in that message, or a new one."""
        if editor := context.filling.get(job.id):
            editor.job, editor.view = job, view
            return editor
        return cls(job, context, view)

    async def show(self, end: Callable[[], Awaitable[bool]] | None = None) -> None:
        """Show the newest state. A call that waits while another one renders needs none itself.

        `end` is asked when this sends the message: whether it noted its number with the job's end.
        """
        self._wanted += 1
        mine = self._wanted
        async with self._one_at_a_time:
            if self._arrived < mine:
                await self._through(self._show(end))
                self._arrived = self._rendered

    async def progress(self) -> None:
        """Show the newest state if there is room; else a newer one will be there by then."""
        if self._one_at_a_time.locked() or not self._presenter.room(self.job):
            self._put_off_at = loop_s()
            return
        if self._wanted:
            self._edited_at = loop_s()
        await self.show()

    async def last(self, end: Callable[[], Awaitable[bool]]) -> None:
        """Show the last state, which always arrives, at its time."""
        await asyncio.sleep(max(0.0, self._edited_at + self._every_s - loop_s()))
        await self.show(end)

    @property
    def wait_s(self) -> float:
        """Until the next edit may be due."""
        last = max(self._shown_at, self._edited_at, self._put_off_at)
        return max(0.05, last + self._every_s - loop_s())

    def is_due(self, *, urgent: bool) -> bool:
        """Whether an edit may come now: an urgent one as soon as the last edit is old enough."""
        last = self._edited_at if urgent else max(self._shown_at, self._edited_at)
        return loop_s() - last >= self._every_s

    async def problem(self, error: Exception, *, again_s: float | None = None) -> None:
        """Say why there is no listing."""
        async with self._one_at_a_time:
            said = self._presenter.problem(self.job, error, again_s=again_s)
            await self._through(self._place(said))

    async def waiting(
        self, ahead: Callable[[], ListingView | None], *, still: Callable[[], bool]
    ) -> None:
        """Say what the job waits for, if it does; the message becomes its listing later."""
        async with self._one_at_a_time:
            if still():
                await self._through(self._place(self._presenter.waiting(self.job, ahead())))

    async def stopped(self) -> None:
        """Say that the job will never begin, if anything was said of it."""
        async with self._one_at_a_time:
            await self._presenter.stopped(self.job)

    async def _show(self, end: Callable[[], Awaitable[bool]] | None) -> None:
        view = self.view()
        if view and view.state is not State.RUNNING:
            # Its end, or a page turned later: what is known stands there from the beginning.
            await self._links.recall(view)
        placed = await self._place(self._presenter.show(self.job, self._newest), end)
        self.gone = not placed
        if placed and view and self._filling is None and self._links.to_seek(view):
            self._filling = asyncio.create_task(self._fill())
            self._context.filling[self.job.id] = self

    async def _place(
        self,
        showing: Awaitable[Job | None],
        end: Callable[[], Awaitable[bool]] | None = None,
    ) -> bool:
        """Note where the message is, once it is there; False when it is gone."""
        shown = await showing
        if shown is None:
            return False
        if (shown.chat_id, shown.reply_id) != (self.job.chat_id, self.job.reply_id):
            self.job = replace(self.job, chat_id=shown.chat_id, reply_id=shown.reply_id)
            if self._cut_off or not (end and await end()):
                await self._context.outbox.save(self.job)
        return True

    def _newest(self) -> ListingView:
        view = self.view()
        if view is None:
            raise RuntimeError("shown before it was opened")
        self._rendered = self._wanted
        self._shown_at = loop_s()
        self.results_shown, self._links_shown = len(view.results), self._links.found(view)
        return replace(view, pages_found=self._links_shown)

    async def _through(self, call: Coroutine[Any, Any, object]) -> None:
        """Let a call come to its end even when its caller is cancelled, within a time.

        A message that is sent but whose number is not noted would be sent again.
        """
        running = asyncio.create_task(call)
        try:
            await asyncio.shield(running)
        except asyncio.CancelledError:
            self._cut_off = True
            await asyncio.wait({running}, timeout=self._context.timing.through_s)
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            raise

    async def stop_filling(self) -> None:
        """Look for no more links; what is shown stays."""
        if self._filling:
            self._filling.cancel()
            await asyncio.gather(self._filling, return_exceptions=True)

    async def _fill(self) -> None:
        """Look up the links of the page on screen, and show them, until nothing is left to do."""
        try:
            while not self.gone and (view := self.view()) and self._links.to_seek(view):
                await self._links.recall(view)
                await self._seek(view)
        except (ChatClosed, ChatBusy):
            pass  # nothing that is shown there would arrive
        except Exception:
            log.exception("links not shown", job=self.job.id)
        finally:
            self._filling = None
            self._context.filling.pop(self.job.id, None)

    async def _seek(self, view: ListingView) -> None:
        seeking = asyncio.create_task(self._links.seek(view))
        try:
            while not seeking.done():
                known = len(self._links.pages)
                await asyncio.wait({seeking}, timeout=self._every_s)
                news = not seeking.done() and len(self._links.pages) > known
                if news and self._presenter.room(self.job):
                    await self._show_links()
            await seeking
        finally:
            seeking.cancel()
        await self._show_links()

    async def _show_links(self) -> None:
        await asyncio.sleep(max(0.0, self._shown_at + self._every_s - loop_s()))
        if (view := self.view()) and self._links.found(view) != self._links_shown:
            self._edited_at = loop_s()
            await self.show()


@dataclass(eq=False, slots=True)
class PlatformLinks:
    """The links of one message's songs at other platforms: what is known of them, and is sought.

    `tried` were looked up, and are not again.
    """

    finder: PageFinder
    pages: Pages = field(default_factory=dict)
    tried: set[str] = field(default_factory=set)

    def found(self, view: ListingView) -> dict[tuple[int, str], str | None]:
        """What is known by now; None is shown as a search, and what is looked up is left out."""
        pages: dict[tuple[int, str], str | None] = {}
        for at, platform in places_of(view):
            key = name(platform, view.listing.tracks[at])
            if own := _own_page(view, platform):
                pages[at, platform] = own
            elif key in self.pages or key in self.tried or not self._can(platform, view):
                pages[at, platform] = self.pages.get(key)
        return pages

    def to_seek(self, view: ListingView) -> list[Wanted]:
        known = self.pages.keys() | self.tried
        return [
            (platform, track)
            for platform, track in links_of(view)
            if name(platform, track) not in known
            and self._can(platform, view)
            and not _own_page(view, platform)
        ]

    async def recall(self, view: ListingView) -> None:
        """Take what is stored."""
        self.pages |= await self.finder.stored(links_of(view))

    async def seek(self, view: ListingView) -> None:
        """Look up what is missing; it comes into `pages` one by one."""
        wanted = self.to_seek(view)
        try:
            await self.finder.seek(wanted, self.pages)
        finally:
            self.tried.update(name(*each) for each in wanted)

    def _can(self, platform: Platform, view: ListingView) -> bool:
        return self.finder.can(platform, single=view.listing.kind is ListingKind.TRACK)


def places_of(view: ListingView) -> Iterator[tuple[int, Platform]]:
    """The links of searched platforms on the page that is shown: position and platform."""
    asked = [platform for platform in SEARCHED if platform in view.platforms]
    allowed = set(allowed_songs(view.listing, view.allowed)) if asked else ()
    for at in view.on_screen:
        if at in allowed and view.listing.tracks[at].row is RowKind.SONG:
            yield from ((at, platform) for platform in asked)


def links_of(view: ListingView) -> list[Wanted]:
    return [(platform, view.listing.tracks[at]) for at, platform in places_of(view)]


def _own_page(view: ListingView, platform: Platform) -> str | None:
    """The page that a single track's link led to."""
    if view.listing.kind is not ListingKind.TRACK or _OWN.get(view.listing.source) != platform:
        return None
    return view.listing.page_url
