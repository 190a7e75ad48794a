"""The iTunes Search API and Deezer's API with its short links, answering for one world."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from bot.models import Listing, ListingKind, RowKind, Track
from bot.sandbox.services.ids import number
from bot.sandbox.services.messages import Answer
from bot.sandbox.services.world import words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.sandbox.services.messages import Request
    from bot.sandbox.services.world import World

Json = dict[str, Any]

APPLE_WEB = "https://music.apple.com"
APPLE_ARTWORK = "https://is1-ssl.mzstatic.com/image/thumb/sample/100x100bb.jpg"
DEEZER_API = "https://api.deezer.com"
DEEZER_WEB = "https://www.deezer.com"
DEEZER_ROWS = 25  # of a page where no number is asked for
NO_DATA = {"error": {"type": "DataException", "message": "no data", "code": 800}}
YEAR = 2024
_DEEZER_KINDS = {"album": ListingKind.ALBUM, "playlist": ListingKind.PLAYLIST}


class Apple:
    def __init__(self, world: World) -> None:
        self._world = world

    @cached_property
    def _songs(self) -> dict[str, Track]:
        return _numbered("apple", self._world)

    @cached_property
    def _albums(self) -> dict[str, Listing]:
        albums = (at for at in self._world.listings.values() if at.kind is ListingKind.ALBUM)
        return {number("apple", listing.id): listing for listing in albums}

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
                *(_song(number("apple", row.key), row) for row in rows),
            ]
        return []

    def _search(self, term: str, limit: int) -> list[Json]:
        return [_song(identity, track) for identity, track in _with_all(term, self._songs)][:limit]


def _results(rows: list[Json]) -> Answer:
    body = Answer.json(200, {"resultCount": len(rows), "results": rows})
    # As the service sends it.
    return Answer(200, body.content, {"content-type": "text/javascript; charset=utf-8"})


def _song(identity: str, track: Track) -> Json:
    album = number("apple", f"album {track.album}")
    page = f"{APPLE_WEB}/us/album/sample/{album}?i={identity}&uo=4"
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
        "artworkUrl100": APPLE_ARTWORK,
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
        "collectionViewUrl": f"{APPLE_WEB}/us/album/sample/{identity}?uo=4",
        "artworkUrl100": APPLE_ARTWORK,
        "trackCount": len(album.tracks),
        "releaseDate": f"{album.year or YEAR}-01-01T08:00:00Z",
        "country": "USA",
    }


class Deezer:
    def __init__(self, world: World) -> None:
        self._world = world

    @cached_property
    def _tracks(self) -> dict[str, Track]:
        return _numbered("deezer", self._world)

    @cached_property
    def _lists(self) -> dict[tuple[ListingKind, str], Listing]:
        return {
            (listing.kind, number("deezer", listing.id)): listing
            for listing in self._world.listings.values()
        }

    def answer(self, request: Request) -> Answer:
        match request.steps:
            case ["track", identity]:
                return Answer.json(200, self._track(identity))
            case ["search"]:
                return _window(request, self._search(request.query.get("q", "")))
            case ["album" | "playlist" as kind, identity, *rest]:
                listing = self._lists.get((_DEEZER_KINDS[kind], identity))
                if listing is None:
                    return Answer.json(200, NO_DATA)
                if rest == ["tracks"]:
                    return _window(request, _rows(listing))
                return Answer.json(200, _head(kind, identity, listing))
        return Answer.json(200, NO_DATA)

    def short(self, request: Request) -> Answer:
        """The code of a short link is `sample` and the number of a track."""
        identity = (request.steps or [""])[-1].removeprefix("sample")
        if identity not in self._tracks:
            return Answer(404)
        return Answer(302, headers={"location": f"{DEEZER_WEB}/track/{identity}?utm_source=sample"})

    def _track(self, identity: str) -> Json:
        code = identity.removeprefix("isrc:")
        if code != identity:
            identity = next((key for key, at in self._tracks.items() if at.isrc == code), "")
        track = self._tracks.get(identity)
        return _track(identity, track) if track else NO_DATA

    def _search(self, query: str) -> list[Json]:
        return [_track(identity, track) for identity, track in _with_all(query, self._tracks)]


def _track(identity: str, track: Track) -> Json:
    artists = _artists(track.artists)
    return {
        "id": int(identity),
        "readable": True,
        "title": track.title,
        "title_short": track.title,
        "title_version": "",
        "isrc": track.isrc or "",
        "link": f"{DEEZER_WEB}/track/{identity}",
        "duration": round((track.duration_ms or 0) / 1000),
        "rank": 100_000,
        "explicit_lyrics": bool(track.explicit),
        "contributors": artists,
        "artist": artists[0] if artists else {"id": 0, "name": ""},
        "album": {"id": 1, "title": track.album or track.title, "type": "album"},
        "type": "track",
    }


def _rows(listing: Listing) -> list[Json]:
    songs = [row for row in listing.tracks if row.row is RowKind.SONG]
    return [_track(number("deezer", row.key), row) for row in songs]


def _head(kind: str, identity: str, listing: Listing) -> Json:
    head: Json = {
        "id": int(identity),
        "title": listing.title,
        "link": f"{DEEZER_WEB}/{kind}/{identity}",
        "nb_tracks": len(_rows(listing)),
        "type": kind,
    }
    if kind == "playlist":
        return head | {"creator": {"id": 1, "name": listing.owner}, "public": True}
    artists = _artists((listing.owner or "").split(", "))
    released = f"{listing.year or YEAR}-01-01"
    return head | {"contributors": artists, "artist": artists[0], "release_date": released}


def _window(request: Request, rows: Sequence[Json]) -> Answer:
    start, limit = request.number("index", 0), request.number("limit", DEEZER_ROWS)
    body: Json = {"data": list(rows[start : start + limit]), "total": len(rows)}
    if start + limit < len(rows):
        body["next"] = f"{DEEZER_API}{request.path}?index={start + limit}"
    return Answer.json(200, body)


def _artists(names: Sequence[str]) -> list[Json]:
    return [{"id": 1, "name": name, "role": "Main"} for name in names]


def _numbered(service: str, world: World) -> dict[str, Track]:
    """All songs, by the numbers that a platform knows them by."""
    return {number(service, key): track for key, track in world.tracks().items()}


def _with_all(query: str, tracks: Mapping[str, Track]) -> list[tuple[str, Track]]:
    """The tracks that hold all words of a query."""
    asked = words(query)
    return [
        (identity, track)
        for identity, track in tracks.items()
        if asked <= words(" ".join((track.title, *track.artists)))
    ]
