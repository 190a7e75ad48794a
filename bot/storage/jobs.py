"""Jobs: each accepted message on its way to one answer, kept so that no crash loses it.

A job is claimed under a lease. Whoever holds it renews the lease; when that stops, another
process claims the job and goes on where it stood.
"""

from __future__ import annotations

import secrets
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from types import NoneType
from typing import TYPE_CHECKING, Any

from pymongo import ASCENDING, IndexModel, ReturnDocument
from pymongo.errors import DuplicateKeyError

from bot.clock import Clock, Timing, ahead, utc_now
from bot.models.job import FIELDS, WITHIN, Job, JobState
from bot.models.links import LEAD_TO_ONE
from bot.storage.database import EXPIRING, Database, guarded, readable, shaped

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, Collection, Iterable, Mapping, Sequence

    from bot.models.job import Lane
    from bot.storage.database import Document

COLLECTION = "jobs"
KEPT = timedelta(days=30)  # as long as the buttons under a listing work
FORGOTTEN_KEPT = timedelta(hours=1)  # longer than a busy chat puts the end of a job off
# Until a job is tried again whose chat takes nothing: seconds, the shortest and the longest wait.
PUT_OFF_S = (30, 600)
LONGEST_PUT_OFF = timedelta(hours=1)  # whatever Telegram asks for: later it asks again
CLAIM_TRIES = 5  # lost races with other claims of the same user
# Which links the jobs of single tracks and of lists have.
_LINKS = {
    True: {"link_kind": {"$in": LEAD_TO_ONE}},
    False: {"link_kind": {"$nin": LEAD_TO_ONE}},
}
UNFINISHED = (JobState.RUNNING, JobState.WAITING)
# A count that is none must not keep others from being claimed.
_ATTEMPTS = {"$cond": [{"$isNumber": "$attempts"}, "$attempts", 0]}
# What a job must have to be carried at all.
SHAPE: dict[str, type | tuple[type, ...]] = {
    **dict.fromkeys(("user_id", "chat_id", "message_id", "page", "attempts", "again"), int),
    **dict.fromkeys(("id", "chat_type", "link_kind", "link_id"), str),
    **dict.fromkeys(("topic_id", "reply_id"), (int, NoneType)),
    **dict.fromkeys(("inline_id", "language", "owner"), (str, NoneType)),
    "created_at": datetime,
    "outcome": dict,
}

INDEXES = {
    COLLECTION: (
        IndexModel([("state", ASCENDING), ("created_at", ASCENDING), ("lease_until", ASCENDING)]),
        IndexModel([("user_id", ASCENDING), ("created_at", ASCENDING)]),
        # One running job for each user, whoever claims.
        IndexModel(
            [("user_id", ASCENDING)],
            name="one_running_per_user",
            unique=True,
            partialFilterExpression={"state": JobState.RUNNING},
        ),
        EXPIRING,
    )
}


