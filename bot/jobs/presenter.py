"""The chat, as a job sees it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from bot.models.job import Job
    from bot.models.view import ListingView

THROUGH_S = (
    6.0  # what a stop waits for a message on its way, within the time of bot.telegram.lifecycle
)


class Presenter(Protocol):
    """Where jobs are shown.

    What shows something gives the job with its message as it is then, or None when that message is
    gone, and raises ChatClosed when the person left or blocked the bot.
    """

    def room(self, job: Job) -> bool:
        """Whether a state that a newer one will replace may be shown now, in no one's way."""

    async def show(self, job: Job, view: Callable[[], ListingView]) -> Job | None:
        """Send the listing, or edit `job.reply_id`. `view` is asked when its turn has come."""

    async def problem(
        self, job: Job, error: Exception, *, again_s: float | None = None
    ) -> Job | None:
        """Say why there is no listing, and in how many seconds it is tried again, if it is."""

    async def waiting(self, job: Job, ahead: ListingView | None) -> Job | None: ...
    async def stopped(self, job: Job) -> Job | None: ...


async def through(call: Coroutine[Any, Any, object]) -> None:
    """Let a call come to its end even when its caller is cancelled, within `THROUGH_S`.

    A message that is sent but whose number is not noted would be sent again.
    """
    running = asyncio.create_task(call)
    try:
        await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait({running}, timeout=THROUGH_S)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        raise
