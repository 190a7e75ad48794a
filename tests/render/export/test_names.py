"""File names are safe on every system, whatever a listing is called."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.models.outside_text import STEM_BYTES, STEM_CHARS, for_file_name

DEVICES = {
    "CON",
    "PRN",
    "AUX",
    "NUL",
    *(f"{kind}{n}" for kind in ("COM", "LPT") for n in range(10)),
}
TEXT = st.text(st.characters(exclude_categories=[])) | st.sampled_from(sorted(DEVICES)).map(
    str.lower
)


@pytest.mark.parametrize(
    ("wanted", "name"),
    [
        ("Road trip", "Road trip.csv"),
        ("AC/DC: live", "AC-DC- live.csv"),
        ('Where? <here> "now" *', "Where here now.csv"),
        ("../../etc/passwd", "etc-passwd.csv"),
        ("..", "list.csv"),
        ("", "list.csv"),
        ("-rf ~", "rf.csv"),
        ("con", "_con.csv"),
        ("Aux.tar", "_Aux.tar.csv"),
        ("COM¹", "_COM¹.csv"),
        ("console", "console.csv"),
        ("A. . .", "A.csv"),
        ("a\u202egnp.exe", "agnp.exe.csv"),
        ("tab\tand\nline\x00", "tab and line.csv"),
        ("half \ud83d", "half.csv"),
        ("👩‍👩‍👧‍👦 family", "👩‍👩‍👧‍👦 family.csv"),
        ("ليالي الصيف", "ليالي الصيف.csv"),
        ("Cafe\u0301", "Café.csv"),
    ],
)
def test_names(wanted: str, name: str) -> None:
    """What systems forbid is taken out or replaced; scripts and emoji stay."""
    assert name == for_file_name(wanted, "csv", otherwise="list")


def test_long_names_end_between_characters() -> None:
    """At most 60 characters and 120 bytes, never half of what a reader sees as one."""
    assert "a" * 60 + ".txt" == for_file_name("a" * 99, "txt", otherwise="list")
    assert "종" * 40 + ".txt" == for_file_name("종" * 99, "txt", otherwise="list")
    assert "👩‍👩‍👧‍👦" * 4 + ".txt" == for_file_name("👩‍👩‍👧‍👦" * 9, "txt", otherwise="list")


@given(TEXT)
def test_every_name_is_safe(wanted: str) -> None:
    """No path, no device, no control, no hidden file; and it can be encoded."""
    name = for_file_name(wanted, "html", otherwise="list")
    stem = name.removesuffix(".html")

    assert name == stem + ".html"
    assert stem
    assert not set('<>:"/\\|?*') & set(name)
    assert stem[0] not in " .-"
    assert stem[-1] not in " ."
    assert stem.partition(".")[0].upper() not in DEVICES
    assert len(stem) <= STEM_CHARS + 1  # the mark before a device's name
    assert len(name.encode()) <= STEM_BYTES + len("_.html")
    joiners = {"\u200c", "\u200d"}
    assert not any(unicodedata.category(c) in ("Cc", "Cf", "Cs") and c not in joiners for c in name)
