"""Files that were sent already, by what they hold, and files that are on their way."""

from __future__ import annotations

from datetime import timedelta

from pymongo.errors import DuplicateKeyError

from bot.clock import Clock, ahead, utc_now
from bot.storage.database import EXPIRING, QUICK, Database, guarded, readable

COLLECTION = "exports"
INDEXES = {COLLECTION: (EXPIRING,)}
KEPT = timedelta(days=30)  # as long as the buttons under a listing work
CLAIMED = timedelta(minutes=5)  # longer than cover, upload and their retries take


class Exports:
    """A document is `{_id: digest, file_id, expires_at}`, or `{_id: errand, expires_at}`."""

    def __init__(self, db: Database, *, clock: Clock = utc_now) -> None:
        self._exports = db.get_collection(COLLECTION, write_concern=QUICK)
        self._clock = clock

    @guarded()
    async def claim(self, errand: str) -> bool:
        """Begin an errand. False while another process or tap is on it."""
        now = self._clock()
        try:
            await self._exports.update_one(
                {"_id": errand, "expires_at": {"$not": ahead(now, CLAIMED)}},
                {"$set": {"expires_at": now + CLAIMED}},
                upsert=True,
            )
        except DuplicateKeyError:
            return False
        return True

    @guarded()
    async def release(self, errand: str) -> None:
        await self._exports.delete_one({"_id": errand})

    @guarded()
    async def file_id(self, digest: str) -> str | None:
        """Telegram's id of the file with that digest, where it was sent in the last 30 days."""
        fresh = {"_id": digest, "expires_at": {"$gt": self._clock()}}
        document = await self._exports.find_one(fresh)
        return readable(lambda found: str(found["file_id"]), document, COLLECTION)

    @guarded()
    async def remember(self, digest: str, file_id: str) -> None:
        document = {"file_id": file_id, "expires_at": self._clock() + KEPT}
        await self._exports.replace_one({"_id": digest}, document, upsert=True)
