"""Links of other platforms in the messages that a chat shows.

Stands between the jobs and the chat. Every state passes at once, with the links that are known; the
others are looked up meanwhile and come by edits of their own, joined as all edits are.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from bot.errors import ChatBusy, ChatClosed
from bot.jobs import progress
from bot.models import ListingKind, Platform, RowKind, Source
from bot.models.results import allowed_songs
from bot.models.view import State
from bot.platforms.page_finder import Pages, Wanted, name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bot.jobs.presenter import Presenter
    from bot.models.job import Job
    from bot.models.view import ListingView
    from bot.platforms.page_finder import PageFinder

SEARCHED = (Platform.APPLE_MUSIC, Platform.DEEZER)
_OWN = {Source.APPLE: Platform.APPLE_MUSIC, Source.DEEZER: Platform.DEEZER}


@dataclass(eq=False, slots=True)
class Shown:
    """A message with links to fill in. `view` is what it last showed, without them."""

    job: Job
    view: ListingView
    newest: Callable[[], ListingView]
    pages: Pages = field(default_factory=dict)
    tried: set[str] = field(default_factory=set)
    platform_links: asyncio.Task[None] | None = None
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    shown_at: float = 0.0  # loop time
    links: dict[tuple[int, str], str | None] | None = None  # as they stand in the chat

    def wanted(self) -> list[Wanted]:
        return [each for each in links_of(self.view) if name(*each) not in self.pages]


class PlatformLinks:
    """A Presenter around another."""

    def __init__(self, under: Presenter, finder: PageFinder) -> None:
        self._under = under
        self._finder = finder
        self._shown: dict[str, Shown] = {}

    @property
    def idle(self) -> bool:
        """Whether nothing is looked up or waits to be shown."""
        return not any(shown.platform_links for shown in self._shown.values())

    def room(self, job: Job) -> bool:
        return self._under.room(job)

    async def show(self, job: Job, view: Callable[[], ListingView]) -> Job | None:
        now = view()
        if not set(SEARCHED).intersection(now.platforms):
            return await self._under.show(job, view)
        shown = self._shown.setdefault(job.id, Shown(job, now, view))
        if now.state is not State.RUNNING:
            # Its end, or a page turned later: what is known stands there from the beginning.
            shown.pages |= await self._finder.stored(links_of(now))
        placed = None
        try:
            async with shown.turn:
                shown.job, shown.newest = job, view
                placed = await self._send(shown)
        finally:
            if placed is None:
                self._shown.pop(job.id, None)
        if placed is not None and shown.platform_links is None:
            self._begin(shown)
        return placed

    def _begin(self, shown: Shown) -> None:
        """Look up what is not known; forget a message that has all it will ever have."""
        job_id = shown.job.id
        if self._to_seek(shown):
            self._shown[job_id] = shown
            shown.platform_links = asyncio.create_task(self._fill(shown))
        elif shown.view.state is not State.RUNNING:
            self._shown.pop(job_id, None)

    async def problem(
        self, job: Job, error: Exception, *, again_s: float | None = None
    ) -> Job | None:
        return await self._under.problem(job, error, again_s=again_s)

    async def waiting(self, job: Job, ahead: ListingView | None) -> Job | None:
        return await self._under.waiting(job, ahead)

    async def stopped(self, job: Job) -> Job | None:
        return await self._under.stopped(job)

    async def close(self) -> None:
        """Stop looking; what is shown stays."""
        tasks = [shown.platform_links for shown in self._shown.values() if shown.platform_links]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _send(self, shown: Shown) -> Job | None:
        def newest() -> ListingView:
            shown.view = shown.newest()
            shown.links = self._links(shown)
            return replace(shown.view, pages_found=shown.links)

        placed = await self._under.show(shown.job, newest)
        shown.shown_at = asyncio.get_running_loop().time()
        shown.job = placed or shown.job
        return placed

    def _links(self, shown: Shown) -> dict[tuple[int, str], str | None]:
        """What is known by now; None is shown as a search, and what is looked up is left out."""
        view = shown.view
        single = view.listing.kind is ListingKind.TRACK
        pages: dict[tuple[int, str], str | None] = {}
        for at, platform in places_of(view):
            key = name(platform, view.listing.tracks[at])
            own = _own_page(view, platform)
            if own or key in shown.pages:
                pages[at, platform] = own or shown.pages.get(key)
            elif key in shown.tried or not self._finder.can(platform, single=single):
                pages[at, platform] = None
        return pages

    def _to_seek(self, shown: Shown) -> list[Wanted]:
        single = shown.view.listing.kind is ListingKind.TRACK
        return [
            (platform, track)
            for platform, track in shown.wanted()
            if self._finder.can(platform, single=single)
            and name(platform, track) not in shown.tried
            and not _own_page(shown.view, platform)
        ]

    async def _fill(self, shown: Shown) -> None:
        """Look up what the page on screen needs, and show it, until nothing is left to do."""
        try:
            while wanted := self._to_seek(shown):
                shown.pages |= await self._finder.stored(links_of(shown.view))
                await self._seek(shown, wanted)
        except (ChatClosed, ChatBusy):
            pass  # nothing that is shown there would arrive
        finally:
            shown.platform_links = None
            if shown.view.state is not State.RUNNING:
                self._shown.pop(shown.job.id, None)

    async def _seek(self, shown: Shown, wanted: list[Wanted]) -> None:
        left = [each for each in wanted if name(*each) not in shown.pages]
        seeking = asyncio.create_task(self._finder.seek(left, shown.pages))
        try:
            while not seeking.done():
                known = len(shown.pages)
                await asyncio.wait({seeking}, timeout=progress.EDIT_EVERY_S)
                news = not seeking.done() and len(shown.pages) > known
                if news and self._under.room(shown.job):
                    await self._show_again(shown)
            await seeking
        finally:
            seeking.cancel()
            shown.tried.update(name(*each) for each in wanted)
        await self._show_again(shown)

    async def _show_again(self, shown: Shown) -> None:
        wait = shown.shown_at + progress.EDIT_EVERY_S - asyncio.get_running_loop().time()
        if wait > 0:
            await asyncio.sleep(wait)
        async with shown.turn:
            if self._links(shown) != shown.links:
                await self._send(shown)


def places_of(view: ListingView) -> Iterator[tuple[int, Platform]]:
    """The links of searched platforms on the page that is shown: position and platform."""
    asked = [platform for platform in SEARCHED if platform in view.platforms]
    allowed = set(allowed_songs(view.listing, view.allowed))
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
