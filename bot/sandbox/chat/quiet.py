"""When an Application beside a chat has come to rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.sandbox.telegram.core import Telegram
    from bot.telegram.lifecycle import AnyApplication


class Quiet:
    """Knows when the bot has done all it is going to do for now."""

    def __init__(
        self,
        telegram: Telegram,
        application: AnyApplication,
        idle: Callable[[], bool],
        settle_s: float,
    ) -> None:
        self._telegram = telegram
        self._application = application
        self._idle = idle
        self._settle_s = settle_s

    async def settled(self) -> None:
        """Every update handled, nothing running, and `settle_s` without a change."""
        is_quiet = False
        while not (is_quiet and self._telegram.idle and self._idle()):
            await self._telegram.until(lambda: self._telegram.idle, None)
            await self._application.update_queue.join()
            is_quiet = not await self.changed(self._settle_s)

    async def changed(self, timeout_s: float | None = None) -> bool:
        """Wait for the next change; False when there was none in time."""
        changes = self._telegram.world.changes
        seen = changes.count
        try:
            return await changes.until(lambda: changes.count != seen, timeout_s)
        except TimeoutError:
            return False
