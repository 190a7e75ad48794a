"""Reactions that say "seen" and "done" where an answer takes longer than a moment.

Telegram lets bots react only with emoji of its own list, which has no check mark: 👌 stands for it.
What is answered at once gets no reaction: the answer itself says more.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import structlog
from telegram.constants import ReactionEmoji
from telegram.error import TelegramError

from bot.clock import Timing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from telegram import Message

    from bot.jobs.runner import Runner
    from bot.telegram.send_limits import RateLimiter

log = structlog.get_logger()

SEEN, DONE = ReactionEmoji.EYES, ReactionEmoji.OK_HAND_SIGN
CALM_TRIES, CALM_EVERY_S = 60, 1.0
MOST_WATCHED = 500  # messages; those beyond are answered all the same


@dataclass(slots=True)
class Reactions:
    """Watches messages whose links are being answered. Nothing waits for a reaction."""

    runner: Runner
    limiter: RateLimiter
    most: int = MOST_WATCHED
    timing: Timing = Timing()
    _watching: set[asyncio.Task[None]] = field(default_factory=set, init=False)

    @property
    def watching(self) -> int:
        """How many messages are watched."""
        return len(self._watching)

    def watch(self, message: Message, job_ids: Sequence[str]) -> None:
        """Nod to a message if none of these jobs has an answer soon, and when all have ended."""
        if not job_ids or len(self._watching) >= self.most:
            return
        watching = asyncio.create_task(self._watch(message, job_ids))
        self._watching.add(watching)
        watching.add_done_callback(self._watching.discard)

    async def close(self) -> None:
        """Watch no longer; the reactions stay as they are."""
        for watching in self._watching:
            watching.cancel()
        await asyncio.gather(*self._watching, return_exceptions=True)

    async def _watch(self, message: Message, job_ids: Sequence[str]) -> None:
        await asyncio.sleep(self.timing.seen_after_s)
        if any(self.runner.answered(job_id) for job_id in job_ids):
            return
        if await self._react(message, SEEN):
            whole = await asyncio.gather(*(self.runner.ended(job_id) for job_id in job_ids))
            await self._calm()
            # Where something is missing, the answer says so; a sign of success would not be true.
            await self._react(message, DONE if all(whole) else None)

    async def _calm(self) -> None:
        """Wait, not for ever, until nobody waits: a "seen" that stays would say that it goes on."""
        for _ in range(CALM_TRIES):
            if self.limiter.has_to_spare:
                return
            await asyncio.sleep(CALM_EVERY_S)

    async def _react(self, message: Message, emoji: str | None) -> bool:
        """False where the chat allows no such reaction, the message is gone, or calls wait.

        Two reactions to each message that has to wait would be what the others then wait for.
        """
        if not self.limiter.has_to_spare:
            return False
        try:
            return await message.set_reaction(emoji)
        except TelegramError as error:
            log.debug("no reaction", reason=error.message)
            return False
