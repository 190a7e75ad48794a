"""The links of a message's songs at other platforms: what is known of them, and what is sought."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.models import ListingKind, Platform, RowKind, Source
from bot.models.results import allowed_songs
from bot.platforms.page_finder import Pages, Wanted, name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.models.view import ListingView
    from bot.platforms.page_finder import PageFinder

SEARCHED = (Platform.APPLE_MUSIC, Platform.DEEZER)
_OWN = {Source.APPLE: Platform.APPLE_MUSIC, Source.DEEZER: Platform.DEEZER}


@dataclass(eq=False, slots=True)
class PlatformLinks:
    """The links of one message. `tried` were looked up, and are not again."""

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
