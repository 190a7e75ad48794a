"""What was found on YouTube for each track, with the candidates, so that nobody asks again.

The candidates are kept whole: a new version of the matcher judges them again without YouTube.
They are arrays, half the size and the reading time of documents: see `CANDIDATE`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice, repeat
from types import NoneType
from typing import TYPE_CHECKING, Any

from pymongo import ReplaceOne
from pymongo.errors import BulkWriteError

from bot.clock import Clock, ahead, utc_now
from bot.models import TEXT_KEY, Candidate, CandidateKind, Finding, Match, Reason
from bot.storage.database import EXPIRING, QUICK, Database, guarded, readable, shaped

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bot.storage.corrections import CorrectionStore

COLLECTION = "matches"
INDEXES = {COLLECTION: (EXPIRING,)}

KEPT = timedelta(days=30)  # YouTube's terms: data older than 30 days is refreshed or deleted
MISS_KEPT = timedelta(days=2)  # a new song reaches YouTube soon
PARTIAL_KEPT = timedelta(hours=1)  # Spotify did not say what song it is, but may then
OTHERS = 5
# The fields of a candidate, in the order in which they are stored.
CANDIDATE = (
    *("video_id", "title", "channel", "artists", "album"),
    *("duration_s", "kind", "views", "explicit"),
)
SHAPE = (
    *(str, str, (str, NoneType), (list, tuple), (str, NoneType)),
    *((int, float, NoneType), str, (int, float, NoneType), (bool, NoneType)),
)
DUPLICATE = 11000  # MongoDB's code where a document is there already
QUERY_KEYS = 10_000  # keys in one query; with its 16 MB a query takes far more


@dataclass(frozen=True, slots=True)
class Stored:
    """A finding, and which version of the matcher judged it when.

    `wide`: its other candidates are from a wider search, which need not be made again.
    """

    finding: Finding
    version: int
    found_at: datetime
    wide: bool = False


class Matches:
    """`version` is that of the matcher that judges what is put."""

    def __init__(
        self,
        db: Database,
        corrections: CorrectionStore | None = None,
        *,
        version: int = 1,
        clock: Clock = utc_now,
        query_keys: int = QUERY_KEYS,
    ) -> None:
        self._matches = db.get_collection(COLLECTION, write_concern=QUICK)
        self._corrections = corrections
        self._version = version
        self._clock = clock
        self._query_keys = query_keys

    @guarded()
    async def known(
        self, keys: Sequence[str], user_id: int, *, reasons: bool = True
    ) -> tuple[dict[str, Finding], dict[str, Finding]]:
        """What was found for these tracks, and what people say of them that holds for this person.

        In one query; a track of which there is nothing is left out. Without `reasons` the matches
        do not say why, which only a single track's card shows.

        Without the other candidates, which no listing shows and which are most of the reading:
        `read` and `read_many` bring them. Only a stale finding has them: it is judged again.
        """
        documents: list[dict[str, Any]] = []
        for chunk in chunks(keys, self._query_keys):
            query = self.query(chunk, user_id, reasons=reasons)
            cursor = self._matches.aggregate(query, batchSize=2 * len(chunk))
            documents += await cursor.to_list(None)
        return await self.told(documents, user_id)

    def query(self, keys: Sequence[str], user_id: int, *, reasons: bool) -> list[dict[str, Any]]:
        """The stages of `known`, on the collection of matches."""
        is_stale = {"$ne": ["$version", self._version]}
        others = {"$cond": [is_stale, "$others", "$$REMOVE"]}
        is_row = {"$isArray": "$match"}  # else it is another version's, and for `_read` to refuse
        match = 1 if reasons else {"$cond": [is_row, {"$slice": ["$match", 2]}, "$match"]}
        shown = {"match": match, "version": 1, "spotify_id": 1, "others": others}
        query: list[dict[str, Any]] = [{"$match": self._kept(keys)}, {"$project": shown}]
        if self._corrections:
            query.append({"$unionWith": self._corrections.of(keys, user_id)})
        return query

    async def told(
        self, documents: Sequence[dict[str, Any]], user_id: int
    ) -> tuple[dict[str, Finding], dict[str, Finding]]:
        """What `query` brought."""
        found = {
            each["_id"]: finding
            for each in documents
            if "version" in each and (finding := readable(self._read, each, COLLECTION))
        }
        said = [each for each in documents if "version" not in each]
        return found, await self._corrections.read(said, user_id) if self._corrections else {}

    @guarded()
    async def read_many(self, keys: Sequence[str]) -> dict[str, Stored]:
        """All that is stored for these tracks, in one query."""
        found: list[dict[str, Any]] = []
        for chunk in chunks(keys, self._query_keys):
            found += await self._matches.find(self._kept(chunk)).to_list(None)
        return {
            each["_id"]: stored
            for each in found
            if (stored := readable(self._stored, each, COLLECTION))
        }

    async def read(self, key: str) -> Stored | None:
        return (await self.read_many([key])).get(key)

    @guarded()
    async def widen(self, key: str, others: Sequence[Match]) -> bool:
        """Keep these for corrections, from a wider search; False when nothing is stored there."""
        kept = {"others": [scored(other) for other in islice(others, OTHERS)], "wide": True}
        changed = await self._matches.update_one({"_id": key}, {"$set": kept})
        return changed.matched_count > 0

    def _stored(self, document: dict[str, Any]) -> Stored:
        shaped((document["found_at"],), (datetime,))
        wide = document.get("wide", False)
        return Stored(self._read(document), document["version"], document["found_at"], wide)

    def _read(self, document: dict[str, Any]) -> Finding:
        return replace(_finding(document), stale=document["version"] != self._version)

    def _kept(self, keys: Sequence[str]) -> dict[str, Any]:
        return {"_id": {"$in": list(keys)}, "expires_at": ahead(self._clock(), KEPT)}

    async def put(self, key: str, finding: Finding) -> None:
        await self.put_many({key: finding})

    @guarded()
    async def put_many(self, findings: Mapping[str, Finding]) -> None:
        """Most are of songs never heard of, which MongoDB takes as one statement, however many."""
        now = self._clock()
        documents = [
            {"_id": key, **self._document(key, finding, now)} for key, finding in findings.items()
        ]
        if not documents:
            return
        try:
            await self._matches.insert_many(documents, ordered=False)
        except BulkWriteError as error:
            failed = error.details["writeErrors"]
            if any(each["code"] != DUPLICATE for each in failed):
                raise
            there = [documents[each["index"]] for each in failed]
            writes = [ReplaceOne({"_id": each["_id"]}, each, upsert=True) for each in there]
            await self._matches.bulk_write(writes, ordered=False)

    def _document(self, key: str, finding: Finding, now: datetime) -> dict[str, Any]:
        match = finding.match
        missed = match is None or (key.startswith(TEXT_KEY) and finding.spotify_id is None)
        kept = MISS_KEPT if missed else KEPT
        return {
            "spotify_id": finding.spotify_id,
            "match": match and [*scored(match), [_reason(each) for each in match.reasons]],
            "others": [scored(other) for other in islice(finding.others, OTHERS)],
            "version": self._version,
            "found_at": now,
            "expires_at": now + (PARTIAL_KEPT if finding.partial else kept),
        }


def chunks(keys: Sequence[str], size: int) -> Iterator[list[str]]:
    unique = list(dict.fromkeys(keys))
    return (unique[start : start + size] for start in range(0, len(unique), size))


def scored(match: Match) -> list[Any]:
    """A match as it is stored, without its reasons; `match_of` reads it."""
    return [written(match.candidate), match.score]


def _reason(reason: Reason) -> list[Any]:
    return [reason.code, reason.weight, reason.detail]


def _finding(document: dict[str, Any]) -> Finding:
    match = document["match"]
    return Finding(
        match=match_of(*match) if match else None,
        others=[match_of(*other) for other in document.get("others", ())],
        spotify_id=document.get("spotify_id"),
    )


def match_of(candidate: list[Any], score: float, reasons: Sequence[list[Any]] = ()) -> Match:
    return Match(
        candidate=read_candidate(candidate),
        score=score,
        reasons=[Reason(code=code, weight=weight, detail=text) for code, weight, text in reasons],
    )


def written(candidate: Candidate) -> list[Any]:
    return [getattr(candidate, name) for name in CANDIDATE]


def read_candidate(row: list[Any]) -> Candidate:
    given = dict(zip(CANDIDATE, row, strict=True))
    shaped(row, SHAPE)
    shaped(given["artists"], repeat(str))
    given["kind"] = CandidateKind(given["kind"])
    return Candidate(**given)
