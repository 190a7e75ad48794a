"""Bursts: at most so many listings a minute for each user, counted in MongoDB for all processes."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from pymongo import ReturnDocument

from bot.clock import Clock, utc_now
from bot.quota.policy import BURST, BURST_PERIOD_MS, BURST_STEP_MS, burst_wait
from bot.quota.unstored import Rate
from bot.storage.database import EXPIRING, QUICK, Database, guarded

if TYPE_CHECKING:
    from datetime import datetime

COLLECTION = "bursts"
INDEXES = {COLLECTION: (EXPIRING,)}


class Bursts:
    """A document is `{_id: user id, arrival_ms, expires_at}`; policy says what it means."""

    def __init__(self, db: Database, *, clock: Clock = utc_now) -> None:
        self._bursts = db.get_collection(COLLECTION, write_concern=QUICK)
        self._clock = clock
        self._here = Rate(BURST, BURST_PERIOD_MS / 1000)

    def take_here(self, user_id: int) -> float:
        """The same without the store."""
        return self._here.take(user_id)

    @guarded()
    async def take(self, user_id: int) -> float:
        """Let a listing through and return 0.0, or return the seconds to wait and count nothing."""
        now = self._clock()
        now_ms = _ms(now)
        base = {"$max": [{"$ifNull": ["$arrival_ms", now_ms]}, now_ms]}
        latest = now_ms + (BURST - 1) * BURST_STEP_MS
        before: dict[str, Any] | None = await self._bursts.find_one_and_update(
            {"_id": user_id},
            [
                {
                    "$set": {
                        "arrival_ms": {
                            "$cond": [
                                {"$lte": [base, latest]},
                                {"$add": [base, BURST_STEP_MS]},
                                "$arrival_ms",
                            ]
                        },
                        "expires_at": now + timedelta(milliseconds=BURST_PERIOD_MS),
                    }
                }
            ],
            upsert=True,
            return_document=ReturnDocument.BEFORE,
        )
        return burst_wait(before["arrival_ms"] if before else None, now_ms)

    @guarded()
    async def forget(self, user_id: int) -> None:
        await self._bursts.delete_one({"_id": user_id})


def _ms(instant: datetime) -> int:
    return round(instant.timestamp() * 1000)
