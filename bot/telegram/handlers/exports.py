"""The Export button of a listing: a choice of formats, then the file as a reply."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import structlog
from telegram.error import BadRequest, ChatMigrated

from bot.errors import ChatBusy, ChatClosed, FileTooLarge, StoreUnavailable
from bot.models import ListingKind
from bot.render.exports import export_rows, render_too_large
from bot.render.toasts import Toast, render_wait
from bot.telegram.delivery import answer, show_rows
from bot.telegram.documents import DocumentSender

if TYPE_CHECKING:
    from bot.render.callback_data import ChooseFormat, SendFile
    from bot.telegram.callbacks import Press

log = structlog.get_logger()


async def choose_format(press: Press, data: ChooseFormat) -> None:
    """The buttons become the choice of a format; whoever can read the listing may choose."""
    job = await press.job(data.job)
    await show_rows(press.message, export_rows(job.id, job.page, press.words))


async def send_file(press: Press, data: SendFile) -> Toast | str | None:
    """Send the file once, however often the button is tapped meanwhile, in any process."""
    message, exports = press.message, press.services.exporter.exports
    errand = f"{message.chat.id}:{message.message_id}:{data.format}"
    if not await exports.claim(errand):
        return Toast.ON_ITS_WAY
    try:
        return await _send(press, data)
    finally:
        with suppress(StoreUnavailable):
            await exports.release(errand)


async def _send(press: Press, data: SendFile) -> Toast | str | None:
    services, message, words = press.services, press.message, press.words
    job = await press.job(data.job)
    if wait := await services.bursts.take(press.query.from_user.id):
        return render_wait(wait, words)
    view = await services.runner.whole(job)
    if view is None:
        return Toast.STILL_RUNNING
    if view.listing.kind is ListingKind.TRACK:
        return Toast.UNKNOWN
    with suppress(BadRequest):  # too old: the file is wanted all the same
        await press.answer()
    try:
        await services.exporter.send(view, data.format, words, DocumentSender(message))
    except FileTooLarge as error:
        log.warning("file not sent", reason=str(error))
        await answer(message, render_too_large(words), reply=True)
    except (ChatClosed, ChatBusy, ChatMigrated) as error:
        log.warning("file not sent", reason=str(error))
    return None
