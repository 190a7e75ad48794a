"""The circuits of all processes, kept in mind here so that no call waits for the database."""

from __future__ import annotations

import asyncio
import secrets
from typing import TYPE_CHECKING, Protocol

import structlog

from bot.errors import StoreUnavailable
from bot.net.circuit import ATTEMPT_S, PATIENCE_S

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from datetime import datetime


log = structlog.get_logger()

REFRESH_S = 2.0  # a wall that one process met is known to all within this
STORE_S = 1.0  # for a question about a probe; a store that is slower leaves it to this process
ASK_AGAIN_S = 0.5  # while another process probes
PROBE_S = ATTEMPT_S + 5.0  # longer than a probe may take; then another process may probe


class CircuitStore(Protocol):
    """See bot.storage.circuits. Raises StoreUnavailable."""

    async def all(self) -> dict[str, datetime]: ...
    async def open(self, name: str, until: datetime) -> None: ...
    async def close(self, name: str) -> None: ...
    async def claim(self, name: str, prober: str, *, within_s: float) -> datetime | None: ...


class SharedCircuits:
    """See bot.net.circuit.SharedState. Without the store a process goes by what it met itself."""

    def __init__(self, store: CircuitStore) -> None:
        self._store = store
        self._name = secrets.token_hex(6)
        self._known: dict[str, datetime] = {}
        self._writing: set[asyncio.Task[None]] = set()

    def closed_until(self, name: str) -> datetime | None:
        return self._known.get(name)

    def opened(self, name: str, until: datetime) -> None:
        self._known[name] = until
        log.warning("circuit open", circuit=name, until=until.isoformat())
        self._write(self._store.open(name, until))

    def well(self, name: str) -> None:
        self._known.pop(name, None)
        log.info("circuit closed", circuit=name)
        self._write(self._store.close(name))

    async def turn(self, name: str) -> datetime | None:
        """In the store's words, after at most PATIENCE_S of waiting for another's verdict."""
        ends = asyncio.get_running_loop().time() + PATIENCE_S
        while until := await self._claim(name):
            if asyncio.get_running_loop().time() + ASK_AGAIN_S > ends:
                return until
            await asyncio.sleep(ASK_AGAIN_S)
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
            await asyncio.sleep(REFRESH_S)

    async def close(self) -> None:
        """Wait for what is still to be told."""
        await asyncio.gather(*self._writing)

    async def _claim(self, name: str) -> datetime | None:
        try:
            async with asyncio.timeout(STORE_S):
                return await self._store.claim(name, self._name, within_s=PROBE_S)
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
