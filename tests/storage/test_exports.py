"""Files are remembered by what they hold, and each errand is done by one at a time."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.storage.exports import CLAIMED, KEPT, Exports

if TYPE_CHECKING:
    from bot.storage.database import Database
    from tests.conftest import SetClock


async def test_remembers(db: Database, now: SetClock) -> None:
    """A file's id is known for 30 days, the newest one."""
    exports = Exports(db, clock=now)
    assert await exports.file_id("digest") is None
    await exports.remember("digest", "old")
    await exports.remember("digest", "new")
    now.forward(seconds=KEPT.total_seconds() - 1)
    assert "new" == await exports.file_id("digest")
    now.forward(seconds=1)
    assert await exports.file_id("digest") is None


async def test_one_at_a_time(db: Database, now: SetClock) -> None:
    """Of many who claim an errand one gets it, until it is given back or its time is over."""
    exports = Exports(db, clock=now)
    assert 1 == sum(await asyncio.gather(*(exports.claim("errand") for _ in range(20))))
    assert await exports.claim("another")
    await exports.release("errand")
    assert await exports.claim("errand")
    now.forward(seconds=CLAIMED.total_seconds())
    assert [True, False] == [await exports.claim("errand") for _ in range(2)]
