"""The buttons under a listing: turn its pages, stop it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.errors import (
    OF_SPOTIFY,
    ChatBusy,
    ChatClosed,
    SourceError,
    StoreUnavailable,
    UnsupportedLink,
)
from bot.models.job import JobState
from bot.render.toasts import Toast, render_toast
from bot.telegram.callbacks import is_by, job_behind

if TYPE_CHECKING:
    from telegram import CallbackQuery, Update

    from bot.telegram.context import Context

PAGE_PATTERN = r"^p:(?P<job>[\w-]{1,32}):(?P<page>-?\d{1,5})$"
STOP_PATTERN = r"^s:(?P<job>[\w-]{1,32})$"


async def on_page(update: Update, context: Context) -> None:
    """Show the page that a button asks for; a toast says why when there is none."""
    query, match = update.callback_query, context.matches
    if query is None or not match:
        return
    toast = await _turn(query, match[0]["job"], int(match[0]["page"]), context)
    await query.answer(render_toast(toast, context.words(update)) if toast else None)


async def _turn(query: CallbackQuery, job_id: str, page: int, context: Context) -> Toast | None:
    try:
        job = await job_behind(query, job_id, context)
        if job is None or query.message is None:
            return Toast.TOO_OLD
        if page < 0:
            return Toast.FIRST_PAGE
        here = replace(job, reply_id=query.message.message_id)
        turned = await context.services.page_turns.turn(here, page)
    except SourceError as error:
        return Toast.SPOTIFY_DOWN if error.service in OF_SPOTIFY else Toast.PLACE_DOWN
    except UnsupportedLink:  # what it showed is no longer kept, or its place is turned off
        return Toast.TOO_OLD
    except StoreUnavailable:
        return Toast.STORE_DOWN
    except ChatBusy:
        return Toast.QUICK
    except ChatClosed:
        return None  # nothing that is said there would arrive
    return None if turned else Toast.LAST_PAGE


async def on_stop(update: Update, context: Context) -> None:
    """Stop a listing; only who asked for it may."""
    query, match = update.callback_query, context.matches
    if query is None or not match:
        return
    toast = await _stop(query, match[0]["job"], context)
    await query.answer(render_toast(toast, context.words(update)))


async def _stop(query: CallbackQuery, job_id: str, context: Context) -> Toast:
    try:
        job = await job_behind(query, job_id, context)
    except StoreUnavailable:
        return Toast.STORE_DOWN
    if job is None or job.state is JobState.DONE:
        return Toast.DONE_ALREADY
    if not await is_by(query, job.user_id, context):
        return Toast.NOT_YOURS
    stopped = await context.services.runner.cancel(job.user_id, job.id)
    return Toast.STOPPED if stopped else Toast.NOT_YET


async def on_unknown(update: Update, context: Context) -> None:
    """A button of an older version, or one that somebody made up."""
    if update.callback_query:
        await update.callback_query.answer(render_toast(Toast.UNKNOWN, context.words(update)))
