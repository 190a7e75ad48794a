"""Whose presses of buttons are followed, and when: counted for each person, and joined.

A press costs a finger nothing, and whatever it stands for costs this process time that all share.
Each process counts for itself: Telegram brings a chat's presses to one at a time.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from cachetools import TTLCache

from bot.clock import Timing
from bot.errors import ChatBusy

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.render.callback_data import CallbackData

MOST = 40  # in `Timing.presses_s`: who turns a hundred pages in a row stays below
MOST_AT_ONCE = 6  # of one person, on different messages or for different things
MOST_PEOPLE = 10_000  # who are counted at a time: 2 MB


class Place(NamedTuple):
    """What presses are joined by: one person's on one message, for any view or for one thing."""

    person: int
    message: tuple[int, int] | str | None
    what: CallbackData | None


@dataclass(slots=True)
class _Line:
    """The press that is followed at a place, and the newer one that waits behind it."""

    newest: int  # the update's id
    waiting: asyncio.Future[bool] | None = None


@dataclass(slots=True)
class _Count:
    presses: int = 0


class Presses:
    def __init__(self, *, timing: Timing = Timing(), most: int = MOST) -> None:
        self._most = most
        self._counts: TTLCache[int, _Count] = TTLCache(MOST_PEOPLE, timing.presses_s)
        self._lines: dict[Place, _Line] = {}

    @asynccontextmanager
    async def turn(self, place: Place, update_id: int) -> AsyncIterator[bool]:
        """Whether to follow this press, which has its turn until the block ends.

        Of views the newest counts: it waits for the one that is made, and those in between are not
        followed. Of anything else the first does, until it is done. Raises ChatBusy where the
        person presses too much.
        """
        self._count(place.person)
        if not await self._come(place, update_id):
            yield False
            return
        try:
            yield True
        finally:
            self._leave(place)

    def _count(self, person: int) -> None:
        count = self._counts.setdefault(person, _Count())
        count.presses += 1
        if count.presses > self._most:
            raise ChatBusy("too many presses of one person")

    async def _come(self, place: Place, update_id: int) -> bool:
        line = self._lines.get(place)
        if line is None:
            if sum(each.person == place.person for each in self._lines) >= MOST_AT_ONCE:
                raise ChatBusy("too many presses of one person at once")
            self._lines[place] = _Line(update_id)
            return True
        if place.what is not None or update_id < line.newest:
            return False
        if line.waiting and not line.waiting.done():
            line.waiting.set_result(False)
        line.newest, line.waiting = update_id, asyncio.get_running_loop().create_future()
        return await self._wait(place, line.waiting)

    async def _wait(self, place: Place, turn: asyncio.Future[bool]) -> bool:
        try:
            return await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled() and turn.result():
                self._leave(place)
            raise

    def _leave(self, place: Place) -> None:
        """Hand the place over to the press that waits, if one still does."""
        line = self._lines[place]
        if line.waiting and not line.waiting.done():
            line.waiting.set_result(True)
            line.waiting = None
        else:
            del self._lines[place]
