"""Handlers run side by side; what one person sends is taken in its order all the same."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from telegram import Update

from bot.clock import Timing

if TYPE_CHECKING:
    from collections.abc import Iterator


class UserOrder:
    """Who of a person's updates came before whom, in this process.

    Only a handler that asks for its turn waits, and only for earlier updates of the same person.
    """

    def __init__(self, timing: Timing = Timing()) -> None:
        self._timing = timing
        self._lines: dict[int, dict[int, asyncio.Event]] = {}

    @contextmanager
    def arrived(self, update: object) -> Iterator[None]:
        """Stand in line from now on, until the block ends."""
        if not isinstance(update, Update) or update.effective_user is None:
            yield
            return
        line = self._lines.setdefault(update.effective_user.id, {})
        line.setdefault(update.update_id, asyncio.Event())
        try:
            yield
        finally:
            self.leave(update)

    async def come(self, update: Update) -> None:
        """Wait until what this person sent before is taken."""
        person = update.effective_user
        line = self._lines.get(person.id, {}) if person else {}
        ahead = list(line)
        before = ahead[: ahead.index(update.update_id)] if update.update_id in line else []
        events = [line[update_id] for update_id in before]
        with suppress(TimeoutError):
            async with asyncio.timeout(self._timing.order_s):
                for taken in events:
                    await taken.wait()

    def leave(self, update: Update) -> None:
        """Let the next one come: what had to be in order is done."""
        person = update.effective_user
        line = self._lines.get(person.id, {}) if person else {}
        if taken := line.pop(update.update_id, None):
            taken.set()
        if person and not line:
            self._lines.pop(person.id, None)
