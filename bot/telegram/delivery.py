"""Calls of the Bot API made to arrive: tried again where that helps, else in words of our own.

Also what they say of a reply's buttons and preview.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import stamina
import structlog
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, ReplyParameters
from telegram.constants import ChatType, ParseMode
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from bot.errors import ChatBusy, ChatClosed, ChatRefused
from bot.render.callback_data import written
from bot.render.reply import Reply
from bot.telegram.places import leave_place
from bot.telegram.send_limits import LONGEST_WAIT_S, Held, seconds

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from markupsafe import Markup
    from telegram import Bot, CallbackQuery, Message

    from bot.render.reply import Button, Rows

log = structlog.get_logger()
T = TypeVar("T")

ATTEMPTS = 4
_NOT_MODIFIED = "message is not modified"
_GONE = ("message to edit not found", "message can't be edited", "message_id_invalid")
_CLOSED = (
    *("chat not found", "have no rights to send", "not enough rights", "chat_write_forbidden"),
    *("topic_closed", "topic_deleted", "message thread not found"),
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
    """Whether to try again, and after how long; nobody else is to wait for that."""
    wait = _wait(error)
    if wait is not False:
        leave_place()
    return wait


def _wait(error: Exception) -> bool | float:
    if isinstance(error, RetryAfter):
        if seconds(error) > LONGEST_WAIT_S:
            return False
        # Whoever waits for a chat does it in the pacing, which counts them and joins their edits.
        return 0.0 if isinstance(error, Held) else seconds(error)
    return may_pass(error)


def may_pass(error: Exception) -> bool:
    # BadRequest is a NetworkError in python-telegram-bot; it does not pass by itself.
    return isinstance(error, NetworkError) and not isinstance(error, BadRequest)


def topic_of(message: Message) -> int | None:
    """The forum topic of a message. Other threads go by the message that is replied to."""
    return message.message_thread_id if message.is_topic_message else None


async def answer(message: Message, said: Markup | Reply, *, reply: bool = False) -> None:
    """Answer a person's message once and for all, in groups always as a reply.

    A closed chat is no failure.
    """
    said = said if isinstance(said, Reply) else Reply(said)
    grouped = message.chat.type != ChatType.PRIVATE  # several people may ask there at once
    to = None
    if reply or grouped:
        to = ReplyParameters(message.message_id, allow_sending_without_reply=True)

    async def say(chat_id: int) -> None:
        await deliver(
            lambda: message.get_bot().send_message(
                chat_id,
                said.html,
                message_thread_id=topic_of(message),
                disable_notification=grouped,
                reply_parameters=to,
                **options(said),
            )
        )

    with _dropped("answer not delivered"):
        try:
            await say(message.chat_id)
        except ChatMigrated as moved:
            await say(moved.new_chat_id)


async def show_rows(message: Message, rows: Rows) -> None:
    """Put other buttons under a message of ours. Raises as `deliver`."""
    await deliver(
        lambda: message.get_bot().edit_message_reply_markup(
            message.chat_id, message.message_id, reply_markup=markup(rows)
        )
    )


async def greet(bot: Bot, chat_id: int, text: Markup) -> None:
    """Say something in a group that answers nobody, and without a sound."""
    said = options(Reply(text))
    with _dropped("greeting not delivered"):
        await deliver(lambda: bot.send_message(chat_id, text, disable_notification=True, **said))


async def edit(query: CallbackQuery, reply: Reply) -> None:
    """Put another state in the place of the message whose button was pressed."""
    with _dropped("edit not delivered"):
        await deliver(lambda: query.edit_message_text(reply.html, **options(reply)))


@contextmanager
def _dropped(event: str) -> Iterator[None]:
    """What does not arrive is asked for again by the person, if by anybody."""
    try:
        yield
    except ChatClosed:
        log.info("chat closed")
    except (ChatBusy, ChatRefused, TelegramError) as error:
        log.warning(event, error=str(error))


def options(reply: Reply) -> dict[str, Any]:
    """How a reply is sent, beside its text and its place."""
    return {
        "parse_mode": ParseMode.HTML,
        "link_preview_options": preview(reply),
        "reply_markup": markup(reply.rows),
    }


def markup(rows: Rows) -> InlineKeyboardMarkup | None:
    keyboard = [[_button(button) for button in row] for row in rows]
    return InlineKeyboardMarkup(keyboard) if keyboard else None


def preview(reply: Reply) -> LinkPreviewOptions:
    """Spotify's own page, small and above the text: its cover stays untouched and attributed."""
    if reply.preview is None:
        return LinkPreviewOptions(is_disabled=True)
    return LinkPreviewOptions(url=reply.preview, prefer_small_media=True, show_above_text=True)


def _button(button: Button) -> InlineKeyboardButton:
    data = written(button.data) if button.data else None
    return InlineKeyboardButton(button.text, url=button.url, callback_data=data)
