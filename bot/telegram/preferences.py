"""The preferences that hold for an update, read through a short memory of this process."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Protocol

import structlog
from cachetools import FIFOCache

from bot.clock import Timing, is_ahead
from bot.errors import StoreUnavailable
from bot.models.preferences import DEFAULTS, Preferences

if TYPE_CHECKING:
    from datetime import datetime

    from bot.clock import Clock

log = structlog.get_logger()

FRESH = timedelta(seconds=30)  # how long another process's change may go unnoticed
UNREAD = timedelta(seconds=5)  # how long a store that did not answer is not asked again
MOST = 10_000  # people and groups remembered, a few MB


class Store(Protocol):
    """See bot.storage.users and bot.storage.chats. All raise StoreUnavailable."""

    async def preferences(self, owner_id: int, /) -> Preferences | None: ...
    async def choose(self, owner_id: int, /, **changes: Any) -> Preferences: ...


class PreferencesCache:
    """Preferences by the id of a person, which is positive, or of a group, which is negative."""

    def __init__(
        self,
        users: Store,
        chats: Store,
        *,
        clock: Clock,
        most: int = MOST,
        timing: Timing = Timing(),
    ) -> None:
        self._users = users
        self._chats = chats
        self._clock = clock
        self._timing = timing
        # With when they are read again; until somebody does, what is no longer fresh holds on.
        self._known: FIFOCache[int, tuple[Preferences, datetime]] = FIFOCache(most)

    async def read(self, *owner_ids: int) -> None:
        """Bring what is known of these up to date. With the store down, what is known holds on."""
        now = self._clock()
        stale = [
            owner
            for owner in owner_ids
            if owner not in self._known or not is_ahead(self._known[owner][1], now, FRESH)
        ]
        if stale:
            await asyncio.gather(*(self._read(owner) for owner in stale))

    def of(self, owner_id: int) -> Preferences:
        """What was last read; the defaults for somebody unknown."""
        return self._known.get(owner_id, (DEFAULTS,))[0]

    def effective(
        self, user_id: int, group_id: int | None = None, language: str | None = None
    ) -> Preferences:
        """What holds for this person there; `language` is what Telegram says of the person."""
        own = self.of(user_id)
        there = own if group_id is None else self.of(group_id)
        return replace(there, language=there.language or own.language or language)

    async def change(self, owner_id: int, **changes: Any) -> Preferences:
        """Raises StoreUnavailable, and TypeError for what is no preference."""
        changed = await self._store(owner_id).choose(owner_id, **changes)
        self._remember(owner_id, changed)
        return changed

    def forget(self, owner_id: int) -> None:
        self._known.pop(owner_id, None)

    async def _read(self, owner_id: int) -> None:
        try:
            async with asyncio.timeout(self._timing.preferences_s):
                found = await self._store(owner_id).preferences(owner_id)
        except (StoreUnavailable, TimeoutError) as error:
            log.info("preferences not read", error=str(error))
            self._remember(owner_id, self.of(owner_id), UNREAD)
        else:
            self._remember(owner_id, found or DEFAULTS)

    def _remember(self, owner_id: int, preferences: Preferences, fresh: timedelta = FRESH) -> None:
        self._known[owner_id] = (preferences, self._clock() + fresh)

    def _store(self, owner_id: int) -> Store:
        return self._chats if owner_id < 0 else self._users
