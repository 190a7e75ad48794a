"""What waits for something slow does it beside the places for updates, not in one of them.

So many updates are handled at a time (`bot.app`), and while all of their places are taken nobody
is answered. A handler that comes to something narrow leaves its place to others and goes on beside
them. How many do is bounded, at each gate and in all: then they keep their places, and Telegram
keeps the updates that come.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import asynccontextmanager
from contextvars import ContextVar, copy_context
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.errors import Crowded

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine

MOST_AT_GATE = 64  # people; the last of them waits a minute or two, and longer nobody would


@dataclass(eq=False, slots=True)
class Place:
    """The place of one update, until its handler has `left` it. `room`: whether it may."""

    room: Callable[[], bool]
    left: asyncio.Future[None] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )
    holder: asyncio.Task[object] | None = None

    def begin(self, handling: Coroutine[Any, Any, object]) -> asyncio.Task[object]:
        """Let a handler run in it."""
        context = copy_context()
        context.run(_HERE.set, self)
        self.holder = asyncio.create_task(handling, context=context)
        return self.holder


_HERE: ContextVar[Place | None] = ContextVar("place", default=None)


def leave_place() -> None:
    """Give the place of this update to another: what comes now may take a while.

    Nothing happens where none is held. What a handler began beside itself holds none either.
    """
    place = _HERE.get()
    if place and place.holder is asyncio.current_task() and not place.left.done() and place.room():
        place.left.set_result(None)


@dataclass(eq=False, slots=True)
class Gate:
    """Something that `width` handlers can use at a time, and the bounded queue in front of it.

    The more of the queue a person has, the sooner it is full for that person: with none in it at
    `most`, with one at half of that, with two at a third. Alone one has room for a minute's burst.
    """

    width: int = MOST_AT_GATE
    most: int = MOST_AT_GATE
    _of: Counter[int] = field(default_factory=Counter, init=False)
    _open: asyncio.Semaphore = field(init=False)

    def __post_init__(self) -> None:
        self._open = asyncio.Semaphore(self.width)

    @asynccontextmanager
    async def passed(self, person: int) -> AsyncIterator[None]:
        """Wait for one's turn, beside the places for updates. Raises Crowded, at once."""
        if self._of.total() >= self.most // (self._of[person] + 1):
            raise Crowded("too many wait for the same")
        leave_place()
        self._of[person] += 1
        try:
            async with self._open:
                yield
        finally:
            self._of[person] -= 1
            self._of += Counter()  # who is gone is forgotten


@dataclass(frozen=True, slots=True)
class Gates:
    """The narrow places of one process, which do not wait for each other."""

    searches: Gate
    files: Gate
    exports: Gate
    wider: Gate
