"""What the handlers work with, put together in `bot.app`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncio

    from bot.choices import Choices
    from bot.clock import Clock
    from bot.config import Settings
    from bot.corrections import Corrections
    from bot.exporting import Exporter
    from bot.handlers.administrators import Administrators
    from bot.handlers.nods import Nods
    from bot.handlers.once import Once
    from bot.handlers.taps import Taps
    from bot.inline import Inline
    from bot.jobs import Runner
    from bot.platforms.filling import Filling
    from bot.polling import Polling
    from bot.quota.bursts import Bursts
    from bot.quota.meter import Meter
    from bot.render.words import Languages
    from bot.search import SongSearch
    from bot.storage.chats import Chats
    from bot.storage.jobs import Jobs
    from bot.storage.uploads import Uploads
    from bot.storage.users import Users


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    settings: Settings
    clock: Clock
    languages: Languages
    runner: Runner
    filling: Filling
    jobs: Jobs
    inline: Inline
    users: Users
    chats: Chats
    choices: Choices
    administrators: Administrators
    corrections: Corrections
    meter: Meter
    bursts: Bursts
    exporter: Exporter
    once: Once
    nods: Nods
    taps: Taps
    search: SongSearch
    uploads: Uploads
    files: asyncio.Semaphore  # how many are read at once
    polling: Polling

    @property
    def idle(self) -> bool:
        """Whether no job runs or waits here, and no message has links to come."""
        return self.runner.idle and self.filling.idle
