"""What is remembered of a user: what they chose, and the plan where one was given.

Preferences inside a document, whoever it belongs to, are kept for as long as they are used.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from types import NoneType
from typing import TYPE_CHECKING, Any

from pymongo import ReturnDocument

from bot.clock import Clock, utc_now
from bot.models.preferences import Mode, Plan, Preferences, in_order
from bot.storage.database import EXPIRING, Collection, Database, guarded, readable, shaped

if TYPE_CHECKING:
    from collections.abc import Mapping

COLLECTION = "users"
INDEXES = {COLLECTION: (EXPIRING,)}
KEPT = timedelta(days=400)  # without use; a year and a month, for those who come once a year
# For an aggregation: the plan, where both of its fields are what this version knows, else none.
_UNTIL_KNOWN = {"$in": [{"$type": "$plan_until"}, ["date", "null", "missing"]]}
_PLAN_KNOWN = {"$and": [{"$in": ["$plan", list(Plan)]}, _UNTIL_KNOWN]}
PLAN = {
    "_id": 0,
    "plan": {"$cond": [_PLAN_KNOWN, "$plan", "$$REMOVE"]},
    "plan_until": {"$cond": [_PLAN_KNOWN, "$plan_until", "$$REMOVE"]},
}
NOTED_EVERY = timedelta(days=30)  # how seldom a use has to be written down for that
FIELDS = ("language", "platforms", "mode")


class Users:
    """A document is `{_id: user id, …preferences, plan, plan_until, expires_at}`.

    `plan` holds until `plan_until`, or for good where that is None; bot.quota.ledger reads both.
    """

    def __init__(self, db: Database, *, clock: Clock = utc_now) -> None:
        self._users = db[COLLECTION]
        self._clock = clock

    @guarded()
    async def preferences(self, user_id: int) -> Preferences | None:
        """What the user chose; None for someone who never chose anything."""
        return await read(self._users, user_id, self._clock())

    @guarded()
    async def choose(self, user_id: int, /, **changes: Any) -> Preferences:
        """Set some of the user's preferences, by their names."""
        return await write(self._users, user_id, changes, self._clock())

    @guarded()
    async def forget(self, user_id: int) -> bool:
        return bool((await self._users.delete_one({"_id": user_id})).deleted_count)


async def read(collection: Collection, owner_id: int, now: datetime) -> Preferences | None:
    """The owner's preferences, None for somebody unknown. Being read is being used."""
    document = await collection.find_one({"_id": owner_id}, [*FIELDS, "expires_at"])
    if document is None:
        return None
    expires_at = document.get("expires_at")
    if isinstance(expires_at, datetime) and expires_at < now + KEPT - NOTED_EVERY:
        await collection.update_one({"_id": owner_id}, {"$max": {"expires_at": now + KEPT}})
    return readable(_preferences, document, collection.name)


async def write(
    collection: Collection, owner_id: int, changes: Mapping[str, Any], now: datetime
) -> Preferences:
    """Set some preferences; all of them as they are then. Raises TypeError for what is none."""
    if unknown := changes.keys() - set(FIELDS):
        raise TypeError(f"preferences have no {', '.join(sorted(unknown))}")
    document: dict[str, Any] = await collection.find_one_and_update(
        {"_id": owner_id},
        {"$set": changes, "$max": {"expires_at": now + KEPT}},
        upsert=True,
        return_document=ReturnDocument.AFTER,
    )
    return readable(_preferences, document, collection.name) or Preferences(**changes)


def _preferences(document: Mapping[str, Any]) -> Preferences:
    mode = document.get("mode")
    shaped((document.get("language"),), ((str, NoneType),))
    return Preferences(
        language=document.get("language"),
        platforms=in_order(document.get("platforms")),
        mode=Mode(mode) if mode in tuple(Mode) else Mode.AUTOMATIC,
    )
