"""/start, alone or with what a `t.me/<bot>?start=` link brought along."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telegram.constants import ChatType

from bot.render.commands import render_lost
from bot.render.deeplinks import FIXES, HISTORY, INLINE, link_in
from bot.telegram.delivery import answer
from bot.telegram.handlers import about, corrections, history, links

if TYPE_CHECKING:
    from telegram import Update

    from bot.telegram.context import Context


async def on_start(update: Update, context: Context) -> None:
    """Say hello, or open what the payload names."""
    message = update.effective_message
    if message is None:
        return
    match context.args:
        case [payload] if payload == HISTORY:
            await history.on_history(update, context)
        case [payload] if payload == FIXES:
            await corrections.on_fixes(update, context)
        case [payload] if link := link_in(payload):
            await links.open_link(update, link, context)
        case [payload, *_] if payload != INLINE and message.chat.type == ChatType.PRIVATE:
            await answer(message, render_lost(context.words(update)))
        case _:
            await about.on_start(update, context)
