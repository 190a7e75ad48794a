"""One line of a list, in the ways that people write one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.models.songlist import LINE_CHARS, Miss, Row, Unread
from bot.resolve.uploads.lines import read_line

ID = "4uLU6hMCjMI75M1A2tKUQC"


@pytest.mark.parametrize(
    ("line", "title", "artist"),
    [
        ("Daft Punk - One More Time", "One More Time", "Daft Punk"),
        ("Daft Punk – One More Time", "One More Time", "Daft Punk"),
        ("One More Time — Daft Punk", "One More Time", "Daft Punk"),
        ("One More Time—Daft Punk", "One More Time", "Daft Punk"),
        ("Daft Punk\tOne More Time", "One More Time", "Daft Punk"),
        ("  12. Daft Punk - One More Time ", "One More Time", "Daft Punk"),
        ("(3) Daft Punk - One More Time", "One More Time", "Daft Punk"),
        ("• Daft Punk - One More Time", "One More Time", "Daft Punk"),
        ("- Daft Punk - One More Time", "One More Time", "Daft Punk"),
        ('"One More Time" by Daft Punk', "One More Time", "Daft Punk"),
        ('Daft Punk - "One More Time"', "One More Time", "Daft Punk"),
        ("“Daft Punk - One More Time”", "One More Time", "Daft Punk"),
        ("Queen - Bohemian Rhapsody - Live", "Bohemian Rhapsody - Live", "Queen"),
        ("Hey — Ya — OutKast", "Hey — Ya", "OutKast"),
        ("Jay-Z - 99 Problems", "99 Problems", "Jay-Z"),
        ("99 Luftballons", "99 Luftballons", None),
        ("1979", "1979", None),
        ("Ed Sheeran - ÷", "÷", "Ed Sheeran"),
        ("\ufeff\u200eТату - Нас не догонят", "Нас не догонят", "Тату"),
        ("Daft Punk - One More Time https://youtu.be/FGBhQbmPwH8", "One More Time", "Daft Punk"),
    ],
)
def test_words(line: str, title: str, artist: str | None) -> None:
    """A hyphen has the artist before it, an em dash the title; numbers and quotes fall away."""
    row = read_line(7, line)

    assert isinstance(row, Row)
    assert (7, title, (artist,) if artist else ()) == (row.line, row.title, row.artists)


@pytest.mark.parametrize(
    ("line", "length_ms"),
    [
        ("Daft Punk - One More Time (5:20)", 320_000),
        ("Daft Punk - One More Time 5:20", 320_000),
        ("Daft Punk - One More Time [1:02:03]", 3_723_000),
        ("Daft Punk - One More Time", None),
    ],
)
def test_a_length_at_the_end(line: str, length_ms: int | None) -> None:
    row = read_line(1, line)

    assert isinstance(row, Row)
    assert ("One More Time", length_ms) == (row.title, row.length_ms)


@pytest.mark.parametrize(
    ("line", "link"),
    [
        (f"https://open.spotify.com/track/{ID}?si=1", ("track", ID)),
        (f"spotify:track:{ID}", ("track", ID)),
        (ID, ("track", ID)),
        (f"1. https://open.spotify.com/intl-de/track/{ID} great one", ("track", ID)),
        ("https://spotify.link/AbC", ("short", "spotify.link/AbC")),
    ],
)
def test_links(line: str, link: tuple[str, str]) -> None:
    row = read_line(1, line)

    assert isinstance(row, Row)
    assert link == row.link


@pytest.mark.parametrize(
    "line",
    [
        "spotify:local:Kitchen+Band:Demos:Home+demo+%231:213",
        "https://open.spotify.com/local/Kitchen+Band/Demos/Home+demo+%231/213",
    ],
)
def test_a_local_file(line: str) -> None:
    """What Spotify's desktop app copies of a local file is its name."""
    assert read_line(1, line) == Row(
        line=1,
        text=line,
        title="Home demo #1",
        artists=["Kitchen Band"],
        album="Demos",
        length_ms=213_000,
    )


@pytest.mark.parametrize("line", ["", "  \t", "# my list", "// no", "; no", "\ufeff"])
def test_nothing_to_read(line: str) -> None:
    """Empty lines and comments are no rows and no misses."""
    assert None is read_line(1, line)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (f"https://open.spotify.com/album/{ID}", Unread.LIST),
        (f"spotify:playlist:{ID}", Unread.LIST),
        ("https://example.org/song", Unread.FOREIGN),
        ("…!?", Unread.NO_SONG),
        ("1. —", Unread.NO_SONG),
        ("x" * (LINE_CHARS + 1), Unread.TOO_LONG),
    ],
)
def test_no_song(line: str, why: Unread) -> None:
    miss = read_line(3, line)

    assert isinstance(miss, Miss)
    assert (3, why) == (miss.line, miss.why)


@given(st.text(max_size=500))
def test_any_line(line: str) -> None:
    """Every line is read, and a row has a title or a link."""
    read = read_line(1, line)
    if isinstance(read, Row):
        assert read.title or read.link
        assert len(read.text) <= LINE_CHARS
