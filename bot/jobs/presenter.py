"""The chat, as a job sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.models.job import Job
    from bot.models.view import ListingView


class Presenter(Protocol):
    """Where the jobs of one kind are shown.

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
