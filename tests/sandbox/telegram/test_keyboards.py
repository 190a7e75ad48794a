"""Which keyboards Telegram takes."""

from __future__ import annotations

from typing import Any

import pytest

from bot.sandbox.telegram.errors import ApiError
from bot.sandbox.telegram.keyboards import check_markup, markup_remarks


def button(text: str = "x", **action: Any) -> dict[str, Any]:
    return {"text": text} | (action or {"callback_data": "1"})


@pytest.mark.parametrize(
    "action",
    [
        {"callback_data": "1" * 64},
        {"url": "https://a.be"},
        {"url": "tg://user?id=1"},
        {"copy_text": {"text": "x" * 256}},
        {"switch_inline_query": ""},
        {"callback_data": "1", "style": "danger"},
    ],
)
def test_good_buttons(action: dict[str, Any]) -> None:
    """A button with one action is kept as it is."""
    markup = {"inline_keyboard": [[button(**action)]]}
    assert markup == check_markup(markup)


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (button(callback_data="1" * 65), "BUTTON_DATA_INVALID"),
        (button(callback_data="é" * 33), "BUTTON_DATA_INVALID"),
        (
            button(callback_data=""),
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        ),
        (button(callback_data=7), "BUTTON_DATA_INVALID"),
        (button(url="nowhere"), "inline keyboard button URL 'nowhere' is invalid: Wrong HTTP URL"),
        (button(url=7), "inline keyboard button URL '7' is invalid: Wrong HTTP URL"),
        (button(copy_text="x"), "BUTTON_COPY_TEXT_INVALID"),
        (button(copy_text={"text": "x" * 257}), "BUTTON_COPY_TEXT_INVALID"),
        (button(" "), "BUTTON_TEXT_INVALID"),
        (
            "x",
            "can't parse inline keyboard button: InlineKeyboardButton must be an Object",
        ),
        ({"url": "a.be"}, "can't parse inline keyboard button: Can't find field \"text\""),
        (
            button(style="red", callback_data="1"),
            "can't parse inline keyboard button: unsupported button style specified",
        ),
        (
            {"text": "x"},
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        ),
        (
            button(url="a.be", callback_data="1"),
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        ),
    ],
)
def test_bad_buttons(bad: Any, reason: str) -> None:
    """A button with no text, no action, two of them or a bad one is refused."""
    with pytest.raises(ApiError) as caught:
        check_markup({"inline_keyboard": [[bad]]})
    assert f"Bad Request: {reason}" == caught.value.description


@pytest.mark.parametrize(
    ("markup", "reason"),
    [
        ("x", "object expected as reply markup"),
        ({"inline_keyboard": "x"}, 'field "inline_keyboard" must be of type Array'),
        (
            {"inline_keyboard": ["x"]},
            'field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays',
        ),
    ],
)
def test_no_keyboard(markup: Any, reason: str) -> None:
    """Something else than a keyboard is refused."""
    with pytest.raises(ApiError) as caught:
        check_markup(markup)
    assert f"Bad Request: {reason}" == caught.value.description


@pytest.mark.parametrize("markup", [None, {}, {"remove_keyboard": True}, {"inline_keyboard": [[]]}])
def test_nothing_to_show(markup: Any) -> None:
    """No keyboard, an empty one, and those that are not inline leave no buttons at a message."""
    assert check_markup(markup) is None


def test_too_many_buttons() -> None:
    """A hundred buttons are the most."""
    row = [button()] * 5
    assert check_markup({"inline_keyboard": [row] * 20})
    with pytest.raises(ApiError, match="reply markup is too long"):
        check_markup({"inline_keyboard": [row] * 21})


def test_meaningless() -> None:
    """Markup of no known kind is remarked on."""
    assert check_markup({"rows": []}) is None
    assert ["reply_markup without meaning"] == markup_remarks({"rows": []})
    assert [] == markup_remarks({"remove_keyboard": True})


def test_wide_row() -> None:
    """More than eight buttons in a row are remarked on."""
    assert [] == markup_remarks(None)
    assert [] == markup_remarks({"inline_keyboard": [[button()] * 8]})
    assert ["9 buttons in a row"] == markup_remarks({"inline_keyboard": [[button()] * 9]})
