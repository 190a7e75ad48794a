"""What MongoDB has yet to hear of the jobs of this process.

What can't be written while it is away is kept here and written before anything is claimed again: a
job whose message's number is not stored would be answered a second time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import structlog
from cachetools import FIFOCache

from bot.errors import StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.models.job import Job
    from bot.storage.jobs import Jobs

log = structlog.get_logger()

MOST_UNWRITTEN = 10_000  # jobs, about 5 MB; of those before, the messages might be sent again


class Outbox:
    """Changes of jobs that are written now, or when the store is back."""

    def __init__(self, jobs: Jobs, *, most: int = MOST_UNWRITTEN) -> None:
        self._jobs = jobs
        self._unwritten: FIFOCache[str, dict[str, Any]] = FIFOCache(most)

    async def save(self, job: Job, outcome: Mapping[str, Any] | None = None) -> None:
        """Note the message, its chat and its page, and with `outcome` the end, in one statement."""
        placed = {"chat_id": job.chat_id, "reply_id": job.reply_id, "page": job.page}
        await self._change(job, placed if outcome is None else placed | {"outcome": outcome})

    async def finish(self, job: Job, outcome: Mapping[str, Any]) -> None:
        """End a job whose message is noted."""
        await self._change(job, {"outcome": outcome})

    async def write(self) -> None:
        """Write what could not be written. Raises StoreUnavailable."""
        for job_id in list(self._unwritten):
            await self._write(job_id)

    async def _change(self, job: Job, changes: Mapping[str, Any]) -> None:
        self._unwritten[job.id] = {**self._unwritten.pop(job.id, {}), **changes}
        try:
            await self._write(job.id)
        except StoreUnavailable as error:
            log.warning("job not written yet", job=job.id, error=str(error))

    async def _write(self, job_id: str) -> None:
        changes = self._unwritten.get(job_id)
        if changes is None:
            return
        placed = {name: value for name, value in changes.items() if name != "outcome"}
        ended = "outcome" in changes and await self._jobs.finish(
            job_id, changes["outcome"], **placed
        )
        if placed and not ended:  # one that was ended before may have a page turned since
            await self._jobs.save(job_id, **placed)
        if self._unwritten.get(job_id) is changes:  # else newer ones came meanwhile
            del self._unwritten[job_id]
