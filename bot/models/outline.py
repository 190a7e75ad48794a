"""A listing of which only a part is read: some rows, and of all others what a page must know.

A page of ten thousand rows says how many these are and how long they take together, and which of
its songs the allowance reached; for that it needs to know what kind each row before them is.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, groupby, repeat
from typing import TYPE_CHECKING

from bot.models.music import RowKind, Track

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

READ_WHOLE = 100  # rows: a listing as long as this is read as fast as a page of it

_UNREAD = {kind: Track(title="", row=kind) for kind in RowKind}


@dataclass(frozen=True, slots=True)
class Outline:
    """The kinds of all rows, in runs of the same, and what `Listing.length_ms` is of the whole."""

    kinds: tuple[tuple[RowKind, int], ...]
    length_ms: int | None

    @classmethod
    def of(cls, tracks: Sequence[Track]) -> Outline:
        return cls(in_runs(track.row for track in tracks), length_ms(tracks))

    @property
    def rows(self) -> int:
        return sum(count for _, count in self.kinds)

    def around(self, start: int, tracks: Sequence[Track]) -> list[Track]:
        """All rows of the listing: these from that position on, the others without their names."""
        rows = list(chain.from_iterable(repeat(_UNREAD[kind], count) for kind, count in self.kinds))
        rows[start : start + len(tracks)] = tracks
        return rows


def in_runs(kinds: Iterable[RowKind]) -> tuple[tuple[RowKind, int], ...]:
    return tuple((kind, sum(1 for _ in run)) for kind, run in groupby(kinds))


def length_ms(tracks: Iterable[Track]) -> int | None:
    """The length of all these rows in milliseconds; None where that of a song is not known."""
    total = 0
    for track in tracks:
        if track.row is RowKind.SONG and not track.duration_ms:
            return None
        total += track.duration_ms or 0
    return total
