"""Commands about the bot, as /start and /help, and the user, as /quota, /history and /forget."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telegram.constants import ChatType

from bot.models.job import new_job
from bot.render import commands, quota
from bot.render.commands import render_greeting, render_history
from bot.render.deeplinks import FIXES, HISTORY, INLINE, link_in
from bot.render.toasts import Toast
from bot.telegram.addressing import asker_of
from bot.telegram.context import group_of
from bot.telegram.delivery import answer
from bot.telegram.handlers import corrections, links

if TYPE_CHECKING:
    from telegram import Message, Update

    from bot.render.callback_data import OpenAgain
    from bot.telegram.callbacks import Press
    from bot.telegram.context import Context

SHOWN = 10  # listings of /history: what a phone shows at once


async def on_start(update: Update, context: Context) -> None:
    """Say hello, or open what the payload of a `t.me/<bot>?start=` link names."""
    message = update.effective_message
    if message is None:
        return
    match context.args:
        case [payload] if payload == HISTORY:
            await on_history(update, context)
        case [payload] if payload == FIXES:
            await corrections.on_fixes(update, context)
        case [payload] if link := link_in(payload):
            await links.open_link(update, link, context)
        case [payload, *_] if payload != INLINE and message.chat.type == ChatType.PRIVATE:
            await answer(message, commands.render_lost(context.words(update)))
        case _:
            await _say_hello(update, context)


async def _say_hello(update: Update, context: Context) -> None:
    """What to do; in a group also what the bot sees there."""
    message, words = update.effective_message, context.words(update)
    if message and (group := group_of(update)):
        hears_all = context.bot.can_read_all_group_messages or (
            context.bot.id in await context.services.administrators.of(group)
        )
        await answer(message, render_greeting(words, hears_all=hears_all))
    elif message:
        await answer(message, commands.render_start(words))


async def on_help(update: Update, context: Context) -> None:
    if update.effective_message:
        await answer(update.effective_message, commands.render_help(context.words(update)))


async def on_privacy(update: Update, context: Context) -> None:
    if update.effective_message:
        await answer(update.effective_message, commands.render_privacy(context.words(update)))


def _asked(update: Update) -> tuple[Message | None, int | None]:
    """The message, and whom it concerns: behind an anonymous administrator that is the group."""
    message = update.effective_message
    return message, asker_of(message) if message else None


async def on_quota(update: Update, context: Context) -> None:
    message, asker = _asked(update)
    if message and asker is not None:
        given, standing = await context.services.meter.stands(asker)
        text = quota.render_quota(
            given,
            standing,
            context.words(update),
            now=context.services.clock(),
            zone=context.services.settings.quota_timezone,
        )
        await answer(message, text)


async def on_cancel(update: Update, context: Context) -> None:
    """Stop all that runs or waits for who asks, in any process."""
    message, asker = _asked(update)
    if message and asker is not None:
        stopped = await context.services.runner.cancel(asker)
        await answer(message, commands.render_cancelled(stopped, context.words(update)))


async def on_forget(update: Update, context: Context) -> None:
    """Delete what is stored about who asks, and say what little stays until the day turns."""
    message, asker = _asked(update)
    if message and asker is not None:
        services = context.services
        await services.update_processor.order.come(update)  # what was sent before goes as well
        await services.runner.forget(asker)
        await services.meter.forget(asker)
        await services.uploads.forget(asker)
        await services.corrections.store.forget(asker)
        await services.users.forget(asker)
        services.preferences.forget(asker)
        await answer(message, commands.render_forgotten(context.words(update)))


async def on_history(update: Update, context: Context) -> None:
    """The person's last listings, each a button that opens it again."""
    message, person = await context.in_private(update, HISTORY)
    if message and person:
        jobs = await context.services.jobs.history(person, SHOWN)
        await answer(message, render_history(jobs, context.words(update)))


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
