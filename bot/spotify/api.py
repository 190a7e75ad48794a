"""Listings from Spotify's Web API, through spotipy, with the app's own token and no user's.

Importing this imports spotipy, which takes a third of a second.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote

import structlog

from bot.clock import Timing, utc_now
from bot.errors import NotFound, Refused, Service
from bot.models import Listing, ListingKind
from bot.net.bounded import Bounded, KeptConnections
from bot.net.paging import RowsPage, all_rows
from bot.net.service_budget import rolling
from bot.net.threads import ClientThreads
from bot.spotify.client import Client, Credentials, silence
from bot.spotify.faults import (
    APP_KEPT,
    PROBE_ALBUM,
    PROBE_PLAYLIST,
    PROBE_QUERY,
    PROBE_TRACK,
    AppRefused,
    Refusals,
    Rights,
    RowsRefused,
    right,
)
from bot.spotify.rows import (
    HEAD_FIELDS,
    PAGE_SIZE,
    ROW_FIELDS,
    read_album,
    read_artist_head,
    read_found,
    read_page,
    read_playlist_head,
    read_playlist_row,
    read_top_tracks,
    read_track,
    read_track_listing,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from requests.adapters import BaseAdapter

    from bot.clock import Clock
    from bot.models import Track
    from bot.net.circuit import CircuitBreaker
    from bot.net.service_budget import Quota, ServiceBudget

T = TypeVar("T")

SEARCH_ROWS = 10  # the most a search gives at once since February 2026
QUERY_CHARS = 200  # Spotify refuses longer queries with 400
WIDTH = 8  # calls at once, each in a thread of its own
# https://developer.spotify.com/documentation/web-api/concepts/rate-limits gives the window and no
# number; 429 tells where this is too much.
WINDOW = timedelta(seconds=30)
KEPT_OF = 7  # one call in so many is kept for single tracks
NEW_ROUTE, OLD_ROUTE = "items", "tracks"  # since and before February 2026
APP, TOP_TRACKS, ROWS = "app", "top_tracks", "playlist_rows"  # what may be refused

log = structlog.get_logger()


class WebApi:
    """One Spotify app. `listing` raises the errors of `bot.errors`.

    A RowsRefused carries the playlist's name and, where Spotify tells it, its number of rows.
    """

    service = Service.SPOTIFY_API

    def __init__(
        self,
        client_id: str,
        client_secret: str,
        *,
        market: str,
        api_url: str,
        token_url: str,
        circuit: CircuitBreaker,
        width: int = WIDTH,
        adapter: BaseAdapter | None = None,
        budget: ServiceBudget | None = None,
        clock: Clock = utc_now,
        timing: Timing = Timing(),
    ) -> None:
        silence()
        under = adapter or KeptConnections(width, timing=timing)
        self._adapter = Bounded(self.service, under=under, timing=timing)
        self._credentials = Credentials(
            client_id, client_secret, token_url=token_url, adapter=self._adapter, timing=timing
        )
        client = partial(
            Client, self._credentials, api_url=api_url, adapter=self._adapter, timing=timing
        )
        self._workers = ClientThreads(
            client,
            width=width,
            service=self.service,
        )
        self._market = market
        self._circuit = circuit
        self._budget = budget
        self._refusals = Refusals(clock)
        self._playlists = Playlists(self, market, self._refusals)

    async def warm_up(self) -> None:
        """Fetch the token before the first link needs it. Raises SourceError."""
        await self._ask(lambda _: self._credentials.get_access_token())

    async def probe(self) -> Rights:
        """What the credentials may do. A failure is an answer here, not an exception."""
        track, album, search, items = await asyncio.gather(
            right(self.listing(ListingKind.TRACK, PROBE_TRACK)),
            right(self.listing(ListingKind.ALBUM, PROBE_ALBUM)),
            right(self._search(PROBE_QUERY, limit=1)),
            right(self.listing(ListingKind.PLAYLIST, PROBE_PLAYLIST)),
        )
        return Rights(track=track, album=album, search=search, playlist_items=items)

    async def search(self, query: str) -> list[Track]:
        """Songs that a search finds, best first; `isrc:…` finds by code. Raises SourceError."""
        words = " ".join(query.split())[:QUERY_CHARS]
        if not words:
            return []
        return await self._search(words, limit=SEARCH_ROWS)

    async def listing(self, kind: ListingKind, listing_id: str, *, alone: bool = True) -> Listing:
        """`alone` is for a track that stands in no list: it may take what is kept for these."""
        read = {
            ListingKind.TRACK: lambda track_id: self._track(track_id, alone=alone),
            ListingKind.ALBUM: self._album,
            ListingKind.PLAYLIST: self._playlists.listing,
            ListingKind.ARTIST: self._artist,
        }
        return await read[kind](listing_id)

    def close(self) -> None:
        self._workers.close()
        self._adapter.close()

    async def read(
        self, read: Callable[[Any], T], *path: str, alone: bool = False, **asked: str | int
    ) -> T:
        """What `read` makes of a route's answer, in a thread: a page's JSON does not outlive it.

        `alone`: for a single track, for which a share of the calls is kept.
        """
        route = "/".join(quote(step, safe="") for step in path)
        return await self._ask(lambda client: read(client.ask(route, **asked)), alone=alone)

    async def _search(self, words: str, *, limit: int) -> list[Track]:
        return await self.read(
            read_found, "search", q=words, type="track", limit=limit, market=self._market
        )

    async def _ask(self, work: Callable[[Client], T], *, alone: bool = False) -> T:
        if detail := self._refusals.held(APP):
            raise AppRefused(self.service, detail)

        async def attempt() -> T:
            if self._budget:
                await self._budget.take(alone=alone)
            return await self._workers.run(work)

        try:
            return await self._circuit.call(attempt)
        except AppRefused as error:
            log.warning("spotify_app_refused", detail=error.detail)
            self._refusals.note(APP, error, kept=APP_KEPT)
            raise

    async def _track(self, track_id: str, *, alone: bool) -> Listing:
        read = partial(read_track_listing, track_id)
        return await self.read(read, "tracks", track_id, market=self._market, alone=alone)

    async def _album(self, album_id: str) -> Listing:
        read, market = partial(read_album, album_id), self._market
        head, first = await self.read(read, "albums", album_id, market=market)
        rows = partial(read_page, read_row=partial(read_track, album=head.title))

        async def page(offset: int) -> RowsPage:
            route = ("albums", album_id, "tracks")
            return await self.read(rows, *route, market=market, limit=PAGE_SIZE, offset=offset)

        tracks, cut = await all_rows(page, first)
        if not tracks:
            raise NotFound(self.service, f"an album without tracks in {self._market}")
        return replace(head, tracks=tracks, total=first.total, cut=cut)

    async def _artist(self, artist_id: str) -> Listing:
        if detail := self._refusals.held(TOP_TRACKS):
            raise Refused(self.service, detail)
        try:
            head, tracks = await asyncio.gather(
                self.read(partial(read_artist_head, artist_id), "artists", artist_id),
                self.read(read_top_tracks, "artists", artist_id, "top-tracks", market=self._market),
            )
        except AppRefused:
            raise
        except Refused as error:  # the route is gone for apps made after 2026-02-11
            self._refusals.note(TOP_TRACKS, error)
            raise
        return replace(head, tracks=tracks, total=len(tracks))


class Playlists:
    """Reads whole playlists. Raises RowsRefused where Spotify gives their names only."""

    def __init__(self, api: WebApi, market: str, refusals: Refusals) -> None:
        self._api = api
        self._market = market
        self._refusals = refusals
        self._route: str | None = None  # by which a playlist has been read

    async def listing(self, playlist_id: str) -> Listing:
        if detail := self._refusals.held(ROWS):
            raise RowsRefused(await self._head(playlist_id), detail)
        # Two pages before the length is known: a list of 100 takes one round trip.
        head, begun, ahead = await asyncio.gather(
            self._head(playlist_id),
            self._rows(playlist_id, 0),
            self._rows(playlist_id, PAGE_SIZE),
            return_exceptions=True,
        )
        first = await self._first(playlist_id, begun)
        if isinstance(head, BaseException):
            raise head
        if isinstance(first, Refused):
            raise RowsRefused(head, first.detail)
        second = ahead if first.limit == PAGE_SIZE and first is begun else None
        tracks, cut = await all_rows(partial(self._rows, playlist_id), first, second)
        return replace(head, tracks=tracks, total=first.total, cut=cut)

    async def _first(self, playlist_id: str, begun: RowsPage | BaseException) -> RowsPage | Refused:
        """The first page, or the refusal of it."""
        if isinstance(begun, Refused) and not isinstance(begun, AppRefused):
            return await self._by_old_route(playlist_id, begun)
        if isinstance(begun, BaseException):
            raise begun
        self._route = self._route or NEW_ROUTE
        return begun

    async def _by_old_route(self, playlist_id: str, refused: Refused) -> RowsPage | Refused:
        """The first page by the route of apps made before 2026-02-11, or the refusal."""
        if self._route:
            return refused  # other playlists are read: this one is refused, not the app
        try:
            page = await self._rows(playlist_id, 0, OLD_ROUTE)
        except AppRefused:
            raise
        except (Refused, NotFound):
            self._refusals.note(ROWS, refused)
            return refused
        self._route = OLD_ROUTE
        return page

    async def _head(self, playlist_id: str) -> Listing:
        read = partial(read_playlist_head, playlist_id)
        return await self._api.read(
            read, "playlists", playlist_id, market=self._market, fields=HEAD_FIELDS
        )

    async def _rows(self, playlist_id: str, offset: int, route: str | None = None) -> RowsPage:
        return await self._api.read(
            partial(read_page, read_row=read_playlist_row),
            "playlists",
            playlist_id,
            route or self._route or NEW_ROUTE,
            market=self._market,
            limit=PAGE_SIZE,
            offset=offset,
            additional_types="track,episode",
            fields=ROW_FIELDS,
        )


def calls(most: int) -> Quota:
    """So many in any 30 seconds, for all processes and users together."""
    return rolling(Service.SPOTIFY_API, most, WINDOW, kept=most // KEPT_OF)
