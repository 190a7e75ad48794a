"""Groups: how the bot comes and goes, what it hears there, and who may change its settings."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from telegram.constants import ChatMemberStatus

from bot.errors import StoreUnavailable
from bot.render.commands import render_greeting
from bot.telegram.context import GROUPS
from bot.telegram.delivery import greet

if TYPE_CHECKING:
    from telegram import Update
    from telegram.ext import ExtBot

    from bot.telegram.context import Context

_OUTSIDE = (ChatMemberStatus.LEFT, ChatMemberStatus.BANNED)


async def on_membership(update: Update, context: Context) -> None:
    """The bot was added to a group, or thrown out of it. A promotion changes nothing here."""
    change = update.my_chat_member
    if change is None or change.chat.type not in GROUPS:
        return
    was_there = change.old_chat_member.status not in _OUTSIDE
    is_there = change.new_chat_member.status not in _OUTSIDE
    if is_there and not was_there:
        words = context.words(update)
        hears_all = hears_everything(change.new_chat_member.status, context.bot)
        await greet(context.bot, change.chat.id, render_greeting(words, hears_all=hears_all))
    elif was_there and not is_there:
        await _leave(change.chat.id, context)


async def on_migration(update: Update, context: Context) -> None:
    """A group became a supergroup: what is kept under its old id moves to the new one."""
    message = update.message
    if message is None:
        return
    old_id = message.migrate_from_chat_id or message.chat_id
    new_id = message.migrate_to_chat_id or message.chat_id
    services = context.services
    services.choices.forget(old_id)
    services.choices.forget(new_id)
    with contextlib.suppress(StoreUnavailable):  # the jobs find out when they next say something
        await services.chats.move(old_id, new_id)
        await services.jobs.move(old_id, new_id)


def hears_everything(status: str, bot: ExtBot[Any]) -> bool:
    """Whether the bot gets all messages of a group in which it is that kind of member."""
    return bot.can_read_all_group_messages or status == ChatMemberStatus.ADMINISTRATOR


async def _leave(group_id: int, context: Context) -> None:
    services = context.services
    services.choices.forget(group_id)
    with contextlib.suppress(StoreUnavailable):
        await services.chats.left(group_id)
        await services.runner.leave(group_id)


async def administers(update: Update, group_id: int, context: Context) -> bool:
    """Whether this came from an administrator, also from one who writes as the group itself."""
    message, person = update.message, update.effective_user
    if message and message.sender_chat and message.sender_chat.id == group_id:
        return True
    return person is not None and person.id in await context.services.administrators.of(group_id)
