"""Replies in the terms of the Bot API: their buttons and their preview."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions
from telegram.constants import ParseMode

from bot.render.callback_data import written

if TYPE_CHECKING:
    from bot.render.reply import Button, Reply, Rows


def options(reply: Reply) -> dict[str, Any]:
    """How a reply is sent, beside its text and its place."""
    return {
        "parse_mode": ParseMode.HTML,
        "link_preview_options": preview(reply),
        "reply_markup": keyboard(reply),
    }


def keyboard(reply: Reply) -> InlineKeyboardMarkup | None:
    return markup(reply.rows) if reply.rows else None


def markup(rows: Rows) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([[_button(button) for button in row] for row in rows])


def preview(reply: Reply) -> LinkPreviewOptions:
    """Spotify's own page, small and above the text: its cover stays untouched and attributed."""
    if reply.preview is None:
        return LinkPreviewOptions(is_disabled=True)
    return LinkPreviewOptions(url=reply.preview, prefer_small_media=True, show_above_text=True)


def _button(button: Button) -> InlineKeyboardButton:
    data = written(button.data) if button.data else None
    return InlineKeyboardButton(button.text, url=button.url, callback_data=data)
