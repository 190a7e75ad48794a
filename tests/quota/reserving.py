"""A process of its own that reserves, for the tests of the ledger.

`many URI DATABASE TIMES` waits for a line, reserves for one user so often at once and prints what
each was granted. `once URI DATABASE` takes the job of a user, reserves for it, says so and hangs.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from datetime import UTC, datetime

from bot.quota.ledger import Ledger
from bot.storage.database import Database, connect
from bot.storage.jobs import Jobs

USER, LIMIT, COST, PERIOD = 42, 100, 3, "2026-11-20"
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def some(job: str) -> list[str]:
    """As many tracks as it costs, of the job's own."""
    return [f"{job[:20]} {number}" for number in range(COST)]


async def many(db: Database, times: int) -> None:
    await db.command("ping")
    print("ready", flush=True)
    sys.stdin.readline()
    ledger = Ledger(db)
    grants = await asyncio.gather(
        *(
            ledger.reserve(USER, job=job, tracks=some(job), limit=LIMIT, period=PERIOD)
            for job in (f"{os.getpid()}-{number}" for number in range(times))
        )
    )
    print(json.dumps([len(grant.tracks) for grant in grants]), flush=True)


async def once(db: Database) -> None:
    job = await Jobs(db, clock=lambda: NOW, owner="doomed").claim()
    assert job is not None
    tracks = some(job.link_id)
    await Ledger(db).reserve(USER, job=job.link_id, tracks=tracks, limit=LIMIT, period=PERIOD)
    print("reserved", flush=True)
    await asyncio.sleep(60)


async def main() -> None:
    what, uri, database, *times = sys.argv[1:]
    db = connect(uri)[database]
    await (many(db, int(times[0])) if what == "many" else once(db))


if __name__ == "__main__":
    asyncio.run(main())
