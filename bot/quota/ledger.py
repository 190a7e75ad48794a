"""The ledger: what each user has used of a day, and for which tracks, for all processes.

A reservation and a settlement are one statement each, so no process can come between reading and
writing, and both are idempotent by job: whoever repeats one after a crash changes nothing.

A document is `{_id: "<who>:<period>", used, jobs: [{job, granted, tracks, spent?}], expires_at}`,
where `who` is a digest of the user id and each of `tracks` one of a track's key for that user, so
that what is stored tells neither. Jobs are a list, not keys, because their names are any text. A
reservation without a limit is a number alone: its tracks need not be known to be free later.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from pymongo import ReturnDocument

from bot.clock import Clock, utc_now
from bot.models.preferences import Plan
from bot.storage import users
from bot.storage.database import EXPIRING, Database, guarded

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

COLLECTION = "usage"
KEPT = timedelta(days=31)  # what is paid is free for 30 days, from whenever in that day
INDEXES = {COLLECTION: (EXPIRING,)}

_WHO_BYTES = 16
_TRACK_BYTES = 8  # as whole numbers, which take the least room


@dataclass(frozen=True, slots=True)
class Grant:
    """What a job has of a day: the `tracks` it was granted, by key; `limit` None is no limit."""

    tracks: frozenset[str]
    used: int
    limit: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A user's plan, what is `used` of a day, and which of the tracks asked for are paid.

    `own` are those that the job asked about was granted on other days, by day: it is not paid for
    them until it has settled.
    """

    plan: Plan = Plan.FREE
    plan_until: datetime | None = None
    used: int = 0
    paid: frozenset[str] = frozenset()
    own: Mapping[str, frozenset[str]] = field(default_factory=dict)


class Ledger:
    """`pepper` keys the digests, so that nobody else can compute them. Tracks are `Track.key`."""

    def __init__(self, db: Database, *, clock: Clock = utc_now, pepper: bytes = b"") -> None:
        self._usage = db[COLLECTION]
        self._clock = clock
        self._pepper = pepper

    @guarded()
    async def reserve(
        self, user_id: int, *, job: str, tracks: Sequence[str], limit: int | None, period: str
    ) -> Grant:
        """Take a unit for each of these tracks, the first ones as far as `limit` leaves them.

        A job has what it was granted before, or, where it has settled and goes on because it failed
        and is tried again, what it spent: asked again it is charged only for tracks beyond that.
        """
        numbers = self._numbers(user_id, tracks)
        # Not more than can be granted: what stands behind that needs no way to MongoDB.
        wanted = list(numbers) if limit is None else list(numbers)[: max(0, limit)]
        document: dict[str, Any] = await self._usage.find_one_and_update(
            {"_id": self._key(user_id, period)},
            _reservation(job, wanted, limit, self._clock() + KEPT),
            projection={"used": 1, "jobs": {"$elemMatch": {"job": job}}},
            upsert=True,
            return_document=ReturnDocument.AFTER,
        )
        # MongoDB does not project what it answers to a driver that repeats a statement after a
        # step-down: all jobs come then, and not in this one's order.
        entries: list[dict[str, Any]] = document.get("jobs", [])
        entry = next((each for each in entries if each["job"] == job), {})
        granted = numbers if limit is None else entry.get("tracks", ())
        keys = frozenset(numbers[each] for each in granted if each in numbers)
        return Grant(tracks=keys, used=document["used"], limit=limit)

    @guarded()
    async def settle(
        self, user_id: int, *, job: str, spent: Sequence[str], period: str | None
    ) -> None:
        """Give back what the job was granted beyond the tracks it `spent`, once a reservation.

        One that is spent whole needs none: what was granted counts as spent. Without a period it is
        settled on whatever days it reserved.
        """
        which = {"_id": self._key(user_id, period) if period else self._days(user_id)}
        mine = {"jobs": {"$elemMatch": {"job": job, "spent": {"$exists": False}}}}
        settle = self._usage.update_one if period else self._usage.update_many
        await settle(which | mine, _settlement(job, list(self._numbers(user_id, spent))))

    async def used(self, user_id: int, *, period: str) -> int:
        return (await self.account(user_id, period=period)).used

    @guarded()
    async def account(
        self, user_id: int, *, period: str, tracks: Sequence[str] = (), job: str | None = None
    ) -> Account:
        """All that says what the user may have now, in one query."""
        numbers = self._numbers(user_id, tracks)
        key = self._key(user_id, period)
        plan = {"$match": {"_id": user_id}}, {"$project": users.PLAN}
        query: list[dict[str, Any]] = [
            {"$match": {"_id": key}},
            {"$project": {"_id": 0, "used": 1}},
            {"$unionWith": {"coll": users.COLLECTION, "pipeline": [*plan]}},
        ]
        if numbers:
            paid = _paid(self._days(user_id), list(numbers), job)
            query += [{"$unionWith": {"coll": COLLECTION, "pipeline": paid}}]
        facts: dict[str, Any] = {}
        own: dict[str, frozenset[str]] = {}
        async for each in self._usage.aggregate(query):
            if "tracks" not in each:
                facts |= each
                continue
            found = frozenset(numbers[number] for number in each["tracks"])
            if each["own"] is None:
                facts["paid"] = found
            elif each["own"] != key:
                own[each["own"].rpartition(":")[2]] = found
        return Account(**facts | {"plan": Plan(facts.get("plan", Plan.FREE)), "own": own})

    @guarded()
    async def days(self, user_id: int, most: int) -> int:
        """On how many of the last 31 days the user paid for something, counted up to `most`."""
        paid = {"_id": self._days(user_id), "used": {"$gt": 0}}
        return await self._usage.count_documents(paid, limit=most)

    @guarded()
    async def forget(self, user_id: int, period: str) -> None:
        """Delete what the user used, but this period's number: it stays, so that the limit holds.

        Which tracks that was is forgotten, so that they are free no longer.
        """
        key = self._key(user_id, period)
        await self._usage.delete_many({"_id": {**self._days(user_id), "$ne": key}})
        await self._usage.update_one(
            {"_id": key, "jobs": {"$ne": []}}, {"$set": {"jobs.$[].tracks": []}}
        )

    def _key(self, user_id: int, period: str) -> str:
        return f"{digest(user_id, self._pepper)}:{period}"

    def _days(self, user_id: int) -> dict[str, str]:
        who = digest(user_id, self._pepper)
        return {"$gte": f"{who}:", "$lt": f"{who};"}  # ";" follows ":"

    def _numbers(self, user_id: int, tracks: Sequence[str]) -> dict[int, str]:
        """What stands for each track in the user's documents, in order and each once."""
        keyed = _keyed(f"{user_id}:", self._pepper, _TRACK_BYTES)
        found: dict[int, str] = {}
        for track in tracks:
            mixed = keyed.copy()
            mixed.update(track.encode("utf-8", "replace"))
            found.setdefault(int.from_bytes(mixed.digest(), signed=True), track)
        return found


