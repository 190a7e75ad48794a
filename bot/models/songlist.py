"""A list that a person sent: the songs in it, and the lines that name none."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.models.outline import Outline

MOST_LINES = 10_000  # issue: up to 10,000 lines
MOST_BREAKS = 2 * MOST_LINES  # of a file: room for a blank line behind each
MOST_BYTES = 20 * 1024 * 1024  # https://core.telegram.org/bots/api#getfile
LINE_CHARS = 400  # of one line; no song's name is longer
NAMED_MOST = 300  # links of one list whose songs Spotify is asked for: a request each
MOST_CHARS = 4_000_000  # of all songs: their document stays below MongoDB's 16 MB


class Unread(StrEnum):
    """Why a line is no row of the list."""

    LIST = "list"  # a link to an album, a playlist or an artist
    FOREIGN = "foreign"  # a link that is not Spotify's
    NO_SONG = "no_song"  # nothing in it can be a name
    NO_TITLE = "no_title"  # a row of a table without one
    TOO_LONG = "too_long"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A song as its line says it. `line` counts from 1; `length_ms` in milliseconds.

    `link` is the `(kind, id)` of a Spotify track or short link.
    """

    line: int
    text: str
    title: str = ""
    artists: Sequence[str] = ()
    album: str | None = None
    length_ms: int | None = None
    isrc: str | None = None
    link: tuple[str, str] | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "artists", tuple(self.artists))

    @property
    def is_nameless(self) -> bool:
        """Whether it is a bare link, whose song is not known by it."""
        return self.link is not None and not self.title


@dataclass(frozen=True, slots=True, kw_only=True)
class Miss:
    """A line that is no song."""

    line: int
    text: str
    why: Unread


@dataclass(frozen=True, slots=True, kw_only=True)
class SongList:
    """The rows in the order of their lines. `title` is None for a list that came as text.

    Where only a part of it was read, its first row has that `start` in the whole, whose rows are as
    `outline` says.
    """

    title: str | None
    rows: Sequence[Row]
    misses: Sequence[Miss] = ()
    start: int = 0
    outline: Outline | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "rows", tuple(self.rows))
        object.__setattr__(self, "misses", tuple(self.misses))


class BadList(Exception):
    """A file or text that is no list of songs; `why` says in which way."""

    def __init__(self, why: Flaw) -> None:
        super().__init__(str(why))
        self.why = why


class Flaw(StrEnum):
    """What is wrong with a whole list."""

    BINARY = "binary"  # not text
    EMPTY = "empty"
    NO_SONGS = "no_songs"
    ONLY_LISTS = "only_lists"  # links to albums, playlists or artists
    TOO_BIG = "too_big"  # more bytes than Telegram gives to bots
    TOO_LONG = "too_long"  # more lines than are taken
    COLUMNS = "columns"  # a table whose columns nobody knows
