"""A whole text or file as a list of songs."""

from __future__ import annotations

import codecs
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

import regex

from bot.models.links import LinkKind, SpotifyLink
from bot.models.songlist import (
    LINE_CHARS,
    MOST_BREAKS,
    MOST_BYTES,
    MOST_CHARS,
    MOST_LINES,
    BadList,
    Flaw,
    Miss,
    Row,
    SongList,
    Unread,
)
from bot.resolve.uploads.lines import read_line
from bot.resolve.uploads.table import read_columns, read_table, table_of
from bot.spotify.links import find_links

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.models.links import Link

LINKS_APART: Final = 5  # so many track links of a message get a card each, more become one list
_BREAKS: Final = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"  # where str.splitlines splits
_HOPELESS: Final = 20 * LINE_CHARS  # a line of text, or links without line breaks
TITLE_CHARS: Final = 100
_NOISE: Final = regex.compile(r"[\p{Cc}\p{Cf}_\s]+")
_FEWEST: Final = 2  # lines with a name of a song
_SENTENCE: Final = 60  # letters on one side of a dash from which it is hardly a name
SAMPLE_BYTES = 65_536  # of lines with other letters than ASCII: enough to tell an encoding by
HEAD_CHARS = 200_000  # of a text that are searched for signs that no text has
_MARKS = (  # the longer ones first: that of UTF-32 begins as that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Western, Turkish, Cyrillic. Guessed among more, short lists of names come out as anything.
_LEGACY = ("cp1252", "cp1254", "cp1251")
# Where Turkish has ğ ı ş and İ, Western has letters of Icelandic, which stand among vowels of its
# own.
_ICELANDIC = regex.compile("[ðýþÐÝÞ]")
_ICELANDIC_VOWELS = regex.compile("[áéíóúæÁÉÍÓÚÆ]")
_CONTROL = regex.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\ufffe\uffff]")
_MOST_CONTROLS = 0.002  # a stray one per page may pass


def read_file(name: str, raw: bytes) -> SongList:
    """The list in a document of this name. Raises BadList."""
    if len(raw) > MOST_BYTES:
        raise BadList(Flaw.TOO_BIG)
    text = decode(raw)
    # Before anything walks over the lines: 20 MB of line breaks keep Python busy for a minute.
    if _breaks(text) > MOST_BREAKS:
        raise BadList(Flaw.TOO_LONG)
    if sum(bool(line.strip()) for line in text.splitlines()) > MOST_LINES:
        raise BadList(Flaw.TOO_LONG)
    if table := table_of(text):
        return _listed(file_title(name), read_table(text, table))
    if name.casefold().endswith(".csv") and any(sign in text for sign in ",;\t|"):
        return _listed(file_title(name), read_columns(text))
    return _listed(file_title(name), read_lines(text))


def _breaks(text: str) -> int:
    """How many lines end, counted without making them."""
    return sum(map(text.count, _BREAKS)) - text.count("\r\n")


def read_text(text: str) -> SongList:
    """The list in a message. Raises BadList."""
    if table := table_of(text):
        return _listed(None, read_table(text, table))
    return _listed(None, read_lines(text))


