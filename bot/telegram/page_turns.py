"""Pages that people turn: the newest tap on a message counts, and few of them wait at a time.

A tap waits for its chat in one of the places of handlers, and while all of those are taken, nobody
is answered. A listing that runs joins its own edits; one that ended has nobody else to do it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import ChatBusy

if TYPE_CHECKING:
    from bot.jobs.runner import Runner
    from bot.models.job import Job

    Place = tuple[int, int | None]

MOST_AT_ONCE = 16  # messages; a quarter of UPDATES_AT_ONCE (bot.app)
MOST_IN_CHAT = 4  # messages, so that no chat takes the turns of all others


class PageTurns:
    """Shows the pages that are asked for, of each message one at a time."""

    def __init__(self, runner: Runner) -> None:
        self._runner = runner
        self._wanted: dict[Place, tuple[Job, int]] = {}

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
                turned = await self._runner.turn(*wanted)
            except Exception:
                if self._wanted[place] is wanted:
                    raise
                continue  # whoever wanted the newer one was told that it comes
            if self._wanted[place] is wanted:
                return turned
