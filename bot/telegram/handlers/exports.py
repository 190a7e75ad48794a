"""The Export button of a listing: a choice of formats, then the file as a reply."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import structlog
from telegram import Message
from telegram.error import BadRequest, ChatMigrated

from bot.errors import (
    ChatBusy,
    ChatClosed,
    FileTooLarge,
    SourceError,
    StoreUnavailable,
    UnsupportedLink,
)
from bot.models import ListingKind
from bot.render.export.formats import Format
from bot.render.exports import export_rows, render_too_large
from bot.render.toasts import Toast, render_toast, render_wait
from bot.telegram.callbacks import job_behind
from bot.telegram.delivery import answer, show_rows
from bot.telegram.documents import DocumentSender

if TYPE_CHECKING:
    from telegram import CallbackQuery, Update

    from bot.models.view import ListingView
    from bot.render.i18n import Words
    from bot.telegram.context import Context

log = structlog.get_logger()

MENU_PATTERN = r"^x:(?P<job>[\w-]{1,32})$"
FORMAT_PATTERN = rf"^x:(?P<job>[\w-]{{1,32}}):(?P<format>{'|'.join(Format)})$"


async def on_menu(update: Update, context: Context) -> None:
    """The buttons become the choice of a format; whoever can read the listing may choose."""
    query, match = update.callback_query, context.matches
    if query is None or not match:
        return
    words = context.words(update)
    toast = await _open(query, match[0]["job"], words, context)
    await query.answer(render_toast(toast, words) if toast else None)


async def _open(query: CallbackQuery, job_id: str, words: Words, context: Context) -> Toast | None:
    try:
        job = await job_behind(query, job_id, context)
        if job is None or not isinstance(query.message, Message):
            return Toast.TOO_OLD
        await show_rows(query.message, export_rows(job.id, job.page, words))
    except ChatMigrated:  # what was said before stays behind in the old group
        return Toast.TOO_OLD
    except StoreUnavailable:
        return Toast.STORE_DOWN
    except (ChatClosed, ChatBusy):
        return None  # nothing that is said there would arrive
    return None


async def on_format(update: Update, context: Context) -> None:
    """Send the file once, however often the button is tapped meanwhile, in any process."""
    query, match = update.callback_query, context.matches
    if query is None or not match or query.message is None:
        return
    words, exports = context.words(update), context.services.exporter.exports
    kind = Format(match[0]["format"])
    errand = f"{query.message.chat.id}:{query.message.message_id}:{kind}"
    try:
        if not await exports.claim(errand):
            await query.answer(render_toast(Toast.ON_ITS_WAY, words))
            return
    except StoreUnavailable:
        await query.answer(render_toast(Toast.STORE_DOWN, words))
        return
    try:
        await _export(query, match[0]["job"], kind, words, context)
    finally:
        with suppress(StoreUnavailable):
            await exports.release(errand)


async def _export(
    query: CallbackQuery, job_id: str, kind: Format, words: Words, context: Context
) -> None:
    found = await _view(query, job_id, words, context)
    with suppress(BadRequest):  # too old: the file is wanted all the same
        await query.answer(found if isinstance(found, str) else None)
    if isinstance(found, str) or not isinstance(query.message, Message):
        return
    try:
        await context.services.exporter.send(found, kind, words, DocumentSender(query.message))
    except FileTooLarge as error:
        log.warning("file not sent", reason=str(error))
        await answer(query.message, render_too_large(words), reply=True)
    except (ChatClosed, ChatBusy, ChatMigrated) as error:
        log.warning("file not sent", reason=str(error))


async def _view(
    query: CallbackQuery, job_id: str, words: Words, context: Context
) -> ListingView | str:
    """The listing with all that was found, or the toast that says why there is none."""
    services = context.services
    try:
        job = await job_behind(query, job_id, context)
        if job is None:
            return render_toast(Toast.TOO_OLD, words)
        if wait := await services.bursts.take(query.from_user.id):
            return render_wait(wait, words)
        view = await services.runner.whole(job)
    except SourceError:
        return render_toast(Toast.SPOTIFY_DOWN, words)
    except UnsupportedLink:  # what it showed is no longer kept, or its place is turned off
        return render_toast(Toast.TOO_OLD, words)
    except StoreUnavailable:
        return render_toast(Toast.STORE_DOWN, words)
    if view is None:
        return render_toast(Toast.STILL_RUNNING, words)
    if view.listing.kind is ListingKind.TRACK:
        return render_toast(Toast.UNKNOWN, words)
    return view
