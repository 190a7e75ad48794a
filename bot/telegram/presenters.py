"""How jobs become messages in Telegram: sent or edited, in their turn, and never twice."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from telegram import Message, ReplyParameters
from telegram.constants import ChatType, ParseMode
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
    from typing import Any

    from markupsafe import Markup
    from telegram import InputFile
    from telegram.ext import ExtBot

    from bot.clock import Clock
    from bot.models.job import Job
    from bot.models.view import ListingView
    from bot.render.i18n import Languages, Words
    from bot.telegram.send_limits import RateLimiter


@dataclass(frozen=True, slots=True)
class _Presenter:
    """What both have: the bot, the words of a job, and a message that is edited in its turn."""

    bot: ExtBot[Turn]
    languages: Languages
    limiter: RateLimiter

    def words(self, job: Job) -> Words:
        return self.languages.words(job.language)

    def named(self, view: ListingView) -> ListingView:
        """With the bot's username, which is not known before it begins."""
        return replace(view, bot=self.bot.username)

    async def edit(self, reply: Reply, **message: Any) -> Message | bool:
        return await self.bot.edit_message_text(
            reply.html, rate_limit_args=Turn.TAKEN, **message, **options(reply)
        )


@dataclass(frozen=True, slots=True)
class ChatPresenter(_Presenter):
    """The chat messages that jobs become."""

    clock: Clock

    def room(self, job: Job) -> bool:
        return self.limiter.room(job.chat_id)

    async def show(self, job: Job, view: Callable[[], ListingView]) -> Job | None:
        def reply() -> Reply:
            now = self.named(view())
            render = render_card if now.listing.kind is ListingKind.TRACK else render_listing
            return render(now, self.words(job))

        return await self._put(job, reply)

    async def problem(
        self, job: Job, error: Exception, *, again_s: float | None = None
    ) -> Job | None:
        text = render_problem(error, job.link_kind, self.words(job), self.clock(), again_s=again_s)
        return None if job.unasked else await self._put(job, lambda: Reply(text))

    async def waiting(self, job: Job, ahead: ListingView | None) -> Job | None:
        text = render_waiting(ahead, self.words(job))
        return None if job.unasked else await self._put(job, lambda: Reply(text))

    async def stopped(self, job: Job) -> Job | None:
        """A job that was stopped before it began: only its waiting note needs an end."""
        text = render_stopped(self.words(job))
        return None if job.reply_id is None else await self._put(job, lambda: Reply(text))

    async def attach(self, job: Job, document: InputFile, caption: Markup) -> None:
        """Reply to a listing with a file, in its own turn: no crowd of answers is in the way."""
        reply_to = job.reply_id or job.message_id

        async def put() -> Message:
            await self.limiter.turn(job.chat_id)
            return await self.bot.send_document(
                job.chat_id,
                document,
                caption=caption,
                parse_mode=ParseMode.HTML,
                disable_notification=job.chat_type != ChatType.PRIVATE,
                reply_parameters=ReplyParameters(reply_to, allow_sending_without_reply=True),
                rate_limit_args=Turn.TAKEN,
            )

        await deliver(put)

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
            await self.limiter.turn(job.chat_id)
            if job.reply_id is None:
                return await self._send(job, reply())
            return await self.edit(reply(), chat_id=job.chat_id, message_id=job.reply_id)

        done = await deliver(put)
        if job.reply_id is None:
            return replace(job, reply_id=done.message_id) if isinstance(done, Message) else None
        return job if done else None

    async def _send(self, job: Job, reply: Reply) -> Message:
        return await self.bot.send_message(
            job.chat_id,
            reply.html,
            message_thread_id=job.topic_id,
            disable_notification=job.chat_type != ChatType.PRIVATE,
            reply_parameters=ReplyParameters(job.message_id, allow_sending_without_reply=True),
            rate_limit_args=Turn.TAKEN,
            **options(reply),
        )


class InlinePresenter(_Presenter):
    """Cards in chats that the bot does not see: touched only to put their found links in.

    The message of such a card has no number that a bot knows, so its job never has one.
    """

    __slots__ = ()

    def room(self, job: Job) -> bool:  # noqa: ARG002  nobody else writes into that message
        return True

    async def show(self, job: Job, view: Callable[[], ListingView]) -> Job | None:
        now = self.named(view())
        if not isinstance(now.results.get(0), Finding):
            return job
        card = render_card(now, self.words(job))
        card = replace(card, rows=url_buttons(card.rows))

        async def put() -> object:
            await self.limiter.turn(str(job.inline_id))
            return await self.edit(card, inline_message_id=job.inline_id)

        return job if await deliver(put) else None

    async def problem(self, job: Job, *_: object, **__: object) -> Job | None:
        """The card stays as it was sent."""
        return job

    waiting = stopped = problem
