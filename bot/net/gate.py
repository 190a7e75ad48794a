"""A bound on what goes on at once, of which nobody holds more than a share."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from bot.models.shares import person_of, share
from bot.net.service_budget import asker

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class Gate:
    """At most so many at once, for each person at most half of what the others leave.

    Who waits goes in the order of coming, except past those who hold their share.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._held: Counter[int] = Counter()
        self._waiting: dict[asyncio.Future[None], int] = {}

    @asynccontextmanager
    async def place(self, *, within_s: float) -> AsyncIterator[None]:
        """A place for the `asker`. Raises TimeoutError where none comes free in time."""
        person = person_of(asker.get())
        await self._enter(person, within_s)
        try:
            yield
        finally:
            self._held[person] -= 1
            self._admit()

    async def _enter(self, person: int, within_s: float) -> None:
        turn = asyncio.get_running_loop().create_future()
        self._waiting[turn] = person
        self._admit()
        try:
            async with asyncio.timeout(within_s):
                await turn
        except BaseException:
            if self._waiting.pop(turn, None) is None:  # it came at that very moment
                self._held[person] -= 1
                self._admit()
            raise

    def _admit(self) -> None:
        for turn, person in [*self._waiting.items()]:
            if self._held.total() >= self._most:
                return
            left = self._most - self._held.total() + self._held[person]
            if self._held[person] < share(left, shared=True):
                self._held[person] += 1
                del self._waiting[turn]
                turn.set_result(None)
        self._held = +self._held  # whoever holds nothing is forgotten
