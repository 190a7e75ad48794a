"""What Telegram makes of texts: trimming, detecting, counting."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.telegram.entities import utf16
from bot.sandbox.telegram.errors import ApiError
from bot.sandbox.telegram.texts import check_preview, detect, format_text, preview_remarks


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("nothing here", []),
        ("see https://open.spotify.com/track/1?si=2.", [("url", 4, 37)]),
        ("(open.spotify.com/track/1)", [("url", 1, 24)]),
        ("🎵 youtu.be/x", [("url", 3, 10)]),
        ("a.b@example.com", []),
        ("/start@TracklinkBot now", [("bot_command", 0, 19)]),
        ("and/or 1/2 http://a.be/start", [("url", 11, 17)]),
        ("@alice #road2 #1", [("mention", 0, 6), ("hashtag", 7, 6)]),
    ],
)
def test_detect(text: str, found: list[tuple[str, int, int]]) -> None:
    """Links, commands, mentions and hashtags are found, without their punctuation."""
    assert found == [(e["type"], e["offset"], e["length"]) for e in detect(text)]


def test_trimmed() -> None:
    """Space at both ends goes, and entities shrink with it."""
    formatted = format_text("\r\n <b> x </b> <i> </i>\n", "HTML")
    assert ("x", [{"type": "bold", "offset": 0, "length": 1}]) == (
        formatted.text,
        formatted.entities,
    )


def test_detected_beside_marks() -> None:
    """What is detected joins the marks, but not under a link."""
    formatted = format_text('<a href="https://a.be">b.be</a> <b>c.be</b>', "HTML")
    kinds = [(e["type"], e["offset"]) for e in formatted.entities]
    assert [("text_link", 0), ("bold", 5), ("url", 5)] == kinds


def test_given_entities() -> None:
    """Entities may come beside the text instead of marks in it."""
    given_entity = {"type": "text_link", "offset": 0, "length": 2, "url": "https://a.be"}
    assert [given_entity] == format_text("🎵", entities=[given_entity]).entities


@pytest.mark.parametrize(
    ("entity", "reason"),
    [
        ("x", "expected an Object"),
        ({"type": "bold"}, "expected an Object"),
        ({"type": "bold", "offset": 0, "length": 9}, "entity is outside the text"),
        ({"type": "bold", "offset": -1, "length": 1}, "entity is outside the text"),
        ({"type": 7, "offset": 0, "length": 1}, "entity is outside the text"),
        ({"type": "text_link", "offset": 0, "length": 1}, "entity URL is invalid"),
    ],
)
def test_bad_entities(entity: Any, reason: str) -> None:
    """Entities without shape, outside the text or to nowhere are refused."""
    with pytest.raises(ApiError) as caught:
        format_text("abc", entities=[entity])
    assert f"Bad Request: can't parse entities: {reason}" == caught.value.description


def test_hundred_entities() -> None:
    """What comes after the hundredth entity is dropped, and remarked on."""
    formatted = format_text("<b>x</b> " * 101, "HTML")
    assert (100, ["101 entities, 100 are shown"]) == (len(formatted.entities), formatted.remarks)


def test_unsupported_mode() -> None:
    """A parse mode that this Telegram does not know is refused."""
    with pytest.raises(ApiError, match="unsupported parse_mode"):
        format_text("x", "MarkdownV2")


@given(st.text(max_size=60))
def test_entities_stay_inside(text: str) -> None:
    """Detected entities lie inside the text they came from."""
    formatted = format_text(text)
    length = utf16(formatted.text)
    assert all(0 <= e["offset"] < e["offset"] + e["length"] <= length for e in formatted.entities)


def test_preview() -> None:
    """Preview options must be an object whose address is one."""
    assert check_preview(None) is None
    assert check_preview({"url": "https://a.be"}) == {"url": "https://a.be"}
    with pytest.raises(ApiError, match="object expected"):
        check_preview("yes")
    with pytest.raises(ApiError, match="WEBPAGE_URL_INVALID"):
        check_preview({"url": "nowhere"})


def test_preview_remarks() -> None:
    """An option that Telegram does not have is remarked on."""
    assert [] == preview_remarks({"prefer_small_media": True})
    assert ["link_preview_options without meaning: small"] == preview_remarks({"small": True})
