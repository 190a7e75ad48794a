"""Every button: what was pressed is read, whether it may be, and the press is answered, once.

Anybody can send any data about a message they see, so a button counts only where it stands.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

import structlog
from telegram import Message
from telegram.error import ChatMigrated, TelegramError
from telegram.ext import CallbackQueryHandler

from bot.errors import TracklinkError
from bot.render.callback_data import CallbackData, read
from bot.render.toasts import Toast, render_failure
from bot.telegram.places import leave_place
from bot.telegram.presses import Place

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from telegram import CallbackQuery, Update

    from bot.models.job import Job
    from bot.render.i18n import Words
    from bot.telegram.context import Context, Services

log = structlog.get_logger()
Data = TypeVar("Data", bound=CallbackData)


class Declined(Exception):
    """A press that is not followed: `said` tells the person why."""

    def __init__(self, said: Toast | str) -> None:
        super().__init__(said)
        self.said = said


@dataclass(slots=True)
class Press:
    """One press of a button, on its way to the one answer."""

    update: Update
    query: CallbackQuery
    context: Context
    answered: bool = False

    @property
    def services(self) -> Services:
        return self.context.services

    @property
    def words(self) -> Words:
        return self.context.words(self.update)

    @property
    def message(self) -> Message:
        """The message of the button. Raises Declined where Telegram no longer shows it to bots."""
        if not isinstance(self.query.message, Message):
            raise Declined(Toast.TOO_OLD)
        return self.query.message

    @property
    def buttons(self) -> list[CallbackData]:
        """What all buttons of the message stand for; none where Telegram no longer shows it."""
        message = self.query.message
        if not isinstance(message, Message) or message.reply_markup is None:
            return []
        rows = message.reply_markup.inline_keyboard
        found = [read(str(button.callback_data)) for row in rows for button in row]
        return [data for data in found if data]

    def place(self, data: CallbackData) -> Place:
        """Where this press counts as the same as another: see `bot.telegram.presses`."""
        message = self.query.message
        where = (message.chat.id, message.message_id) if message else self.query.inline_message_id
        return Place(self.query.from_user.id, where, None if data.is_view else data)

    async def job(self, job_id: str, *, gone: Toast = Toast.TOO_OLD) -> Job:
        """The job behind the button, with the message in which it was pressed as its own.

        Raises Declined where it is not, and StoreUnavailable.
        """
        job = self.services.runner.running(job_id) or await self.services.jobs.get(job_id)
        message = self.query.message
        if job is None or message is None or message.chat.id != job.chat_id:
            raise Declined(gone)
        # Any button of the job will do: the one that was pressed may have made way for others.
        shown = (getattr(data, "job", None) for data in self.buttons)
        if message.message_id != job.reply_id and job.id not in shown:
            raise Declined(gone)
        return replace(job, reply_id=message.message_id)

    async def only_by(self, asker: int, otherwise: Toast) -> None:
        """Raises Declined unless the asker pressed: a person, or an administrator for the group.

        See `bot.telegram.addressing.asker_of`.
        """
        presser, message = self.query.from_user.id, self.query.message
        if asker == presser:
            return
        of_group = message is not None and asker == message.chat.id
        if not of_group or presser not in await self.services.administrators.of(asker):
            raise Declined(otherwise)

    async def answer(self, said: Toast | str | None = None) -> None:
        """The first answer counts; a press has no second one."""
        if not self.answered:
            self.answered = True
            toast = self.words.plain(said.value) if isinstance(said, Toast) else said
            await self.query.answer(toast)


def button(
    kind: type[Data],
    follow: Callable[[Press, Data], Awaitable[Toast | str | None]],
    *,
    joined: Toast | None = None,
) -> CallbackQueryHandler[Context, None]:
    """The handler of one kind of button: follows a press and answers with what is to be said.

    It is answered whatever fails, and with `joined` where another press of the same counts. What
    fails behind the answer is said in the chat, by `bot.telegram.handlers.errors`.
    """

    async def handle(update: Update, context: Context) -> None:
        query = update.callback_query
        if query is None:
            return
        press, data = Press(update, query, context), read(query.data)
        said: Toast | str | None = Toast.UNKNOWN  # a button without data fits every pattern
        try:
            if isinstance(data, kind):
                leave_place()  # a press may wait for its chat, or for a list that is read again
                turn = press.services.presses.turn(press.place(data), update.update_id)
                async with turn as mine:
                    said = await follow(press, data) if mine else joined
        except Exception as error:
            if press.answered:
                raise
            said = _why_not(error, press.words)
        await press.answer(said)

    return CallbackQueryHandler(handle, lambda data: isinstance(read(str(data)), kind))


async def on_unknown(update: Update, context: Context) -> None:
    """A button of an older version, or one that somebody made up."""
    if update.callback_query:
        await Press(update, update.callback_query, context).answer(Toast.UNKNOWN)


def _why_not(error: Exception, words: Words) -> Toast | str | None:
    match error:
        case Declined():
            return error.said
        case ChatMigrated():  # what was said before stays behind in the old group
            return Toast.TOO_OLD
        case TracklinkError() | TelegramError():
            log.info("button not followed", error=str(error), kind=type(error).__name__)
        case _:
            log.error("button failed", exc_info=error)
    return render_failure(error, words)
