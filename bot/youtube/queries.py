"""Which searches are sent to YouTube Music for a track, in which order, and when to stop.

One request answers most tracks; each further one must be earned by what the earlier brought.

1. "artist title" among songs; "title album" where no artist is known.
2. "artist title" among videos, for recordings that have no art track.
3. The ISRC where it is known. Else "title album", where no answer names the artist and scripts
   differ, so that the artist may go by another name there.

The first accepted match ends it. So does an answer that shows the album without the track: three
or more of its songs, none with this title, and no other script in which it might hide.

Over the 190 recorded searches (slices A and A2; `tests/benchmarks/search_bench.py`) that is 1.23
requests a track: 1.00 where something is right, for the first answer then holds it each time, and
2.07 where nothing is, as in a fifth of these lists. Without the stop it is 1.31, with "title
album" sent whenever no answer names the artist 1.28; neither brings one track more.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from bot.models import CandidateKind
from bot.youtube.matching.same_song import clipped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from bot.models import Candidate, Track

SearchFilter = Literal["songs", "videos"]

REQUESTS = 3  # to YouTube Music, at most, for one track
ALBUM_SHOWN = 3  # songs of the asked album in one answer

_LATIN_END = 0x24F  # Latin Extended-B
_LATIN_MORE = range(0x1E00, 0x1F00)  # Latin Extended Additional: Vietnamese, Welsh


@dataclass(frozen=True, slots=True)
class Query:
    """A search. `again`: an empty answer is asked for once more, which counts as a request."""

    text: str
    among: SearchFilter
    again: bool = False


def queries(
    track: Track, pool: Mapping[str, Candidate], *, videos_first: bool = False
) -> Iterator[Query]:
    """The searches, each decided when it is asked for: `pool` is what they found, and grows.

    Three requests at most: an empty first answer is asked for twice, and leaves one.
    """
    known = len(pool)
    among: tuple[SearchFilter, ...] = ("videos", "songs") if videos_first else ("songs", "videos")
    yield Query(search_text(track), among[0], again=True)
    left = REQUESTS - (1 if len(pool) > known else 2)
    if shows_album_without(track, pool.values()):
        return
    if left > 1 or not track.isrc:
        yield Query(search_text(track), among[1])
        left -= 1
    if left and track.isrc:
        yield Query(track.isrc, "songs")
    elif left and track.album and is_artist_unsure(track, pool.values()):
        yield Query(clipped(f"{track.title} {track.album}"), "songs")


def search_text(track: Track) -> str:
    """The first artist and the title; the title and the album where no artist is known."""
    if track.artists:
        return clipped(f"{track.artists[0]} {track.title}")
    return clipped(f"{track.title} {track.album or ''}")


def shows_album_without(track: Track, found: Iterable[Candidate]) -> bool:
    """Whether several songs of the very album were found, and none could be this one."""
    if not track.album:
        return False
    album, title = fold(track.album), _stem(track.title)
    names = _folded(track)
    rows = [row for row in found if fold(row.album or "") == album and _names_any(row, names)]
    return (
        len(rows) >= ALBUM_SHOWN
        and not any(title in fold(row.title) or _stem(row.title) in title for row in rows)
        and not _is_foreign(track.title, *(row.title for row in rows))
    )


def is_artist_unsure(track: Track, found: Iterable[Candidate]) -> bool:
    """Whether the artist may be there under a name in another script, as far as letters tell."""
    rows = list(found)
    names = [*track.artists, *(name for row in rows for name in _official(row))]
    if not _is_foreign(*names):
        return False
    wanted = _folded(track)
    return not any(_names_any(row, wanted) for row in rows)


def _official(row: Candidate) -> Iterable[str]:
    return row.artists if row.kind is CandidateKind.AUDIO else ()


def _folded(track: Track) -> list[str]:
    """Its artists' names, folded once for all rows: a hundred long ones take their time."""
    return [fold(name) for name in track.artists]


def _names_any(row: Candidate, folded: Iterable[str]) -> bool:
    told = fold(" ".join((*row.artists, row.channel or "", row.title)))
    return any(name in told for name in folded)


def _is_foreign(*texts: str) -> bool:
    """Whether any letter is of another script than Latin."""
    letters = set(unicodedata.normalize("NFKC", "".join(dict.fromkeys("".join(texts)))))
    return any(
        char.isalpha() and ord(char) > _LATIN_END and ord(char) not in _LATIN_MORE
        for char in letters
    )


def _stem(title: str) -> str:
    """A title without what stands behind it: "Song - Live", "Song (feat. X)"."""
    folded = fold(title)
    return folded.split(" - ")[0].split(" (")[0].strip() or folded


def fold(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
