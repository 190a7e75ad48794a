"""Jobs: each accepted message on its way to one answer, kept so that no crash loses it.

A job is claimed under a lease. Whoever holds it renews the lease; when that stops, another
process claims the job and goes on where it stood.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from pymongo import ASCENDING, IndexModel, ReturnDocument
from pymongo.errors import DuplicateKeyError

from bot.clock import Clock, utc_now
from bot.models.job import FIELDS, Job, JobState
from bot.storage.driver_errors import guarded

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bot.storage.database import Database

COLLECTION = "jobs"
KEPT = timedelta(days=30)  # as long as the buttons under a listing work
# Until a job is tried again whose chat takes nothing: seconds, the shortest and the longest wait.
PUT_OFF_S = (30, 600)
CLAIM_TRIES = 5  # lost races with other claims of the same user
UNFINISHED = (JobState.RUNNING, JobState.WAITING)

INDEXES = (
    IndexModel([("state", ASCENDING), ("created_at", ASCENDING), ("lease_until", ASCENDING)]),
    IndexModel([("user_id", ASCENDING), ("created_at", ASCENDING)]),
    IndexModel([("user_id", ASCENDING), ("outcome.listing", ASCENDING)]),
    # One running job for each user, whoever claims.
    IndexModel(
        [("user_id", ASCENDING)],
        name="one_running_per_user",
        unique=True,
        partialFilterExpression={"state": JobState.RUNNING},
    ),
    IndexModel([("expires_at", ASCENDING)], expireAfterSeconds=0),
)


class Jobs:
    """All jobs. Times come from `clock`; each method is one statement, a few are two."""

    def __init__(self, db: Database, *, clock: Clock = utc_now) -> None:
        self._jobs = db[COLLECTION]
        self._clock = clock

    @guarded()
    async def accept(self, job: Job) -> bool:
        """Store a new job. False when its id is there already: that message is being answered."""
        document = job.document()
        document["expires_at"] = job.expires_at or self._clock() + KEPT
        # Claimable at once: a time that has passed is simpler to compare with than none.
        document["lease_until"] = job.lease_until or job.created_at
        try:
            await self._jobs.insert_one(document)
        except DuplicateKeyError:
            return False
        return True

    @guarded()
    async def claim(self, owner: str, *, lease_s: float) -> Job | None:
        """Lease the oldest job that nobody works on, those that were begun first.

        A user with a running job is passed over; the index refuses what a race lets through.
        """
        for _ in range(CLAIM_TRIES):
            now = self._clock()
            busy = await self._jobs.distinct(
                "user_id", {"state": JobState.RUNNING, "lease_until": {"$gt": now}}
            )
            try:
                return await self._lease({"user_id": {"$nin": busy}}, owner, lease_s)
            except DuplicateKeyError:
                continue
        return None

    @guarded()
    async def claim_id(self, job_id: str, owner: str, *, lease_s: float) -> Job | None:
        """Lease this job. None when it is done, leased, or its user has another one running."""
        try:
            return await self._lease({"_id": job_id}, owner, lease_s)
        except DuplicateKeyError:
            return None

    async def _lease(self, which: Mapping[str, Any], owner: str, lease_s: float) -> Job | None:
        now = self._clock()
        document = await self._jobs.find_one_and_update(
            {**which, "state": {"$in": UNFINISHED}, "lease_until": {"$lte": now}},
            {
                "$set": {
                    "state": JobState.RUNNING,
                    "owner": owner,
                    "lease_until": now + timedelta(seconds=lease_s),
                },
                "$inc": {"attempts": 1},
            },
            # "running" sorts before "waiting": what a dead process left goes first.
            sort=[("state", ASCENDING), ("created_at", ASCENDING)],
            return_document=ReturnDocument.AFTER,
        )
        return Job.of(document) if document else None

    @guarded()
    async def renew(self, job_ids: Iterable[str], owner: str, *, lease_s: float) -> list[Job]:
        """Hold leases longer: the jobs that are still held. Stop working on the others."""
        held = {"_id": {"$in": list(job_ids)}, "owner": owner, "state": JobState.RUNNING}
        until = self._clock() + timedelta(seconds=lease_s)
        await self._jobs.update_many(held, {"$set": {"lease_until": until}})
        return [Job.of(document) async for document in self._jobs.find(held)]

    @guarded()
    async def save(self, job_id: str, *, owner: str | None = None, **changes: Any) -> bool:
        """Set fields of a job. False when it is gone, or not leased by `owner` where one is given.

        Raises TypeError for names that are no fields of a job.
        """
        if unknown := changes.keys() - FIELDS:
            raise TypeError(f"a job has no {', '.join(sorted(unknown))}")
        which = _held(job_id, owner) if owner else {"_id": job_id}
        result = await self._jobs.update_one(which, {"$set": changes})
        return bool(result.matched_count)

    @guarded()
    async def release(self, job_id: str, owner: str, *, retry_in_s: float | None = None) -> bool:
        """Give a job back unfinished.

        Without `retry_in_s` in good order: claimable at once, and the attempt does not count.
        With it after a failure: claimable after so many seconds, and the attempt counts.
        """
        free = {
            "state": JobState.WAITING,
            "owner": None,
            "lease_until": self._clock() + timedelta(seconds=retry_in_s or 0),
        }
        attempts = -1 if retry_in_s is None else 0
        result = await self._jobs.update_one(
            _held(job_id, owner), {"$set": free, "$inc": {"attempts": attempts}}
        )
        return bool(result.matched_count)

    @guarded()
    async def put_off(self, job_id: str, owner: str, *, at_least_s: float) -> bool:
        """Give back a job whose chat takes nothing; the attempt does not count.

        Claimable after as long again as it has waited, within `PUT_OFF_S`.
        """
        now = self._clock()
        shortest, longest = (1000 * seconds for seconds in PUT_OFF_S)
        waited = {"$subtract": [now, "$created_at"]}
        wait = {"$max": [1000 * at_least_s, {"$min": [longest, {"$max": [shortest, waited]}]}]}
        free = {
            "state": JobState.WAITING,
            "owner": None,
            "lease_until": {"$add": [now, wait]},
            "attempts": {"$subtract": ["$attempts", 1]},
        }
        result = await self._jobs.update_one(_held(job_id, owner), [{"$set": free}])
        return bool(result.matched_count)

    @guarded()
    async def finish(
        self, job_id: str, outcome: Mapping[str, Any], *, owner: str | None = None
    ) -> bool:
        """End a job. False when it was ended before, or is not leased by `owner` where given."""
        which = _held(job_id, owner) if owner else {"_id": job_id}
        result = await self._jobs.update_one(
            {"state": {"$in": UNFINISHED}, **which}, {"$set": _done(outcome)}
        )
        return bool(result.matched_count)

    @guarded()
    async def known(self, job_ids: Sequence[str]) -> set[str]:
        """Which of these are there, in any state."""
        found = self._jobs.find({"_id": {"$in": list(job_ids)}}, {"_id": 1})
        return {document["_id"] async for document in found}

    @guarded()
    async def get(self, job_id: str) -> Job | None:
        document = await self._jobs.find_one({"_id": job_id})
        return Job.of(document) if document else None

    @guarded()
    async def waiting(self, user_ids: Iterable[int]) -> list[Job]:
        """Jobs of these users that can be claimed as soon as the one before has ended."""
        which = {
            "user_id": {"$in": list(user_ids)},
            "state": JobState.WAITING,
            "lease_until": {"$lte": self._clock()},
        }
        found = self._jobs.find(which, sort=[("created_at", ASCENDING)])
        return [Job.of(document) async for document in found]

    @guarded()
    async def history(self, user_id: int, most: int) -> list[Job]:
        """The newest ended job of each of the user's last listings, newest first."""
        found = self._jobs.aggregate(
            [
                {"$match": {"user_id": user_id, "outcome.title": {"$exists": True}}},
                {"$sort": {"created_at": -1}},
                {"$group": {"_id": "$outcome.listing", "job": {"$first": "$$ROOT"}}},
                {"$sort": {"job.created_at": -1, "_id": 1}},
                {"$limit": most},
            ]
        )
        return [Job.of(document["job"]) async for document in found]

    @guarded()
    async def cancel_waiting(self, user_id: int) -> int:
        """End the user's jobs that wait; how many.

        Those without a message end here, with the outcome `{"cancelled": True}`. They are kept, not
        deleted, so that a repeated update does not bring them back. Whoever claims next the others,
        of which a message says that they go on, ends them there.
        """
        waiting = {"user_id": user_id, "state": JobState.WAITING}
        told = {"$or": [{name: {"$ne": None}} for name in ("reply_id", "inline_id")]}
        stopped = await self._jobs.update_many(
            waiting | told, {"$set": {"stop": True, "lease_until": self._clock()}}
        )
        ended = await self._jobs.update_many(
            waiting | {"reply_id": None, "inline_id": None}, {"$set": _done({"cancelled": True})}
        )
        return stopped.modified_count + ended.modified_count

    @guarded()
    async def move(self, old_id: int, new_id: int) -> int:
        """The unfinished jobs of a group go on in its supergroup, where no message is known yet."""
        moved = {"chat_id": new_id, "reply_id": None}
        result = await self._jobs.update_many(
            {"chat_id": old_id, "state": {"$in": UNFINISHED}}, {"$set": moved}
        )
        return result.modified_count

    @guarded()
    async def leave(self, chat_id: int) -> int:
        """End the jobs of a chat that nobody works on; who works on one finds the chat closed."""
        result = await self._jobs.update_many(
            {"chat_id": chat_id, "state": JobState.WAITING}, {"$set": _done({"cancelled": True})}
        )
        return result.modified_count

    @guarded()
    async def ask_to_stop(self, user_id: int, job_id: str | None, *, but: str) -> int:
        """Ask whoever runs a job of the user, or this one, to end it, except the owner `but`."""
        which = {"user_id": user_id, "state": JobState.RUNNING, "owner": {"$ne": but}}
        result = await self._jobs.update_many(
            which | ({"_id": job_id} if job_id else {}), {"$set": {"stop": True}}
        )
        return result.matched_count

    @guarded()
    async def forget(self, user_id: int) -> int:
        """Delete all jobs of the user; who works on one finds that its lease is lost."""
        return (await self._jobs.delete_many({"user_id": user_id})).deleted_count


def _held(job_id: str, owner: str) -> dict[str, Any]:
    return {"_id": job_id, "owner": owner, "state": JobState.RUNNING}


def _done(outcome: Mapping[str, Any]) -> dict[str, Any]:
    return {"state": JobState.DONE, "outcome": dict(outcome), "owner": None}
