"""How every service outside is called: bounded retries, and a circuit that spares a sick one."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING, Generic, TypeVar

import stamina

from bot.errors import RateLimited, Service, Unavailable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from bot.clock import Clock

T = TypeVar("T")
R = TypeVar("R")

ATTEMPTS = 3  # one call and at most two retries (design: bounded retries)
PATIENCE_S = 5.0  # the longest Retry-After that is waited for (design §9)
FAILURES_TO_OPEN = 5  # failed calls in a row, retries included in each
OPEN_S = 30.0  # how long an opened circuit stays closed to callers


class Upstream:
    """One service outside.

    `call` runs an attempt that raises the errors of `bot.errors`: `Unavailable` is tried again
    with jittered waits, `RateLimited` after its own wait when that is at most `PATIENCE_S`.
    A longer wait, or `FAILURES_TO_OPEN` failed calls in a row, opens the circuit: until
    `retry_at` every call fails at once with `Unavailable`. The first call after it is the probe.
    """

    def __init__(self, service: Service, *, clock: Clock) -> None:
        self.service = service
        self._clock = clock
        self._failures = 0
        self._closed_until: datetime | None = None

    @property
    def retry_at(self) -> datetime | None:
        """When an open circuit lets calls through again; None while it does."""
        if self._closed_until is not None and self._clock() < self._closed_until:
            return self._closed_until
        return None

    async def call(self, attempt: Callable[[], Awaitable[T]]) -> T:
        """Run `attempt`, again where that may help. Raises what the last attempt raised."""
        if retry_at := self.retry_at:
            raise Unavailable(self.service, "circuit open", retry_at=retry_at)
        try:
            async for tries in stamina.retry_context(
                on=_wait, attempts=ATTEMPTS, wait_initial=0.2, wait_max=2.0, wait_jitter=0.5
            ):
                with tries:
                    result = await attempt()
        except Unavailable as error:
            self._failed(error)
            raise
        self._failures = 0
        return result

    def _failed(self, error: Unavailable) -> None:
        self._failures += 1
        if isinstance(error, RateLimited) and error.retry_after_s > PATIENCE_S:
            self._open(error.retry_after_s)
        elif self._failures >= FAILURES_TO_OPEN:
            self._open(OPEN_S)
        error.retry_at = self.retry_at

    def _open(self, seconds: float) -> None:
        # One failure after the wait opens it again: that call was the probe.
        self._failures = FAILURES_TO_OPEN - 1
        until = self._clock() + timedelta(seconds=seconds)
        # Calls that were under way may fail after a long Retry-After: that wait stands.
        self._closed_until = max(until, self._closed_until or until)


def _wait(error: Exception) -> bool | float:
    if isinstance(error, RateLimited):
        return error.retry_after_s if error.retry_after_s <= PATIENCE_S else False
    return isinstance(error, Unavailable)


class Workers(Generic[T]):
    """Threads for a client library that blocks, one client for each thread.

    Neither spotipy's nor ytmusicapi's client may be shared by threads.
    """

    def __init__(self, make: Callable[[], T], *, width: int, name: str) -> None:
        self._make = make
        self._local = threading.local()
        self._pool = ThreadPoolExecutor(width, thread_name_prefix=name)

    async def run(self, work: Callable[[T], R]) -> R:
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._work, work)

    def _work(self, work: Callable[[T], R]) -> R:
        client: T | None = getattr(self._local, "client", None)
        if client is None:
            client = self._local.client = self._make()
        return work(client)

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)
