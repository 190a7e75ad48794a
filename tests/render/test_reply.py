"""Text is measured as Telegram counts it and cut between whole characters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.models.outside_text import for_message, isolated
from bot.render.reply import ELLIPSIS, plain, shorten, units, visible_units
from bot.sandbox.telegram.texts import detect

FAMILY = "👨‍👩‍👧‍👦"


@pytest.mark.parametrize(
    ("text", "expected"), [("", 0), ("abc", 3), ("é", 1), ("😀", 2), (FAMILY, 11)]
)
def test_units_are_utf16(text: str, expected: int) -> None:
    """Telegram counts in UTF-16 units: a sign beyond the basic plane counts twice."""
    assert expected == units(text)


def test_markup_is_measured_without_tags_and_entities() -> None:
    """Tags take no room in a message, and an entity is the one character it stands for."""
    assert 5 == visible_units('<a href="https://x.example/?a=1&amp;b=2">a &lt; b</a>')
    assert "a < b" == plain("<b>a &lt; b</b>")


@given(st.text(), st.integers(min_value=1, max_value=60))
def test_shortened_text_keeps_its_bound(text: str, most: int) -> None:
    """Whatever the text is, the result is one line and not longer than asked for."""
    short = shorten(text, most)
    assert most >= units(short)
    assert not set("\n\r\t\x00") & set(short)


@pytest.mark.parametrize("whole", [FAMILY, "e\u0301\u0323", "🇹🇷", "👍🏽", "क्षि"])
def test_no_character_is_cut_in_its_middle(whole: str) -> None:
    """Emoji families, flags, accents and conjuncts stay or go as one."""
    text = whole * 20
    for most in range(1, 60):
        assert "" == shorten(text, most).removesuffix(ELLIPSIS).replace(whole, "")


def test_text_that_fits_is_not_touched() -> None:
    assert "Ropewalk" == shorten("  Ropewalk\n", 8)


@pytest.mark.parametrize("text", ["שלום", "مقهى بلا كراسي", "Mix עברית"])
def test_right_to_left_text_is_isolated(text: str) -> None:
    """So that a Hebrew title does not turn the length behind it around."""
    assert f"\u2068{text}\u2069" == isolated(text)


def test_controls_of_direction_from_outside_are_taken_out() -> None:
    """An override in a title would turn the rest of the message around."""
    assert "abc" == isolated("\u202eabc\u2066")


@pytest.mark.parametrize(
    "text",
    ["#SELFIE", "@somebody", "will.i.am", "x.com", "http://x.com/a", "/start", "$UICIDE", "a@b.co"],
)
def test_names_lead_nowhere(text: str) -> None:
    """What Telegram would make a link of stays text, and looks as it did."""
    assert [] == detect(for_message(text))
    assert text == for_message(text).replace("\u2060", "")


@pytest.mark.parametrize("text", ["AC/DC", "Mr. Brightside", "3.14", "9:05", "7 rings", "Vol. 2"])
def test_other_names_are_not_touched(text: str) -> None:
    assert text == for_message(text)
