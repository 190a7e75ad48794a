"""How every service outside is called: bounded retries, and a circuit that spares a sick one."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

import stamina

from bot.clock import ASTRAY, Timing, is_ahead
from bot.errors import (
    NotFound,
    OutOfBudget,
    RateLimited,
    Refused,
    Service,
    Unavailable,
    Unreadable,
    UnsupportedLink,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from bot.clock import Clock
    from bot.net.shared_circuits import SharedCircuits

T = TypeVar("T")

ATTEMPTS = 3  # one call and at most two retries (design: bounded retries)
PATIENCE_S = 5.0  # the longest Retry-After that is waited for (design §9)
# For this program's own share, which many wait for at once: another rung or a later try is better.
OWN_PATIENCE_S = 1.0
FAILURES_TO_OPEN = 5  # failed calls in a row, retries included in each
LONGEST_OPEN_S = 2 * 86_400.0  # the longest Retry-After that was reported is 86,236 s
OPEN_S = 30.0  # how long an opened circuit stays closed to callers

DEFINITE = (NotFound, Refused, Unreadable, UnsupportedLink)  # answers of a service that is well


class CircuitBreaker:
    """One service outside.

    `call` runs an attempt that raises the errors of `bot.errors`: `Unavailable` is tried again
    with jittered waits, `RateLimited` after its own wait when that is at most `PATIENCE_S`
    (`OWN_PATIENCE_S` for `OutOfBudget`).
    An attempt of more than `attempt_s` is given up as `Unavailable`.
    A longer wait, or `FAILURES_TO_OPEN` failed calls in a row, opens the circuit: until
    `retry_at` every call fails at once with `Unavailable`. The first call after it is the probe,
    tried once: with `shared` the only one of all processes. The others wait for its verdict for
    at most `verdict_s`.
    """

    def __init__(
        self,
        service: Service,
        *,
        clock: Clock,
        shared: SharedCircuits | None = None,
        name: str | None = None,
        timing: Timing = Timing(),
    ) -> None:
        """`name` tells the circuits of a service apart that has more than one."""
        self.service = service
        self._name = name or str(service)
        self._clock = clock
        self._timing = timing
        self._shared = shared
        self._failures = 0
        self._closed_until: datetime | None = None  # stays until the probe went well
        self._opened_at: datetime | None = None
        self._probing: asyncio.Event | None = None

    @property
    def retry_at(self) -> datetime | None:
        """When an open circuit lets calls through again; None while it does."""
        until, now = self._until, self._clock()
        return until if until and is_ahead(until, now, timedelta(seconds=LONGEST_OPEN_S)) else None

    @property
    def _until(self) -> datetime | None:
        if self._opened_at and self._opened_at > self._clock() + ASTRAY:
            self._closed_until = self._opened_at = None  # this machine's clock was wrong
        heard = self._shared.closed_until(self._name) if self._shared else None
        return max((each for each in (self._closed_until, heard) if each), default=None)

    async def call(self, attempt: Callable[[], Awaitable[T]]) -> T:
        """Run `attempt`, again where that may help. Raises what the last attempt raised."""
        if self._probing:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._probing.wait(), self._timing.verdict_s)
        if self._probing:
            raise self._closed(self.retry_at)
        if retry_at := self.retry_at:
            raise self._closed(retry_at)
        if self._until:
            return await self._probe(attempt)
        return await self._try(attempt)

    async def _try(self, attempt: Callable[[], Awaitable[T]]) -> T:
        try:
            async for tries in stamina.retry_context(
                on=_wait, attempts=ATTEMPTS, wait_initial=0.2, wait_max=2.0, wait_jitter=0.5
            ):
                if self.retry_at:  # another call opened it during the wait
                    break
                with tries:
                    result = await self._bounded(attempt)
                    self._failures = 0
                    return result
        except Unavailable as error:
            self._failed(error)
            raise
        except DEFINITE:
            self._failures = 0
            raise
        raise self._closed(self.retry_at)  # no failure of the service: it was not asked again

    async def _probe(self, attempt: Callable[[], Awaitable[T]]) -> T:
        self._probing = over = asyncio.Event()
        try:
            if self._shared and (until := await self._shared.turn(self._name)):
                self._closed_until = until
                raise self._closed(until)
            return await self._judged(attempt)
        finally:
            self._probing = None
            over.set()

    async def _judged(self, attempt: Callable[[], Awaitable[T]]) -> T:
        try:
            result = await self._bounded(attempt)
        except Unavailable as error:
            self._failures = max(self._failures, FAILURES_TO_OPEN - 1)
            self._failed(error)
            raise
        except DEFINITE:
            self._close()
            raise
        self._close()
        return result

    async def _bounded(self, attempt: Callable[[], Awaitable[T]]) -> T:
        try:
            async with asyncio.timeout(self._timing.attempt_s):
                return await attempt()
        except TimeoutError:
            raise Unavailable(self.service, "the answer is too slow") from None

    def _closed(self, retry_at: datetime | None) -> Unavailable:
        return Unavailable(self.service, "circuit open", retry_at=retry_at)

    def _close(self) -> None:
        self._failures = 0
        self._closed_until = None
        if self._shared:
            self._shared.well(self._name)

    def _failed(self, error: Unavailable) -> None:
        if isinstance(error, OutOfBudget):
            error.retry_at = self._clock() + timedelta(seconds=error.retry_after_s)
            return
        self._failures += 1
        if isinstance(error, RateLimited) and error.retry_after_s > PATIENCE_S:
            self._open(error.retry_after_s)
        elif self._failures >= FAILURES_TO_OPEN:
            self._open(OPEN_S)
        error.retry_at = self.retry_at

    def _open(self, seconds: float) -> None:
        self._opened_at = now = self._clock()
        until = now + timedelta(seconds=min(LONGEST_OPEN_S, seconds))
        # Calls that were under way may fail after a long Retry-After: that wait stands.
        self._closed_until = max(until, self._closed_until or until)
        if self._shared:
            self._shared.opened(self._name, self._closed_until)


def _wait(error: Exception) -> bool | float:
    if isinstance(error, RateLimited):
        patience = OWN_PATIENCE_S if isinstance(error, OutOfBudget) else PATIENCE_S
        return error.retry_after_s if error.retry_after_s <= patience else False
    return isinstance(error, Unavailable)
