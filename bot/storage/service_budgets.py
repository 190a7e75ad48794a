"""Shared quotas of the services outside, counted in MongoDB for all processes."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from pymongo import ASCENDING, IndexModel, ReturnDocument

from bot.clock import Clock, utc_now
from bot.storage.driver_errors import QUICK, guarded

if TYPE_CHECKING:
    from datetime import datetime

    from bot.storage.database import Database

COLLECTION = "budgets"
KEPT = timedelta(days=2)  # longer than any period
INDEXES = (IndexModel([("expires_at", ASCENDING)], expireAfterSeconds=0),)


class ServiceBudgets:
    """A document is `{_id: name, taken: [{at, calls}], granted, expires_at}`."""

    def __init__(self, db: Database, *, clock: Clock = utc_now) -> None:
        self._budgets = db.get_collection(COLLECTION, write_concern=QUICK)
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
                        "expires_at": now + KEPT,
                    }
                },
            ],
            upsert=True,
            return_document=ReturnDocument.AFTER,
        )
        taken = document["taken"]
        return document["granted"], taken[0]["at"] if taken else now
