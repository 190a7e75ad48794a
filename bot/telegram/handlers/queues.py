"""Play all: the buttons under a listing become those that open its queues."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.render.queues import queue_pages, queue_rows, queues
from bot.render.toasts import Toast
from bot.telegram.delivery import show_rows

if TYPE_CHECKING:
    from bot.render.callback_data import ShowQueues
    from bot.telegram.callbacks import Press


async def show(press: Press, data: ShowQueues) -> Toast | None:
    """Show the queues of a listing; whoever can read it may."""
    job, message = await press.job(data.job), press.message
    if data.page < 0:
        return Toast.FIRST_PAGE
    view = await press.services.runner.whole(job)
    if view is None:
        return Toast.STILL_RUNNING
    found = queues(view.listing, view.results)
    if not found:
        return Toast.NOTHING_TO_PLAY
    if data.page >= queue_pages(found):
        return Toast.LAST_PAGE
    await show_rows(message, queue_rows(view, found, data.page, press.words))
    return None
