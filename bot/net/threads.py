"""Threads for client libraries that block. None of them keeps the process from ending."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import structlog

from bot.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.errors import Service

log = structlog.get_logger()

T = TypeVar("T")
R = TypeVar("R")


class ClientThreads(Generic[T]):
    """At most `width` threads, started as they are needed, one client for each.

    Neither spotipy's nor ytmusicapi's client may be shared by threads. The threads are daemons:
    Python waits at its end for those of a ThreadPoolExecutor, also for one that hangs.
    """

    def __init__(self, make: Callable[[], T], *, width: int, service: Service) -> None:
        self._make = make
        self._service = service
        self._width = self._unstarted = width
        self._closed = False
        # Threads that wait less work that does: below zero, work was queued that no thread began
        self._spare, self._counting = 0, threading.Lock()
        self._tasks: SimpleQueue[tuple[Future[Any], Callable[[T], Any]] | None] = SimpleQueue()

    async def run(self, work: Callable[[T], R]) -> R:
        """What `work` makes of a client. Given up before its turn, it is not begun.

        Raises RuntimeError after `close`, Unavailable where the system has no thread to give.
        """
        if self._closed:
            raise RuntimeError("these threads have ended")
        future: Future[R] = Future()
        while self._spare <= 0 and self._unstarted and self._start():
            pass
        self._count(-1)
        self._tasks.put((future, work))
        return await asyncio.wrap_future(future)

    def _count(self, change: int) -> None:
        with self._counting:
            self._spare += change

    def _start(self) -> bool:
        """One more thread; where the system has none to give, those that there are do the work."""
        try:
            threading.Thread(target=self._serve, name=self._service, daemon=True).start()
        except RuntimeError as error:
            log.warning("no_thread", service=self._service, detail=str(error))
            if self._unstarted == self._width:
                raise Unavailable(self._service, "no thread to ask it in") from None
            return False
        self._unstarted -= 1
        self._count(1)
        return True

    def close(self) -> None:
        """Let each thread end after what it is doing; what waits is done before."""
        self._closed = True
        self._tasks.put(None)

    def _serve(self) -> None:
        client: T | None = None
        while task := self._tasks.get():
            future, work = task
            if future.set_running_or_notify_cancel():
                try:
                    if client is None:
                        client = self._make()
                    future.set_result(work(client))
                except BaseException as error:  # noqa: BLE001 - it is raised where it was asked for
                    future.set_exception(error)
            del future, work, task  # else the last answer stays in memory
            self._count(1)
        self._tasks.put(None)  # for the next thread
