"""Threads for client libraries that block. None of them keeps the process from ending."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
R = TypeVar("R")


class ClientThreads(Generic[T]):
    """At most `width` threads, started as they are needed, one client for each.

    Neither spotipy's nor ytmusicapi's client may be shared by threads. The threads are daemons:
    Python waits at its end for those of a ThreadPoolExecutor, also for one that hangs.
    """

    def __init__(self, make: Callable[[], T], *, width: int, name: str) -> None:
        self._make = make
        self._name = name
        self._unstarted = width
        self._closed = False
        self._idle = threading.Semaphore(0)
        self._tasks: SimpleQueue[tuple[Future[Any], Callable[[T], Any]] | None] = SimpleQueue()

    async def run(self, work: Callable[[T], R]) -> R:
        """What `work` makes of a client. Given up before its turn, it is not begun.

        Raises RuntimeError after `close`.
        """
        if self._closed:
            raise RuntimeError("these threads have ended")
        future: Future[R] = Future()
        self._tasks.put((future, work))
        if not self._idle.acquire(blocking=False) and self._unstarted:
            self._unstarted -= 1
            threading.Thread(target=self._serve, name=self._name, daemon=True).start()
        return await asyncio.wrap_future(future)

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
            self._idle.release()
        self._tasks.put(None)  # for the next thread
