"""Deezer's API and its short links, answering for one world. Errors come with HTTP 200."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from bot.models import Listing, ListingKind, RowKind, Track
from bot.sandbox.services.messages import Answer
from bot.sandbox.services.shapes.ids import number
from bot.sandbox.services.world import words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.sandbox.services.messages import Request
    from bot.sandbox.services.world import World

Json = dict[str, Any]

API = "https://api.deezer.com"
WEB = "https://www.deezer.com"
SERVICE = "deezer"
PAGE = 25  # rows where none are asked for
YEAR = 2024
NO_DATA = {"error": {"type": "DataException", "message": "no data", "code": 800}}
_KINDS = {"album": ListingKind.ALBUM, "playlist": ListingKind.PLAYLIST}


class Deezer:
    def __init__(self, world: World) -> None:
        self._world = world

    @cached_property
    def _tracks(self) -> dict[str, Track]:
        return {number(SERVICE, key): track for key, track in self._world.tracks().items()}

    @cached_property
    def _lists(self) -> dict[tuple[ListingKind, str], Listing]:
        return {
            (listing.kind, number(SERVICE, listing.id)): listing
            for listing in self._world.listings.values()
        }

    def answer(self, request: Request) -> Answer:
        match request.steps:
            case ["track", identity]:
                return Answer.json(200, self._track(identity))
            case ["search"]:
                return _window(request, self._search(request.query.get("q", "")))
            case ["album" | "playlist" as kind, identity, *rest]:
                listing = self._lists.get((_KINDS[kind], identity))
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
        return Answer(302, headers={"location": f"{WEB}/track/{identity}?utm_source=sample"})

    def _track(self, identity: str) -> Json:
        if identity.startswith("isrc:"):
            code = identity.removeprefix("isrc:")
            found = next((key for key, at in self._tracks.items() if at.isrc == code), "")
        else:
            found = identity
        track = self._tracks.get(found)
        return track_row(found, track) if track else NO_DATA

    def _search(self, query: str) -> list[Json]:
        asked = words(query)
        return [
            track_row(identity, track)
            for identity, track in self._tracks.items()
            if asked <= words(" ".join((track.title, *track.artists)))
        ]


def track_row(identity: str, track: Track) -> Json:
    artists = [{"id": 1, "name": name, "role": "Main"} for name in track.artists]
    return {
        "id": int(identity),
        "readable": True,
        "title": track.title,
        "title_short": track.title,
        "title_version": "",
        "isrc": track.isrc or "",
        "link": f"{WEB}/track/{identity}",
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
    return [track_row(number(SERVICE, row.key), row) for row in songs]


def _head(kind: str, identity: str, listing: Listing) -> Json:
    head: Json = {
        "id": int(identity),
        "title": listing.title,
        "link": f"{WEB}/{kind}/{identity}",
        "nb_tracks": len(_rows(listing)),
        "type": kind,
    }
    if kind == "playlist":
        return head | {"creator": {"id": 1, "name": listing.owner}, "public": True}
    artists = [
        {"id": 1, "name": name, "role": "Main"} for name in (listing.owner or "").split(", ")
    ]
    released = f"{listing.year or YEAR}-01-01"
    return head | {"contributors": artists, "artist": artists[0], "release_date": released}


def _window(request: Request, rows: Sequence[Json]) -> Answer:
    start, limit = request.number("index", 0), request.number("limit", PAGE)
    body: Json = {"data": list(rows[start : start + limit]), "total": len(rows)}
    if start + limit < len(rows):
        body["next"] = f"{API}{request.path}?index={start + limit}"
    return Answer.json(200, body)
