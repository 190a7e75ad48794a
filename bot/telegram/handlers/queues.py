"""Play all: the buttons under a listing become those that open its queues."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telegram import Message
from telegram.error import ChatMigrated

from bot.errors import ChatBusy, ChatClosed, SourceError, StoreUnavailable, UnsupportedLink
from bot.render.queues import queue_pages, queue_rows, queues
from bot.render.toasts import Toast, render_toast
from bot.telegram.callbacks import job_behind
from bot.telegram.delivery import show_rows

if TYPE_CHECKING:
    from telegram import CallbackQuery, Update

    from bot.render.i18n import Words
    from bot.telegram.context import Context

QUEUES_PATTERN = r"^w:(?P<job>[\w-]{1,32}):(?P<page>-?\d{1,4})$"


async def on_queues(update: Update, context: Context) -> None:
    """Show the queues of a listing; whoever can read it may."""
    query, match = update.callback_query, context.matches
    if query is None or not match:
        return
    words = context.words(update)
    toast = await _show(query, match[0]["job"], int(match[0]["page"]), words, context)
    await query.answer(render_toast(toast, words) if toast else None)


async def _show(
    query: CallbackQuery, job_id: str, page: int, words: Words, context: Context
) -> Toast | None:
    try:
        job = await job_behind(query, job_id, context)
        if job is None or not isinstance(query.message, Message):
            return Toast.TOO_OLD
        if page < 0:
            return Toast.FIRST_PAGE
        view = await context.services.runner.whole(job)
        if view is None:
            return Toast.STILL_RUNNING
        found = queues(view.listing, view.results)
        if not found:
            return Toast.NOTHING_TO_PLAY
        if page >= queue_pages(found):
            return Toast.LAST_PAGE
        await show_rows(query.message, queue_rows(view, found, page, words))
    except SourceError:
        return Toast.SPOTIFY_DOWN
    except (UnsupportedLink, ChatMigrated):  # no longer kept, or left behind in the old group
        return Toast.TOO_OLD
    except StoreUnavailable:
        return Toast.STORE_DOWN
    except (ChatClosed, ChatBusy):
        return None  # nothing that is said there would arrive
    return None
