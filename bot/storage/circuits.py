"""Which services outside are left alone, and who probes them: one document for each circuit."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from pymongo import ASCENDING, IndexModel

from bot.clock import Clock, utc_now
from bot.storage.driver_errors import QUICK, guarded

if TYPE_CHECKING:
    from datetime import datetime

    from bot.storage.database import Database

COLLECTION = "circuits"
INDEXES = (IndexModel([("expires_at", ASCENDING)], expireAfterSeconds=0),)
KEPT = timedelta(hours=1)  # after its end, where nobody came to probe


class Circuits:
    """A document is `{_id: name, closed_until, prober, probe_until, expires_at}`.

    It stands until a probe went well.
    """

    def __init__(self, db: Database, *, clock: Clock = utc_now) -> None:
        self._circuits = db.get_collection(COLLECTION, write_concern=QUICK)
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
                "$max": {"closed_until": until, "expires_at": until + KEPT},
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
