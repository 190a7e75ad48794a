"""Groups: how the bot comes and goes, what it hears there, and who administers them."""

from __future__ import annotations

import contextlib
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog
from cachetools import TLRUCache
from telegram.constants import ChatMemberStatus
from telegram.error import TelegramError

from bot.errors import StoreUnavailable
from bot.render.commands import render_greeting
from bot.telegram.context import GROUPS
from bot.telegram.delivery import greet

if TYPE_CHECKING:
    from datetime import datetime

    from telegram import Bot, Update

    from bot.clock import Clock
    from bot.telegram.context import Context

log = structlog.get_logger()

FRESH = timedelta(seconds=60)  # how long somebody who was an administrator may still change things
MOST = 1000  # groups whose administrators are remembered
_OUTSIDE = (ChatMemberStatus.LEFT, ChatMemberStatus.BANNED)


class Administrators:
    """Who administers a group, asked of Telegram and remembered for a moment.

    getChatAdministrators names all people among them, hidden ones too; getChatMember is certain to
    know others only where the bot is an administrator itself.
    """

    def __init__(self, bot: Bot, *, clock: Clock) -> None:
        self._bot = bot
        self._known: TLRUCache[int, frozenset[int], datetime] = TLRUCache(
            MOST, lambda _chat_id, _ids, now: now + FRESH, timer=clock
        )

    async def of(self, group_id: int) -> frozenset[int]:
        """Their ids; none where Telegram does not say."""
        if (known := self._known.get(group_id)) is not None:
            return known
        try:
            members = await self._bot.get_chat_administrators(group_id)
        except TelegramError as error:
            log.info("administrators not known", error=str(error))
            return frozenset()
        ids = self._known[group_id] = frozenset(member.user.id for member in members)
        return ids


async def on_membership(update: Update, context: Context) -> None:
    """The bot was added to a group, or thrown out of it. A promotion changes nothing here."""
    change = update.my_chat_member
    if change is None or change.chat.type not in GROUPS:
        return
    was_there = change.old_chat_member.status not in _OUTSIDE
    is_there = change.new_chat_member.status not in _OUTSIDE
    if is_there and not was_there:
        words = context.words(update)
        is_administrator = change.new_chat_member.status == ChatMemberStatus.ADMINISTRATOR
        hears_all = context.bot.can_read_all_group_messages or is_administrator
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
    services.preferences.forget(old_id)
    services.preferences.forget(new_id)
    with contextlib.suppress(StoreUnavailable):  # the jobs find out when they next say something
        await services.chats.move(old_id, new_id)
        await services.jobs.move(old_id, new_id)


async def _leave(group_id: int, context: Context) -> None:
    services = context.services
    services.preferences.forget(group_id)
    with contextlib.suppress(StoreUnavailable):
        await services.chats.left(group_id)
        await services.runner.leave(group_id)


async def administers(update: Update, group_id: int, context: Context) -> bool:
    """Whether this came from an administrator, also from one who writes as the group itself."""
    message, person = update.message, update.effective_user
    if message and message.sender_chat and message.sender_chat.id == group_id:
        return True
    return person is not None and person.id in await context.services.administrators.of(group_id)
