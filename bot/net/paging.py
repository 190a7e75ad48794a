"""The rest of a long list: its pages side by side, in order."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

from bot.errors import SourceError
from bot.models import Cut, Track

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.spotify.rows import Page

PAGES_AT_ONCE = 6  # of one listing, so that the other threads serve the others meanwhile

log = structlog.get_logger()


async def all_rows(
    ask: Callable[[int], Awaitable[Page]],
    first: Page,
    second: Page | BaseException | None = None,
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
