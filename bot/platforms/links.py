"""Links of YouTube, Apple Music and Deezer in text, and all links in their order. Pure.

A link to what holds no tracks, or none that can be read without an account, is found as well: it
is answered with words.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from bot.models.links import Elsewhere, ElsewhereKind
from bot.spotify.links import begins_a_word, find_links_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.models.links import Link

Kind = ElsewhereKind

COUNTRY = "us"  # whose shop Apple looks in where a link names none
VIDEO_ID = re.compile(r"[\w-]{11}(?![\w-])", re.ASCII)
PRIVATE_LISTS = ("LL", "LM", "WL", "SE")  # liked, watch later, saved: each person sees their own
MIX = "RD"  # made anew for each listener; those below are the same for all
CURATED = ("RDCLAK", "RDTMAK")

_HOSTS = {
    "youtube": r"(?:(?:www|m|music)\.)?youtube(?:-nocookie)?\.com",
    "youtu": r"youtu\.be",
    "apple": r"(?:geo\.)?(?:music|itunes)\.apple\.com",
    "deezer": r"(?:(?:www|m)\.)?deezer\.com",
    "short": r"deezer\.page\.link|link\.deezer\.com",
}
# ASCII: without it, IGNORECASE lets the long s and the Kelvin sign pass for s and k.
_LINK = re.compile(
    r"(?P<scheme>https?://)?(?:"
    + "|".join(f"(?P<{name}>{host})" for name, host in _HOSTS.items())
    + r")(?::\d{1,5})?/(?P<path>(?:(?!https?://)[^\s<>\"'()\[\]{}|,;?#]){0,500})"
    r"(?P<query>(?:[?#](?:(?!https?://)[^\s<>\"'()\[\]{}|,;]){0,1000})?)",
    re.IGNORECASE | re.ASCII,
)
_LIST_ID = re.compile(r"[\w-]{12,64}", re.ASCII)
_ALBUM_PAGE = re.compile(r"MPREb_[\w-]{4,32}", re.ASCII)
_NUMBER = re.compile(r"(?:id)?([0-9]{1,19})", re.ASCII)
_SHORT_CODE = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
_COUNTRY = re.compile(r"[a-z]{2}", re.ASCII)
_DEEZER_COUNTRY = re.compile(r"[a-z]{2}(?:-[a-z]{2})?", re.ASCII)
_TRAILING = ".~!:%"  # of a sentence, not of a name
_APPLE_OTHER = {
    "playlist": Kind.APPLE_PLAYLIST,
    "artist": Kind.APPLE_ARTIST,
    "music-video": Kind.APPLE_OTHER,
    "station": Kind.APPLE_OTHER,
    "library": Kind.APPLE_OTHER,
    "curator": Kind.APPLE_OTHER,
    "podcast": Kind.APPLE_OTHER,
}
_DEEZER = {
    "track": Kind.DEEZER_TRACK,
    "album": Kind.DEEZER_ALBUM,
    "playlist": Kind.DEEZER_PLAYLIST,
    "artist": Kind.DEEZER_OTHER,
    "show": Kind.DEEZER_OTHER,
    "episode": Kind.DEEZER_OTHER,
    "profile": Kind.DEEZER_OTHER,
    "radio": Kind.DEEZER_OTHER,
    "mixes": Kind.DEEZER_OTHER,
}


def find_all_links(text: str) -> list[Link]:
    """All links that lead somewhere known, in order of appearance, each once."""
    found: list[tuple[int, Link]] = [*find_links_at(text), *find_elsewhere(text)]
    return list(dict.fromkeys(link for _, link in sorted(found, key=lambda pair: pair[0])))


def find_elsewhere(text: str) -> Iterator[tuple[int, Elsewhere]]:
    """All links of other platforms in `text` with where each begins, in order of appearance."""
    for found in _LINK.finditer(text):
        if not found["scheme"] and not begins_a_word(text, found.start()):
            continue
        steps = [step for step in found["path"].rstrip(_TRAILING).split("/") if step]
        asked = parse_qs(found["query"].partition("#")[0].lstrip("?"), max_num_fields=None)
        query = {name: values[0].rstrip(_TRAILING) for name, values in asked.items()}
        if link := _read(found, steps, query):
            yield found.start(), link


def _read(found: re.Match[str], steps: list[str], query: dict[str, str]) -> Elsewhere | None:
    if found["youtu"]:
        return _video(steps[0]) if steps else None
    if found["youtube"]:
        return _youtube(steps, query)
    if found["apple"]:
        return _apple(steps, query)
    return _deezer(steps) if found["deezer"] else _deezer_short(found, steps)


def _youtube(steps: list[str], query: dict[str, str]) -> Elsewhere | None:
    match steps:
        case ["watch", *_]:
            return _video(query.get("v", "")) or _list(query.get("list", ""))
        case ["embed", "videoseries", *_] | ["playlist", *_]:
            return _list(query.get("list", ""))
        case ["shorts" | "embed" | "v" | "e" | "watch", name, *_]:
            return _video(name)
        case ["browse", name, *_] if _ALBUM_PAGE.fullmatch(name):
            return Elsewhere(Kind.YOUTUBE_PLAYLIST, name)
        case ["browse", name, *_] if name.startswith("VL"):
            return _list(name.removeprefix("VL"))
        case ["live", name, *_]:
            return Elsewhere(Kind.YOUTUBE_LIVE, name)
        case ["channel" | "c" | "user" | "browse", name, *_]:
            return Elsewhere(Kind.YOUTUBE_CHANNEL, name)
        case [name, *_] if name.startswith("@") and len(name) > 1:
            return Elsewhere(Kind.YOUTUBE_CHANNEL, name)
    return None


def _video(name: str) -> Elsewhere | None:
    found = VIDEO_ID.match(name)
    return Elsewhere(Kind.YOUTUBE_VIDEO, found[0]) if found else None


def _list(name: str) -> Elsewhere | None:
    if name in PRIVATE_LISTS:
        return Elsewhere(Kind.YOUTUBE_PRIVATE, name)
    if not _LIST_ID.fullmatch(name):
        return None
    if name.startswith(MIX) and not name.startswith(CURATED):
        return Elsewhere(Kind.YOUTUBE_PRIVATE, name)
    return Elsewhere(Kind.YOUTUBE_PLAYLIST, name)


def _apple(steps: list[str], query: dict[str, str]) -> Elsewhere | None:
    country = COUNTRY
    if steps and _COUNTRY.fullmatch(steps[0].lower()):
        country, steps = steps[0].lower(), steps[1:]
    match steps:
        case ["album", *_, name] if _number(name):
            track = _number(query.get("i", ""))
            kind = Kind.APPLE_TRACK if track else Kind.APPLE_ALBUM
            return Elsewhere(kind, f"{country}:{track or _number(name)}")
        case ["song", *_, name] if _number(name):
            return Elsewhere(Kind.APPLE_TRACK, f"{country}:{_number(name)}")
        case [page, *rest] if page in _APPLE_OTHER:
            return Elsewhere(_APPLE_OTHER[page], rest[-1] if rest else "")
    return None


def _deezer(steps: list[str]) -> Elsewhere | None:
    if steps and _DEEZER_COUNTRY.fullmatch(steps[0].lower()):
        steps = steps[1:]
    match steps:
        case [page, name, *_] if page in _DEEZER:
            kind = _DEEZER[page]
            if kind is Kind.DEEZER_OTHER:
                return Elsewhere(kind, name)
            return Elsewhere(kind, _number(name)) if _number(name) else None
    return None


def _deezer_short(found: re.Match[str], steps: list[str]) -> Elsewhere | None:
    match steps:
        case [code] | [_, code] if _SHORT_CODE.fullmatch(code):  # link.deezer.com/s/CODE
            return Elsewhere(Kind.DEEZER_SHORT, "/".join((found["short"].lower(), *steps)))
    return None


def _number(name: str) -> str:
    found = _NUMBER.fullmatch(name)
    return found[1] if found else ""
