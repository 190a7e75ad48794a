"""Spotify's Web API, token service and public pages, answering for one world.

Refusals and limits are those of a development-mode app with client credentials in 2026.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Any

from bot.models import Listing, ListingKind, Source
from bot.sandbox.services import spotify_shapes as shapes
from bot.sandbox.services.messages import Answer, Refusal, Request
from bot.sandbox.services.world import meant, words

if TYPE_CHECKING:
    from bot.models import Track
    from bot.sandbox.services.world import World

Json = dict[str, Any]
Fields = dict[str, "Fields"]

TOKEN = "sample-token"  # noqa: S105 - given out by this stand-in, of no use anywhere else
PAGE_MAX = 50  # rows of one page of an album or a playlist
SEARCH_MAX = 10  # rows of one search answer since February 2026
PREFIX = "/v1"
_SIGN = re.compile(r"[^,().\s]+|[,().]")  # of the `fields` parameter


class Spotify:
    def __init__(self, world: World) -> None:
        self._world = world

    @cached_property
    def _tracks(self) -> dict[str, Track]:
        return self._world.tracks()

    @cached_property
    def _words(self) -> set[str]:
        return {word for track in self._tracks.values() for word in _words_of(track)}

    def token(self, request: Request) -> Answer:
        if not request.headers.get("authorization", "").startswith("Basic "):
            refusal = {"error": "invalid_client", "error_description": "Invalid client"}
            return Answer.json(400, refusal)
        return Answer.json(200, shapes.token(TOKEN))

    def api(self, request: Request) -> Answer:
        try:
            return Answer.json(200, self._api(request))
        except Refusal as refusal:
            return Answer.json(refusal.status, shapes.error(refusal.status, refusal.message))

    def web(self, request: Request) -> Answer:
        match request.steps:
            case ["embed", kind, identity]:
                return self._embed(kind, identity)
            case ["s", code] if code in self._world.short:
                return Answer(307, headers={"location": self._world.short[code]})
            case _:
                return Answer.html(404, shapes.embed_error_page(404))

    def _api(self, request: Request) -> Json:
        has = request.headers.get("authorization")
        if has != f"Bearer {TOKEN}":
            raise Refusal(401, "Invalid access token" if has else "No token provided")
        match request.at(request.path.removeprefix(PREFIX)).steps:
            case ["tracks", identity]:
                return self._track(identity)
            case ["albums", identity]:
                return shapes.album(self._listing("album", identity))
            case ["albums", identity, "tracks"]:
                offset, limit = _window(request, PAGE_MAX)
                listing = self._listing("album", identity)
                return shapes.album_page(listing, offset=offset, limit=limit)
            case ["playlists", identity, *rest]:
                body = self._playlist(self._listing("playlist", identity), rest, request)
                wanted: Json = only_fields(body, wanted_fields(request.query.get("fields", "")))
                return wanted
            case ["artists", identity]:
                return shapes.artist(self._listing("artist", identity))
            case ["artists", _, "top-tracks"] | ["tracks" | "albums" | "artists"]:
                raise Refusal(403, "Forbidden")
            case ["search"]:
                return self._search(request)
            case _:
                raise Refusal(404, "Service not found")

    def _track(self, identity: str) -> Json:
        track = self._tracks.get(identity)
        if track is None:
            raise Refusal(404, "Resource not found")
        listing = self._world.listings.get(f"track:{identity}")
        year = (listing and listing.year) or shapes.YEAR
        return shapes.track(track, year=year)

    def _listing(self, kind: str, identity: str) -> Listing:
        if listing := self._world.listings.get(f"{kind}:{identity}"):
            return listing
        raise Refusal(404, "Resource not found")

    def _playlist(self, listing: Listing, rest: list[str], request: Request) -> Json:
        refused = listing.id in self._world.refused
        match rest:
            case []:
                return shapes.playlist(listing, rows=not refused)
            case ["items"] if refused:
                raise Refusal(401, "Valid user authentication required")
            case ["items"]:
                offset, limit = _window(request, PAGE_MAX)
                return shapes.playlist_page(listing, offset=offset, limit=limit)
            case _:
                raise Refusal(403, "Forbidden")

    def _search(self, request: Request) -> Json:
        offset, limit = _window(request, SEARCH_MAX)
        asked = words(request.query.get("q", "")) - {"isrc", "track", "artist", "album"}
        meanings = [set(meant(word, self._words)) for word in asked]
        found = [
            track for track in self._tracks.values() if all(map(_words_of(track).__and__, meanings))
        ]
        return shapes.search(found, offset=offset, limit=limit)

    def _embed(self, kind: str, identity: str) -> Answer:
        if listing := self._page(kind, identity):
            return Answer.html(200, shapes.embed_page(listing))
        return Answer.html(404, shapes.embed_error_page(404))

    def _page(self, kind: str, identity: str) -> Listing | None:
        if listing := self._world.listings.get(f"{kind}:{identity}"):
            return listing
        track = self._tracks.get(identity) if kind == "track" else None
        if track is None:
            return None
        return Listing(
            kind=ListingKind.TRACK,
            id=identity,
            title=track.title,
            source=Source.EMBED,
            tracks=(track,),
        )


def _words_of(track: Track) -> frozenset[str]:
    return words(" ".join((track.title, *track.artists, track.isrc or "")))


def _window(request: Request, most: int) -> tuple[int, int]:
    limit = request.number("limit", min(20, most))
    if not 1 <= limit <= most:
        raise Refusal(400, "Invalid limit")
    return request.number("offset", 0), limit


def wanted_fields(text: str) -> Fields:
    """The `fields` parameter of playlist calls: which parts of an answer are asked for.

    `total,items(track(name),added_by.id)`: names, with parts of theirs in brackets or after a dot.
    https://developer.spotify.com/documentation/web-api/reference/get-playlist
    """
    wanted: Fields = {}
    open_names: list[Fields] = [wanted]  # whose parts are being named, outermost first
    last, dotted = wanted, False
    for sign in _SIGN.findall(text):
        match sign:
            case "(":
                open_names.append(last)
            case ")":
                open_names.pop()
            case ".":
                dotted = True
            case ",":
                dotted = False
            case name:
                last = (last if dotted else open_names[-1]).setdefault(name, {})
                dotted = False
    return wanted


def only_fields(body: Any, wanted: Fields) -> Any:
    """The wanted parts of `body`; all of it when nothing particular is wanted."""
    if not wanted:
        return body
    if isinstance(body, list):
        return [only_fields(row, wanted) for row in body]
    if isinstance(body, dict):
        return {
            name: only_fields(body[name], parts) for name, parts in wanted.items() if name in body
        }
    return body
