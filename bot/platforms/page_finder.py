"""A track's page at another platform: found by its code or by search, judged by the matcher."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING

import structlog

from bot.clock import Timing
from bot.errors import SourceError, StoreUnavailable
from bot.models import Platform
from bot.youtube.matching.same_song import same

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bot.models import Track
    from bot.models.music import PlatformTrack
    from bot.platforms.apple import Apple
    from bot.platforms.deezer import Deezer
    from bot.storage.platform_pages import PlatformPages

log = structlog.get_logger()

AT_ONCE = 6  # look-ups of one message
FOR_SINGLE_TRACKS = (Platform.APPLE_MUSIC,)  # which answers about 20 requests a minute

Wanted = tuple[Platform, "Track"]
Pages = dict[str, str | None]  # by `name`; None where there is none


# A track's page at one platform, None when none is surely its. Raises SourceError.
Seeker = Callable[["Track"], Awaitable[str | None]]


async def deezer_page(deezer: Deezer, track: Track) -> str | None:
    """By ISRC, then by search."""
    if track.isrc and (found := await deezer.by_isrc(track.isrc)):
        url = page_of(track, [found])
        if url:
            return url
    return page_of(track, await deezer.search(track))


async def apple_page(apple: Apple, track: Track, *, country: str) -> str | None:
    """By search in the shop of a country."""
    return page_of(track, await apple.search(track, country=country))


class PageFinder:
    """All platforms that are searched, and what was found before."""

    def __init__(
        self,
        seekers: Mapping[Platform, Seeker],
        store: PlatformPages | None,
        *,
        timing: Timing = Timing(),
    ) -> None:
        self._seekers = seekers
        self._store = store
        self._timing = timing

    def can(self, platform: str, *, single: bool) -> bool:
        """Whether a track's page is searched for, alone or as a row of a list."""
        return platform in self._seekers and (single or platform not in FOR_SINGLE_TRACKS)

    async def stored(self, wanted: Iterable[Wanted]) -> Pages:
        """What is known already; nothing where the store does not say so at once."""
        names = [name(platform, track) for platform, track in wanted]
        if self._store is None or not names:
            return {}
        with suppress(StoreUnavailable, TimeoutError):
            async with asyncio.timeout(self._timing.stored_pages_s):
                return await self._store.get_many(names)
        return {}

    async def seek(self, wanted: Sequence[Wanted], found: Pages) -> None:
        """Look all up, a few at once, into `found`. A platform that fails leaves its tracks out."""
        gate = asyncio.Semaphore(AT_ONCE)
        new: Pages = {}

        async def one(platform: Platform, track: Track) -> None:
            async with gate:
                try:
                    url = await self._seekers[platform](track)
                except SourceError as error:
                    log.info("page not found", platform=str(platform), error=str(error))
                    return
            new[name(platform, track)] = found[name(platform, track)] = url

        try:
            await asyncio.gather(*(one(platform, track) for platform, track in wanted))
        finally:
            await self._keep(new)

    async def _keep(self, new: Pages) -> None:
        if self._store and new:
            with suppress(StoreUnavailable):
                await self._store.put_many(new)


def name(platform: Platform, track: Track) -> str:
    return f"{platform}:{track.key}"


def page_of(track: Track, found: Sequence[PlatformTrack]) -> str | None:
    """The page of the one that is surely the track."""
    linked = [each for each in found if each.url]
    right = same(track, [each.track for each in linked])
    return next((each.url for each in linked if each.track is right), None)