def is_list(text: str, links: Sequence[Link]) -> bool:
    """Whether a message is a list rather than talk: two lines or more, most of them songs.

    `links` are those of the text. A few keep their own answers, one each. More than `LINKS_APART`
    track links are a list.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    links = [link for link in links if isinstance(link, SpotifyLink)]
    many = len(links) > LINKS_APART and all(link.kind is LinkKind.TRACK for link in links)
    if len(lines) <= 1:
        return many
    if table_of(text):
        return True
    if any(link.kind not in (LinkKind.TRACK, LinkKind.SHORT) for link in links):
        return False
    named = sum(_names_song(line) for line in lines)
    if named < _FEWEST:  # a link with a name above it is one link
        return many
    return 2 * (named + sum(bool(find_links(line)) for line in lines)) > len(lines)


def _names_song(line: str) -> bool:
    """Whether a line has a name on each side of a dash."""
    if "://" in line or not isinstance(row := read_line(0, line), Row) or row.link:
        return False
    sides = (row.title, *row.artists)
    return len(sides) > 1 and all(0 < len(side) <= _SENTENCE for side in sides)


def read_lines(text: str) -> Iterable[Row | Miss]:
    """A line a song; several links in one line are a song each."""
    for number, line in enumerate(text.splitlines(), 1):
        if len(line) > _HOPELESS:
            yield Miss(line=number, text=line[:LINE_CHARS], why=Unread.TOO_LONG)
            continue
        links = [link for link in find_links(line) if link.kind is LinkKind.TRACK]
        if len(links) > 1:
            for link in links:
                yield Row(line=number, text=link.url, link=(link.kind, link.id))
        elif read := read_line(number, line):
            yield read


def file_title(name: str) -> str | None:
    """The name of a file without its ending, as a person would write it."""
    stem = PurePosixPath(name.replace("\\", "/")).stem
    return _NOISE.sub(" ", stem).strip()[:TITLE_CHARS] or None


def _listed(title: str | None, found: Iterable[Row | Miss]) -> SongList:
    rows: list[Row] = []
    misses: list[Miss] = []
    for each in found:
        if isinstance(each, Row):
            rows.append(each)
        else:
            misses.append(each)
    if not rows:
        only_lists = any(miss.why is Unread.LIST for miss in misses)
        raise BadList(Flaw.ONLY_LISTS if only_lists else Flaw.NO_SONGS)
    if len(rows) > MOST_LINES or sum(map(_size, rows)) + sum(map(_size, misses)) > MOST_CHARS:
        raise BadList(Flaw.TOO_LONG)
    return SongList(title=title, rows=rows, misses=misses)


def _size(each: Row | Miss) -> int:
    if isinstance(each, Miss):
        return len(each.text)
    return len(each.text) + len(each.title) + sum(map(len, each.artists)) + len(each.album or "")


def decode(raw: bytes) -> str:
    """The text without its byte order mark. Raises BadList where there is none."""
    if not raw.strip():
        raise BadList(Flaw.EMPTY)
    text = _decoded(raw)
    head = text[:HEAD_CHARS]
    if len(_CONTROL.findall(head)) > len(head) * _MOST_CONTROLS:
        raise BadList(Flaw.BINARY)
    return text


def _decoded(raw: bytes) -> str:
    encoding = _marked(raw) or _wide(raw)
    try:
        return raw.decode(encoding or "utf-8")
    except UnicodeDecodeError:
        if encoding or b"\0" in raw:
            raise BadList(Flaw.BINARY) from None
    return _legacy(raw)


def _marked(raw: bytes) -> str | None:
    return next((encoding for mark, encoding in _MARKS if raw.startswith(mark)), None)


def _wide(raw: bytes) -> str | None:
    """UTF-16 without a mark: line breaks and Latin letters have a zero beside them, on one side."""
    if len(raw) % 2:
        return None
    even, odd = raw[::2].count(0), raw[1::2].count(0)
    if odd > 8 * even and odd * 20 > len(raw):
        return "utf-16-le"
    if even > 8 * odd and even * 20 > len(raw):
        return "utf-16-be"
    return None


def _legacy(raw: bytes) -> str:
    from charset_normalizer import from_bytes

    told = from_bytes(_telling(raw), cp_isolation=list(_LEGACY)).best()
    if told is None:
        raise BadList(Flaw.BINARY)
    encoding = told.encoding
    if encoding == "cp1252":
        western = _telling(raw).decode(encoding, "replace")
        if _ICELANDIC.search(western) and not _ICELANDIC_VOWELS.search(western):
            encoding = "cp1254"
    return raw.decode(encoding, "replace")


def _telling(raw: bytes) -> bytes:
    """The lines that are not plain ASCII, as far as they are worth reading."""
    telling = bytearray()
    for line in raw.split(b"\n", MOST_BREAKS):
        if not line.isascii():
            telling += line + b"\n"
        if len(telling) > SAMPLE_BYTES:
            break
    return bytes(telling[:SAMPLE_BYTES])
