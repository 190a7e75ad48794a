"""MongoDB as the settings say: the client of this process, and the indexes it makes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from pymongo import IndexModel

from bot.clock import Timing
from bot.errors import StoreUnavailable
from bot.storage.database import connect
from bot.storage.driver_errors import guarded

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.storage.database import Client, Database
    from bot.storage.private_mongod import PrivateMongod

Indexes = Mapping[str, Sequence[IndexModel]]  # of each collection, by its name


class Mongo:
    """MongoDB as the settings say: at `MONGODB_URI`, or a private mongod of this process.

    `open` does not wait for a server at `MONGODB_URI`: the bot starts without it, and what needs
    it raises StoreUnavailable until it is there.
    """

    def __init__(self, settings: Settings, *, timing: Timing = Timing()) -> None:
        self._settings = settings
        self._timing = timing
        self._embedded: PrivateMongod | None = None
        self._client: Client | None = None

    async def open(self) -> None:
        """Raises SettingError, and StoreUnavailable when the private mongod does not start."""
        uri = self._settings.mongodb_uri
        address = uri.get_secret_value() if uri else await self._start_embedded()
        self._client = connect(address, timing=self._timing)

    async def close(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None
        if self._embedded is not None:
            await self._embedded.stop()
            self._embedded = None

    @property
    def private(self) -> bool:
        """Whether this process runs its own mongod."""
        return self._settings.mongodb_uri is None

    @property
    def db(self) -> Database:
        if self._client is None:
            raise StoreUnavailable("the connection to MongoDB is closed")
        return self._client[self._settings.mongodb_database]

    async def ping(self) -> float:
        """Seconds that a round trip takes."""
        started = time.perf_counter()
        async with guarded():
            await self.db.command("ping")
        return time.perf_counter() - started

    async def version(self) -> str:
        async with guarded():
            return str((await self.db.command("buildInfo"))["version"])

    async def ensure_indexes(self, indexes: Indexes) -> None:
        """Create the indexes that are missing. Any number of processes may do so at once."""
        await asyncio.gather(*(self._ensure(name, models) for name, models in indexes.items()))

    @guarded()
    async def _ensure(self, name: str, models: Sequence[IndexModel]) -> None:
        await self.db[name].create_indexes(list(models))

    async def _start_embedded(self) -> str:
        from bot.storage.private_mongod import PrivateMongod

        self._embedded = PrivateMongod.of(self._settings)
        return await self._embedded.start()
