"""What an Application stands on, opened before it is built and closed after it."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from bot.clock import utc_now
from bot.errors import StoreUnavailable
from bot.net.shared_circuits import SharedCircuits
from bot.sources import Shared, open_sources
from bot.storage.circuits import Circuits
from bot.storage.connection import Mongo
from bot.storage.service_budgets import ServiceBudgets
from bot.storage.short_links import ShortLinks

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.clock import Clock
    from bot.config import Settings
    from bot.sources import Sources

log = structlog.get_logger()

RETRY_STORE_S = 5.0


@dataclass(frozen=True, slots=True)
class Backends:
    """The store, and the services outside."""

    mongo: Mongo
    sources: Sources


@asynccontextmanager
async def open_backends(
    settings: Settings, *, sample: bool = False, clock: Clock = utc_now
) -> AsyncIterator[Backends]:
    """The store and the sources, opened side by side.

    Raises SettingError, and StoreUnavailable when the private mongod does not start.
    """
    mongo = Mongo(settings)
    await mongo.open()
    try:
        short_links = ShortLinks(mongo.db, clock=clock)
        circuits = SharedCircuits(Circuits(mongo.db, clock=clock))
        shared = Shared(circuits=circuits, budgets=ServiceBudgets(mongo.db, clock=clock))
        async with open_sources(
            settings, clock=clock, short_links=short_links, shared=shared, sample=sample
        ) as sources:
            tasks = [
                asyncio.create_task(circuits.keep()),
                asyncio.create_task(_ensure_indexes(mongo)),
                asyncio.create_task(sources.warm_up()),
            ]
            try:
                yield Backends(mongo, sources)
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
                await circuits.close()
    finally:
        await mongo.close()


async def _ensure_indexes(mongo: Mongo) -> None:
    """Until it succeeds: the bot starts also while MongoDB is not there yet."""
    while True:
        try:
            await mongo.ensure_indexes()
        except StoreUnavailable as error:
            log.warning("store not ready", error=str(error))
            await asyncio.sleep(RETRY_STORE_S)
        else:
            return
