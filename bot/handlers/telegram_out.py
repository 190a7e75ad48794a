"""How replies reach Telegram: sent or edited, tried again where that helps, and never twice."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

import stamina
import structlog
from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputFile,
    LinkPreviewOptions,
    Message,
    ReplyParameters,
)
from telegram.constants import ChatAction, ChatType, ParseMode
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from bot.errors import ChatBusy, ChatClosed, ChatRefused
from bot.handlers.pacing import LONGEST_WAIT_S, Turn, seconds
from bot.models import ListingKind
from bot.render.card import render_card
from bot.render.listing import render_listing
from bot.render.problems import render_problem, render_stopped, render_waiting
from bot.render.reply import Reply

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from markupsafe import Markup
    from telegram import Bot, CallbackQuery
    from telegram.ext import ExtBot

    from bot.clock import Clock
    from bot.handlers.pacing import Pacing
    from bot.render.export.files import File
    from bot.render.reply import Button, Rows
    from bot.render.views import ListingView
    from bot.render.words import Languages, Words
    from bot.storage.jobs import Job

log = structlog.get_logger()
T = TypeVar("T")

ATTEMPTS = 4
_NOT_MODIFIED = "message is not modified"
_GONE = ("message to edit not found", "message can't be edited", "message_id_invalid")
# What Telegram says of a file id that another bot got, or that it forgot
_WRONG_FILE = ("wrong file identifier", "wrong remote file", "wrong file_id", "file reference")
_CLOSED = ("chat not found", "have no rights to send", "not enough rights", "chat_write_forbidden")


class TelegramOutlet:
    """The chat messages that jobs become."""

    def __init__(
        self, bot: ExtBot[Turn], languages: Languages, *, pacing: Pacing, clock: Clock
    ) -> None:
        self._bot = bot
        self._languages = languages
        self._pacing = pacing
        self._clock = clock

    def room(self, job: Job) -> bool:
        """Whether a state that a newer one will replace may be shown now."""
        return self._pacing.room(job.chat_id)

    async def show(self, job: Job, view: Callable[[], ListingView]) -> Job | None:
        """Send the listing, or edit its message. None when that message is gone."""

        def reply() -> Reply:
            now = replace(view(), bot=self._bot.username)
            render = render_card if now.listing.kind is ListingKind.TRACK else render_listing
            return render(now, self._words(job))

        return await self._put(job, reply)

    async def problem(self, job: Job, error: Exception) -> Job | None:
        if job.unasked:
            return None
        text = render_problem(error, job.link_kind, self._words(job), self._clock())
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
            await self._pacing.turn(job.chat_id)
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
            parse_mode=ParseMode.HTML,
            link_preview_options=preview(reply),
            reply_markup=keyboard(reply),
            disable_notification=job.chat_type != ChatType.PRIVATE,
            reply_parameters=ReplyParameters(job.message_id, allow_sending_without_reply=True),
            rate_limit_args=Turn.TAKEN,
        )

    async def _edit(self, chat_id: int, message_id: int, reply: Reply) -> Message | bool:
        return await self._bot.edit_message_text(
            reply.html,
            chat_id=chat_id,
            message_id=message_id,
            parse_mode=ParseMode.HTML,
            link_preview_options=preview(reply),
            reply_markup=keyboard(reply),
            rate_limit_args=Turn.TAKEN,
        )


async def deliver(call: Callable[[], Awaitable[T]]) -> T | bool:
    """Make a call of the Bot API, again where that may help.

    False when the message to edit is gone, True when it stands like that already. Raises
    ChatClosed, ChatBusy, ChatRefused for what another attempt would not mend, and TelegramError for
    the rest.
    """
    try:
        async for attempt in stamina.retry_context(
            on=_again, attempts=ATTEMPTS, wait_initial=0.5, wait_max=5.0, timeout=None
        ):
            with attempt:
                return await call()
    except Forbidden as error:
        raise ChatClosed(error.message) from error
    except BadRequest as error:
        return _verdict(error)
    except RetryAfter as error:
        raise ChatBusy(error.message, retry_in_s=seconds(error)) from error
    except NetworkError as error:
        raise ChatBusy(error.message) from error
    raise AssertionError("unreachable: the last attempt returns or raises")


def _verdict(error: BadRequest) -> bool:
    said = error.message.lower()
    if _NOT_MODIFIED in said:
        return True
    if any(reason in said for reason in _CLOSED):
        raise ChatClosed(error.message) from error
    if any(reason in said for reason in _GONE):
        log.info("message gone", reason=error.message)
        return False
    raise ChatRefused(error.message) from error


def _again(error: Exception) -> bool | float:
    if isinstance(error, RetryAfter):
        # At once: the pacing lets nothing through to that chat until the time is over.
        return 0.0 if seconds(error) <= LONGEST_WAIT_S else False
    # BadRequest is a NetworkError in python-telegram-bot; it does not pass by itself.
    return isinstance(error, NetworkError) and not isinstance(error, BadRequest)


async def answer(message: Message, said: Markup | Reply, *, reply: bool = False) -> None:
    """Answer a person's message once and for all, in groups always as a reply.

    A closed chat is no failure.
    """
    text, markup = (said.html, keyboard(said)) if isinstance(said, Reply) else (said, None)
    grouped = message.chat.type != ChatType.PRIVATE  # several people may ask there at once
    to = None
    if reply or grouped:
        to = ReplyParameters(message.message_id, allow_sending_without_reply=True)

    async def say(chat_id: int) -> None:
        await deliver(
            lambda: message.get_bot().send_message(
                chat_id,
                text,
                parse_mode=ParseMode.HTML,
                link_preview_options=LinkPreviewOptions(is_disabled=True),
                reply_markup=markup,
                disable_notification=grouped,
                reply_parameters=to,
            )
        )

    try:
        try:
            await say(message.chat_id)
        except ChatMigrated as moved:
            await say(moved.new_chat_id)
    except ChatClosed:
        log.info("chat closed")
    except (ChatBusy, ChatRefused, TelegramError) as error:
        log.warning("answer not delivered", error=str(error))


class Letter:
    """Files as replies to a message of ours; see `bot.exporting.Post`."""

    def __init__(self, message: Message) -> None:
        self._message = message

    async def again(self, file_id: str) -> bool:
        """Send a file that Telegram has; False when it does not know it any more."""
        try:
            return bool(await deliver(lambda: self._send(file_id)))
        except ChatRefused as error:
            if not any(reason in str(error).lower() for reason in _WRONG_FILE):
                raise
            log.info("file unknown", reason=str(error))
            return False

    async def upload(self, file: File) -> str | None:
        """Send a file; its id at Telegram."""
        with suppress(TelegramError):  # a sign of life, no more
            await self._message.reply_chat_action(ChatAction.UPLOAD_DOCUMENT)
        document = InputFile(file.content, filename=file.name)
        sent = await deliver(lambda: self._send(document))
        return sent.document.file_id if isinstance(sent, Message) and sent.document else None

    async def _send(self, document: InputFile | str) -> Message:
        message = self._message
        return await message.get_bot().send_document(
            message.chat_id,
            document,
            disable_content_type_detection=True,
            disable_notification=message.chat.type != ChatType.PRIVATE,
            reply_parameters=ReplyParameters(message.message_id, allow_sending_without_reply=True),
        )


async def show_rows(message: Message, rows: Rows) -> None:
    """Put other buttons under a message of ours. Raises as `deliver`."""
    await deliver(
        lambda: message.get_bot().edit_message_reply_markup(
            message.chat_id, message.message_id, reply_markup=_markup(rows)
        )
    )


async def greet(bot: Bot, chat_id: int, text: Markup) -> None:
    """Say something in a group that answers nobody, and without a sound."""
    try:
        await deliver(
            lambda: bot.send_message(
                chat_id,
                text,
                parse_mode=ParseMode.HTML,
                link_preview_options=LinkPreviewOptions(is_disabled=True),
                disable_notification=True,
            )
        )
    except (ChatClosed, ChatBusy, ChatRefused, TelegramError) as error:
        log.info("greeting not delivered", error=str(error))


async def edit(query: CallbackQuery, reply: Reply) -> None:
    """Put another state in the place of the message whose button was pressed."""
    try:
        await deliver(
            lambda: query.edit_message_text(
                reply.html,
                parse_mode=ParseMode.HTML,
                link_preview_options=preview(reply),
                reply_markup=keyboard(reply),
            )
        )
    except ChatClosed:
        log.info("chat closed")
    except (ChatBusy, ChatRefused, TelegramError) as error:
        log.warning("edit not delivered", error=str(error))


def keyboard(reply: Reply) -> InlineKeyboardMarkup | None:
    return _markup(reply.rows) if reply.rows else None


def _markup(rows: Rows) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([[_button(button) for button in row] for row in rows])


def preview(reply: Reply) -> LinkPreviewOptions:
    """Spotify's own page, small and above the text: its cover stays untouched and attributed."""
    if reply.preview is None:
        return LinkPreviewOptions(is_disabled=True)
    return LinkPreviewOptions(url=reply.preview, prefer_small_media=True, show_above_text=True)


def _button(button: Button) -> InlineKeyboardButton:
    return InlineKeyboardButton(button.text, url=button.url, callback_data=button.data)
