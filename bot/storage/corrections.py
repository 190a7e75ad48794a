"""What people put right, and what holds for everybody because several of them agree.

One document for each track: `votes` holds the choices, one for each person, and `winner` the
choice that enough of them made, worked out by the same statement that changes the votes. A choice
is kept until it is undone, or nobody who made it comes back: it outlives what was found.

Every choice holds for whoever made it. For others only those of people count who have used the bot
for some time; a group is nobody, as anybody can make three of them.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from pymongo import ASCENDING, IndexModel

from bot.clock import Clock, utc_now
from bot.models import Chooser, Finding
from bot.models.results import Correction
from bot.storage.database import EXPIRING, Database, guarded, readable, shaped
from bot.storage.matches import match_of, scored

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.models import Match, Track

COLLECTION = "fixes"
INDEXES = {
    COLLECTION: (
        IndexModel([("votes.user", ASCENDING)]),
        EXPIRING,
    )
}
# Twice as long as a user's record: from the last time that one of its voters was here for a choice.
KEPT = timedelta(days=800)
NOTED_EVERY = timedelta(days=30)  # a choice that is in use needs no write at each use

AGREEING = 3  # issue 5: when so many people choose the same, it holds for everybody
OVER_OFFICIAL = 7  # as many as that in place of a match of which the search is sure
NONE_MORE = 2  # and more of them to take a link away than to put another there
MOST = 500  # choices of one person: more than anybody makes by hand, and 200 KB of documents
_VOTES = {"$cond": [{"$isArray": "$votes"}, "$votes", []]}
NONE = ""  # in place of a video id: no candidate is right


class CorrectionStore:
    def __init__(self, db: Database, *, clock: Clock = utc_now, most: int = MOST) -> None:
        self._most = most
        self._fixes = db[COLLECTION]
        self._clock = clock

    def of(self, keys: Sequence[str], user_id: int) -> dict[str, Any]:
        """The `$unionWith` of what people say of these tracks, as far as it concerns this person.

        `read` reads what it brings.
        """
        mine = {"input": _VOTES, "cond": {"$eq": ["$$this.user", user_id]}}
        concerned = [{"votes.user": user_id}, {"winner": {"$exists": True}}]
        return {
            "coll": COLLECTION,
            "pipeline": [
                {"$match": {"_id": {"$in": list(keys)}, "$or": concerned}},
                {"$project": {"own": {"$filter": mine}, "winner": 1, "expires_at": 1}},
            ],
        }

    @guarded()
    async def read(self, documents: Sequence[dict[str, Any]], user_id: int) -> dict[str, Finding]:
        """What holds for this person, by track; choices that are in use are kept for longer."""
        due = self._clock() + KEPT - NOTED_EVERY
        if any(each["own"] and _ends(each) < due for each in documents):
            await self._keep(user_id)
        return {
            each["_id"]: finding
            for each in documents
            if (finding := readable(_finding, each, COLLECTION))
        }

    @guarded()
    async def choose(
        self,
        user_id: int,
        track: Track,
        match: Match | None,
        *,
        official: bool,
        spotify_id: str | None = None,
        counts: bool = True,
    ) -> bool:
        """Make this the person's choice for the track. False when they made too many already.

        `spotify_id` is what the search found for a track that came without one. `counts` says
        whether it is a vote for others too; then so are the person's choices of before.
        """
        others = {"votes.user": user_id, "_id": {"$ne": track.key}}
        if await self._fixes.count_documents(others, limit=self._most) >= self._most:
            return False
        vote = {
            "user": user_id,
            "video": match.candidate.video_id if match else NONE,
            "match": match and scored(match),
            "official": official,
            "spotify_id": spotify_id,
            "title": track.title,
            "artists": list(track.artists),
            "at": self._clock(),
            "counts": counts,
        }
        await self._fixes.update_one({"_id": track.key}, _voted(user_id, [vote]), upsert=True)
        if counts:
            earlier = {"votes": {"$elemMatch": {"user": user_id, "counts": False}}}
            await self._fixes.update_many(earlier, _counted(user_id))
        await self._keep(user_id)
        return True

    @guarded()
    async def undo(self, user_id: int, key: str) -> bool:
        """Take the person's choice back. False when there is none."""
        return await self._take_back(user_id, [key]) > 0

    @guarded()
    async def of_user(self, user_id: int) -> list[Correction]:
        """The person's choices, newest first."""
        mine = {"input": _VOTES, "cond": {"$eq": ["$$this.user", user_id]}}
        cursor = self._fixes.find({"votes.user": user_id}, {"own": {"$filter": mine}})
        await self._keep(user_id)
        read = [readable(_own_fix, document, COLLECTION) async for document in cursor]
        fixes = [fix for fix in read if fix]
        return sorted(fixes, key=lambda fix: (fix.at, fix.key), reverse=True)

    @guarded()
    async def forget(self, user_id: int) -> int:
        """Take all choices of the person back; how many."""
        keys = await self._fixes.distinct("_id", {"votes.user": user_id})
        return await self._take_back(user_id, keys)

    async def _keep(self, user_id: int) -> None:
        """All choices of somebody who still makes them last as long as the newest."""
        until = {"expires_at": self._clock() + KEPT}
        await self._fixes.update_many({"votes.user": user_id}, {"$max": until})

    async def _take_back(self, user_id: int, keys: Sequence[str]) -> int:
        which = {"_id": {"$in": list(keys)}}
        taken = await self._fixes.update_many({**which, "votes.user": user_id}, _voted(user_id, []))
        await self._fixes.delete_many({**which, "votes": []})
        return taken.modified_count


