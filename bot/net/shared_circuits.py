"""The circuits of all processes, kept in mind here so that no call waits for the database."""

from __future__ import annotations

import asyncio
import secrets
from typing import TYPE_CHECKING, Protocol

import structlog

from bot.clock import Timing, loop_s
from bot.errors import StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from datetime import datetime


log = structlog.get_logger()

REST_S = 5.0  # beyond the longest attempt; then another process may probe


class CircuitStore(Protocol):
    """See bot.storage.service_state. Raises StoreUnavailable."""

    async def all(self) -> dict[str, datetime]: ...
    async def open(self, name: str, until: datetime) -> None: ...
    async def close(self, name: str) -> None: ...
    async def claim(self, name: str, prober: str, *, within_s: float) -> datetime | None: ...


class SharedCircuits:
    """What all processes know of the circuits, by their names. Nothing that a call asks raises.

    Without the store a process goes by what it met itself.
    """

    def __init__(self, store: CircuitStore, *, timing: Timing = Timing()) -> None:
        self._store = store
        self._timing = timing
        self._name = secrets.token_hex(6)
        self._known: dict[str, datetime] = {}
        self._writing: set[asyncio.Task[None]] = set()

    def closed_until(self, name: str) -> datetime | None:
        """As last heard, also when that has passed. Asks nobody: it is read before each call."""
        return self._known.get(name)

    def opened(self, name: str, until: datetime) -> None:
        """Tell the others, behind the caller's back."""
        self._known[name] = until
        log.warning("circuit open", circuit=name, until=until.isoformat())
        self._write(self._store.open(name, until))

    def well(self, name: str) -> None:
        """The probe went well: tell the others, behind the caller's back."""
        self._known.pop(name, None)
        log.info("circuit closed", circuit=name)
        self._write(self._store.close(name))

    async def turn(self, name: str) -> datetime | None:
        """Ask to probe: None to go ahead, else until when the service is left alone.

        Waits for the verdict of another's probe for at most `verdict_s`.
        """
        every_s, ends = self._timing.verdict_asked_every_s, loop_s() + self._timing.verdict_s
        while until := await self._claim(name):
            if loop_s() + every_s > ends:
                return until
            await asyncio.sleep(every_s)
        return None

    async def refresh(self) -> None:
        """Hear of the others. Raises StoreUnavailable."""
        writing = bool(self._writing)
        known = await self._store.all()
        if not writing and not self._writing:  # else it may be older than what is known here
            self._known = known

    async def keep(self) -> None:
        """Hear of the others for as long as this process runs."""
        while True:
            try:
                await self.refresh()
            except StoreUnavailable as error:
                log.debug("circuits not read", error=str(error))
            await asyncio.sleep(self._timing.circuits_read_every_s)

    async def close(self) -> None:
        """Wait for what is still to be told."""
        await asyncio.gather(*self._writing)

    async def _claim(self, name: str) -> datetime | None:
        within_s = self._timing.attempt_s + REST_S
        try:
            async with asyncio.timeout(self._timing.shared_state_s):
                return await self._store.claim(name, self._name, within_s=within_s)
        except (StoreUnavailable, TimeoutError):
            return None

    def _write(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(self._written(work))
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)

    async def _written(self, work: Coroutine[None, None, None]) -> None:
        try:
            await work
        except StoreUnavailable as error:
            log.debug("circuit not told", error=str(error))
