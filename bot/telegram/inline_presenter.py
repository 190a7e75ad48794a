"""How cards that people sent through the bot are filled in; all other jobs go to their chats."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from telegram.constants import ParseMode

from bot.models import Finding
from bot.render.card import render_card
from bot.render.inline import url_buttons
from bot.telegram.delivery import deliver
from bot.telegram.markup import keyboard, preview
from bot.telegram.send_limits import Turn

if TYPE_CHECKING:
    from collections.abc import Callable

    from telegram.ext import ExtBot

    from bot.jobs.presenter import Presenter
    from bot.models.job import Job
    from bot.models.view import ListingView
    from bot.render.i18n import Languages
    from bot.render.reply import Reply
    from bot.telegram.send_limits import RateLimiter


class InlinePresenter:
    """A Presenter in front of the one for chats.

    The message of such a card has no number that a bot knows, so its job never has one.
    """

    def __init__(
        self, chats: Presenter, bot: ExtBot[Turn], languages: Languages, *, limiter: RateLimiter
    ) -> None:
        self._chats = chats
        self._bot = bot
        self._limiter = limiter
        self._languages = languages

    def room(self, job: Job) -> bool:
        return bool(job.inline_id) or self._chats.room(job)

    async def show(self, job: Job, view: Callable[[], ListingView]) -> Job | None:
        """A card in somebody's chat is touched only to put its found links in."""
        if job.inline_id is None:
            return await self._chats.show(job, view)
        now = view()
        if not isinstance(now.results.get(0), Finding):
            return job
        words = self._languages.words(job.language)
        card = render_card(replace(now, bot=self._bot.username), words)
        card = replace(card, rows=url_buttons(card.rows))
        inline_id = job.inline_id
        return job if await deliver(lambda: self._edit(inline_id, card)) else None

    async def problem(
        self, job: Job, error: Exception, *, again_s: float | None = None
    ) -> Job | None:
        return job if job.inline_id else await self._chats.problem(job, error, again_s=again_s)

    async def waiting(self, job: Job, ahead: ListingView | None) -> Job | None:
        return job if job.inline_id else await self._chats.waiting(job, ahead)

    async def stopped(self, job: Job) -> Job | None:
        return job if job.inline_id else await self._chats.stopped(job)

    async def _edit(self, inline_id: str, card: Reply) -> object:
        await self._limiter.turn(inline_id)
        return await self._bot.edit_message_text(
            card.html,
            inline_message_id=inline_id,
            parse_mode=ParseMode.HTML,
            link_preview_options=preview(card),
            reply_markup=keyboard(card),
            rate_limit_args=Turn.TAKEN,
        )
