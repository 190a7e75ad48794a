"""Listings from Spotify's public embed page: unofficial, at most 100 rows, no ISRC, no total.

The page also holds an access token. It is never read, and the page is never logged.
"""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from bot.clock import Timing
from bot.errors import NotFound, OutOfBudget, Refused, SourceError, Unavailable, Unreadable
from bot.models import Cut, Listing, ListingKind, RowKind, Source, Track
from bot.net.gate import Gate
from bot.net.http import WEB, fetch
from bot.net.payload import (
    code,
    cover,
    dig,
    flag,
    length_ms,
    names,
    parsed,
    rows,
    text,
    whole,
    year,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import httpx

    from bot.net.circuit import CircuitBreaker

MAX_BYTES = 4 * 1024 * 1024  # a page of 100 rows has about 150 KB
# An unofficial page is asked sparingly, and yet a busy process must not queue for it.
AT_ONCE = 16
ROWS_SHOWN = 100  # the page shows no more and does not say how many there are
SEPARATOR = ",\u00a0"  # between artists; a plain comma may stand in a name
_ROW_KINDS = {
    "track": RowKind.SONG,
    "episode": RowKind.EPISODE,
    "local": RowKind.LOCAL,
}
_FORBIDDEN = (
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS,
)
_SCRIPT = 'id="__NEXT_DATA__"'


class EmbedPage:
    """The public page's rung. `listing` raises the errors of `bot.errors`."""

    service = WEB

    def __init__(
        self,
        http: httpx.AsyncClient,
        circuit: CircuitBreaker,
        *,
        web_url: str,
        timing: Timing = Timing(),
    ) -> None:
        self._http = http
        self._circuit = circuit
        self._web_url = web_url
        self._timing = timing
        self._gate = Gate(AT_ONCE)

    async def listing(
        self,
        kind: ListingKind,
        listing_id: str,
        *,
        alone: bool = True,  # noqa: ARG002 - no calls are counted here
    ) -> Listing:
        url = f"{self._web_url}/embed/{kind}/{quote(listing_id, safe='')}"

        async def attempt() -> Listing:
            within_s = self._timing.embed_page_s
            page = await fetch(self._http, url, max_bytes=MAX_BYTES, within_s=within_s)
            if page.status != HTTPStatus.OK:
                raise _fault(page.status)
            return parse(kind, listing_id, page.text)

        # Around the call, so that who waited here still learns that the circuit opened meanwhile.
        async with self._turn():
            return await self._circuit.call(attempt)

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        wait_s = self._timing.embed_turn_s
        async with AsyncExitStack() as turn:
            try:
                await turn.enter_async_context(self._gate.place(within_s=wait_s))
            except TimeoutError:
                # Our own limit, which is no reason to call Spotify away.
                detail = "too many wait for their turn"
                raise OutOfBudget(WEB, detail, retry_after_s=wait_s) from None
            yield


def parse(kind: ListingKind, listing_id: str, html: str) -> Listing:
    """The listing in a page's script. Raises NotFound, Refused, Unavailable or Unreadable."""
    page = dig(_data(html), "props", "pageProps")
    entity = dig(page, "state", "data", "entity")
    if not isinstance(entity, dict):
        raise _fault(whole(page, "status"), text(page, "forbiddenReason"))
    title = text(entity, "title") or text(entity, "name")
    if entity.get("type") != kind or title is None:
        raise Unreadable(WEB, f"the embed page of a {kind} holds something else")
    if kind is ListingKind.TRACK:
        return _single(listing_id, title, entity)
    return _many(kind, listing_id, title, entity)


def _data(html: str) -> Any:
    _, found, rest = html.partition(_SCRIPT)
    if not found:
        raise Unreadable(WEB, "the embed page has no __NEXT_DATA__ script: has it changed?")
    data = parsed(rest.partition(">")[2].partition("</script>")[0])
    if data is None:
        raise Unreadable(WEB, "the embed page's script is not JSON")
    return data


def _fault(status: int | None, reason: str | None = None) -> SourceError:
    """What a page without an entity says, by its status."""
    match status:
        case HTTPStatus.NOT_FOUND | HTTPStatus.GONE | HTTPStatus.BAD_REQUEST:
            return NotFound(WEB, f"status {status}")
        case _ if status in _FORBIDDEN:
            return Refused(WEB, reason or f"status {status}")
        case int() if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return Unavailable(WEB, f"status {status}")
    return Refused(WEB, reason) if reason else Unreadable(WEB, f"no entity, status {status}")


def _single(listing_id: str, title: str, entity: Any) -> Listing:
    track = Track(
        title=title,
        artists=names(entity, "artists"),
        duration_ms=length_ms(entity, "duration"),
        explicit=flag(entity, "isExplicit"),
        spotify_id=listing_id,
    )
    return Listing(
        kind=ListingKind.TRACK,
        id=listing_id,
        title=title,
        source=Source.EMBED,
        tracks=(track,),
        owner=", ".join(track.artists) or None,
        year=year(entity, "releaseDate", "isoString"),
        cover_url=_cover(entity),
        total=1,
    )


def _many(kind: ListingKind, listing_id: str, title: str, entity: Any) -> Listing:
    if not isinstance(entity.get("trackList"), list):
        raise Unreadable(WEB, f"the embed page of a {kind} has no list of tracks")
    album = title if kind is ListingKind.ALBUM else None
    tracks = [_row(row, album) for row in rows(entity, "trackList")]
    perhaps_cut = len(tracks) >= ROWS_SHOWN
    return Listing(
        kind=kind,
        id=listing_id,
        title=title,
        source=Source.EMBED,
        tracks=tracks,
        owner=None if kind is ListingKind.ARTIST else ", ".join(_split(entity)) or None,
        year=year(entity, "releaseDate", "isoString"),
        cover_url=_cover(entity),
        total=None if perhaps_cut else len(tracks),
        cut=Cut.LIMIT if perhaps_cut else None,
    )


def _row(row: Any, album: str | None) -> Track:
    scheme, _, name = (text(row, "uri") or "").partition(":")
    kind, _, spotify_id = name.partition(":")
    known = scheme == "spotify" and kind in ("track", "episode") and code(spotify_id)
    return Track(
        title=text(row, "title") or "",
        artists=_split(row),
        album=album,
        duration_ms=length_ms(row, "duration"),
        explicit=flag(row, "isExplicit"),
        spotify_id=spotify_id if known else None,
        row=_ROW_KINDS.get(kind, RowKind.GONE),
    )


def _split(value: Any) -> tuple[str, ...]:
    parts = (text(value, "subtitle") or "").split(SEPARATOR)
    return tuple(name for part in parts if (name := part.strip()))


def _cover(entity: Any) -> str | None:
    images = rows(entity, "coverArt", "sources") or rows(entity, "visualIdentity", "image")
    return cover(images)
