"""The ledger: what each user has used of a period, kept in MongoDB for all processes.

A reservation and a settlement are one statement each, so no process can come between reading and
writing, and both are idempotent by job: whoever repeats one after a crash changes nothing.

A document is `{_id: "<who>:<period>", used, jobs: [{job, granted, spent?}], expires_at}`, where
`who` is a digest of the user id. Jobs are a list, not keys, because their names are any text.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from pymongo import ReturnDocument

from bot.clock import Clock, utc_now
from bot.models.preferences import Plan
from bot.storage import jobs, users
from bot.storage.database import EXPIRING, Database, guarded

if TYPE_CHECKING:
    from datetime import datetime

COLLECTION = "usage"
KEPT = timedelta(days=3)  # a day's use matters until the day has turned in every zone
INDEXES = {COLLECTION: (EXPIRING,)}

_WHO_BYTES = 16


@dataclass(frozen=True, slots=True)
class Grant:
    """What a reservation was given. Units are tracks; `limit` None is no limit."""

    granted: int
    used: int
    limit: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A user's plan, what is `used` of a period, and what a listing's earlier openings `paid`."""

    plan: Plan = Plan.FREE
    plan_until: datetime | None = None
    used: int = 0
    paid: int = 0


class Ledger:
    """`pepper` keys the digest of user ids, so that the stored one does not tell the id."""

    def __init__(self, db: Database, *, clock: Clock = utc_now, pepper: bytes = b"") -> None:
        self._usage = db[COLLECTION]
        self._clock = clock
        self._pepper = pepper[: blake2b.MAX_KEY_SIZE]

    @guarded()
    async def reserve(
        self, user_id: int, *, job: str, cost: int, limit: int | None, period: str
    ) -> Grant:
        """Take up to `cost` units, as many as `limit` leaves.

        A job has what it was granted before, or, where it has settled and goes on because it failed
        and is tried again, what it spent: asked again it is charged only for what it costs beyond
        that, as far as the limit leaves it.
        """
        document: dict[str, Any] = await self._usage.find_one_and_update(
            {"_id": self._key(user_id, period)},
            _reservation(job, cost, limit, self._clock() + KEPT),
            projection={"used": 1, "jobs": {"$elemMatch": {"job": job}}},
            upsert=True,
            return_document=ReturnDocument.AFTER,
        )
        granted = document["jobs"][0]["granted"] if document.get("jobs") else 0
        return Grant(granted=granted, used=document["used"], limit=limit)

    @guarded()
    async def settle(self, user_id: int, *, job: str, spent: int, period: str) -> None:
        """Give back what the job was granted and did not spend. Counts once for a reservation.

        One that is spent whole needs none: what was granted counts as spent.
        """
        await self._usage.update_one(
            {
                "_id": self._key(user_id, period),
                "jobs": {"$elemMatch": {"job": job, "spent": {"$exists": False}}},
            },
            _settlement(job, spent),
        )

    async def used(self, user_id: int, *, period: str) -> int:
        return (await self.account(user_id, period=period)).used

    @guarded()
    async def account(self, user_id: int, *, period: str, listing: str | None = None) -> Account:
        """All that says what the user may have now, in one query; `listing` is a Listing's key."""
        plan = {"$match": {"_id": user_id}}, {"$project": {"_id": 0, "plan": 1, "plan_until": 1}}
        earlier = {"$match": {"user_id": user_id, "outcome.listing": listing}}
        paid = {"$group": {"_id": None, "paid": {"$sum": "$outcome.spent"}}}, {"$unset": "_id"}
        query: list[dict[str, Any]] = [
            {"$match": {"_id": self._key(user_id, period)}},
            {"$project": {"_id": 0, "used": 1}},
            {"$unionWith": {"coll": users.COLLECTION, "pipeline": [*plan]}},
        ]
        if listing:
            query += [{"$unionWith": {"coll": jobs.COLLECTION, "pipeline": [earlier, *paid]}}]
        found: dict[str, Any] = {}
        async for each in self._usage.aggregate(query):
            found |= each
        return Account(**found | {"plan": Plan(found.get("plan", Plan.FREE))})

    @guarded()
    async def forget(self, user_id: int, period: str) -> None:
        """Delete the user's periods but this one: its number stays, so that the limit holds."""
        who, key = self._who(user_id), self._key(user_id, period)
        # ";" follows ":", so this is every period of that user.
        others = {"$gte": f"{who}:", "$lt": f"{who};", "$ne": key}
        await self._usage.delete_many({"_id": others})

    def _who(self, user_id: int) -> str:
        return blake2b(str(user_id).encode(), key=self._pepper, digest_size=_WHO_BYTES).hexdigest()

    def _key(self, user_id: int, period: str) -> str:
        return f"{self._who(user_id)}:{period}"


def _reservation(job: str, cost: int, limit: int | None, expires_at: Any) -> list[dict[str, Any]]:
    name = {"$literal": job}  # a name such as "$used" is text, not a field
    mine = {"$eq": ["$$each.job", name]}
    found = {"$first": {"$filter": {"input": "$jobs", "as": "each", "cond": mine}}}
    wanted: dict[str, Any] = {"$subtract": [max(0, cost), "$_had"]}
    left = {"$subtract": [limit, "$used"]}
    room = wanted if limit is None else {"$min": [wanted, left]}
    granted = {"$add": ["$_had", "$_new"]}
    others = {"$filter": {"input": "$jobs", "as": "each", "cond": {"$not": [mine]}}}
    entry = {"$cond": [{"$gt": [granted, 0]}, [{"job": name, "granted": granted}], []]}
    return [
        {
            "$set": {
                "used": {"$ifNull": ["$used", 0]},
                "jobs": {"$ifNull": ["$jobs", []]},
                "expires_at": {"$ifNull": ["$expires_at", expires_at]},
            }
        },
        {"$set": {"_mine": found}},
        {"$set": {"_had": {"$ifNull": ["$_mine.spent", {"$ifNull": ["$_mine.granted", 0]}]}}},
        {"$set": {"_new": {"$max": [0, room]}}},
        {
            "$set": {
                "used": {"$add": ["$used", "$_new"]},
                "jobs": {"$concatArrays": [others, entry]},
            }
        },
        {"$unset": ["_mine", "_had", "_new"]},
    ]


def _settlement(job: str, spent: int) -> list[dict[str, Any]]:
    mine = {"$eq": ["$$each.job", {"$literal": job}]}
    granted = {
        "$sum": {
            "$map": {
                "input": {"$filter": {"input": "$jobs", "as": "each", "cond": mine}},
                "as": "each",
                "in": "$$each.granted",
            }
        }
    }
    spent_of = {"$min": [max(0, spent), granted]}
    settled = {"$mergeObjects": ["$$each", {"spent": {"$min": [max(0, spent), "$$each.granted"]}}]}
    return [
        {
            "$set": {
                "used": {"$max": [0, {"$subtract": ["$used", {"$subtract": [granted, spent_of]}]}]},
                "jobs": {
                    "$map": {
                        "input": "$jobs",
                        "as": "each",
                        "in": {"$cond": [mine, settled, "$$each"]},
                    }
                },
            }
        }
    ]
