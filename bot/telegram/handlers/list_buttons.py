"""The buttons under a listing: turn its pages, stop it, play it.

Of pages the newest tap on a message counts, whoever in a group it comes from, and few of them wait
at a time: a tap waits for its chat in one of the places of handlers, and while all of those are
taken, nobody is answered. A listing that runs joins its own edits; one that ended has nobody else
to do it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.errors import ChatBusy
from bot.models.job import JobState
from bot.models.results import Counts
from bot.render.buttons import queue_pages, queue_rows, queued_rows, queues
from bot.render.toasts import Toast
from bot.telegram.delivery import show_rows

if TYPE_CHECKING:
    from bot.jobs.runner import Runner
    from bot.models.job import Job
    from bot.render.callback_data import ShowQueues, StopJob, TurnPage
    from bot.telegram.callbacks import Press

    Place = tuple[int, int | None]

MOST_AT_ONCE = 16  # messages; a quarter of UPDATES_AT_ONCE (bot.app)
MOST_IN_CHAT = 4  # messages, so that no chat takes the turns of all others


@dataclass(slots=True)
class PageTurns:
    """Shows the pages that are asked for, of each message one at a time."""

    runner: Runner
    _wanted: dict[Place, tuple[Job, int]] = field(default_factory=dict, init=False)

    async def turn(self, job: Job, page: int) -> bool:
        """Show a page; False when there is none. True at once when an earlier tap will show it.

        Raises ChatBusy where too many wait already, and what `Runner.turn` raises.
        """
        place = (job.chat_id, job.reply_id)
        waits = place in self._wanted
        if not waits and self._crowded(job.chat_id):
            raise ChatBusy("too many pages are turned at once")
        self._wanted[place] = (job, page)
        if waits:
            return True
        try:
            return await self._show_newest(place)
        finally:
            del self._wanted[place]

    def _crowded(self, chat_id: int) -> bool:
        here = sum(chat == chat_id for chat, _ in self._wanted)
        return here >= MOST_IN_CHAT or len(self._wanted) >= MOST_AT_ONCE

    async def _show_newest(self, place: Place) -> bool:
        while True:
            wanted = self._wanted[place]
            try:
                turned = await self.runner.turn(*wanted)
            except Exception:
                if self._wanted[place] is wanted:
                    raise
                continue  # whoever wanted the newer one was told that it comes
            if self._wanted[place] is wanted:
                return turned


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


async def show_queues(press: Press, data: ShowQueues) -> Toast | None:
    """Show the queues of a listing; whoever can read it may."""
    job, message = await press.job(data.job), press.message
    if data.page < 0:
        return Toast.FIRST_PAGE
    rows = queued_rows(Counts.of(job.outcome.get("counts", {})), data.page)
    view = await press.services.runner.recordings(job, rows)
    if view is None:
        return Toast.STILL_RUNNING
    pages, found = queue_pages(view.listing, rows), queues(view.listing, view.results, rows)
    if not found and pages == 1:
        return Toast.NOTHING_TO_PLAY
    if data.page >= pages:
        return Toast.LAST_PAGE
    await show_rows(message, queue_rows(view, found, data.page, pages, press.words))
    return None
