"""What a running bot holds: memory, tasks, connections, documents."""

from __future__ import annotations

import asyncio
import os
import signal
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import psutil  # type: ignore[import-untyped]  # its types are a package of their own

from bot.backends import indexes

if TYPE_CHECKING:
    from bot.storage.database import Database
    from tests.stress.rig import Bot

TELL_S = 0.5  # for the process to write how many tasks it has
SWEEP_S = 150  # MongoDB deletes what has expired once a minute, later when it is busy


@dataclass(frozen=True, slots=True, kw_only=True)
class Gauges:
    """One reading of a process that runs under `tests.stress.watched`."""

    rss_mb: float
    tasks: int
    sockets: int
    mongod_connections: int

    @classmethod
    async def of(cls, bot: Bot, db: Database) -> Gauges:
        os.kill(bot.pid, signal.SIGUSR1)
        await asyncio.sleep(TELL_S)
        process = psutil.Process(bot.pid)
        status = await db.client.admin.command("serverStatus")
        return cls(
            rss_mb=round(process.memory_info().rss / 1024**2, 1),
            tasks=int((bot.program.folder / "tasks").read_text()),
            sockets=len(process.net_connections()),
            mongod_connections=status["connections"]["current"],
        )

    def __str__(self) -> str:
        return ", ".join(f"{name} {value}" for name, value in asdict(self).items())


async def documents(db: Database) -> dict[str, int]:
    """How many documents each collection holds."""
    return {name: await db[name].estimated_document_count() for name in sorted(indexes())}


async def kept_too_long(db: Database) -> list[str]:
    """Collections without a TTL, or with documents that should be gone by their TTL."""
    late = datetime.now(UTC) - timedelta(seconds=SWEEP_S)
    found = []
    for name, models in indexes().items():
        ends = [model.document for model in models if "expireAfterSeconds" in model.document]
        fields = [next(iter(document["key"])) for document in ends]
        if not fields or await db[name].find_one({fields[0]: {"$lt": late}}):
            found.append(name)
    return found
