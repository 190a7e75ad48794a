"""The rules for keyboards: their shape, their size, one action for each button.

Numbers: https://core.telegram.org/bots/api#inlinekeyboardbutton and
https://limits.tginfo.me (seen 2026-11).
"""

from __future__ import annotations

from typing import Any

from bot.terminal.entities import is_link, utf16
from bot.terminal.errors import bad_request

CALLBACK_BYTES = 64
BUTTONS = 100
BUTTONS_IN_ROW = 8
COPY_TEXT_UNITS = 256
BUTTON_ACTIONS = frozenset(
    {
        "url",
        "callback_data",
        "web_app",
        "login_url",
        "switch_inline_query",
        "switch_inline_query_current_chat",
        "switch_inline_query_chosen_chat",
        "copy_text",
        "callback_game",
        "pay",
    }
)
BUTTON_STYLES = frozenset({"danger", "success", "primary"})
OTHER_MARKUP = frozenset({"keyboard", "remove_keyboard", "force_reply"})


def check_markup(markup: Any) -> dict[str, Any] | None:
    """The keyboard as Telegram keeps it, None for none. Raises ApiError 400."""
    if markup is None:
        return None
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    if "inline_keyboard" not in markup:
        if markup and not OTHER_MARKUP & set(markup):
            raise bad_request("object expected as reply markup")
        return None
    rows = markup["inline_keyboard"]
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request(
            'can\'t parse inline keyboard button: field "inline_keyboard" must be of type Array'
        )
    rows = [[_checked_button(button) for button in row] for row in rows if row]
    if sum(map(len, rows)) > BUTTONS:
        raise bad_request("reply markup is too long")
    return {"inline_keyboard": rows} if rows else None


def markup_remarks(markup: dict[str, Any] | None) -> list[str]:
    rows = (markup or {}).get("inline_keyboard", [])
    wide = max(map(len, rows), default=0)
    return [f"{wide} buttons in a row"] if wide > BUTTONS_IN_ROW else []


def _checked_button(button: Any) -> dict[str, Any]:
    if not isinstance(button, dict):
        raise _button("expected an Object")
    if not isinstance(button.get("text"), str):
        raise _button('can\'t find field "text"')
    if not button["text"].strip():
        raise bad_request("BUTTON_TEXT_INVALID")
    actions = BUTTON_ACTIONS & set(button)
    if len(actions) != 1:
        raise _button("Text buttons are unallowed in the inline keyboard")
    _check_action(button, next(iter(actions)))
    if button.get("style", "primary") not in BUTTON_STYLES:
        raise _button("unsupported button style specified")
    return button


def _check_action(button: dict[str, Any], action: str) -> None:
    value = button[action]
    match action:
        case "callback_data":
            size = len(value.encode()) if isinstance(value, str) else 0
            if not 1 <= size <= CALLBACK_BYTES:
                raise bad_request("BUTTON_DATA_INVALID")
        case "url":
            if not isinstance(value, str) or not is_link(value):
                raise bad_request(f"inline keyboard button URL '{value}' is invalid")
        case "copy_text":
            text = value.get("text") if isinstance(value, dict) else None
            if not text or utf16(text) > COPY_TEXT_UNITS:
                raise bad_request("BUTTON_COPY_TEXT_INVALID")


def _button(reason: str) -> Exception:
    return bad_request(f"can't parse inline keyboard button: {reason}")
