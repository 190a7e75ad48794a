"""How jobs become messages in Telegram, and how cards that people sent through the bot are filled.

Sent or edited, in their turn, and never twice.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from telegram import Message, ReplyParameters
from telegram.constants import ChatType
from telegram.error import ChatMigrated

from bot.models import Finding, ListingKind
from bot.render.card import render_card
from bot.render.inline import url_buttons
from bot.render.listing import render_listing
from bot.render.problems import render_problem, render_stopped, render_waiting
from bot.render.reply import Reply
from bot.telegram.delivery import deliver, options
from bot.telegram.send_limits import Turn

if TYPE_CHECKING:
    from collections.abc import Callable

    from telegram.ext import ExtBot

    from bot.clock import Clock
    from bot.models.job import Job
    from bot.models.view import ListingView
    from bot.render.i18n import Languages, Words
    from bot.telegram.send_limits import RateLimiter


class ChatPresenter:
    """The chat messages that jobs become."""

    def __init__(
        self, bot: ExtBot[Turn], languages: Languages, *, limiter: RateLimiter, clock: Clock
    ) -> None:
        self._bot = bot
        self._languages = languages
        self._limiter = limiter
        self._clock = clock

    def room(self, job: Job) -> bool:
        return self._limiter.room(job.chat_id)

    async def show(self, job: Job, view: Callable[[], ListingView]) -> Job | None:
        def reply() -> Reply:
            now = replace(view(), bot=self._bot.username)
            render = render_card if now.listing.kind is ListingKind.TRACK else render_listing
            return render(now, self._words(job))

        return await self._put(job, reply)

    async def problem(
        self, job: Job, error: Exception, *, again_s: float | None = None
    ) -> Job | None:
        if job.unasked:
            return None
        text = render_problem(
            error, job.link_kind, self._words(job), self._clock(), again_s=again_s
        )
        return await self._put(job, lambda: Reply(text))

    async def waiting(self, job: Job, ahead: ListingView | None) -> Job | None:
        if job.unasked:
            return None
        return await self._put(job, lambda: Reply(render_waiting(ahead, self._words(job))))

    async def stopped(self, job: Job) -> Job | None:
        """A job that was stopped before it began: only its waiting note needs an end."""
        if job.reply_id is None:
            return None
        return await self._put(job, lambda: Reply(render_stopped(self._words(job))))

    def _words(self, job: Job) -> Words:
        return self._languages.words(job.language)

    async def _put(self, job: Job, reply: Callable[[], Reply]) -> Job | None:
        try:
            return await self._place(job, reply)
        except ChatMigrated as moved:
            # What was edited until now stays behind in the old group.
            job = replace(job, chat_id=moved.new_chat_id, reply_id=None)
            return await self._place(job, reply)

    async def _place(self, job: Job, reply: Callable[[], Reply]) -> Job | None:
        """The reply is rendered when its turn has come, so that it is never an old one."""

        async def put() -> Message | bool:
            await self._limiter.turn(job.chat_id)
            if job.reply_id is None:
                return await self._send(job, reply())
            return await self._edit(job.chat_id, job.reply_id, reply())

        done = await deliver(put)
        if job.reply_id is None:
            return replace(job, reply_id=done.message_id) if isinstance(done, Message) else None
        return job if done else None

    async def _send(self, job: Job, reply: Reply) -> Message:
        return await self._bot.send_message(
            job.chat_id,
            reply.html,
            message_thread_id=job.topic_id,
            disable_notification=job.chat_type != ChatType.PRIVATE,
            reply_parameters=ReplyParameters(job.message_id, allow_sending_without_reply=True),
            rate_limit_args=Turn.TAKEN,
            **options(reply),
        )

    async def _edit(self, chat_id: int, message_id: int, reply: Reply) -> Message | bool:
        return await self._bot.edit_message_text(
            reply.html,
            chat_id=chat_id,
            message_id=message_id,
            rate_limit_args=Turn.TAKEN,
            **options(reply),
        )


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
