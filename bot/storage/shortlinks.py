"""Where Spotify's short links lead, so that each is followed once."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from pymongo import ASCENDING, IndexModel

from bot.clock import Clock, utc_now
from bot.storage.guard import guarded

if TYPE_CHECKING:
    from bot.storage.mongo import Database

COLLECTION = "shortlinks"
INDEXES = (IndexModel([("expires_at", ASCENDING)], expireAfterSeconds=0),)
KEPT = timedelta(days=30)


class ShortLinks:
    def __init__(self, db: Database, *, clock: Clock = utc_now) -> None:
        self._links = db[COLLECTION]
        self._clock = clock

    @guarded()
    async def get(self, short: str) -> str | None:
        """The address that `short` leads to, where it was followed in the last 30 days."""
        document = await self._links.find_one({"_id": short, "expires_at": {"$gt": self._clock()}})
        return str(document["target"]) if document else None

    @guarded()
    async def put(self, short: str, target: str) -> None:
        document = {"target": target, "expires_at": self._clock() + KEPT}
        await self._links.replace_one({"_id": short}, document, upsert=True)
