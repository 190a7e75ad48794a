"""What MongoDB has yet to hear of the jobs of this process.

What can't be written while it is away is kept here and written before anything is claimed again: a
job whose message's number is not stored would be answered a second time. A job that came meanwhile
is stored then, with its message: ended, or to go on there. What was lent is counted then.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, Any, Protocol

import structlog
from cachetools import FIFOCache

from bot.clock import loop_s
from bot.errors import StoreUnavailable, Unstorable
from bot.models.job import JobState

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from bot.models import Listing
    from bot.models.job import Job
    from bot.storage.jobs import Jobs

log = structlog.get_logger()

WRITING_S = 2.0  # in one go: leases are renewed every 5 s
AT_ONCE = 20
AWAY_S = 1.0  # a store that did not answer is not asked for so long, but by the heartbeat
MOST_UNWRITTEN = 10_000  # jobs, about 5 MB; of those before, the messages might be sent again


@dataclass(frozen=True, slots=True)
class Unstored:
    """A job that MongoDB does not know; it has ended where there is an `outcome`."""

    job: Job
    outcome: Mapping[str, Any] | None

    def stored(self) -> Job:
        if self.outcome is None:
            return self.job
        return replace(self.job, state=JobState.DONE, outcome=self.outcome)


class Meter(Protocol):
    """See bot.quota.meter."""

    async def charge(self, job: Job, listing: Listing) -> None: ...


class Outbox:
    """Changes of jobs that are written now, or when the store is back."""

    def __init__(self, jobs: Jobs, meter: Meter, *, most: int = MOST_UNWRITTEN) -> None:
        self._jobs = jobs
        self._meter = meter
        self._away_until = 0.0  # loop time
        self._unwritten: FIFOCache[str, dict[str, Any]] = FIFOCache(most)
        self._unstored: FIFOCache[str, Unstored] = FIFOCache(most)
        self._owed: FIFOCache[str, tuple[Job, Listing]] = FIFOCache(most)

    async def save(self, job: Job, outcome: Mapping[str, Any] | None = None) -> None:
        """Note the message, its chat and its page, and with `outcome` the end, in one statement."""
        placed = _placed(job)
        await self._change(job, placed if outcome is None else placed | {"outcome": outcome})

    async def finish(self, job: Job, outcome: Mapping[str, Any]) -> None:
        """End a job whose message is noted."""
        await self._change(job, {"outcome": outcome})

    async def hand_in(self, job: Job, outcome: Mapping[str, Any] | None = None) -> None:
        """Store a job that came while the store was away: ended, or without `outcome` to go on."""
        self._unwritten.pop(job.id, None)  # it knows its message itself
        self._unstored[job.id] = Unstored(job, outcome)
        await self._try(job, self._store)

    def owe(self, job: Job, listing: Listing) -> None:
        """Count what was looked up without the store, when its end is written."""
        self._owed[job.id] = job, listing

    async def write(self) -> bool:
        """Write what could not be written; False where that takes longer than leases can wait.

        Raises StoreUnavailable.
        """
        until = loop_s() + WRITING_S
        for job_id in list(self._unwritten):
            await self._write(job_id)
        while self._unstored:
            if loop_s() > until:
                return False
            await asyncio.gather(*map(self._store, islice(list(self._unstored), AT_ONCE)))
        self._away_until = 0.0
        return True

    async def _store(self, job_id: str) -> None:
        held = self._unstored.get(job_id)
        if held is None:
            return
        await self._charge(job_id)
        with suppress(Unstorable):
            if not await self._jobs.accept(held.stored()):
                await self._landed(held)
        if self._unstored.get(job_id) is held:
            del self._unstored[job_id]

    async def _charge(self, job_id: str) -> None:
        """Before its end is stored: what ended is paid for."""
        if (owed := self._owed.get(job_id)) is None:
            return
        try:
            await self._meter.charge(*owed)
        except Exception as error:
            if isinstance(error, StoreUnavailable) and not isinstance(error, Unstorable):
                raise
            log.exception("not counted", job=job_id)
        self._owed.pop(job_id, None)

    async def _landed(self, held: Unstored) -> None:
        """It was stored after it had been given up, without its message, and under a lease."""
        placed = _placed(held.job)
        if held.outcome is not None:
            await self._jobs.finish(held.job.id, held.outcome, **placed)
            return
        await self._jobs.save(held.job.id, **placed)
        await self._jobs.release(held.job.id, retry_in_s=0)

    async def _change(self, job: Job, changes: Mapping[str, Any]) -> None:
        self._unwritten[job.id] = {**self._unwritten.pop(job.id, {}), **changes}
        await self._try(job, self._write)

    async def _try(self, job: Job, write: Callable[[str], Awaitable[None]]) -> None:
        """Now, unless the store was away a moment ago: a crowd would wait for it in vain."""
        if loop_s() < self._away_until:
            return
        try:
            await write(job.id)
        except StoreUnavailable as error:
            self._away_until = loop_s() + AWAY_S
            log.warning("job not written yet", job=job.id, error=str(error))

    async def _write(self, job_id: str) -> None:
        changes = self._unwritten.get(job_id)
        if changes is None:
            return
        await self._charge(job_id)
        placed = {name: value for name, value in changes.items() if name != "outcome"}
        try:
            ended = "outcome" in changes and await self._jobs.finish(
                job_id, changes["outcome"], **placed
            )
            if placed and not ended:  # one that was ended before may have a page turned since
                await self._jobs.save(job_id, **placed)
        except Unstorable as error:
            log.error("job never written", job=job_id, error=str(error))  # noqa: TRY400 - a trace says no more
        if self._unwritten.get(job_id) is changes:  # else newer ones came meanwhile
            del self._unwritten[job_id]


def _placed(job: Job) -> dict[str, Any]:
    return {"chat_id": job.chat_id, "reply_id": job.reply_id, "page": job.page}
