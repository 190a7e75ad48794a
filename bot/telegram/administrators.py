"""Who administers a group, as Telegram says."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import structlog
from cachetools import TLRUCache
from telegram.error import TelegramError

if TYPE_CHECKING:
    from datetime import datetime

    from telegram import Bot

    from bot.clock import Clock

log = structlog.get_logger()

FRESH = timedelta(seconds=60)  # how long somebody who was an administrator may still change things
MOST = 1000  # groups whose administrators are remembered


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
