"""Listings as their sources gave them, cached for a while: its terms want no copy that lasts.

A row is an array in the order of `_row`, half the size and the reading time of a document.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from pymongo import ASCENDING, IndexModel
from pymongo.errors import DocumentTooLarge

from bot.clock import Clock, utc_now
from bot.models import Cut, Listing, ListingKind, RowKind, Source, Track
from bot.storage.driver_errors import QUICK, guarded
from bot.storage.matches import read_candidate, written

if TYPE_CHECKING:
    from bot.storage.database import Database

COLLECTION = "listings"
INDEXES = (IndexModel([("expires_at", ASCENDING)], expireAfterSeconds=0),)

# People edit playlists and artists' top tracks move; albums and tracks hardly change. All are
# "temporary caching" in the sense of Spotify's developer terms.
KEPT = {
    ListingKind.PLAYLIST: timedelta(minutes=10),
    ListingKind.ARTIST: timedelta(minutes=10),
    ListingKind.LIST: timedelta(minutes=10),
    ListingKind.ALBUM: timedelta(hours=24),
    ListingKind.TRACK: timedelta(hours=24),
}


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
    return {
        "kind": str(listing.kind),
        "id": listing.id,
        "title": listing.title,
        "source": str(listing.source),
        "owner": listing.owner,
        "year": listing.year,
        "cover_url": listing.cover_url,
        "total": listing.total,
        "cut": listing.cut and str(listing.cut),
        "page_url": listing.page_url,
        "rows": [_row(track) for track in listing.tracks],
    }


def _listing(document: dict[str, Any]) -> Listing:
    cut = document["cut"]
    return Listing(
        kind=ListingKind(document["kind"]),
        id=document["id"],
        title=document["title"],
        source=Source(document["source"]),
        owner=document["owner"],
        year=document["year"],
        cover_url=document["cover_url"],
        total=document["total"],
        cut=Cut(cut) if cut else None,
        page_url=document.get("page_url"),
        tracks=[_track(row) for row in document["rows"]],
    )


def _row(track: Track) -> list[Any]:
    return [
        track.title,
        list(track.artists),
        track.album,
        track.duration_ms,
        track.isrc,
        track.explicit,
        track.spotify_id,
        str(track.row),
        *([written(track.video)] if track.video else []),
    ]


def _track(row: list[Any]) -> Track:
    title, artists, album, duration_ms, isrc, explicit, spotify_id, kind, *video = row
    return Track(
        title=title,
        artists=artists,
        album=album,
        duration_ms=duration_ms,
        isrc=isrc,
        explicit=explicit,
        spotify_id=spotify_id,
        row=RowKind(kind),
        video=read_candidate(video[0]) if video else None,
    )
