"""/history: a person's last listings, each a button that opens it again."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from hashlib import blake2b
from typing import TYPE_CHECKING

from telegram.constants import ChatType

from bot.errors import StoreUnavailable
from bot.models.job import Job
from bot.render.deeplinks import HISTORY
from bot.render.history import render_history, render_private
from bot.render.toasts import Toast, render_toast
from bot.telegram.delivery import answer

if TYPE_CHECKING:
    from telegram import CallbackQuery, Update

    from bot.models.preferences import Preferences
    from bot.telegram.context import Context

HISTORY_PATTERN = r"^h:(?P<job>[\w-]{1,32})$"
SHOWN = 10  # issue 5: the last 10 listings
_ID_BYTES = 12  # 16 characters of callback data


async def on_history(update: Update, context: Context) -> None:
    """Private: in a group there is only the way to it."""
    message, person = update.effective_message, update.effective_user
    if message is None or person is None:
        return
    words = context.words(update)
    if message.chat.type != ChatType.PRIVATE:
        await answer(message, render_private(context.bot.username, HISTORY, words), reply=True)
        return
    jobs = await context.services.jobs.history(person.id, SHOWN)
    await answer(message, render_history(jobs, words))


async def on_open(update: Update, context: Context) -> None:
    """Open a listing again: a job like any other, in a message of its own."""
    query = update.callback_query
    if query is None or not context.matches:
        return
    toast = await _open(query, context.matches[0]["job"], context.preferences(update), context)
    await query.answer(render_toast(toast, context.words(update)) if toast else None)


async def _open(
    query: CallbackQuery, job_id: str, chosen: Preferences, context: Context
) -> Toast | None:
    services, message = context.services, query.message
    try:
        old = await services.jobs.get(job_id)
        if old is None or old.user_id != query.from_user.id or message is None:
            return Toast.NOT_FOUND
        if await services.bursts.take(old.user_id):
            return Toast.QUICK
    except StoreUnavailable:
        return Toast.STORE_DOWN
    await services.runner.submit(
        Job(
            id=_job_id(query),
            user_id=old.user_id,
            chat_id=message.chat.id,
            message_id=message.message_id,
            chat_type=message.chat.type,
            link_kind=old.link_kind,
            link_id=old.link_id,
            language=chosen.language,
            platforms=chosen.platforms,
            created_at=services.clock(),
        )
    )
    return None


def _job_id(query: CallbackQuery) -> str:
    """The same for one press of a button, so that it is answered once."""
    name = f"history:{query.id}"
    return urlsafe_b64encode(blake2b(name.encode(), digest_size=_ID_BYTES).digest()).decode()


BUTTONS = ((HISTORY_PATTERN, on_open),)
