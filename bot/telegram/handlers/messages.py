"""What a message asks for: its links are answered, its words are looked for."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from telegram.constants import ChatType

from bot.models.preferences import Mode
from bot.resolve.links import is_perhaps_music, is_worth_a_word
from bot.telegram.addressing import asker_of, is_for_me, is_own_forward, mentions, names_me
from bot.telegram.context import group_of
from bot.telegram.handlers import links, search

if TYPE_CHECKING:
    from telegram import Update

    from bot.telegram.context import Context


async def on_message(update: Update, context: Context, *, asked: bool = False) -> None:
    """Answer the links of a message; without any, help in private and say nothing in groups.

    `asked`: a command says that the message is meant for the bot.
    """
    message = update.effective_message
    asker = asker_of(message) if message else None
    if message is None or asker is None or not is_for_me(message, context.bot):
        return
    chosen = context.preferences(update)
    asked = asked or not group_of(update) or names_me(message, context.bot)
    if chosen.mode is Mode.MENTIONED and not asked:
        return
    found = [] if is_own_forward(message, context.bot) else links.links_of(message)
    if not asked:
        found = [link for link in found if is_worth_a_word(link)]
    if found:
        line = context.services.once.line
        await line.come(update)
        fresh = found if update.message else await links.unanswered(message, found, context)
        store = context.services.once.claimed(update)
        taken = partial(line.leave, update)
        unasked = [] if asked else [link for link in fresh if is_perhaps_music(link)]
        await links.accept(
            message, asker, chosen, fresh, context, unasked=unasked, store=store, taken=taken
        )
    elif update.message and (
        message.chat.type == ChatType.PRIVATE or mentions(message, context.bot)
    ):
        await search.on_words(update, context)


async def on_search(update: Update, context: Context) -> None:
    """Look for the words behind the command; a link behind it is answered as any other."""
    message = update.effective_message
    if message is None or message.text is None:
        return
    if links.links_of(message):
        await on_message(update, context, asked=True)
    else:
        await search.on_command(update, context)