def digest(user_id: int, pepper: bytes) -> str:
    """What stands for a user where nothing but a limit is kept, which only the pepper tells."""
    return _keyed(str(user_id), pepper, _WHO_BYTES).hexdigest()


def _keyed(text: str, pepper: bytes, size: int) -> blake2b:
    return blake2b(text.encode(), key=pepper[: blake2b.MAX_KEY_SIZE], digest_size=size)


def _paid(days: dict[str, str], tracks: list[int], job: str | None) -> list[dict[str, Any]]:
    """Those of the tracks that a user's days hold: other jobs' together, this job's own by day."""
    concerned = {"$match": {"_id": days, "jobs.tracks": {"$in": tracks}}}
    of_job = {"$cond": [{"$eq": ["$jobs.job", {"$literal": job}]}, "$_id", None]}
    return [
        concerned,
        {"$unwind": "$jobs"},
        {"$match": {"jobs.tracks": {"$in": tracks}}},
        {"$project": {"own": of_job, "track": "$jobs.tracks"}},
        {"$unwind": "$track"},
        {"$match": {"track": {"$in": tracks}}},
        {"$group": {"_id": "$own", "tracks": {"$addToSet": "$track"}}},
        {"$project": {"_id": 0, "own": "$_id", "tracks": 1}},
    ]


def _reservation(
    job: str, tracks: list[int], limit: int | None, expires_at: datetime
) -> list[dict[str, Any]]:
    name = {"$literal": job}  # a name such as "$used" is text, not a field
    mine = {"$eq": ["$$each.job", name]}
    found = {"$first": {"$filter": {"input": "$jobs", "as": "each", "cond": mine}}}
    others = {"$filter": {"input": "$jobs", "as": "each", "cond": {"$not": [mine]}}}
    if limit is None:
        new: Any = []
        count: Any = {"$max": [0, {"$subtract": [len(tracks), "$_had"]}]}
    else:
        room = {"$min": [len(tracks), {"$subtract": [limit, "$used"]}]}
        beyond = {
            "input": {"$literal": tracks},
            "cond": {"$not": [{"$in": ["$$this", "$_tracks"]}]},
        }
        new = {"$cond": [{"$gt": [room, 0]}, {"$slice": [{"$filter": beyond}, room]}, []]}
        count = {"$size": "$_new"}
    granted = {"$add": ["$_had", "$_count"]}
    has = {"$concatArrays": ["$_tracks", "$_new"]}
    entry = {"job": name, "granted": granted, "tracks": has}
    return [
        {
            "$set": {
                "used": {"$ifNull": ["$used", 0]},
                "jobs": {"$ifNull": ["$jobs", []]},
                "expires_at": {"$ifNull": ["$expires_at", expires_at]},
            }
        },
        {"$set": {"_mine": found}},
        {
            "$set": {
                "_had": {"$ifNull": ["$_mine.spent", "$_mine.granted", 0]},
                "_tracks": {"$ifNull": ["$_mine.tracks", []]},
            }
        },
        {"$set": {"_new": new}},
        {"$set": {"_count": count}},
        {
            "$set": {
                "used": {"$add": ["$used", "$_count"]},
                "jobs": {
                    "$concatArrays": [others, {"$cond": [{"$gt": [granted, 0]}, [entry], []]}]
                },
            }
        },
        {"$unset": ["_mine", "_had", "_tracks", "_new", "_count"]},
    ]


def _settlement(job: str, spent: list[int]) -> list[dict[str, Any]]:
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
    kept = {"$setIntersection": [{"$ifNull": ["$$each.tracks", []]}, {"$literal": spent}]}
    settled = {"spent": {"$min": [len(spent), "$$each.granted"]}, "tracks": kept}
    back = {"$max": [0, {"$subtract": [granted, len(spent)]}]}
    return [
        {
            "$set": {
                "used": {"$max": [0, {"$subtract": ["$used", back]}]},
                "jobs": {
                    "$map": {
                        "input": "$jobs",
                        "as": "each",
                        "in": {"$cond": [mine, {"$mergeObjects": ["$$each", settled]}, "$$each"]},
                    }
                },
            }
        }
    ]
