"""What all processes know of the services outside: which are left alone, and what is used of each.

A circuit's document says who probes the service, a budget's which calls of its quota count.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from pymongo import ReturnDocument

from bot.clock import Clock, utc_now
from bot.storage.database import EXPIRING, QUICK, Database, guarded

CIRCUITS, BUDGETS = "circuits", "budgets"
INDEXES = {CIRCUITS: (EXPIRING,), BUDGETS: (EXPIRING,)}
CIRCUIT_KEPT = timedelta(hours=1)  # after its end, where nobody came to probe
BUDGET_KEPT = timedelta(days=2)  # longer than any period


class Circuits:
    """A document is `{_id: name, closed_until, prober, probe_until, expires_at}`.

    It stands until a probe went well.
    """

    def __init__(self, db: Database, *, clock: Clock = utc_now) -> None:
        self._circuits = db.get_collection(CIRCUITS, write_concern=QUICK)
        self._clock = clock

    @guarded()
    async def all(self) -> dict[str, datetime]:
        """Until when each open circuit is closed to callers, also where that has passed."""
        return {each["_id"]: each["closed_until"] async for each in self._circuits.find()}

    @guarded()
    async def open(self, name: str, until: datetime) -> None:
        """The longest wait that any process was told stands."""
        await self._circuits.update_one(
            {"_id": name},
            {
                "$max": {"closed_until": until, "expires_at": until + CIRCUIT_KEPT},
                "$unset": {"prober": "", "probe_until": ""},
            },
            upsert=True,
        )

    @guarded()
    async def close(self, name: str) -> None:
        """Unless another call was told meanwhile to wait."""
        await self._circuits.delete_one({"_id": name, "closed_until": {"$lte": self._clock()}})

    @guarded()
    async def claim(self, name: str, prober: str, *, within_s: float) -> datetime | None:
        """Take the one probe after the wait. None: it is yours, or the circuit is closed again.

        After `within_s` another process may probe.

        Otherwise until when it is somebody else's turn, or nobody's.
        """
        now = self._clock()
        mine_or_free = [{"prober": prober}, {"probe_until": None}, {"probe_until": {"$lte": now}}]
        claimed = await self._circuits.update_one(
            {"_id": name, "closed_until": {"$lte": now}, "$or": mine_or_free},
            {"$set": {"prober": prober, "probe_until": now + timedelta(seconds=within_s)}},
        )
        if claimed.matched_count:
            return None
        left: dict[str, Any] | None = await self._circuits.find_one({"_id": name})
        return max(left["closed_until"], left.get("probe_until") or now) if left else None


class ServiceBudgets:
    """A document is `{_id: name, taken: [{at, calls}], granted, expires_at}`."""

    def __init__(self, db: Database, *, clock: Clock = utc_now) -> None:
        self._budgets = db.get_collection(BUDGETS, write_concern=QUICK)
        self._clock = clock

    @guarded()
    async def take(
        self, name: str, *, calls: int, limit: int, since: datetime
    ) -> tuple[int, datetime]:
        """Count as many of `calls` as keep those made after `since` within `limit`.

        One statement. What was made before is forgotten. How many calls may be made, and when the
        oldest one that counts was made.
        """
        now = self._clock()
        recent = {"$gt": ["$$this.at", since]}
        left = {"$subtract": [limit, {"$sum": "$taken.calls"}]}
        document: dict[str, Any] = await self._budgets.find_one_and_update(
            {"_id": name},
            [
                {
                    "$set": {
                        "taken": {"$filter": {"input": {"$ifNull": ["$taken", []]}, "cond": recent}}
                    }
                },
                {"$set": {"granted": {"$max": [0, {"$min": [calls, left]}]}}},
                {
                    "$set": {
                        "taken": {
                            "$cond": [
                                {"$gt": ["$granted", 0]},
                                {"$concatArrays": ["$taken", [{"at": now, "calls": "$granted"}]]},
                                "$taken",
                            ]
                        },
                        "expires_at": now + BUDGET_KEPT,
                    }
                },
            ],
            upsert=True,
            return_document=ReturnDocument.AFTER,
        )
        taken = document["taken"]
        return document["granted"], taken[0]["at"] if taken else now