class Jobs:
    """All jobs, as one process leases them. Each method is one statement, a few are two.

    Times come from `clock`. `owner` names the process; what is said of leases is said of its own.
    """

    def __init__(
        self,
        db: Database,
        *,
        clock: Clock = utc_now,
        timing: Timing = Timing(),
        owner: str | None = None,
    ) -> None:
        self.owner = owner or secrets.token_hex(6)
        self._jobs = db[COLLECTION]
        self._clock = clock
        self._lease = timedelta(seconds=timing.lease_s)
        self._longest = 2 * self._lease  # another version's may be longer

    @guarded()
    async def accept(self, job: Job) -> bool:
        """Store a new job. False when its id is there already: that message is being answered."""
        # Claimable at once: a time that has passed is simpler to compare with than none.
        return await self._insert(replace(job, lease_until=job.lease_until or job.created_at))

    @guarded()
    async def start(self, job: Job) -> Job | None:
        """Store a new job that is leased from the beginning: it as it stands then.

        None when its id is there already, or its user has another one running: then `accept` it.
        """
        leased = replace(
            job,
            state=JobState.RUNNING,
            owner=self.owner,
            lease_until=self._clock() + self._lease,
            attempts=job.attempts + 1,
        )
        return leased if await self._insert(leased) else None

    async def _insert(self, job: Job) -> bool:
        kept = replace(job, expires_at=job.expires_at or self._clock() + KEPT)
        try:
            await self._jobs.insert_one(kept.document())
        except DuplicateKeyError:
            return False
        return True

    @guarded()
    async def claim(
        self, passing: Collection[Lane] = (), kinds: Collection[bool] = ()
    ) -> Job | None:
        """Lease the oldest job that nobody works on, those that were begun first.

        A user with a running job is passed over; the index refuses what a race lets through. So are
        the lanes of `passing`, and of all chats the `kinds` of lanes: True for single tracks.
        """
        others = {"$nor": _in_lanes(passing, kinds)} if passing or kinds else {}
        for _ in range(CLAIM_TRIES):
            leased = ahead(self._clock(), self._longest)
            busy = await self._jobs.distinct(
                "user_id", {"state": JobState.RUNNING, "lease_until": leased}
            )
            try:
                return await self._claim({"user_id": {"$nin": busy}} | others)
            except DuplicateKeyError:
                continue
        return None

    @guarded()
    async def claim_id(self, job_id: str) -> Job | None:
        """Lease this job. None when it is done, another's, or its user has another one running."""
        with suppress(DuplicateKeyError):
            if claimed := await self._claim({"_id": job_id}):
                return claimed
        return self._job(await self._jobs.find_one(self._held(job_id)))  # `claim` may be faster

    async def _claim(self, which: Mapping[str, Any]) -> Job | None:
        now = self._clock()
        document = await self._jobs.find_one_and_update(
            {**which, "$or": [self._left(now), *_due(now)]},
            [
                {
                    "$set": {
                        "state": JobState.RUNNING,
                        "owner": self.owner,
                        "lease_until": now + self._lease,
                        "attempts": {"$add": [_ATTEMPTS, 1]},
                    }
                }
            ],
            # "running" sorts before "waiting": what a dead process left goes first.
            sort=[("state", ASCENDING), ("created_at", ASCENDING)],
            return_document=ReturnDocument.AFTER,
        )
        job = self._job(document)
        if document is None or job:
            return job
        # Nobody can answer it: it ends here, with a record for the operator.
        unread = {"$set": _done({"failed": "of another shape"}) | {"expires_at": now + KEPT}}
        await self._jobs.update_one({"_id": document["_id"]}, unread)
        return await self._claim(which)

    @guarded()
    async def renew(self, job_ids: Iterable[str]) -> dict[str, Job]:
        """Hold leases longer: the jobs that are still held. Stop working on the others."""
        held = self._held({"$in": list(job_ids)})
        until = self._clock() + self._lease
        await self._jobs.update_many(held, {"$set": {"lease_until": until}})
        return {job.id: job for job in await self._read(self._jobs.find(held))}

    @guarded()
    async def save(self, job_id: str, **changes: Any) -> bool:
        """Set fields of a job, whoever has it. False when it is gone.

        Raises TypeError for names that are no fields of a job.
        """
        _check(changes)
        result = await self._jobs.update_one({"_id": job_id}, {"$set": changes})
        return bool(result.matched_count)

    @guarded()
    async def release(self, job_id: str, *, retry_in_s: float) -> bool:
        """Give a job back after a failure: claimable after so long, and the attempt counts."""
        free = _free(self._clock() + timedelta(seconds=retry_in_s))
        result = await self._jobs.update_one(self._held(job_id), {"$set": free})
        return bool(result.matched_count)

    @guarded()
    async def release_all(self) -> None:
        """Give back in good order what this process has: claimable at once, no attempt counts."""
        await self._jobs.update_many(
            {"owner": self.owner, "state": JobState.RUNNING},
            {"$set": _free(self._clock()), "$inc": {"attempts": -1}},
        )

    @guarded()
    async def put_off(self, job_id: str, *, at_least_s: float) -> bool:
        """Give back a job whose chat takes nothing; the attempt does not count.

        Claimable after as long again as it has waited, within `PUT_OFF_S`.
        """
        now = self._clock()
        shortest, longest = (1000 * seconds for seconds in PUT_OFF_S)
        waited = {"$subtract": [now, "$created_at"]}
        least = 1000 * min(at_least_s, LONGEST_PUT_OFF.total_seconds())
        wait = {"$max": [least, {"$min": [longest, {"$max": [shortest, waited]}]}]}
        free = _free({"$add": [now, wait]}) | {"attempts": {"$subtract": ["$attempts", 1]}}
        result = await self._jobs.update_one(self._held(job_id), [{"$set": free}])
        return bool(result.matched_count)

    @guarded()
    async def finish(self, job_id: str, outcome: Mapping[str, Any], **changes: Any) -> bool:
        """End a job, whoever has it, with these last changes. False when it was ended before.

        One that is forgotten goes with that.
        """
        _check(changes)
        ended = await self._jobs.find_one_and_update(
            {"_id": job_id, "state": {"$in": UNFINISHED}},
            {"$set": changes | _done(outcome)},
            projection={"forgotten": 1},
        )
        if ended and ended.get("forgotten"):
            await self._jobs.delete_one({"_id": job_id})
        return ended is not None

    @guarded()
    async def known(self, job_ids: Sequence[str]) -> set[str]:
        """Which of these are there, in any state."""
        found = self._jobs.find({"_id": {"$in": list(job_ids)}}, {"_id": 1})
        return {document["_id"] async for document in found}

    @guarded()
    async def get(self, job_id: str) -> Job | None:
        return self._job(await self._jobs.find_one({"_id": job_id}))

    @guarded()
    async def waiting(self, user_ids: Iterable[int], most: int) -> list[Job]:
        """The oldest of these users that can be claimed as soon as the one before has ended."""
        which = {
            "user_id": {"$in": list(user_ids)},
            "$or": _due(self._clock()),
        }
        found = self._jobs.find(which, sort=[("created_at", ASCENDING)], limit=most)
        return await self._read(found)

    @guarded()
    async def history(self, user_id: int, most: int) -> list[Job]:
        """The newest ended job of each of the user's last listings, newest first.

        Those of one message may be as old as each other: they keep one order all the same.
        """
        found = self._jobs.aggregate(
            [
                {"$match": {"user_id": user_id, "outcome.title": {"$exists": True}}},
                {"$sort": {"created_at": -1}},
                {"$group": {"_id": "$outcome.listing", "job": {"$first": "$$ROOT"}}},
                {"$sort": {"job.created_at": -1, "_id": 1}},
                {"$limit": most},
                {"$replaceWith": "$job"},
            ]
        )
        return await self._read(found)

    @guarded()
    async def cancel(self, user_id: int, job_id: str | None = None) -> int:
        """End or stop a user's jobs that no queue of this process has, or this one; how many."""
        waiting = await self._cancel_waiting(user_id) if job_id is None else 0
        running = {"user_id": user_id, "state": JobState.RUNNING, "owner": {"$ne": self.owner}}
        asked = await self._jobs.update_many(
            running | ({"_id": job_id} if job_id else {}), {"$set": {"stop": True}}
        )
        return waiting + asked.matched_count

    async def _cancel_waiting(self, user_id: int) -> int:
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
    async def forget(self, user_id: int) -> None:
        """Delete all jobs that the user has by now.

        One that is worked on, or has a message that says that it goes on, is to be ended and
        settled first: whoever has it, or claims it, hears of that by its next heartbeat, and it is
        deleted as it ends. Where that process dies as well, the job goes `FORGOTTEN_KEPT` later.
        """
        now = self._clock()
        mine = {"user_id": user_id, "created_at": {"$lte": now}}
        waiting = {"$eq": ["$state", JobState.WAITING]}
        marks = {
            "stop": True,
            "forgotten": True,
            "lease_until": {"$cond": [waiting, now, "$lease_until"]},
            "expires_at": now + FORGOTTEN_KEPT,
        }
        # Marked before any is deleted: one that is claimed in between knows of it as well.
        await self._jobs.update_many(mine | {"state": {"$in": UNFINISHED}}, [{"$set": marks}])
        untold = {"state": JobState.WAITING, "reply_id": None, "inline_id": None}
        await self._jobs.delete_many(mine | {"$or": [{"state": JobState.DONE}, untold]})

    async def _read(self, found: AsyncIterable[Document]) -> list[Job]:
        """Those that can be read; whoever claims one of the others ends it."""
        return [job async for document in found if (job := self._job(document))]

    def _job(self, document: Document | None) -> Job | None:
        return readable(_job_of, document, COLLECTION)

    def _left(self, now: datetime) -> dict[str, Any]:
        """What a dead process left: under no lease, or one that is longer than any."""
        return {"state": JobState.RUNNING, "lease_until": {"$not": ahead(now, self._longest)}}

    def _held(self, job_id: str | Mapping[str, Any]) -> dict[str, Any]:
        return {"_id": job_id, "owner": self.owner, "state": JobState.RUNNING}


