"""Tracks' pages at other platforms, so that each is searched for once."""

from __future__ import annotations

from datetime import timedelta
from types import NoneType
from typing import TYPE_CHECKING

from pymongo import ReplaceOne

from bot.clock import Clock, ahead, utc_now
from bot.storage.database import EXPIRING, QUICK, Database, guarded

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

COLLECTION = "pages"
INDEXES = {COLLECTION: (EXPIRING,)}

KEPT = timedelta(days=30)
_URL = (str, NoneType)
MISS_KEPT = timedelta(days=2)  # a new song reaches the others soon


class PlatformPages:
    """A document is `{_id: platform and track, url, expires_at}`; `url` is None for a miss."""

    def __init__(self, db: Database, *, clock: Clock = utc_now) -> None:
        self._pages = db.get_collection(COLLECTION, write_concern=QUICK)
        self._clock = clock

    @guarded()
    async def get_many(self, keys: Sequence[str]) -> dict[str, str | None]:
        """What is known of these; a key that was not searched for is left out."""
        which = {"_id": {"$in": list(keys)}, "expires_at": ahead(self._clock(), KEPT)}
        found = await self._pages.find(which, {"url": 1}).to_list(None)
        return {each["_id"]: each["url"] for each in found if isinstance(each.get("url", 0), _URL)}

    @guarded()
    async def put_many(self, pages: Mapping[str, str | None]) -> None:
        now = self._clock()
        writes = [
            ReplaceOne(
                {"_id": key},
                {"url": url, "expires_at": now + (KEPT if url else MISS_KEPT)},
                upsert=True,
            )
            for key, url in pages.items()
        ]
        if writes:
            await self._pages.bulk_write(writes, ordered=False)
