"""The iTunes Search API, answering for one world."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from bot.models import Listing, ListingKind, Track
from bot.sandbox.services.messages import Answer
from bot.sandbox.services.shapes.ids import number
from bot.sandbox.services.world import words

if TYPE_CHECKING:
    from bot.sandbox.services.messages import Request
    from bot.sandbox.services.world import World

Json = dict[str, Any]

WEB = "https://music.apple.com"
SERVICE = "apple"
YEAR = 2024


class Apple:
    def __init__(self, world: World) -> None:
        self._world = world

    @cached_property
    def _songs(self) -> dict[str, Track]:
        return {number(SERVICE, key): track for key, track in self._world.tracks().items()}

    @cached_property
    def _albums(self) -> dict[str, Listing]:
        albums = (at for at in self._world.listings.values() if at.kind is ListingKind.ALBUM)
        return {number(SERVICE, listing.id): listing for listing in albums}

    def answer(self, request: Request) -> Answer:
        asked = request.query
        match request.steps:
            case ["lookup"]:
                return _results(self._look_up(asked.get("id", ""), songs="entity" in asked))
            case ["search"]:
                return _results(self._search(asked.get("term", ""), request.number("limit", 50)))
        return Answer(404)

    def _look_up(self, identity: str, *, songs: bool) -> list[Json]:
        if track := self._songs.get(identity):
            return [_song(identity, track)]
        if album := self._albums.get(identity):
            rows = [row for row in album.tracks if row.spotify_id] if songs else []
            return [
                _collection(identity, album),
                *(_song(number(SERVICE, row.key), row) for row in rows),
            ]
        return []

    def _search(self, term: str, limit: int) -> list[Json]:
        asked = words(term)
        found = [
            _song(identity, track)
            for identity, track in self._songs.items()
            if asked <= words(" ".join((track.title, *track.artists)))
        ]
        return found[:limit]


def _results(rows: list[Json]) -> Answer:
    body = Answer.json(200, {"resultCount": len(rows), "results": rows})
    # As the service sends it.
    return Answer(200, body.content, {"content-type": "text/javascript; charset=utf-8"})


def _song(identity: str, track: Track) -> Json:
    album = number(SERVICE, f"album {track.album}")
    page = f"{WEB}/us/album/sample/{album}?i={identity}&uo=4"
    return {
        "wrapperType": "track",
        "kind": "song",
        "artistId": 1,
        "collectionId": int(album),
        "trackId": int(identity),
        "artistName": " & ".join(track.artists),
        "collectionName": track.album or track.title,
        "trackName": track.title,
        "trackViewUrl": page,
        "artworkUrl100": "https://is1-ssl.mzstatic.com/image/thumb/sample/100x100bb.jpg",
        "releaseDate": f"{YEAR}-01-01T12:00:00Z",
        "trackExplicitness": "explicit" if track.explicit else "notExplicit",
        "trackTimeMillis": track.duration_ms,
        "country": "USA",
        "isStreamable": True,
    }


def _collection(identity: str, album: Listing) -> Json:
    return {
        "wrapperType": "collection",
        "collectionType": "Album",
        "collectionId": int(identity),
        "artistName": album.owner,
        "collectionName": album.title,
        "collectionViewUrl": f"{WEB}/us/album/sample/{identity}?uo=4",
        "artworkUrl100": "https://is1-ssl.mzstatic.com/image/thumb/sample/100x100bb.jpg",
        "trackCount": len(album.tracks),
        "releaseDate": f"{album.year or YEAR}-01-01T08:00:00Z",
        "country": "USA",
    }
