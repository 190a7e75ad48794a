"""The buttons under a listing: turn its pages, stop it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.models.job import JobState
from bot.render.toasts import Toast

if TYPE_CHECKING:
    from bot.render.callback_data import StopJob, TurnPage
    from bot.telegram.callbacks import Press


async def turn(press: Press, data: TurnPage) -> Toast | None:
    """Show the page that a button asks for."""
    job = await press.job(data.job)
    if data.page < 0:
        return Toast.FIRST_PAGE
    turned = await press.services.page_turns.turn(job, data.page)
    return None if turned else Toast.LAST_PAGE


async def stop(press: Press, data: StopJob) -> Toast:
    """Stop a listing; only who asked for it may."""
    job = await press.job(data.job, gone=Toast.DONE_ALREADY)
    if job.state is JobState.DONE:
        return Toast.DONE_ALREADY
    await press.only_by(job.user_id, Toast.NOT_YOURS)
    stopped = await press.services.runner.cancel(job.user_id, job.id)
    return Toast.STOPPED if stopped else Toast.NOT_YET
