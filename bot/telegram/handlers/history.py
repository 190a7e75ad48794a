"""/history: a person's last listings, each a button that opens it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telegram.constants import ChatType

from bot.models.job import new_job
from bot.render.commands import render_history, render_private
from bot.render.deeplinks import HISTORY
from bot.render.toasts import Toast
from bot.telegram.delivery import answer

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from telegram import Update

    from bot.render.callback_data import OpenAgain
    from bot.render.i18n import Words
    from bot.render.reply import Reply
    from bot.telegram.callbacks import Press
    from bot.telegram.context import Context

SHOWN = 10  # issue 5: the last 10 listings


async def on_history(update: Update, context: Context) -> None:
    async def last(person: int, words: Words) -> Reply:
        return render_history(await context.services.jobs.history(person, SHOWN), words)

    await in_private(update, context, HISTORY, last)


async def in_private(
    update: Update,
    context: Context,
    command: str,
    reply: Callable[[int, Words], Awaitable[Reply]],
) -> None:
    """Answer a command with what is its sender's alone; in a group there is only the way to it."""
    message, person, words = update.effective_message, update.effective_user, context.words(update)
    if message and person and message.chat.type == ChatType.PRIVATE:
        await answer(message, await reply(person.id, words))
    elif message and person:
        await answer(message, render_private(context.bot.username, command, words), reply=True)


async def open_again(press: Press, data: OpenAgain) -> Toast | None:
    """Open a listing again: a job like any other, in a message of its own."""
    services, message = press.services, press.query.message
    old = await services.jobs.get(data.job)
    if old is None or old.user_id != press.query.from_user.id or message is None:
        return Toast.NOT_FOUND
    if await services.bursts.take(old.user_id):
        return Toast.QUICK
    chosen = press.context.preferences(press.update)
    await services.runner.submit(
        new_job(
            f"history:{press.query.id}",  # one press of a button is answered once
            old.link,
            chosen,
            user_id=old.user_id,
            chat_id=message.chat.id,
            message_id=message.message_id,
            chat_type=message.chat.type,
            created_at=services.clock(),
        )
    )
    return None
