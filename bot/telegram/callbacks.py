"""Whether what was pressed is there: anybody can send any data about a message they see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telegram import Message

if TYPE_CHECKING:
    from telegram import CallbackQuery

    from bot.models.job import Job
    from bot.telegram.context import Context


async def job_behind(query: CallbackQuery, job_id: str, context: Context) -> Job | None:
    """The job behind a button, when the message in which it was pressed is the job's own.

    Raises StoreUnavailable.
    """
    services = context.services
    job = services.runner.running(job_id) or await services.jobs.get(job_id)
    return job if job and _shows(query, job) else None


async def is_by(query: CallbackQuery, asker: int, context: Context) -> bool:
    """Whether it was pressed by the one who asked: a person, or an administrator for the group.

    See `bot.telegram.addressing.asker_of`.
    """
    if asker == query.from_user.id:
        return True
    if query.message is None or asker != query.message.chat.id:
        return False
    return query.from_user.id in await context.services.administrators.of(asker)


def buttons_of(query: CallbackQuery) -> list[str]:
    """The data of all buttons of the message; none where Telegram no longer shows it to bots."""
    message = query.message
    if not isinstance(message, Message) or message.reply_markup is None:
        return []
    rows = message.reply_markup.inline_keyboard
    return [str(button.callback_data) for row in rows for button in row if button.callback_data]


def _shows(query: CallbackQuery, job: Job) -> bool:
    """Any button of the job will do: the one that was pressed may have made way for others."""
    message = query.message
    if message is None or message.chat.id != job.chat_id:
        return False
    return message.message_id == job.reply_id or any(
        data.split(":")[1:2] == [job.id] for data in buttons_of(query)
    )
