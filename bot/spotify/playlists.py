"""Playlists of the Web API: by which route this app may read their rows, if by any."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Protocol, TypeVar

from bot.errors import NotFound, Refused
from bot.net.paging import RowsPage, all_rows
from bot.spotify.faults import AppRefused
from bot.spotify.rights import Refusals, RowsRefused
from bot.spotify.rows import PAGE_SIZE, read_page, read_playlist_head, read_playlist_row

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.models import Listing
    from bot.spotify.client import Client

T = TypeVar("T")

NEW_ROUTE, OLD_ROUTE = "items", "tracks"  # since and before February 2026
ROWS = "playlist_rows"  # what may be refused


class Ask(Protocol):
    """Runs work with a client in a thread."""

    def __call__(self, work: Callable[[Client], T], /) -> Awaitable[T]: ...


class Playlists:
    """Reads whole playlists. Raises RowsRefused where Spotify gives their names only."""

    def __init__(self, ask: Ask, market: str, refusals: Refusals) -> None:
        self._ask = ask
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
        return await self._ask(
            lambda client: read_playlist_head(
                playlist_id, client.playlist_head(playlist_id, self._market)
            )
        )

    async def _rows(self, playlist_id: str, offset: int, route: str | None = None) -> RowsPage:
        way = route or self._route or NEW_ROUTE
        return await self._ask(
            lambda client: read_page(
                client.playlist_rows(playlist_id, self._market, offset, way), read_playlist_row
            )
        )
