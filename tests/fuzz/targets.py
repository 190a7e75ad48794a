"""What reads bytes that strangers and services send: each may raise errors of ours, and no others.

Used by the tests, and by `tests.fuzz.atheris_fuzz` for as long as you like.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import bson

from bot.errors import TracklinkError
from bot.models import Listing, ListingKind, Source
from bot.models.songlist import BadList
from bot.models.view import ListingView
from bot.platforms.links import find_all_links, find_elsewhere
from bot.render.callback_data import read, written
from bot.render.i18n import load_languages
from bot.render.listing import render_listing
from bot.resolve.uploads.reader import is_list, read_file, read_text
from bot.resolve.uploads.source import track_of
from bot.spotify import rows as api
from bot.spotify.embed import parse
from bot.spotify.links import find_links
from bot.youtube import data_api
from bot.youtube.music import candidates

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.models.songlist import SongList

KEYS = (
    *("id", "name", "title", "uri", "type", "items", "item", "track", "tracks", "total", "limit"),
    *("artists", "album", "duration", "duration_ms", "is_local", "external_ids", "isrc", "images"),
    *("owner", "display_name", "url", "width", "linked_from", "show", "next", "entity", "data"),
    *("props", "pageProps", "state", "trackList", "subtitle", "entityType", "coverArt", "sources"),
    *("status", "forbiddenReason", "releaseDate", "isoString", "videoId", "videoType", "views"),
    *("duration_seconds", "isExplicit", "isAvailable", "snippet", "channelTitle", "description"),
    *("contentDetails", "statistics", "viewCount", "thumbnails", "artist", "release_date"),
)
TEXTS = (
    *("track", "album", "playlist", "artist", "episode", "spotify:track:4uLU6hMCjMI75M1A2tKUQC"),
    *("MUSIC_VIDEO_TYPE_ATV", "Provided to YouTube by X\n\nA · B\n\nC", "B - Topic", "PT3M32S"),
    *("2001-03-12", "5.1M plays", "dQw4w9WgXcQ", "MPREb_x", "A", "\ud800", "\u202e\x00"),
)
NUMBERS = (0, 1, -1, 100, 2**31, 2**63, 1e308, float("nan"), float("inf"), 10**400)
MOST_DEPTH = 12
TABLE = b"title,artist,duration_ms,length\na,b,1,\na,b,,1\n"
WORDS = load_languages().words(None)


class Grower:
    """Makes a JSON value of bytes, so that each change of a byte changes the value a little."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def value(self, depth: int = 0) -> Any:
        kind = self._byte() % (6 if depth < MOST_DEPTH else 4)
        match kind:
            case 0:
                return (None, True, False)[self._byte() % 3]
            case 1:
                return NUMBERS[self._byte() % len(NUMBERS)]
            case 2:
                return TEXTS[self._byte() % len(TEXTS)]
            case 3:
                return self._text()
            case 4:
                return [self.value(depth + 1) for _ in range(self._byte() % 5)]
        return {self._key(): self.value(depth + 1) for _ in range(self._byte() % 8)}

    def _key(self) -> str:
        return KEYS[self._byte() % len(KEYS)]

    def _text(self) -> str:
        end = self._at + self._byte() % 40 + 1
        text = self._data[self._at : end].decode("utf-8", "replace")
        self._at = end
        return text

    def _byte(self) -> int:
        self._at += 1
        return self._data[self._at - 1] if self._at <= len(self._data) else 0


def links(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    find_links(text)
    list(find_elsewhere(text))
    for link in find_all_links(text):
        assert "\n" not in link.id


def buttons(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    if pressed := read(text):
        assert pressed == read(written(pressed))


def embed_page(data: bytes) -> None:
    parse(ListingKind.PLAYLIST, "x", data.decode("utf-8", "replace"))


def embed_script(data: bytes) -> None:
    entity = {"type": "album", "title": "T", **_dict(data)}
    page = {"props": {"pageProps": {"state": {"data": {"entity": entity}}}}}
    for kind in (ListingKind.ALBUM, ListingKind.TRACK):
        entity["type"] = str(kind)
        parse(kind, "x", f'<script id="__NEXT_DATA__">{json.dumps(page)}</script>')


def web_api(data: bytes) -> None:
    """Of objects only: the client refuses everything else."""
    value = Grower(data).value()
    for shape in ({"name": "N", **_dict(data)}, {"items": [value], "total": 1, "limit": 50}):
        for reader in (api.read_album, api.read_track_listing, api.read_playlist_head):
            with suppress(TracklinkError):
                reader("x", shape)
        with suppress(TracklinkError):
            api.read_page(shape, api.read_playlist_row)
        with suppress(TracklinkError):
            api.read_top_tracks(shape)
        with suppress(TracklinkError):
            api.read_found(shape)


def music_rows(data: bytes) -> None:
    rows = Grower(data).value()
    if isinstance(rows, list) and all(isinstance(row, dict) for row in rows):
        candidates([{"videoId": "dQw4w9WgXcQ", "title": "T", **row} for row in rows])
        candidates(rows)


def data_api_video(data: bytes) -> None:
    for row in (_dict(data), {"id": "x", "snippet": {"title": "T", **_dict(data)}, **_dict(data)}):
        with suppress(LookupError):
            data_api.candidate(row)


def lists(data: bytes) -> None:
    """The file as it is, and below a table whose lengths have as many digits as its bytes say."""
    for raw in (data, TABLE.replace(b"1", b"1" * 20 * sum(data[:3])) + data):
        with suppress(BadList):
            _draw(read_file("a.csv", raw))


def pasted(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    if is_list(text, find_all_links(text)):
        _draw(read_text(text))


def _draw(songs: SongList) -> None:
    """As a listing that is shown and kept."""
    tracks = [track_of(row, {}) for row in songs.rows]
    listing = Listing(
        kind=ListingKind.LIST,
        id="upload:a",
        title=songs.title or "",
        source=Source.UPLOAD,
        tracks=tracks,
    )
    str(render_listing(ListingView(listing=listing, bot="tracklink_bot"), WORDS).html).encode()
    bson.encode(asdict(listing))


TARGETS: tuple[Callable[[bytes], None], ...] = (
    links,
    buttons,
    embed_page,
    embed_script,
    web_api,
    music_rows,
    data_api_video,
    lists,
    pasted,
)


def run(target: Callable[[bytes], None], data: bytes) -> None:
    """Raises what no parser may raise."""
    with suppress(TracklinkError, BadList):
        target(data)


def _dict(data: bytes) -> dict[str, Any]:
    value = Grower(data).value()
    return value if isinstance(value, dict) else {"items": value, "trackList": value}
