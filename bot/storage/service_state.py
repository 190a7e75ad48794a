"""What all processes know of the services outside: which are left alone, and what is used of each.

A circuit's document says who probes the service, a budget's which calls of its quota count.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from fractions import Fraction
from hashlib import blake2b
from typing import Any

from pymongo import ReturnDocument

from bot.clock import ASTRAY, Clock, ahead, utc_now
from bot.models.shares import ALONE, SHARED, SHARED_FOR
from bot.storage.database import EXPIRING, QUICK, Database, guarded

CIRCUITS, BUDGETS = "circuits", "budgets"
INDEXES = {CIRCUITS: (EXPIRING,), BUDGETS: (EXPIRING,)}
CIRCUIT_KEPT = timedelta(hours=1)  # after its end, where nobody came to probe
BUDGET_KEPT = timedelta(days=2)  # longer than any period
_WHO_BYTES = 8
WHOLE = Fraction(1)
_OF_WHO = ("$eq", "$ne")
_COUNTS = ("int", "long", "double")  # entries of another type cannot be summed, here or there


class Circuits:
    """A document is `{_id: name, closed_until, prober, probe_until, expires_at}`.

    It stands until a probe went well.
    """

    def __init__(self, db: Database, *, clock: Clock = utc_now) -> None:
        self._circuits = db.get_collection(CIRCUITS, write_concern=QUICK)
        self._clock = clock

    @guarded()
    async def all(self) -> dict[str, datetime]:
        """Until when each open circuit is closed to callers, also where that has passed."""
        sound = {"opened_at": {"$not": {"$gt": self._clock() + ASTRAY}}}
        return {
            each["_id"]: each["closed_until"]
            async for each in self._circuits.find(sound)
            if isinstance(each.get("closed_until"), datetime)
        }

    @guarded()
    async def open(self, name: str, until: datetime) -> None:
        """The longest wait that any process was told stands, unless its clock was wrong."""
        now = self._clock()
        sound = {"$lte": ["$opened_at", now + ASTRAY]}
        is_time = {"$eq": [{"$type": "$closed_until"}, "date"]}
        before = {"$cond": [{"$and": [sound, is_time]}, "$closed_until", until]}
        await self._circuits.update_one(
            {"_id": name},
            [
                {"$set": {"closed_until": {"$max": [before, until]}, "opened_at": now}},
                {
                    "$set": {
                        "expires_at": {
                            "$add": ["$closed_until", CIRCUIT_KEPT // timedelta(milliseconds=1)]
                        }
                    }
                },
                {"$unset": ["prober", "probe_until"]},
            ],
            upsert=True,
        )

    @guarded()
    async def close(self, name: str) -> None:
        """Unless another call was told meanwhile to wait."""
        await self._circuits.delete_one({"_id": name, **self._passed()})

    @guarded()
    async def claim(self, name: str, prober: str, *, within_s: float) -> datetime | None:
        """Take the one probe after the wait. None: it is yours, or the circuit is closed again.

        After `within_s` another process may probe.

        Otherwise until when it is somebody else's turn, or nobody's.
        """
        now = self._clock()
        others = ahead(now, timedelta(seconds=within_s))
        mine_or_free = [{"prober": prober}, {"probe_until": {"$not": others}}]
        claimed = await self._circuits.update_one(
            {"_id": name, "$and": [self._passed(), {"$or": mine_or_free}]},
            {"$set": {"prober": prober, "probe_until": now + timedelta(seconds=within_s)}},
        )
        if claimed.matched_count:
            return None
        left: dict[str, Any] | None = await self._circuits.find_one({"_id": name})
        if left is None:
            return None
        told = (left.get(name) for name in ("closed_until", "probe_until"))
        return max([now, *(at for at in told if isinstance(at, datetime))])

    def _passed(self) -> dict[str, Any]:
        """Its time is over, or was said by a clock that was ahead, or is none."""
        now = self._clock()
        return {
            "$or": [
                {"closed_until": {"$not": {"$gt": now}}},
                {"opened_at": {"$gt": now + ASTRAY}},
            ]
        }


class ServiceBudgets:
    """A document is `{_id, taken: [{at, calls, who}], who, asked_at, shared_until, expires_at}`.

    `who` is a person under a digest, which `pepper` keys; that of the document asked last, at
    `asked_at`. `shared_until` is set where another asked within a day: see bot.models.shares.
    """

    def __init__(self, db: Database, *, clock: Clock = utc_now, pepper: bytes = b"") -> None:
        self._budgets = db.get_collection(BUDGETS, write_concern=QUICK)
        self._clock = clock
        self._pepper = pepper[: blake2b.MAX_KEY_SIZE]

    @guarded()
    async def take(
        self, name: str, person: int, *, calls: int, limit: int, since: datetime
    ) -> tuple[int, datetime]:
        """Count as many of `calls` as keep those made after `since` within limit and share.

        One statement. What was made before is forgotten. How many calls may be made, and when the
        oldest one that counts was made: of the person's own, where the share is what ends them.
        """
        now, who = self._clock(), self._who(person)
        taking = _taking(who, calls=calls, limit=limit, since=since, now=now)
        document = await self._taken(name, taking)
        taken = document["taken"]
        mine = [each for each in taken if each.get("who") == who]
        if mine and sum(each["calls"] for each in taken) < limit:
            taken = mine
        return document["granted"], taken[0]["at"] if taken else now

    @guarded()
    async def take_own(
        self, name: str, person: int, *, calls: int, limit: int, since: datetime
    ) -> int:
        """The same of a budget that the person shares with nobody. How many may be made."""
        who = self._who(person)
        taking = _taking(
            who, calls=calls, limit=limit, since=since, now=self._clock(), cuts=(WHOLE, WHOLE)
        )
        granted: int = (await self._taken(f"{name}:{who}", taking))["granted"]
        return granted

    async def _taken(self, name: str, taking: list[dict[str, Any]]) -> dict[str, Any]:
        document: dict[str, Any] = await self._budgets.find_one_and_update(
            {"_id": name}, taking, upsert=True, return_document=ReturnDocument.AFTER
        )
        return document

    def _who(self, person: int) -> str:
        key = self._pepper
        return blake2b(str(person).encode(), key=key, digest_size=_WHO_BYTES).hexdigest()


def _taking(
    who: str,
    *,
    calls: int,
    limit: int,
    since: datetime,
    now: datetime,
    cuts: tuple[Fraction, Fraction] = (SHARED, ALONE),
) -> list[dict[str, Any]]:
    """See bot.models.shares.share, which this is in MongoDB's words."""
    taken = {"$cond": [{"$isArray": "$taken"}, "$taken", []]}
    # What lies ahead was counted by a wrong clock.
    counted = {"$in": [{"$type": "$$this.calls"}, _COUNTS]}
    made = {"$and": [_is("$gt", "at", since), _is("$lte", "at", now + ASTRAY), counted]}
    recent = {"$filter": {"input": taken, "cond": made}}
    mine, others = ({"$filter": {"input": "$taken", "cond": _is(op, "who", who)}} for op in _OF_WHO)
    until = "$shared_until"
    shared = {"$and": [{"$gt": [until, now]}, {"$lte": [until, now + SHARED_FOR + ASTRAY]}]}
    part, of = (
        {"$cond": [shared, *(getattr(cut, of) for cut in cuts)]}
        for of in ("numerator", "denominator")
    )
    share = {"$floor": {"$divide": [{"$multiply": ["$left", part]}, of]}}
    room = {"$subtract": [{"$min": ["$left", "$share"]}, "$mine"]}
    granted = {"$toInt": {"$max": [0, {"$min": [calls, room]}]}}
    more = {"$concatArrays": ["$taken", [{"at": now, "calls": "$granted", "who": who}]]}
    lately = {"$gt": ["$asked_at", now - SHARED_FOR]}
    is_second = {"$and": [{"$ne": ["$who", who]}, lately]}
    return [
        {"$set": {"taken": recent}},
        {
            "$set": {
                "mine": {"$sum": _calls(mine)},
                "left": {"$subtract": [limit, {"$sum": _calls(others)}]},
                "shared_until": {"$cond": [is_second, now + SHARED_FOR, "$shared_until"]},
                "who": who,
                "asked_at": now,
            }
        },
        {"$set": {"share": {"$max": [1, share]}}},
        {"$set": {"granted": granted, "expires_at": now + BUDGET_KEPT}},
        {"$set": {"taken": {"$cond": [{"$gt": ["$granted", 0]}, more, "$taken"]}}},
        {"$unset": ["mine", "left", "share"]},
    ]


def _is(operator: str, name: str, value: object) -> dict[str, Any]:
    return {operator: [f"$$this.{name}", value]}


def _calls(entries: dict[str, Any]) -> dict[str, Any]:
    return {"$map": {"input": entries, "in": "$$this.calls"}}
