"""A listing with its findings as plain data: the JSON of `show` and of exports.

Its rows are what the other files are made of.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from bot.models import CandidateKind, Finding, Match, RowKind
from bot.models.outside_text import for_json, one_line
from bot.models.results import spotify_url
from bot.platforms.urls import youtube_search_url

if TYPE_CHECKING:
    from bot.models import Listing, Track
    from bot.models.results import Results
    from bot.models.view import ListingView
    from bot.render.i18n import Words

Judged = Mapping[str, Sequence["Match"]]  # the candidates of each track, by Track.key, best first
SEARCH = "search"
FOUND = ("audio", "video", "chosen")  # the last is the word of people, not the matcher's
EXPLAINED = 5  # candidates of a track that are worth reading


def shape(
    listing: Listing, results: Results, judged: Judged = MappingProxyType({})
) -> dict[str, Any]:
    """Lengths in milliseconds; `position` counts from 1; `complete` is false for a cut list.

    A track in `judged` also gets its best `candidates`.
    """
    return {
        "kind": str(listing.kind),
        "id": listing.id,
        "title": listing.title,
        "url": listing.url,
        "source": str(listing.source),
        "complete": listing.complete,
        "owner": listing.owner,
        "year": listing.year,
        "tracks": [
            _track(at, track, results) | _candidates(judged.get(track.key))
            for at, track in enumerate(listing.tracks)
        ],
    }


def _track(at: int, track: Track, results: Results) -> dict[str, Any]:
    return {
        "position": at + 1,
        "row": str(track.row),
        "title": track.title,
        "artists": list(track.artists),
        "album": track.album,
        "duration_ms": track.duration_ms,
        "isrc": track.isrc,
        "spotify_url": spotify_url(track, results.get(at)),
        "youtube": _youtube(track, results.get(at)) if track.row is RowKind.SONG else None,
    }


def _youtube(track: Track, result: object) -> dict[str, Any]:
    """The official recording, what people chose, or a search.

    Its reasons say when people chose, and when YouTube did not answer.
    """
    if not isinstance(result, Finding):
        return _search(track, [_reason("not_looked_up", 0.0, _why(result))])
    chosen = [_reason("chosen", 0.0, f"chosen by {result.chosen}")] if result.chosen else []
    if result.match is None:
        return _search(track, chosen)
    found = official(result.match)
    kind = found["kind"] if result.official else "chosen"
    return found | {"kind": kind, "reasons": [*chosen, *found["reasons"]]}


def _search(track: Track, reasons: list[dict[str, Any]]) -> dict[str, Any]:
    return {"url": youtube_search_url(track), "kind": "search", "score": None, "reasons": reasons}


def _why(result: object) -> str:
    return "no link is stored" if result is None else str(result)


def _candidates(judged: Sequence[Match] | None) -> dict[str, Any]:
    return {} if judged is None else {"candidates": [candidate(m) for m in judged[:EXPLAINED]]}


def candidate(match: Match) -> dict[str, Any]:
    """A candidate as it was found and judged. Length in seconds."""
    found = match.candidate
    return {
        "url": found.url,
        "title": found.title,
        "channel": found.channel,
        "artists": list(found.artists),
        "album": found.album,
        "duration_s": found.duration_s,
        "kind": str(found.kind),
        "score": round(match.score, 4),
        "reasons": [_reason(r.code, r.weight, r.detail) for r in match.reasons],
    }


def official(match: Match) -> dict[str, Any]:
    """`score` is the probability that it is the right recording."""
    return {
        "url": match.candidate.url,
        "kind": "audio" if match.kind is CandidateKind.AUDIO else "video",
        "score": round(match.score, 4),
        "reasons": [_reason(r.code, r.weight, r.detail) for r in match.reasons],
    }


def _reason(code: str, weight: float, detail: str) -> dict[str, Any]:
    return {"code": code, "weight": round(weight, 3), "detail": detail}


def render_json(view: ListingView, _: Words) -> bytes:
    return f"{json_text(shape(view.listing, view.results))}\n".encode()


def json_text(data: object) -> str:
    return for_json(json.dumps(data, ensure_ascii=False, indent=1))


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
