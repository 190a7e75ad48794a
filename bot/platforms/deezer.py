"""Deezer's public API: keyless; tracks, albums, playlists and searches."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

import structlog
from cachetools import LRUCache, TTLCache

from bot.clock import Timing
from bot.errors import (
    NotFound,
    RateLimited,
    Refused,
    Service,
    SourceError,
    Unavailable,
    Unreadable,
    UnsupportedLink,
)
from bot.models import LOST_ROW, Cut, Listing, ListingKind, Source, Track
from bot.models.links import ElsewhereKind
from bot.models.music import PlatformTrack
from bot.net.hosts import DEEZER_HOSTS
from bot.net.json_service import JsonClient
from bot.net.paging import RowsPage, all_rows
from bot.net.payload import address, code, dig, flag, names, rows, text, whole, year
from bot.net.service_budget import rolling
from bot.net.short_links import Walk
from bot.platforms.links import find_elsewhere
from bot.platforms.urls import DEEZER_WEB
from bot.youtube.matching.same_song import query

if TYPE_CHECKING:
    import httpx

    from bot.models.links import Elsewhere
    from bot.net.circuit import CircuitBreaker
    from bot.net.http import Page
    from bot.net.network import Network

HOST = "api.deezer.com"
PER_S = 5.0  # developers.deezer.com/api: 50 requests in 5 seconds
RATE = rolling(Service.DEEZER, 50, timedelta(seconds=PER_S))
RESULTS = 10
PAGE_ROWS = 100
ROWS_MAX = 2_000  # 20 requests of the 50: a longer list would keep the others waiting
MOST_KNOWN = 1000  # short links that are remembered, some 200 KB
GONE_KEPT_S = 6 * 3600.0  # one that leads to nothing will not come to lead anywhere
# Codes of developers.deezer.com/api/errors, which come with HTTP 200
QUOTA, BUSY, NO_DATA = 4, 700, 800
NOT_ALLOWED = (100, 200, 300, 901)  # too many items, no permission, no valid token, not permitted

log = structlog.get_logger()


def fault(_: int, data: Any) -> SourceError | None:
    error = dig(data, "error")
    if error is None:
        return None
    code = whole(error, "code")
    detail = f"{code} {text(error, 'message') or text(error, 'type') or ''}".strip()
    if code == QUOTA:
        return RateLimited(Service.DEEZER, detail, retry_after_s=PER_S)
    known = {BUSY: Unavailable, NO_DATA: NotFound} | dict.fromkeys(NOT_ALLOWED, Refused)
    return known.get(code or 0, Unreadable)(Service.DEEZER, detail)


class Deezer:
    """Reads links and finds tracks. Raises SourceError."""

    def __init__(self, web: JsonClient) -> None:
        self._web = web

    async def track(self, link: Elsewhere) -> PlatformTrack:
        return _found(await self._web.get(f"track/{link.id}"))

    async def by_isrc(self, isrc: str) -> PlatformTrack | None:
        """The track of an ISRC, as Deezer has it; None where it has none."""
        try:
            return _found(await self._web.get(f"track/isrc:{quote(isrc, safe='')}"))
        except NotFound:
            return None

    async def search(self, track: Track) -> list[PlatformTrack]:
        """Tracks that may be this one, best first."""
        data = await self._web.get("search", q=query(track), limit=RESULTS)
        return [_found(row) for row in _list(data)]

    async def album(self, link: Elsewhere) -> Listing:
        head = await self._web.get(f"album/{link.id}")
        listing = _head(link, head)
        return await self._with_rows(
            replace(
                listing,
                owner=", ".join(_artists(head)) or None,
                year=year(head, "release_date"),
            ),
            f"album/{link.id}/tracks",
        )

    async def playlist(self, link: Elsewhere) -> Listing:
        head = await self._web.get(f"playlist/{link.id}")
        listing = _head(link, head)
        owner = text(head, "creator", "name")
        return await self._with_rows(replace(listing, owner=owner), f"playlist/{link.id}/tracks")

    async def _with_rows(self, head: Listing, path: str) -> Listing:
        album = head.title if head.id.startswith(ElsewhereKind.DEEZER_ALBUM) else None

        async def page(offset: int) -> RowsPage:
            data = await self._web.get(path, limit=PAGE_ROWS, index=offset)
            tracks = tuple(_row(row, album) for row in _list(data))
            total = min(whole(data, "total") or len(tracks), ROWS_MAX)
            return RowsPage(tracks=tracks, total=total, limit=PAGE_ROWS)

        first = await page(0)
        tracks, cut = await all_rows(page, first)
        total = max(head.total or 0, len(tracks))
        if cut is None and total > len(tracks) >= ROWS_MAX:
            cut = Cut.LIMIT
        return replace(head, tracks=tracks, total=total, cut=cut)


def _head(link: Elsewhere, data: Any) -> Listing:
    title = text(data, "title")
    if title is None:
        raise Unreadable(Service.DEEZER, "an answer without a title")
    return Listing(
        kind=ListingKind.LIST,
        id=link.listing_id,
        title=title,
        source=Source.DEEZER,
        cover_url=address(data, "cover_xl") or address(data, "picture_xl"),
        total=whole(data, "nb_tracks"),
        page_url=_page(data),
    )


def _list(data: Any) -> list[Any]:
    if not isinstance(dig(data, "data"), list):
        raise Unreadable(Service.DEEZER, "an answer without a list")
    return rows(data, "data")


def _row(row: Any, album: str | None) -> Track:
    return _track(row, album) if text(row, "title") else LOST_ROW


def _found(row: Any) -> PlatformTrack:
    if text(row, "title") is None:
        raise Unreadable(Service.DEEZER, "a track without a title")
    return PlatformTrack(track=_track(row, None), url=_page(row))


def _track(row: Any, album: str | None) -> Track:
    seconds = whole(row, "duration")
    return Track(
        title=text(row, "title") or "",
        artists=_artists(row),
        album=text(row, "album", "title") or album,
        duration_ms=seconds * 1000 if seconds else None,
        isrc=code(row, "isrc"),
        explicit=flag(row, "explicit_lyrics"),
    )


def _artists(row: Any) -> tuple[str, ...]:
    main = text(row, "artist", "name")
    return tuple(dict.fromkeys(names(row, "contributors"))) or ((main,) if main else ())


def _page(row: Any) -> str | None:
    """Its page; never an address of another host."""
    url = address(row, "link") or ""
    return url if url.startswith(f"{DEEZER_WEB}/") else None


class ShortLinks:
    """Deezer's short links, followed by these `Rules` to Deezer's hosts only.

    Raises NotFound, UnsupportedLink where it leads away, Unavailable, Unreadable.
    """

    def __init__(
        self,
        http: httpx.AsyncClient,
        circuit: CircuitBreaker,
        *,
        most: int = MOST_KNOWN,
        timing: Timing = Timing(),
    ) -> None:
        self._walk = Walk(http, circuit, self, timing=timing)
        self._known: LRUCache[str, Elsewhere] = LRUCache(most)
        self._gone: TTLCache[str, str] = TTLCache(most, GONE_KEPT_S)

    async def follow(self, link: Elsewhere) -> Elsewhere:
        """The link that a short one stands for, followed once as long as it is remembered."""
        if known := self._known.get(link.id):
            return known
        if (detail := self._gone.get(link.id)) is not None:
            raise NotFound(Service.DEEZER, detail)
        try:
            found = self._known[link.id] = await self._walk.follow(f"https://{link.id}")
        except NotFound as error:
            self._gone[link.id] = error.detail
            raise
        return found

    def address(self, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme != "https" or parts.netloc.lower() not in DEEZER_HOSTS:
            log.warning("short_link_leads_away", host=parts.hostname, scheme=parts.scheme)
            raise UnsupportedLink(ElsewhereKind.DEEZER_SHORT)
        return url

    def at(self, url: str) -> Elsewhere | None:
        if urlsplit(url).netloc.lower() not in DEEZER_HOSTS:
            return None
        found = next((link for _, link in find_elsewhere(url)), None)
        return found if found and found.kind is not ElsewhereKind.DEEZER_SHORT else None

    def named(self, page: Page) -> Elsewhere:
        if page.status in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE):
            raise NotFound(Service.DEEZER, f"status {page.status}")
        detail = f"a short link that leads nowhere: status {page.status}"
        raise Unreadable(Service.DEEZER, detail)


def make_deezer(net: Network) -> Deezer | None:
    """None where it is turned off."""
    if not net.settings.deezer:
        return None
    url = net.settings.deezer_api_url
    return Deezer(JsonClient(net, Service.DEEZER, base_url=url, rate=RATE, fault=fault))
