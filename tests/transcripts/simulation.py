"""A world in which time passes only while nobody has anything to do, the same on every machine.

The loop's clock jumps to the next timer as soon as nothing is left to run, so a wait of three
seconds or of an hour costs nothing, and what comes first never depends on the machine. Threads are
waited for where they are asked: whatever they do takes no time, and one does it after the other.
"""

from __future__ import annotations

import asyncio
import random
import selectors
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import stamina
from motor.frameworks import asyncio as motor
from pymongo.errors import ServerSelectionTimeoutError

from tests.transcripts.seams import ClientThreads, bounded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.transcripts.outside import Outside

BEGIN = datetime(2099, 11, 20, 18, 48, tzinfo=UTC)  # so far ahead that MongoDB expires nothing
LEAST_S = 1e-6  # by which the clock moves: a limiter may lack less than a float can tell
STUCK_S = 5.0  # real seconds without work or timer: nothing will ever happen again


class _Selector(selectors.DefaultSelector):
    """Never waits for a timer: it moves the clock."""

    now_s = 0.0
    is_busy: Callable[[], bool]

    def select(self, timeout: float | None = None) -> Any:
        ready = super().select(STUCK_S if timeout is None else 0)
        if ready or self.is_busy():
            return ready
        if timeout is None:
            raise RuntimeError("nobody has anything to do, and no timer runs")
        self.now_s += max(timeout, LEAST_S)
        return ready


class Loop(asyncio.SelectorEventLoop):
    """`store_is_down`: every question to MongoDB fails, as when no server is in reach."""

    def __init__(self) -> None:
        self._moved = _Selector()
        self.store_is_down = False
        super().__init__(self._moved)
        self._moved.is_busy = lambda: bool(self._ready)  # type: ignore[attr-defined]

    def time(self) -> float:
        return self._moved.now_s

    def run_in_executor(  # type: ignore[override]
        self, executor: Any, func: Callable[..., Any], *args: Any
    ) -> Any:
        done = self.create_future()
        try:
            if self.store_is_down and executor is motor._EXECUTOR:
                func, args = _no_server, ()
            done.set_result(func(*args))
        except Exception as error:  # noqa: BLE001 - it is raised where it was asked for
            done.set_exception(error)
        return done


def _no_server() -> None:
    raise ServerSelectionTimeoutError("no server in reach")


class Clock:
    """The time of day: it goes with the loop's clock, and may be set ahead."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return BEGIN + self.ahead + timedelta(seconds=self._loop.time())


@contextmanager
def simulated(outside: Outside) -> Iterator[None]:
    """Lead all HTTP to `outside`, do at once what threads do, and take the chance out of retries.

    No bound of real time is left: it would make the words depend on what else the machine does.
    """
    clients: dict[ClientThreads[Any], Any] = {}

    async def run(threads: ClientThreads[Any], work: Callable[[Any], Any]) -> Any:
        """One client does the work of all: which thread is idle first is chance."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[Any] = loop.create_future()
        try:
            if threads not in clients:
                clients[threads] = threads._make()
            finish = partial(done.set_result, work(clients[threads]))
        except Exception as error:  # noqa: BLE001 - it is raised where it was asked for
            finish = partial(done.set_exception, error)
        outside.deliver(lambda: None if done.done() else finish(), loop)
        return await done

    with (
        patch.object(ClientThreads, "run", run),
        patch.object(bounded, "_shut_at", lambda *_: nullcontext()),
        stamina.set_testing(False),  # time is for nothing here: retries wait as they do
        patch.object(random, "uniform", lambda least, most: (least + most) / 2),
        outside.in_place_of_the_network(),
    ):
        yield
