"""Listings as their sources gave them, cached for a while: its terms want no copy that lasts.

A row is an array in the order of `ROW`, half the size and the reading time of a document.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from pymongo.errors import DocumentTooLarge

from bot.clock import Clock, utc_now
from bot.models import Cut, Listing, ListingKind, RowKind, Source, Track
from bot.storage.database import EXPIRING, QUICK, Database, guarded
from bot.storage.matches import read_candidate, written

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

# The fields of a listing that are stored as they are, and those with which a row begins.
AS_THEY_ARE = ("id", "title", "owner", "year", "cover_url", "total", "page_url")
ROW = ("title", "artists", "album", "duration_ms", "isrc", "explicit", "spotify_id")


class Listings:
    def __init__(self, db: Database, *, clock: Clock = utc_now) -> None:
        self._listings = db.get_collection(COLLECTION, write_concern=QUICK)
        self._clock = clock

    @guarded()
    async def get(self, kind: ListingKind, listing_id: str) -> Listing | None:
        # MongoDB deletes expired documents only once a minute.
        document = await self._listings.find_one(
            {"_id": f"{kind}:{listing_id}", "expires_at": {"$gt": self._clock()}}
        )
        return _listing(document) if document else None

    @guarded()
    async def put(self, listing: Listing) -> None:
        """Cache it, unless it is larger than a document may be (16 MB, some 80,000 tracks)."""
        document = _document(listing)
        document["expires_at"] = self._clock() + KEPT[listing.kind]
        try:
            await self._listings.replace_one({"_id": listing.key}, document, upsert=True)
        except DocumentTooLarge:
            await self._listings.delete_one({"_id": listing.key})


def _document(listing: Listing) -> dict[str, Any]:
    return {name: getattr(listing, name) for name in AS_THEY_ARE} | {
        "kind": str(listing.kind),
        "source": str(listing.source),
        "cut": listing.cut and str(listing.cut),
        "rows": [_row(track) for track in listing.tracks],
    }


def _listing(document: dict[str, Any]) -> Listing:
    plain: dict[str, Any] = {name: document.get(name) for name in AS_THEY_ARE}
    cut = document["cut"]
    return Listing(
        **plain,
        kind=ListingKind(document["kind"]),
        source=Source(document["source"]),
        cut=Cut(cut) if cut else None,
        tracks=[_track(row) for row in document["rows"]],
    )


def _row(track: Track) -> list[Any]:
    video = [written(track.video)] if track.video else []
    return [*(getattr(track, name) for name in ROW), str(track.row), *video]


def _track(row: list[Any]) -> Track:
    kind, *video = row[len(ROW) :]
    return Track(
        **dict(zip(ROW, row, strict=False)),
        row=RowKind(kind),
        video=read_candidate(video[0]) if video else None,
    )
