"""The rules for keyboards: their shape, their size, one action for each button.

Numbers: https://core.telegram.org/bots/api#inlinekeyboardbutton and
https://limits.tginfo.me (seen 2026-11).
"""

from __future__ import annotations

import json
from typing import Any

from bot.sandbox.telegram.entities import is_link, utf16
from bot.sandbox.telegram.errors import bad_request

CALLBACK_BYTES = 64
BUTTONS = 100
BUTTONS_IN_ROW = 8
MARKUP_BYTES = 10_000  # https://github.com/tginfo/Telegram-Limits/issues/187
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
MAY_BE_EMPTY = frozenset(
    {"switch_inline_query", "switch_inline_query_current_chat", "callback_game"}
)
BUTTON_STYLES = frozenset({"danger", "success", "primary"})
MARKUP = frozenset({"inline_keyboard", "keyboard", "remove_keyboard", "force_reply"})


def check_markup(markup: Any) -> dict[str, Any] | None:
    """The keyboard as Telegram keeps it, None for none. Raises ApiError 400."""
    if markup is None:
        return None
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    rows = markup.get("inline_keyboard", [])
    if not isinstance(rows, list):
        raise bad_request('field "inline_keyboard" must be of type Array')
    if not all(isinstance(row, list) for row in rows):
        raise bad_request(
            'field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays'
        )
    rows = [[_checked_button(button) for button in row] for row in rows if row]
    if sum(map(len, rows)) > BUTTONS or _size(markup) > MARKUP_BYTES:
        raise bad_request("reply markup is too long")
    return {"inline_keyboard": rows} if rows else None


def markup_remarks(markup: dict[str, Any] | None) -> list[str]:
    """What Telegram takes without a word, but does not show as it was sent."""
    rows = (markup or {}).get("inline_keyboard", [])
    wide = max(map(len, rows), default=0)
    remarks = [f"{wide} buttons in a row"] if wide > BUTTONS_IN_ROW else []
    if markup and not MARKUP & set(markup):
        remarks.append("reply_markup without meaning")
    return remarks


def _checked_button(button: Any) -> dict[str, Any]:
    if not isinstance(button, dict):
        raise _button("InlineKeyboardButton must be an Object")
    if not isinstance(button.get("text"), str):
        raise _button('Can\'t find field "text"')
    if not button["text"].strip():
        raise bad_request("BUTTON_TEXT_INVALID")
    actions = {
        name for name in BUTTON_ACTIONS & set(button) if button[name] or name in MAY_BE_EMPTY
    }
    if len(actions) != 1:  # of several Telegram keeps one and drops the others in silence
        raise _button("Text buttons are unallowed in the inline keyboard")
    _check_action(button, next(iter(actions)))
    if button.get("style", "primary") not in BUTTON_STYLES:
        raise _button("unsupported button style specified")
    return button


def _check_action(button: dict[str, Any], action: str) -> None:
    value = button[action]
    match action:
        case "callback_data":
            if not isinstance(value, str) or len(value.encode()) > CALLBACK_BYTES:
                raise bad_request("BUTTON_DATA_INVALID")
        case "url":
            if not isinstance(value, str) or not is_link(value):
                raise bad_request(
                    f"inline keyboard button URL '{value}' is invalid: Wrong HTTP URL"
                )
        case "copy_text":
            text = value.get("text") if isinstance(value, dict) else None
            if not text or utf16(text) > COPY_TEXT_UNITS:
                raise bad_request("BUTTON_COPY_TEXT_INVALID")


def _button(reason: str) -> Exception:
    return bad_request(f"can't parse inline keyboard button: {reason}")


def _size(markup: dict[str, Any]) -> int:
    return len(json.dumps(markup, ensure_ascii=False, separators=(",", ":")).encode())
