"""One line of a list: a Spotify link, `Artist - Title`, `Title — Artist`, or none of these."""

from __future__ import annotations

from typing import Final
from urllib.parse import unquote_plus

import regex

from bot.models.links import LinkKind
from bot.models.songlist import LINE_CHARS, Miss, Row, Unread
from bot.spotify.links import find_links

COMMENTS: Final = ("#", "//", ";")
_SONG_LINKS: Final = (LinkKind.TRACK, LinkKind.SHORT)
_INVISIBLE: Final = regex.compile(r"[\p{Cf}\p{Cc}--[\t\u200c\u200d]]", regex.VERSION1)
# Numbers with a sign behind them, and bullets; a bare number may belong to the name.
_NUMBERING: Final = regex.compile(r"^(?:\(?\d{1,5}[.):\]][ \t]+|[-–—*•·‣▪●♪♫][ \t]+)+")
_LENGTH: Final = regex.compile(r"[\s(\[]+(?:(\d{1,2}):)?(\d{1,2}):([0-5]\d)[)\]]?$")
_URL: Final = regex.compile(r"\S{1,20}://\S*")
_ID: Final = regex.compile(r"[0-9A-Za-z]{22}")
# `open.spotify.com/local/Artist/Album/Title/320`, or the same as a `spotify:` address: what
# Spotify's desktop app copies of a file on its owner's device. Its signs are + and %.
_LOCAL: Final = regex.compile(
    r"(?:spotify:local:|https?://open\.spotify\.com/local/)"
    r"([^:/\s]*)[:/]([^:/\s]*)[:/]([^:/\s]+)[:/](\d{1,6})"
)
_EM_DASH: Final = regex.compile(r"\s*[—―]\s*")
_DASH: Final = regex.compile(r"\t+|\s+[-–−‐]\s+")
_BY: Final = regex.compile(r"^[\"“„«](?P<title>.+)[\"”“»]\s+(?:by|von|de|par)\s+(?P<artist>.+)$")
_QUOTES: Final = ('""', "“”", "„“", "«»", "‘’", "''")
_LETTER: Final = regex.compile(r"[\p{L}\p{N}\p{Sm}]")  # songs are called ÷ and + too


def read_line(number: int, text: str) -> Row | Miss | None:
    """What a line says; None for an empty one or a comment."""
    line = _INVISIBLE.sub("", text).strip()
    if not line or line.startswith(COMMENTS):
        return None
    if len(line) > LINE_CHARS:
        return Miss(line=number, text=line[:LINE_CHARS], why=Unread.TOO_LONG)
    return _local(number, line) or _link(number, line) or _words(number, line)


def _local(number: int, line: str) -> Row | None:
    found = _LOCAL.search(line)
    if found is None:
        return None
    artist, album, title, seconds = (unquote_plus(part).strip() for part in found.groups())
    return Row(
        line=number,
        text=line,
        title=title,
        artists=[artist] if artist else (),
        album=album or None,
        length_ms=int(seconds) * 1000 or None,
    )


def _link(number: int, line: str) -> Row | Miss | None:
    if _ID.fullmatch(line):
        return Row(line=number, text=line, link=(LinkKind.TRACK, line))
    links = find_links(line)
    if not links:
        return None
    song = next((link for link in links if link.kind in _SONG_LINKS), None)
    if song is None:
        return Miss(line=number, text=line, why=Unread.LIST)
    return Row(line=number, text=line, link=(song.kind, song.id))


def _words(number: int, line: str) -> Row | Miss:
    bare = _URL.sub("", line).strip()
    if not _LETTER.search(bare):
        return Miss(line=number, text=line, why=Unread.NO_SONG if bare == line else Unread.FOREIGN)
    named, length_ms = _length(unquoted(_NUMBERING.sub("", bare)))
    title, artist = parted(named)
    if not _LETTER.search(title):
        return Miss(line=number, text=line, why=Unread.NO_SONG)
    artists = [artist] if artist else ()
    return Row(line=number, text=line, title=title, artists=artists, length_ms=length_ms)


def _length(text: str) -> tuple[str, int | None]:
    """The text without the length at its end, and that in milliseconds."""
    found = _LENGTH.search(text)
    if found is None or not text[: found.start()].strip():
        return text, None
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return text[: found.start()].rstrip(), 1000 * ((hours * 60 + minutes) * 60 + seconds) or None


def parted(text: str) -> tuple[str, str]:
    """Title and artist. `Artist - Title`, but `Title — Artist`; no artist where nothing parts."""
    if by := _BY.match(text):
        return unquoted(by["title"]), unquoted(by["artist"])
    if len(sides := _EM_DASH.split(text)) > 1 and sides[0] and sides[-1]:
        return unquoted(" — ".join(sides[:-1])), unquoted(sides[-1])
    if len(sides := _DASH.split(text, maxsplit=1)) > 1 and all(sides):
        return unquoted(sides[1]), unquoted(sides[0])
    return unquoted(text), ""


def unquoted(text: str) -> str:
    """The text without quotes around the whole of it."""
    bare = text.strip()
    for first, last in _QUOTES:
        inner = bare[1:-1]
        if bare == f"{first}{inner}{last}" and first not in inner and last not in inner:
            return inner.strip()
    return bare
