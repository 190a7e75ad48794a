"""A whole text or file as a list of songs."""

from __future__ import annotations

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
from bot.resolve.uploads.decode import decode
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
