"""Bursts: at most so many listings a minute for each payer, counted in MongoDB for all processes.

Nobody can have them forgotten, which would give new ones: a minute later they go by themselves.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from pymongo import ReturnDocument

from bot.clock import ASTRAY, Clock, utc_now
from bot.errors import StoreUnavailable
from bot.quota.ledger import digest
from bot.quota.policy import BURST, BURST_PERIOD_MS, BURST_STEP_MS, burst_wait, payer
from bot.quota.unstored import Rate
from bot.storage.database import EXPIRING, QUICK, Database, guarded

if TYPE_CHECKING:
    from datetime import datetime

COLLECTION = "bursts"
LONGEST_MS = BURST_PERIOD_MS + ASTRAY // timedelta(milliseconds=1)
INDEXES = {COLLECTION: (EXPIRING,)}


class Bursts:
    """A document is `{_id: digest of the payer, arrival_ms, expires_at}`; policy has its meaning.

    `pepper` is as the ledger's, `groups` as in the plans.
    """

    def __init__(
        self, db: Database, *, clock: Clock = utc_now, pepper: bytes = b"", groups: bool = False
    ) -> None:
        self._bursts = db.get_collection(COLLECTION, write_concern=QUICK)
        self._clock = clock
        self._pepper = pepper
        self._groups = groups
        self._here = Rate(BURST, BURST_PERIOD_MS / 1000)

    async def note(self, asker: int) -> bool:
        """Tell the store of one that was let through here; False when it is away.

        Where others let so many through that this was one too many, the next one here waits.
        """
        try:
            wait = await self._take(asker)
        except StoreUnavailable:
            return False
        self._here.hold(asker, wait)
        return True

    def take_here(self, asker: int) -> float:
        """The same without the store, by what this process let through itself."""
        return self._here.take(asker)

    async def take(self, asker: int) -> float:
        """Let a listing through and return 0.0, or return the seconds to wait and count nothing."""
        wait = await self._take(asker)
        if not wait:
            self._here.take(asker)
        return wait

    @guarded()
    async def _take(self, asker: int) -> float:
        now = self._clock()
        now_ms = _ms(now)
        # Further ahead than a whole period it was written by a wrong clock, if it is ours at all.
        is_ours = {"$in": [{"$type": "$arrival_ms"}, ["int", "long"]]}
        is_near = {"$lte": ["$arrival_ms", now_ms + LONGEST_MS]}
        known = {"$cond": [{"$and": [is_ours, is_near]}, "$arrival_ms", now_ms]}
        base = {"$max": [known, now_ms]}
        latest = now_ms + (BURST - 1) * BURST_STEP_MS
        before: dict[str, Any] | None = await self._bursts.find_one_and_update(
            {"_id": digest(payer(asker, groups=self._groups), self._pepper)},
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
        arrival_ms = before.get("arrival_ms") if before else None
        if not isinstance(arrival_ms, int) or arrival_ms > now_ms + LONGEST_MS:
            arrival_ms = None
        return burst_wait(arrival_ms, now_ms)


def _ms(instant: datetime) -> int:
    return round(instant.timestamp() * 1000)
