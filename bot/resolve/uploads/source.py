"""Lists that people sent, as listings: words stay as they are, links get their names."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import structlog

from bot.errors import NotFound, SourceError, StoreUnavailable, UnsupportedLink
from bot.models import LOST_ROW, Cut, Listing, ListingKind, RowKind, Source, Track
from bot.models.links import LinkKind, SpotifyLink
from bot.models.songlist import NAMED_MOST

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.models.links import Elsewhere
    from bot.models.songlist import Row
    from bot.resolve.catalog import Catalog
    from bot.resolve.resolver import Listings
    from bot.storage.uploads import Uploads

log = structlog.get_logger()

NAMED_AT_ONCE = 8  # as many as the Web API's threads
NAMED_WITHIN_S = 20.0  # what has no name by then is shown without


class UploadSource:
    """Reads uploads. `names` keeps what Spotify said of a track for a while."""

    def __init__(self, uploads: Uploads, catalog: Catalog, names: Listings) -> None:
        self._uploads = uploads
        self._catalog = catalog
        self._names = names

    async def listing(self, link: Elsewhere) -> Listing:
        """Raises UnsupportedLink for a list that is no longer kept, and StoreUnavailable."""
        songs = await self._uploads.get(link.id)
        if songs is None:
            raise UnsupportedLink(link.kind)
        named, whole = await self._name([row.link for row in songs.rows if _is_nameless(row)])
        tracks = [track_of(row, named) for row in songs.rows]
        return Listing(
            kind=ListingKind.LIST,
            id=link.listing_id,
            title=songs.title or "",
            source=Source.UPLOAD,
            tracks=tracks,
            total=len(tracks),
            cut=None if whole else Cut.FAILED,
        )

    async def _name(
        self, links: Sequence[tuple[str, str] | None]
    ) -> tuple[dict[tuple[str, str], Track], bool]:
        """What the first links lead to, and whether Spotify said something about each of them."""
        named: dict[tuple[str, str], Track] = {}
        asked = list(dict.fromkeys(link for link in links if link))[:NAMED_MOST]
        width = asyncio.Semaphore(NAMED_AT_ONCE)

        async def ask(link: tuple[str, str]) -> None:
            async with width:
                try:
                    named[link] = await self._track(SpotifyLink(LinkKind(link[0]), link[1]))
                except (NotFound, UnsupportedLink):
                    named[link] = LOST_ROW
                except SourceError as error:
                    log.info("song not named", link=":".join(link), error=str(error))

        tasks = [asyncio.create_task(ask(link)) for link in asked]
        try:
            if tasks:
                await asyncio.wait(tasks, timeout=NAMED_WITHIN_S)
        finally:
            for task in tasks:
                task.cancel()
        return named, len(named) == len(asked)

    async def _track(self, link: SpotifyLink) -> Track:
        """Raises UnsupportedLink for a short link to anything else than a track, SourceError."""
        target = await self._catalog.resolve(link)
        if not isinstance(target, SpotifyLink) or target.kind is not LinkKind.TRACK:
            raise UnsupportedLink(str(target.kind))
        listing = None
        with suppress(StoreUnavailable):
            listing = await self._names.get(ListingKind.TRACK, target.id)
        if listing is None:
            listing = await self._catalog.listing(target, alone=False)
            with suppress(StoreUnavailable):
                await self._names.put(listing)
        return listing.tracks[0]


def _is_nameless(row: Row) -> bool:
    return row.link is not None and not row.title


def track_of(row: Row, named: Mapping[tuple[str, str], Track]) -> Track:
    """A row of a list as a track; `named` is what Spotify said of links without names."""
    if row.link and not row.title:
        track = named.get(row.link)
        return track or replace(LOST_ROW, spotify_id=_id_of(row.link), row=RowKind.NAMELESS)
    return Track(
        title=row.title,
        artists=row.artists,
        album=row.album,
        duration_ms=row.length_ms,
        isrc=row.isrc,
        spotify_id=_id_of(row.link) if row.link else None,
        claimed=row.link is not None,
    )


def _id_of(link: tuple[str, str]) -> str | None:
    """The track's id; what a short link hides is not known."""
    kind, name = link
    return name if kind == LinkKind.TRACK else None
