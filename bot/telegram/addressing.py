"""Which messages are meant for the bot, and who asks by them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import regex
from telegram import MessageOriginUser
from telegram.constants import MessageEntityType

if TYPE_CHECKING:
    from telegram import Message
    from telegram.ext import ExtBot

_SKIP = regex.compile(r"(?<!\S)!skip(?!\w)", regex.IGNORECASE)


def asker_of(message: Message) -> int | None:
    """Who asks: a person, or the group whose administrator stays anonymous.

    None for other bots, for channels, and for what a channel's posts become in their group: there
    nobody asked. Who pays for it, `bot.quota.policy` says.
    """
    if message.sender_chat and message.sender_chat.id == message.chat_id:
        return message.chat_id
    person = message.from_user
    if person is None or person.is_bot or message.is_automatic_forward or message.sender_chat:
        return None
    return person.id


def is_for_me(message: Message, bot: ExtBot[Any]) -> bool:
    """Whether an answer is wanted at all; not to what came through a bot, nor beside `!skip`."""
    if message.via_bot or _SKIP.search(message.text or message.caption or ""):
        return False
    return message.chat_id > 0 or not is_own_forward(message, bot)


def is_own_forward(message: Message, bot: ExtBot[Any]) -> bool:
    """A message of the bot's own, sent on: its links are answers already."""
    origin = message.forward_origin
    return isinstance(origin, MessageOriginUser) and origin.sender_user.id == bot.id


def names_me(message: Message, bot: ExtBot[Any]) -> bool:
    """Whether the bot's name stands in the message, or the message replies to one of its own."""
    replied = message.reply_to_message
    if replied and replied.from_user and replied.from_user.id == bot.id:
        return True
    return bool(mentions(message, bot))


def mentions(message: Message, bot: ExtBot[Any]) -> list[str]:
    """The bot's name as it stands in a message, each time."""
    found = message.parse_entities([MessageEntityType.MENTION, MessageEntityType.TEXT_MENTION])
    found |= message.parse_caption_entities(
        [MessageEntityType.MENTION, MessageEntityType.TEXT_MENTION]
    )
    return [
        text
        for entity, text in found.items()
        if text.casefold() == bot.name.casefold() or (entity.user and entity.user.id == bot.id)
    ]
