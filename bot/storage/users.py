"""What is remembered of a user: plan and language, and when they came."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from pymongo import ASCENDING, IndexModel, ReturnDocument
from pymongo.errors import DuplicateKeyError

from bot.clock import Clock, utc_now
from bot.quota.policy import Plan
from bot.storage.guard import guarded

if TYPE_CHECKING:
    from bot.storage.mongo import Database

COLLECTION = "users"
INDEXES = (IndexModel([("expires_at", ASCENDING)], expireAfterSeconds=0),)
KEPT = timedelta(days=400)  # without use; a year and a month, for those who come once a year


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """`plan` holds until `plan_until`, or for good where that is None."""

    id: int
    plan: Plan
    plan_until: datetime | None
    language: str | None
    created_at: datetime
    seen_at: datetime


class Users:
    def __init__(self, db: Database, *, clock: Clock = utc_now) -> None:
        self._users = db[COLLECTION]
        self._clock = clock

    @guarded()
    async def get(self, user_id: int) -> User | None:
        document = await self._users.find_one({"_id": user_id})
        return _user(document) if document else None

    async def seen(self, user_id: int) -> User:
        """Note that the user is here, for the first time or again."""
        return await self._change(user_id, {}, self._clock())

    async def set_plan(self, user_id: int, plan: Plan, until: datetime | None = None) -> User:
        """Give a plan until then, or for good; also to someone who never came."""
        latest = max(until or self._clock(), self._clock())
        return await self._change(user_id, {"plan": str(plan), "plan_until": until}, latest)

    async def set_language(self, user_id: int, language: str | None) -> User:
        return await self._change(user_id, {"language": language}, self._clock())

    @guarded()
    async def forget(self, user_id: int) -> bool:
        return bool((await self._users.delete_one({"_id": user_id})).deleted_count)

    @guarded()
    async def _change(self, user_id: int, changes: dict[str, Any], needed: datetime) -> User:
        now = self._clock()
        first = {"plan": str(Plan.FREE), "plan_until": None, "language": None, "created_at": now}
        update = {
            "$set": {**changes, "seen_at": now},
            "$setOnInsert": {key: first[key] for key in first.keys() - changes.keys()},
            "$max": {"expires_at": needed + KEPT},
        }
        try:
            document = await self._upsert(user_id, update)
        except DuplicateKeyError:  # two first sights of a user; the document is there now
            document = await self._upsert(user_id, update)
        return _user(document)

    async def _upsert(self, user_id: int, update: dict[str, Any]) -> dict[str, Any]:
        document: dict[str, Any] = await self._users.find_one_and_update(
            {"_id": user_id}, update, upsert=True, return_document=ReturnDocument.AFTER
        )
        return document


def _user(document: dict[str, Any]) -> User:
    return User(
        id=document["_id"],
        plan=Plan(document["plan"]),
        plan_until=document["plan_until"],
        language=document["language"],
        created_at=document["created_at"],
        seen_at=document["seen_at"],
    )
