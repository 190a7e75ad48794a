"""What is remembered of a user: the plan, and what they chose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pymongo import ASCENDING, IndexModel, ReturnDocument

from bot.clock import Clock, utc_now
from bot.models.preferences import Plan
from bot.storage.driver_errors import guarded
from bot.storage.preferences import KEPT, checked, preferences, read

if TYPE_CHECKING:
    from datetime import datetime

    from bot.models.preferences import Preferences
    from bot.storage.database import Database

COLLECTION = "users"
INDEXES = (IndexModel([("expires_at", ASCENDING)], expireAfterSeconds=0),)


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """`plan` holds until `plan_until`, or for good where that is None."""

    id: int
    plan: Plan
    plan_until: datetime | None
    preferences: Preferences


class Users:
    def __init__(self, db: Database, *, clock: Clock = utc_now) -> None:
        self._users = db[COLLECTION]
        self._clock = clock

    @guarded()
    async def get(self, user_id: int) -> User | None:
        document = await self._users.find_one({"_id": user_id})
        return _user(document) if document else None

    async def set_plan(self, user_id: int, plan: Plan, until: datetime | None = None) -> User:
        """Give a plan until then, or for good; also to someone who never came."""
        latest = max(until or self._clock(), self._clock())
        return await self._change(user_id, {"plan": str(plan), "plan_until": until}, latest)

    @guarded()
    async def preferences(self, user_id: int) -> Preferences | None:
        """What the user chose; None for someone who never chose anything."""
        return await read(self._users, user_id, self._clock())

    async def choose(self, user_id: int, /, **changes: Any) -> Preferences:
        """Set some of the user's preferences, by their names."""
        return (await self._change(user_id, checked(changes), self._clock())).preferences

    @guarded()
    async def forget(self, user_id: int) -> bool:
        return bool((await self._users.delete_one({"_id": user_id})).deleted_count)

    @guarded()
    async def _change(self, user_id: int, changes: dict[str, Any], needed: datetime) -> User:
        first = {"plan": str(Plan.FREE), "plan_until": None}
        update = {
            "$set": changes,
            "$setOnInsert": {key: first[key] for key in first.keys() - changes.keys()},
            "$max": {"expires_at": needed + KEPT},
        }
        update = {operator: fields for operator, fields in update.items() if fields}
        document: dict[str, Any] = await self._users.find_one_and_update(
            {"_id": user_id}, update, upsert=True, return_document=ReturnDocument.AFTER
        )
        return _user(document)


def _user(document: dict[str, Any]) -> User:
    return User(
        id=document["_id"],
        plan=Plan(document["plan"]),
        plan_until=document["plan_until"],
        preferences=preferences(document),
    )
