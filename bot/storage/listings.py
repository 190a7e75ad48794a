"""Listings as their sources gave them, cached for a while: its terms want no copy that lasts.

A row is an array in the order of `ROW`, half the size and the reading time of a document. A long
listing is read a page at a time: ten thousand rows take a tenth of a second.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from itertools import repeat
from types import NoneType
from typing import TYPE_CHECKING, Any

from pymongo import ReplaceOne
from pymongo.errors import DocumentTooLarge

from bot.clock import Clock, ahead, in_turn, utc_now
from bot.errors import NotFound, Service
from bot.models import LOST_ROW, Cut, Listing, ListingKind, RowKind, Source, Track
from bot.models.links import LinkKind
from bot.models.outline import READ_WHOLE, Outline
from bot.storage.database import (
    EXPIRING,
    QUICK,
    Database,
    guarded,
    readable,
    readable_in_parts,
    shaped,
)
from bot.storage.matches import COLLECTION as MATCHES
from bot.storage.matches import read_candidate, written

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.models import Finding
    from bot.storage.matches import Matches

COLLECTION = "listings"
INDEXES = {COLLECTION: (EXPIRING,)}

# People edit playlists and artists' top tracks move; albums and tracks hardly change. All are
# "temporary caching" in the sense of Spotify's developer terms.
KEPT = {
    ListingKind.PLAYLIST: timedelta(minutes=10),
    ListingKind.ARTIST: timedelta(minutes=10),
    ListingKind.LIST: timedelta(minutes=10),
    ListingKind.ALBUM: timedelta(hours=24),
    ListingKind.TRACK: timedelta(hours=24),
}

# Behind that it is read anew for a link, but what was sent can be turned, played and exported as it
# was, without asking anybody.
SHOWN = timedelta(hours=24)
# What is not there: a track does not come into being, but an owner makes a list public.
GONE_KEPT, HIDDEN_KEPT = timedelta(hours=6), timedelta(minutes=10)
LASTING = tuple(f"{kind}:" for kind in ("track", "album", "artist", LinkKind.SHORT))

# The fields of a listing that are stored as they are, and those with which a row begins.
AS_THEY_ARE = ("id", "title", "owner", "year", "cover_url", "total", "page_url")
ROW = ("title", "artists", "album", "duration_ms", "isrc", "explicit", "spotify_id")
_TEXT, _NUMBER = (str, NoneType), (int, float, NoneType)
SHAPE = {
    **dict.fromkeys(("id", "title"), (str,)),
    **dict.fromkeys(("owner", "cover_url", "page_url"), _TEXT),
    **dict.fromkeys(("year", "total"), _NUMBER),
}
ROW_SHAPE = (str, (list, tuple), _TEXT, _NUMBER, _TEXT, (bool, NoneType), _TEXT)


class Listings:
    def __init__(self, db: Database, *, clock: Clock = utc_now) -> None:
        self._listings = db.get_collection(COLLECTION, write_concern=QUICK)
        self._clock = clock

    async def get(
        self,
        kind: ListingKind,
        listing_id: str,
        *,
        fresh: bool = True,
        rows: range | None = None,
    ) -> Listing | None:
        """One that is `fresh` as its link asks for it; else as it was when it was sent.

        With `rows`, of a long listing no others are read; see `bot.models.outline`. Raises NotFound
        for what is known not to be there.
        """
        kept = self._kept(kind, listing_id, fresh=fresh)
        async with guarded():
            document = await self._listings.find_one(kept, _only(rows) if rows else None)
        return await readable_in_parts(partial(_listing, rows=rows), document, COLLECTION)

    def _kept(self, kind: ListingKind, listing_id: str, *, fresh: bool = True) -> dict[str, Any]:
        # MongoDB deletes expired documents only once a minute.
        now = self._clock()
        until = ahead(now, max(KEPT[kind], SHOWN))
        kept: dict[str, Any] = {"_id": f"{kind}:{listing_id}", "expires_at": until}
        if fresh:
            kept["fresh_until"] = {"$not": {"$lte": now}}  # or none, as older versions wrote it
        return kept

    @guarded()
    async def songs(self, keys: Sequence[str]) -> dict[str, Track]:
        """The first track of each of these that is kept, `LOST_ROW` where that is not there."""
        kept = {"_id": {"$in": list(keys)}, "expires_at": ahead(self._clock(), SHOWN)}
        documents = await self._listings.find(kept, {"rows": {"$slice": 1}}).to_list(None)
        return {
            each["_id"]: track
            for each in documents
            if (track := readable(_first_track, each, COLLECTION))
        }

    @guarded()
    async def song(
        self, matches: Matches, track_id: str, user_id: int
    ) -> tuple[Listing | None, tuple[dict[str, Finding], dict[str, Finding]]]:
        """A Spotify track's listing, and what is known of it, in one query.

        Raises NotFound for one that is known not to be there.
        """
        kept = self._kept(ListingKind.TRACK, track_id)
        known = {"coll": MATCHES, "pipeline": matches.query([track_id], user_id, reasons=True)}
        query: list[dict[str, Any]] = [
            {"$match": kept},
            {"$unionWith": known},
        ]
        documents = await self._listings.aggregate(query).to_list(None)
        listing = next((each for each in documents if each["_id"] == kept["_id"]), None)
        told = await matches.told([each for each in documents if each is not listing], user_id)
        return await readable_in_parts(partial(_listing, rows=None), listing, COLLECTION), told

    @guarded()
    async def put(self, listing: Listing) -> None:
        """Cache it, unless it is larger than a document may be (16 MB, some 80,000 tracks)."""
        try:
            await self._listings.replace_one(
                {"_id": listing.key}, self._document(listing.key, listing), upsert=True
            )
        except DocumentTooLarge:
            await self._listings.delete_one({"_id": listing.key})

    @guarded()
    async def remember(self, found: Mapping[str, Listing | NotFound]) -> None:
        """Cache small listings by the keys under which they are asked for, and what is not there.

        A key is the kind and the id of a listing; that of a short link stands for where it leads.
        """
        writes = [
            ReplaceOne({"_id": key}, self._document(key, each), upsert=True)
            for key, each in found.items()
        ]
        if writes:
            await self._listings.bulk_write(writes, ordered=False)

    def _document(self, key: str, found: Listing | NotFound) -> dict[str, Any]:
        now = self._clock()
        if isinstance(found, NotFound):
            until = now + (GONE_KEPT if key.startswith(LASTING) else HIDDEN_KEPT)
            return {"gone": str(found.service), "rows": [], "expires_at": until}
        kept = KEPT[found.kind]
        return _document(found) | {
            "fresh_until": now + kept if found.complete else now,
            "expires_at": now + max(kept, SHOWN),
        }


def _only(rows: range) -> dict[str, Any]:
    """The fields of a listing, with these rows alone of a long one."""
    # What an older version stored has no outline.
    is_long = {"$and": [{"$gt": ["$outline", None]}, {"$gt": [{"$size": "$rows"}, READ_WHOLE]}]}
    part = {"$slice": ["$rows", rows.start, len(rows)]}
    fields = dict.fromkeys((*AS_THEY_ARE, "kind", "source", "cut", "gone", "outline"), 1)
    return {**fields, "rows": {"$cond": [is_long, part, "$rows"]}}


def _document(listing: Listing) -> dict[str, Any]:
    return {name: getattr(listing, name) for name in AS_THEY_ARE} | {
        "kind": str(listing.kind),
        "source": str(listing.source),
        "cut": listing.cut and str(listing.cut),
        "outline": written_outline(Outline.of(listing.tracks)),
        "rows": [_row(track) for track in listing.tracks],
    }


async def _listing(document: dict[str, Any], rows: range | None) -> Listing:
    if service := document.get("gone"):
        raise NotFound(Service(service), "known not to be there")
    plain: dict[str, Any] = {name: document.get(name) for name in AS_THEY_ARE}
    shaped((plain[name] for name in SHAPE), SHAPE.values())
    cut = document["cut"]
    tracks = [_track(row) async for row in in_turn(document["rows"])]
    kept = document.get("outline") if rows else None
    outline = read_outline(kept) if kept else None
    if outline and outline.rows <= READ_WHOLE:
        outline = None
    return Listing(
        **plain,
        kind=ListingKind(document["kind"]),
        source=Source(document["source"]),
        cut=Cut(cut) if cut else None,
        tracks=outline.around(rows.start, tracks) if outline and rows else tracks,
        outline=outline,
    )


def _first_track(document: dict[str, Any]) -> Track:
    return _track(document["rows"][0]) if document["rows"] else LOST_ROW


def written_outline(outline: Outline) -> dict[str, Any]:
    kinds = [[str(kind), count] for kind, count in outline.kinds]
    return {"kinds": kinds, "length_ms": outline.length_ms}


def read_outline(kept: dict[str, Any]) -> Outline:
    kinds = tuple((RowKind(kind), count) for kind, count in kept["kinds"])
    return Outline(kinds, kept["length_ms"])


def _row(track: Track) -> list[Any]:
    video = [written(track.video)] if track.video else []
    return [*(getattr(track, name) for name in ROW), str(track.row), *video]


def _track(row: list[Any]) -> Track:
    kind, *video = row[len(ROW) :]
    shaped(row, ROW_SHAPE)
    shaped(row[ROW.index("artists")], repeat(str))
    return Track(
        **dict(zip(ROW, row, strict=False)),
        row=RowKind(kind),
        video=read_candidate(video[0]) if video else None,
    )