def _job_of(document: Document) -> Job:
    job = Job.of(document)
    shaped((getattr(job, name) for name in SHAPE), SHAPE.values())
    return job


def _due(now: datetime) -> list[dict[str, Any]]:
    """What waits and may begin: its time has come, or it lies further ahead than it can."""
    spans = ({"$gt": 0}, WITHIN), ({"$not": {"$gt": 0}}, LONGEST_PUT_OFF)
    return [
        {"state": JobState.WAITING, "again": again, "lease_until": {"$not": ahead(now, span)}}
        for again, span in spans
    ]


def _check(changes: Mapping[str, Any]) -> None:
    if unknown := changes.keys() - FIELDS:
        raise TypeError(f"a job has no {', '.join(sorted(unknown))}")


def _in_lanes(lanes: Collection[Lane], kinds: Collection[bool]) -> list[dict[str, Any]]:
    """What is in one of these lanes, or in a lane of these kinds."""
    chats = {single: [chat for chat, kind in lanes if kind is single] for single in (True, False)}
    return [
        _LINKS[single] | ({} if single in kinds else {"chat_id": {"$in": chats[single]}})
        for single in (True, False)
    ]


def _free(claimable_at: Any) -> dict[str, Any]:
    return {"state": JobState.WAITING, "owner": None, "lease_until": claimable_at}


def _done(outcome: Mapping[str, Any]) -> dict[str, Any]:
    return {"state": JobState.DONE, "outcome": dict(outcome), "owner": None}
