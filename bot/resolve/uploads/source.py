"""Lists that people sent, as listings: words stay as they are, links get their names."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

import structlog

from bot.clock import in_turn
from bot.errors import NotFound, Service, SourceError, StoreUnavailable, Unstorable, UnsupportedLink
from bot.models import LOST_ROW, Cut, Listing, ListingKind, RowKind, Source, Track
from bot.models.links import LinkKind, SpotifyLink
from bot.models.outline import READ_WHOLE, Outline
from bot.models.songlist import NAMED_MOST
from bot.net.service_budget import asker

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    NamedLink = tuple[str, str]  # kind and id of a link to a song, and of a short one

    from bot.models.links import Elsewhere
    from bot.models.songlist import Row
    from bot.quota.names import NameAllowance
    from bot.resolve.catalog import Catalog
    from bot.storage.uploads import Uploads

log = structlog.get_logger()

NAMED_AT_ONCE = 8  # as many as the Web API's threads
NAMED_WITHIN_S = 20.0  # what has no name by then is shown without


class Names(Protocol):
    """See bot.storage.listings."""

    async def songs(self, keys: Sequence[str]) -> dict[str, Track]: ...
    async def remember(self, found: Mapping[str, Listing | NotFound]) -> None: ...


class UploadSource:
    """Reads uploads. `names` keeps what Spotify said of a track for a while.

    `allowance` bounds what is asked for a person's list.
    """

    def __init__(
        self,
        uploads: Uploads,
        catalog: Catalog,
        names: Names,
        allowance: NameAllowance | None = None,
    ) -> None:
        self._uploads = uploads
        self._catalog = catalog
        self._names = names
        self._allowance = allowance

    async def listing(
        self, link: Elsewhere, *, ask: bool = True, rows: range | None = None
    ) -> Listing:
        """Without `ask`, songs have the names that are kept; else Spotify is asked for others.

        With `rows`, of a long list no others are read; see `bot.models.outline`. Raises
        UnsupportedLink for a list that is no longer kept, and StoreUnavailable.
        """
        songs = await self._uploads.get(link.id, rows)
        if songs is None:
            raise UnsupportedLink(link.kind)
        outline, here = None, songs.rows
        if rows and songs.outline and songs.outline.rows > READ_WHOLE:
            outline = songs.outline
            here = here[rows.start - songs.start : rows.stop - songs.start]
        named, whole = await self._name([row.link for row in here if row.is_nameless], ask=ask)
        tracks = [track async for track in in_turn(track_of(row, named) for row in here)]
        if rows and outline:
            tracks = outline.around(rows.start, tracks)
        elif named and ask:
            with suppress(StoreUnavailable):
                await self._uploads.learn(link.id, Outline.of(tracks))
        return Listing(
            kind=ListingKind.LIST,
            id=link.listing_id,
            title=songs.title or "",
            source=Source.UPLOAD,
            tracks=tracks,
            total=len(tracks),
            cut=None if whole else Cut.FAILED,
            outline=outline,
        )

    async def _name(
        self, links: Sequence[NamedLink | None], *, ask: bool
    ) -> tuple[dict[NamedLink, Track], bool]:
        """What the first links lead to, and whether that is known of all that were asked for."""
        wanted = list(dict.fromkeys(link for link in links if link))[:NAMED_MOST]
        known = await self._known(wanted)
        new = [link for link in wanted if link not in known] if ask else []
        if new and self._allowance:
            new = new[: await self._allowance.take(asker.get(), len(new))]
        found = await self._ask(new) if new else {}
        return known | {link: _song(each) for link, each in found.items()}, len(found) == len(new)

    async def _known(self, links: Sequence[NamedLink]) -> dict[NamedLink, Track]:
        if not links:
            return {}
        with suppress(StoreUnavailable):
            kept = await self._names.songs([":".join(link) for link in links])
            return {link: kept[key] for link in links if (key := ":".join(link)) in kept}
        return {}

    async def _ask(self, links: Sequence[NamedLink]) -> dict[NamedLink, Listing | NotFound]:
        """What Spotify says of these within a time. It is kept."""
        found: dict[NamedLink, Listing | NotFound] = {}
        width = asyncio.Semaphore(NAMED_AT_ONCE)

        async def ask(link: NamedLink) -> None:
            async with width:
                try:
                    found[link] = await self._track(SpotifyLink(LinkKind(link[0]), link[1]))
                except NotFound as error:
                    found[link] = error
                except SourceError as error:
                    log.info("song not named", link=":".join(link), error=str(error))

        tasks = [asyncio.create_task(ask(link)) for link in links]
        try:
            await asyncio.wait(tasks, timeout=NAMED_WITHIN_S)
        finally:
            for task in tasks:
                task.cancel()
        sure = {":".join(link): each for link, each in found.items() if _is_sure(each)}
        with suppress(StoreUnavailable, Unstorable):
            await self._names.remember(sure)
        return found

    async def _track(self, link: SpotifyLink) -> Listing:
        """Raises NotFound, also for a short link to anything else than a track, SourceError."""
        try:
            target = await self._catalog.resolve(link)
        except UnsupportedLink:
            raise NotFound(Service.SPOTIFY_WEB, "a short link to no track") from None
        if not isinstance(target, SpotifyLink) or target.kind is not LinkKind.TRACK:
            raise NotFound(Service.SPOTIFY_WEB, "a short link to no track")
        return await self._catalog.listing(target, alone=False)


def _song(found: Listing | NotFound) -> Track:
    return LOST_ROW if isinstance(found, NotFound) else found.tracks[0]


def _is_sure(found: Listing | NotFound) -> bool:
    return not isinstance(found, NotFound) or found.sure


def track_of(row: Row, named: Mapping[NamedLink, Track]) -> Track:
    """A row of a list as a track; `named` is what Spotify said of links without names."""
    if row.link and row.is_nameless:
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
