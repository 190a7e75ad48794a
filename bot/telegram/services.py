"""What the handlers work with, put together in `bot.app`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncio

    from bot.clock import Clock
    from bot.config import Settings
    from bot.jobs.runner import Runner
    from bot.quota.bursts import Bursts
    from bot.quota.meter import Meter
    from bot.render.i18n import Languages
    from bot.resolve.corrections import Corrections
    from bot.resolve.search import SongSearch
    from bot.resolve.suggestions import Suggestions
    from bot.storage.chats import Chats
    from bot.storage.jobs import Jobs
    from bot.storage.uploads import Uploads
    from bot.storage.users import Users
    from bot.telegram.administrators import Administrators
    from bot.telegram.exporter import Exporter
    from bot.telegram.page_turns import PageTurns
    from bot.telegram.polling import Polling
    from bot.telegram.preferences import PreferencesCache
    from bot.telegram.reactions import Reactions
    from bot.telegram.update_processor import UpdateProcessor


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    settings: Settings
    clock: Clock
    languages: Languages
    runner: Runner
    jobs: Jobs
    inline: Suggestions
    users: Users
    chats: Chats
    choices: PreferencesCache
    administrators: Administrators
    corrections: Corrections
    meter: Meter
    bursts: Bursts
    exporter: Exporter
    once: UpdateProcessor
    reactions: Reactions
    page_turns: PageTurns
    search: SongSearch
    uploads: Uploads
    files: asyncio.Semaphore  # how many are read at once
    polling: Polling

    @property
    def idle(self) -> bool:
        """Whether no job runs or waits here, and no message has links to come."""
        return self.runner.idle
