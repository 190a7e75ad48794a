"""What a message asks for: its links are answered, its list is read, its words are looked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telegram.constants import ChatType, MessageEntityType

from bot.models.links import Elsewhere, ElsewhereKind
from bot.models.preferences import Mode
from bot.platforms.links import find_all_links
from bot.resolve.uploads.reader import is_list
from bot.telegram.addressing import asker_of, is_for_me, is_own_forward, mentions, names_me
from bot.telegram.context import group_of
from bot.telegram.handlers import files, links, search

if TYPE_CHECKING:
    from collections.abc import Sequence

    from telegram import Message, Update

    from bot.models.links import Link
    from bot.telegram.context import Context


async def on_message(update: Update, context: Context) -> None:
    """Answer the links and lists of a message; without any, its words.

    In groups people talk in lines and send files that are not meant for the bot, and words without
    its name are none either.
    """
    message = update.effective_message
    asker = asker_of(message) if message else None
    if message is None or asker is None or not is_for_me(message, context.bot):
        return
    private = message.chat.type == ChatType.PRIVATE
    asked = not group_of(update) or names_me(message, context.bot)
    if context.preferences(update).mode is Mode.MENTIONED and not asked:
        return
    forward = is_own_forward(message, context.bot)
    found = [] if forward else links.links_of(message)
    if private and not forward and _is_list(message, found):
        await files.on_text(update, message, asker, context)
        return
    if not asked:
        found = [link for link in found if _is_worth_a_word(link)]
    if found:
        unasked = [] if asked else [link for link in found if _is_perhaps_music(link)]
        await links.accept(update, message, asker, found, context, unasked=unasked)
    if private and not forward and message.document and not message.animation:  # that is one too
        if update.message and (not found or files.is_text(message.document)):
            await files.on_file(update, message, asker, context)
    elif update.message and not found and (private or mentions(message, context.bot)):
        await search.on_words(update, context)


async def on_search(update: Update, context: Context) -> None:
    """Look for the words behind the command; a link behind it is answered as any other."""
    message = update.effective_message
    if message is None:
        return
    if not (found := links.links_of(message)):
        await search.on_command(update, context)
        return
    asker = asker_of(message)
    if asker is not None and is_for_me(message, context.bot):
        await links.accept(update, message, asker, found, context)


def _is_list(message: Message, found: Sequence[Link]) -> bool:
    """Whether the text is a list of songs; the links behind its words are no part of one."""
    text = message.text
    if not text:
        return False
    if any(each.type == MessageEntityType.TEXT_LINK for each in message.entities):
        found = find_all_links(text)
    return is_list(text, found)


def _is_worth_a_word(link: Link) -> bool:
    """Whether a link is answered in a group where nobody asked for it.

    People post YouTube's channels and the like there all day, and mean nothing by it.
    """
    if not isinstance(link, Elsewhere):
        return True
    return link.listing_kind is not None or link.kind is ElsewhereKind.DEEZER_SHORT


def _is_perhaps_music(link: Link) -> bool:
    """Whether only its page tells if a link leads to music: most videos do not."""
    return isinstance(link, Elsewhere) and link.kind is ElsewhereKind.YOUTUBE_VIDEO