def _voted(user_id: int, votes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The update that puts `votes` in place of the person's, and says who wins then.

    Names begin with a dollar now and then, which would be read as the name of a field.
    """
    kept = {"input": {"$ifNull": ["$votes", []]}, "cond": {"$ne": ["$$this.user", user_id]}}
    changed = {"$concatArrays": [{"$filter": kept}, {"$literal": votes}]}
    return [{"$set": {"votes": changed}}, {"$set": {"winner": _winner()}}]


def _counted(user_id: int) -> list[dict[str, Any]]:
    """The update by which the person's choice becomes a vote."""
    mine = {"$eq": ["$$this.user", user_id]}
    vote = {"$cond": [mine, {"$mergeObjects": ["$$this", {"counts": True}]}, "$$this"]}
    changed = {"$map": {"input": "$votes", "as": "this", "in": vote}}
    return [{"$set": {"votes": changed}}, {"$set": {"winner": _winner()}}]


def _winner() -> dict[str, Any]:
    """The vote for what most people chose, where enough did; who won before wins a tie."""
    # Of a person, not of a group; those of before it was noted whether they count do.
    valid = [{"$gt": ["$$this.user", 0]}, {"$ne": ["$$this.counts", False]}]
    counting = {"$filter": {"input": "$votes", "cond": {"$and": valid}}}
    same = {"input": "$$counting", "as": "vote", "cond": {"$eq": ["$$vote.video", "$$this"]}}
    needed = {"$cond": [{"$eq": ["$$this", NONE]}, AGREEING + NONE_MORE, AGREEING]}
    kept = {"$eq": ["$$this", "$winner.video"]}
    most = {
        "input": {"$setUnion": ["$$counting.video"]},
        "initialValue": {"count": 0, "video": None},
        "in": {
            "$let": {
                "vars": {"count": {"$size": {"$filter": same}}},
                "in": {
                    "$cond": [
                        {
                            "$and": [
                                {"$gte": ["$$count", needed]},
                                {
                                    "$or": [
                                        {"$gt": ["$$count", "$$value.count"]},
                                        {"$and": [{"$eq": ["$$count", "$$value.count"]}, kept]},
                                    ]
                                },
                            ]
                        },
                        {"count": "$$count", "video": "$$this"},
                        "$$value",
                    ]
                },
            }
        },
    }
    chosen = {"input": "$$counting", "cond": {"$eq": ["$$this.video", "$$best.video"]}}
    first = {"$first": {"$filter": chosen}}
    # Whoever voted is nobody's business where it holds for everybody.
    public = {name: f"$$vote.{name}" for name in ("video", "match", "official", "spotify_id")}
    public["count"] = "$$best.count"
    won = {"$let": {"vars": {"vote": first}, "in": public}}
    none = {"$eq": ["$$best.video", None]}
    best = {"vars": {"best": {"$reduce": most}}, "in": {"$cond": [none, "$$REMOVE", won]}}
    return {"$let": {"vars": {"counting": counting}, "in": {"$let": best}}}


def _finding(document: dict[str, Any]) -> Finding:
    own = document["own"]
    choice = own[0] if own else document["winner"]
    return Finding(
        match=_match(choice),
        chosen=Chooser.YOU if own else _choosers(choice),
        unproven=not choice["official"],
        spotify_id=choice["spotify_id"],
    )


def _ends(document: dict[str, Any]) -> datetime:
    """At once where it does not say: then it is written anew."""
    until = document.get("expires_at")
    return until if isinstance(until, datetime) else datetime.min.replace(tzinfo=UTC)


def _own_fix(document: dict[str, Any]) -> Correction:
    fix = _fix(document["_id"], document["own"][0])
    shaped((fix.title, fix.at), (str, datetime))
    return fix


def _choosers(winner: dict[str, Any]) -> Chooser:
    needed = OVER_OFFICIAL + (NONE_MORE if winner["video"] == NONE else 0)
    return Chooser.MANY if winner.get("count", AGREEING) >= needed else Chooser.LISTENERS


def _fix(key: str, vote: dict[str, Any]) -> Correction:
    return Correction(
        key=key,
        title=vote["title"],
        artists=tuple(vote["artists"]),
        match=_match(vote),
        official=vote["official"],
        at=vote["at"],
    )


def _match(vote: dict[str, Any]) -> Match | None:
    return match_of(*vote["match"]) if vote["match"] else None
