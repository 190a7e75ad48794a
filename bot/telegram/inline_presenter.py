"""How cards that people sent through the bot are filled in."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.models import Finding
from bot.render.card import render_card
from bot.render.inline import url_buttons
from bot.telegram.delivery import deliver
from bot.telegram.markup import options
from bot.telegram.send_limits import Turn

if TYPE_CHECKING:
    from collections.abc import Callable

    from telegram.ext import ExtBot

    from bot.models.job import Job
    from bot.models.view import ListingView
    from bot.render.i18n import Languages
    from bot.render.reply import Reply
    from bot.telegram.send_limits import RateLimiter


class InlinePresenter:
    """Cards in chats that the bot does not see: touched only to put their found links in.

    The message of such a card has no number that a bot knows, so its job never has one.
    """

    def __init__(self, bot: ExtBot[Turn], languages: Languages, *, limiter: RateLimiter) -> None:
        self._bot = bot
        self._limiter = limiter
        self._languages = languages

    def room(self, job: Job) -> bool:  # noqa: ARG002  nobody else writes into that message
        return True

    async def show(self, job: Job, view: Callable[[], ListingView]) -> Job | None:
        now = view()
        if not isinstance(now.results.get(0), Finding):
            return job
        words = self._languages.words(job.language)
        card = render_card(replace(now, bot=self._bot.username), words)
        card = replace(card, rows=url_buttons(card.rows))
        return job if await deliver(lambda: self._edit(str(job.inline_id), card)) else None

    async def problem(
        self,
        job: Job,
        error: Exception,  # noqa: ARG002  the card stays as it was sent
        *,
        again_s: float | None = None,  # noqa: ARG002
    ) -> Job | None:
        return job

    async def waiting(self, job: Job, ahead: ListingView | None) -> Job | None:  # noqa: ARG002
        return job

    async def stopped(self, job: Job) -> Job | None:
        return job

    async def _edit(self, inline_id: str, card: Reply) -> object:
        await self._limiter.turn(inline_id)
        return await self._bot.edit_message_text(
            card.html,
            inline_message_id=inline_id,
            rate_limit_args=Turn.TAKEN,
            **options(card),
        )
