"""A listing of which only some rows are here still knows how many there are, and of which kinds."""

from __future__ import annotations

from bot.models import RowKind, Track
from bot.models.outline import Outline, length_ms

SONG, LOCAL = RowKind.SONG, RowKind.LOCAL
TRACKS = [
    Track(title="a", duration_ms=1000),
    Track(title="b", duration_ms=5),
    Track(title="c", row=LOCAL),
    Track(title="d", duration_ms=20),
]


def test_rows_stand_around_those_that_are_here() -> None:
    """Each of the others has its kind and no name."""
    outline = Outline.of(TRACKS)

    assert ((SONG, 2), (LOCAL, 1), (SONG, 1)) == outline.kinds
    assert (4, 1025) == (outline.rows, outline.length_ms)
    assert TRACKS == outline.around(0, TRACKS)
    assert [("", SONG), ("b", SONG), ("c", LOCAL), ("", SONG)] == [
        (track.title, track.row) for track in outline.around(1, TRACKS[1:3])
    ]


def test_the_length_is_known_where_that_of_each_song_is() -> None:
    """What is no song counts as far as it is known."""
    assert 1025 == length_ms(TRACKS)
    assert None is length_ms([*TRACKS, Track(title="e")])
    assert 0 == length_ms([])
