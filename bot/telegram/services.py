"""What the handlers work with, put together in `bot.app`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncio

    from bot.clock import Clock
    from bot.config import Settings
    from bot.jobs.platform_links import Filling
    from bot.jobs.runner import Runner
    from bot.quota.bursts import Bursts
    from bot.quota.meter import Meter
    from bot.render.i18n import Languages
    from bot.resolve.corrections import Corrections
    from bot.resolve.search import SongSearch
    from bot.resolve.suggestions import Inline
    from bot.storage.chats import Chats
    from bot.storage.jobs import Jobs
    from bot.storage.uploads import Uploads
    from bot.storage.users import Users
    from bot.telegram.administrators import Administrators
    from bot.telegram.exporter import Exporter
    from bot.telegram.page_turns import Taps
    from bot.telegram.polling import Polling
    from bot.telegram.preferences import Choices
    from bot.telegram.reactions import Nods
    from bot.telegram.update_processor import Once


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
