"""What is remembered of a group: what its administrators chose."""

from __future__ import annotations

import contextlib
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from pymongo.errors import DuplicateKeyError

from bot.clock import Clock, utc_now
from bot.storage.database import EXPIRING, Database, guarded
from bot.storage.users import read, write

if TYPE_CHECKING:
    from bot.models.preferences import Preferences

COLLECTION = "chats"
INDEXES = {COLLECTION: (EXPIRING,)}
KEPT_WITHOUT_BOT = timedelta(days=30)  # whoever throws the bot out by mistake finds all again


class Chats:
    def __init__(self, db: Database, *, clock: Clock = utc_now) -> None:
        self._chats = db[COLLECTION]
        self._clock = clock

    @guarded()
    async def preferences(self, chat_id: int) -> Preferences | None:
        """What holds in this group; None where nobody chose anything."""
        return await read(self._chats, chat_id, self._clock())

    @guarded()
    async def choose(self, chat_id: int, /, **changes: Any) -> Preferences:
        """Set some of the group's preferences, by their names."""
        return await write(self._chats, chat_id, changes, self._clock())

    @guarded()
    async def left(self, chat_id: int) -> None:
        """The bot is no longer there."""
        expires_at = self._clock() + KEPT_WITHOUT_BOT
        await self._chats.update_one({"_id": chat_id}, {"$set": {"expires_at": expires_at}})

    @guarded()
    async def move(self, old_id: int, new_id: int) -> None:
        """The group became a supergroup, which has another id. A second time changes nothing."""
        document = await self._chats.find_one({"_id": old_id})
        if document is None:
            return
        with contextlib.suppress(DuplicateKeyError):  # moved before, or chosen anew there already
            await self._chats.insert_one(document | {"_id": new_id})
        await self._chats.delete_one({"_id": old_id})
