"""Who administers a group, as Telegram says."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import structlog
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
        self._clock = clock
        self._known: dict[int, tuple[frozenset[int], datetime]] = {}

    async def of(self, group_id: int) -> frozenset[int]:
        """Their ids; none where Telegram does not say."""
        ids, until = self._known.get(group_id, (frozenset(), self._clock()))
        if until > self._clock():
            return ids
        try:
            members = await self._bot.get_chat_administrators(group_id)
        except TelegramError as error:
            log.info("administrators not known", error=str(error))
            return frozenset()
        ids = frozenset(member.user.id for member in members)
        self._known.pop(group_id, None)
        self._known[group_id] = (ids, self._clock() + FRESH)
        while len(self._known) > MOST:
            del self._known[next(iter(self._known))]
        return ids
