"""Tables of songs: what Exportify, Soundiiz and the like write, and people's own spreadsheets."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Final

import regex

from bot.models.outside_text import from_csv
from bot.models.songlist import LINE_CHARS, BadList, Flaw, Miss, Row, Unread
from bot.net.payload import code, digits
from bot.resolve.uploads.lines import read_line
from bot.spotify.links import find_links

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

DELIMITERS: Final = (",", ";", "\t", "|")
FIELD_CHARS: Final = 131_072  # the csv module's own limit, within which no cell is cut
# Of a record. Exportify writes some 24; the rest is room for the commas of a comment in quotes.
MOST_CELLS: Final = 500
_TWO: Final = 2

# Names of columns without signs, in small letters
_COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    meaning: tuple(names.split())
    for meaning, names in {
        "link": """
            trackuri spotifyuri spotifyurl spotifylink spotifytrackid spotifyid spotify
            trackurl trackid uri url link id""",
        "title": """
            trackname title tracktitle song songname songtitle name track
            titel título titulo titre canción música şarkı şarkıadı parça
            название трек песня judul lagu عنوان शीर्षक""",
        "artists": """
            artistnames artistname artists artist trackartist trackartists performer band
            künstler interpret artista artistas artiste interprète sanatçı
            исполнитель артист artis penyanyi الفنان कलाकार""",
        "album": "albumname album release альбом álbum albüm",
        "length_ms": "trackdurationms durationms lengthms trackduration",
        "length": "length duration time dauer duración duração durée süre",
        "isrc": "isrc",
    }.items()
}
_SIGNS: Final = regex.compile(r"[^\p{L}\p{M}\p{N}]")
_CLOCK: Final = regex.compile(r"^(?:(\d{1,2}):)?(\d{1,3}):(\d{1,2})$")
_COMMA: Final = regex.compile(r"(?<!\\),\s*")


@dataclass(frozen=True, slots=True)
class Table:
    """How a table is written. `columns` leads from what a column holds to its place."""

    delimiter: str
    columns: Mapping[str, int]
    several: bool = False  # the artists' column joins several names by commas


def table_of(text: str) -> Table | None:
    """The table that a text is, by its first line; None where that names no columns."""
    head = next((line for line in text.splitlines() if line.strip()), "")[:FIELD_CHARS]
    known = [table for sign in DELIMITERS if (table := _headed(head, sign))]
    return max(known, key=lambda table: len(table.columns), default=None)


def _headed(head: str, delimiter: str) -> Table | None:
    if delimiter not in head:
        return None
    names = next(csv.reader([head], delimiter=delimiter), [])
    bare = [_SIGNS.sub("", name.casefold()) for name in names]
    columns = {
        meaning: bare.index(found)
        for meaning, spellings in _COLUMNS.items()
        if (found := next((name for name in spellings if name in bare), None))
    }
    # One name alone may stand in any sentence.
    if len(columns) < _TWO or not ("link" in columns or {"title", "artists"} <= columns.keys()):
        return None
    several = any(name.strip().casefold() == "artist name(s)" for name in names)
    return Table(delimiter, columns, several)


def read_table(text: str, table: Table) -> Iterator[Row | Miss]:
    """The rows below the first. Raises BadList where it is no table after all."""
    for record in _records(text, table.delimiter, skip=1):
        yield record if isinstance(record, Miss) else _row(*record, table)


def read_columns(text: str) -> Iterator[Row | Miss]:
    """A table without names: links wherever they stand, else two columns, artist and title.

    Raises BadList for more columns: nobody knows which is which.
    """
    head = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(DELIMITERS, key=head.count)
    plain = Table(delimiter, {"artists": 0, "title": 1})
    for record in _records(text, delimiter, skip=0):
        if isinstance(record, Miss):
            raise BadList(Flaw.COLUMNS)
        number, cells = record
        filled = [cell for cell in cells if cell.strip()]
        linked = next((cell for cell in filled if find_links(cell)), None)
        if linked or len(filled) == 1:
            yield read_line(number, linked or filled[0]) or _missed(number, cells, Unread.NO_SONG)
        elif len(filled) == _TWO:
            yield _row(number, filled, plain)
        else:
            raise BadList(Flaw.COLUMNS)


def _records(text: str, delimiter: str, *, skip: int) -> Iterator[tuple[int, list[str]] | Miss]:
    """The records that hold anything, each with the number of the line on which it ends.

    A line of more than `MOST_CELLS` is a Miss before csv makes them: a million take 60 MB.
    """
    lines = iter(text.splitlines(keepends=True))
    number = 0
    for line in lines:
        first = _trimmed(line, delimiter)
        if first.count(delimiter) >= MOST_CELLS:
            number += 1
            record: tuple[int, list[str]] | Miss = Miss(
                line=number, text=first[:LINE_CHARS], why=Unread.TOO_LONG
            )
        else:
            reader = csv.reader(chain([first], _going_on(lines, delimiter)), delimiter=delimiter)
            try:
                cells = next(reader)
            except csv.Error:
                raise BadList(Flaw.COLUMNS) from None
            number += reader.line_num
            if not any(cell.strip() for cell in cells):
                continue
            record = number, cells
        if skip <= 0:
            yield record
        skip -= 1


def _trimmed(line: str, delimiter: str) -> str:
    """The line without the thousands of empty cells that spreadsheets may write at its end."""
    if line.count(delimiter) < MOST_CELLS:
        return line
    return line.rstrip().rstrip(delimiter)


def _going_on(lines: Iterator[str], delimiter: str) -> Iterator[str]:
    """The further lines of a record, whose quotes are open. Raises BadList for too many cells."""
    signs = 0
    for line in lines:
        more = _trimmed(line, delimiter)
        signs += more.count(delimiter)
        if signs >= MOST_CELLS:
            raise BadList(Flaw.COLUMNS)
        yield more


def _row(number: int, cells: Sequence[str], table: Table) -> Row | Miss:
    def cell(meaning: str) -> str:
        place = table.columns.get(meaning, len(cells))
        return _plain(cells[place]) if place < len(cells) else ""

    title, linked = cell("title"), cell("link")
    read = read_line(number, linked) if linked else None
    link = read.link if isinstance(read, Row) else None
    if not title and read:
        return read
    if not title:
        return _missed(number, cells, Unread.NO_TITLE)
    return Row(
        line=number,
        text=_joined(cells),
        title=title,
        artists=_artists(cell("artists"), several=table.several),
        album=cell("album") or None,
        length_ms=_milliseconds(cell("length_ms")) or _clock(cell("length")),
        isrc=code(cell("isrc")),
        link=link,
    )


def _plain(cell: str) -> str:
    text = " ".join(cell.split())
    return from_csv(text)[:LINE_CHARS]


def _artists(text: str, *, several: bool) -> list[str]:
    parts = text.split(";") if ";" in text else _COMMA.split(text) if several else [text]
    return [name for part in parts if (name := part.replace("\\,", ",").strip())]


def _milliseconds(text: str) -> int | None:
    return digits(text) or None


def _clock(text: str) -> int | None:
    """A length such as 5:20 or 1:02:03; a bare number is seconds, a large one milliseconds."""
    if found := _CLOCK.match(text):
        hours, minutes, seconds = (int(part or 0) for part in found.groups())
        return 1000 * ((hours * 60 + minutes) * 60 + seconds) or None
    number = _milliseconds(text)
    return number if number is None or number >= _LONGEST_S else number * 1000


_LONGEST_S: Final = 10_000  # a track of almost three hours; a number above it is milliseconds


def _missed(number: int, cells: Sequence[str], why: Unread) -> Miss:
    return Miss(line=number, text=_joined(cells), why=why)


def _joined(cells: Sequence[str]) -> str:
    return ", ".join(cell.strip() for cell in cells if cell.strip())[:LINE_CHARS]
