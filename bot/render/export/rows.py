"""What the files say of each track, from the same data as `show --format json`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import regex

from bot.models import RowKind
from bot.render.export.json_file import shape

if TYPE_CHECKING:
    from bot.models.view import ListingView
    from bot.render.i18n import Words

SEARCH = "search"
FOUND = ("audio", "video", "chosen")  # the last is the word of people, not the matcher's
_BLANK = regex.compile(r"[\s\p{Z}\p{Cc}]+")
_BROKEN = regex.compile(r"\p{Cs}")  # half a surrogate pair: no encoding takes it


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """`kind` is audio, video, chosen or search for a song, else local, episode or gone.

    `score` is the probability that a recording is the right one.
    """

    position: int
    title: str
    artists: tuple[str, ...]
    album: str
    duration_ms: int | None
    isrc: str
    spotify_url: str | None
    youtube_url: str | None
    kind: str
    score: float | None

    @property
    def is_found(self) -> bool:
        return self.kind in FOUND

    @property
    def is_song(self) -> bool:
        return self.is_found or self.kind == SEARCH

    @property
    def name(self) -> str:
        return " - ".join(part for part in (", ".join(self.artists), self.title) if part)


def rows_of(view: ListingView) -> list[Row]:
    return [_row(track) for track in shape(view.listing, view.results)["tracks"]]


def one_line(text: str | None) -> str:
    """Text from outside without breaks and control characters."""
    return _BROKEN.sub("", _BLANK.sub(" ", text or "")).strip()


def why_none(row: Row, service: str, words: Words) -> str:
    """Why a row that is no song has no links; `service` is where the list is."""
    match row.kind:
        case "local":
            return words.plain("local file, only on its owner's device")
        case "gone":
            return words.plain("no longer on {service}", service=service)
    return words.plain("podcast episode")


def _row(track: dict[str, Any]) -> Row:
    youtube = track["youtube"] or {}
    return Row(
        position=track["position"],
        title=one_line(track["title"]),
        artists=tuple(filter(None, map(one_line, track["artists"]))),
        album=one_line(track["album"]),
        duration_ms=track["duration_ms"],
        isrc=one_line(track["isrc"]),
        spotify_url=track["spotify_url"],
        youtube_url=youtube.get("url"),
        kind=youtube["kind"] if track["row"] == RowKind.SONG else track["row"],
        score=youtube.get("score"),
    )
