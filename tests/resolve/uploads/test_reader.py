"""Whole files and messages: what is a list, how it is called, and what is refused."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.models.songlist import (
    MOST_BREAKS,
    MOST_BYTES,
    MOST_CHARS,
    MOST_LINES,
    BadList,
    Flaw,
    Unread,
)
from bot.platforms.links import find_all_links
from bot.resolve.uploads.reader import file_title, is_list, read_file, read_text

BREAKS = [sign for sign in map(chr, range(0x3000)) if len(f"a{sign}b".splitlines()) > 1]
WORDS = "a - b " * 40_000  # so many that the breaks behind them make no binary file
ID = "0DiWol3AO6WpXZgp0goxAV"
LINK = f"https://open.spotify.com/track/{ID}"
ALBUM = f"https://open.spotify.com/album/{ID}"
TWO = "Daft Punk - One More Time\nOne More Time — Daft Punk"


def many(count: int) -> str:
    return "\n".join(f"https://open.spotify.com/track/{n:022d}" for n in range(count))


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        (TWO, True),
        (f"my songs:\n{TWO}", True),
        (f"{TWO}\n{LINK}", True),
        ("1. Daft Punk - Aerodynamic\n\n2. Daft Punk - Voyager", True),
        ("title,artist\nAerodynamic,Daft Punk", True),
        (many(6), True),
        (many(6).replace("\n", " "), True),
        (many(5), False),
        ("Daft Punk - One More Time", False),
        (LINK, False),
        (f"listen to this!\n{LINK}\nit is great", False),
        (f"Daft Punk - One More Time\n{LINK}", False),
        (f"{many(6)}\n{ALBUM}", False),
        (f"{TWO}\n{ALBUM}", False),
        ("hello\nhow are you?", False),
        ("hello\nyes - no\nDaft Punk - Voyager\nwell\nso", False),
        (f"{'so long a story that nobody would take it for a name, ' * 2} - and\nso - on", False),
        ("https://youtu.be/a - b\nhttps://youtu.be/c - d", False),
        ("", False),
    ],
)
def test_what_is_a_list(text: str, is_one: bool) -> None:
    """Two lines or more, most of them songs; a few links, and talk around one, are none."""
    assert is_one is is_list(text, find_all_links(text))


def test_a_message() -> None:
    """Songs and links in the order of their lines, with what is neither."""
    found = read_text(f"# mine\n{TWO}\n\n{LINK} {many(1)}\n{ALBUM}")

    assert None is found.title
    assert [(2, "One More Time"), (3, "One More Time"), (5, ""), (5, "")] == [
        (row.line, row.title) for row in found.rows
    ]
    assert [(6, Unread.LIST)] == [(miss.line, miss.why) for miss in found.misses]


def test_hundreds_of_links() -> None:
    """What Spotify's desktop app copies: a link a line."""
    assert 400 == len(read_text(many(400)).rows)


@pytest.mark.parametrize(
    ("raw", "flaw"),
    [
        (b"", Flaw.EMPTY),
        (b"\x00\x01\x02" * 100, Flaw.BINARY),
        (b"# nothing\n...\n", Flaw.NO_SONGS),
        (ALBUM.encode(), Flaw.ONLY_LISTS),
        (b"a\n" * (MOST_LINES + 1), Flaw.TOO_LONG),
        *((f"{WORDS}{end * (MOST_BREAKS + 1)}c".encode(), Flaw.TOO_LONG) for end in BREAKS),
        (b" " * (MOST_BYTES + 1), Flaw.TOO_BIG),
        (("title,artist\n" + ("x" * 390 + "," + "y" * 390 + "\n") * 9000).encode(), Flaw.TOO_LONG),
    ],
)
def test_limits(raw: bytes, flaw: Flaw) -> None:
    """What is no list, or too much of one, is refused with its reason."""
    with pytest.raises(BadList) as caught:
        read_file("a.txt", raw)
    assert flaw is caught.value.why


def test_a_long_list_is_taken() -> None:
    """Exactly as many lines as are allowed, blank ones not counted."""
    raw = "\n\n".join(f"Band {n} - Song {n}" for n in range(MOST_LINES)).encode()
    assert MOST_LINES == len(read_file("a.txt", raw).rows)
    assert len(raw) < MOST_CHARS


def test_blank_lines_are_few_enough() -> None:
    """A blank line behind each is taken, of two signs too; one line end more is not."""
    most = "a - b\r\n\r\n" * MOST_LINES
    assert MOST_LINES == len(read_file("a.txt", most.encode()).rows)
    with pytest.raises(BadList):
        read_file("a.txt", f"{most}\r\n".encode())


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("Road_trip.csv", "Road trip"),
        ("../../etc/passwd.txt", "passwd"),
        ("C:\\music\\mine.v2.txt", "mine.v2"),
        ("\u202efdp.txt", "fdp"),
        ("", None),
        ("___.txt", None),
    ],
)
def test_the_name_of_a_file(name: str, title: str | None) -> None:
    assert title == file_title(name)


@given(st.text(max_size=600))
def test_any_text(text: str) -> None:
    """Any text is a list or is refused, and whether it is one can always be said."""
    is_list(text, find_all_links(text))
    with contextlib.suppress(BadList):
        assert read_text(text).rows
    with contextlib.suppress(BadList):
        assert read_file("a.csv", text.encode("utf-8", "replace")).rows
