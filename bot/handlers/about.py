"""Commands about the bot (/help, /privacy) and the user (/quota, /cancel, /forget)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.handlers.context import group_of
from bot.handlers.delivery import answer
from bot.render import pages
from bot.render.groups import render_greeting

if TYPE_CHECKING:
    from telegram import Update

    from bot.handlers.context import Context


async def on_start(update: Update, context: Context) -> None:
    """What to do; in a group also what the bot sees there."""
    message, words = update.effective_message, context.words(update)
    if message and (group := group_of(update)):
        hears_all = context.bot.can_read_all_group_messages or (
            context.bot.id in await context.services.administrators.of(group)
        )
        await answer(message, render_greeting(words, hears_all=hears_all))
    elif message:
        await answer(message, pages.render_start(words))


async def on_help(update: Update, context: Context) -> None:
    if update.effective_message:
        await answer(update.effective_message, pages.render_help(context.words(update)))


async def on_privacy(update: Update, context: Context) -> None:
    if update.effective_message:
        await answer(update.effective_message, pages.render_privacy(context.words(update)))


async def on_quota(update: Update, context: Context) -> None:
    message, person = update.effective_message, update.effective_user
    if message and person:
        given, standing = await context.services.meter.stands(person.id)
        text = pages.render_quota(
            given,
            standing,
            context.words(update),
            now=context.services.clock(),
            zone=context.services.settings.quota_timezone,
        )
        await answer(message, text)


async def on_cancel(update: Update, context: Context) -> None:
    """Stop all that runs or waits for this user, in any process."""
    message, person = update.effective_message, update.effective_user
    if message and person:
        stopped = await context.services.runner.cancel(person.id)
        await answer(message, pages.render_cancelled(stopped, context.words(update)))


async def on_forget(update: Update, context: Context) -> None:
    """Delete what is stored about this user, and say what little stays until the day turns."""
    message, person = update.effective_message, update.effective_user
    if message and person:
        services = context.services
        await services.runner.cancel(person.id)
        await services.meter.forget(person.id)
        await services.jobs.forget(person.id)
        await services.uploads.forget(person.id)
        await services.corrections.forget(person.id)
        await services.users.forget(person.id)
        services.choices.forget(person.id)
        await services.bursts.forget(person.id)
        await answer(message, pages.render_forgotten(context.words(update)))
