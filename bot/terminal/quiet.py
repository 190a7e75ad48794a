"""The life of an Application beside a chat: when it runs, and when it has come to rest."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from telegram.ext import Application

    from bot.terminal.core import Telegram

    AnyApplication = Application[Any, Any, Any, Any, Any, Any]

POLL_S = 30  # how long the bot waits for the next update in one call


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


@asynccontextmanager
async def running(application: AnyApplication) -> AsyncIterator[None]:
    """The life of an Application as its run_polling has it, inside a running loop."""
    await application.initialize()
    try:
        if application.post_init:
            await application.post_init(application)
        if application.updater:
            await application.updater.start_polling(timeout=POLL_S)
        await application.start()
        yield
    finally:
        await _stop(application)


async def _stop(application: AnyApplication) -> None:
    if application.updater and application.updater.running:
        await application.updater.stop()
    if application.running:
        await application.stop()
        if application.post_stop:
            await application.post_stop(application)
    await application.shutdown()
    if application.post_shutdown:
        await application.post_shutdown(application)
