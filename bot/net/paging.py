"""The rest of a long list: its pages side by side, in order."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from bot.errors import SourceError
from bot.models import LOST_ROW, Cut, Track

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


PAGES_AT_ONCE = 6  # of one listing, so that the other threads serve the others meanwhile

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class RowsPage:
    """Some rows of a long list: `total` rows in all, `limit` to a page."""

    tracks: tuple[Track, ...]
    total: int
    limit: int

    def from_offset(self, offset: int) -> tuple[Track, ...]:
        """The rows of the page that begins at `offset`, each in its place.

        Where Spotify sends fewer rows than it counts, lost rows keep the later ones' numbers.
        """
        due = max(min(self.limit, self.total - offset), 0)
        return self.tracks + (LOST_ROW,) * (due - len(self.tracks))


async def all_rows(
    ask: Callable[[int], Awaitable[RowsPage]],
    first: RowsPage,
    second: RowsPage | BaseException | None = None,
) -> tuple[list[Track], Cut | None]:
    """All rows of the list that `first` begins; `ask` gives the page at an offset.

    `second` is what came of asking for the next page ahead of time. When a page fails, the rows
    before it are kept.
    """
    rows = list(first.from_offset(0))
    gate = asyncio.Semaphore(PAGES_AT_ONCE)

    async def page(offset: int) -> tuple[Track, ...]:
        if offset == first.limit and second is not None:
            if isinstance(second, BaseException):
                raise second
            return second.from_offset(offset)
        async with gate:
            return (await ask(offset)).from_offset(offset)

    tasks = [
        asyncio.ensure_future(page(offset))
        for offset in range(first.limit, first.total, first.limit)
    ]
    try:
        for task in tasks:
            rows.extend(await task)
    except SourceError as error:
        log.warning("spotify_pages_missing", have=len(rows), total=first.total, detail=str(error))
        return rows, Cut.FAILED
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return rows, None
