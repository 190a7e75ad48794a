"""What this process holds of the stored jobs, and what the store has yet to hear of them.

Leases are renewed all the time, and lost by whoever does not. What can't be written while MongoDB
is away is kept here and written before anything is claimed again: a job whose message's number is
not stored would be answered a second time.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

import structlog
from cachetools import FIFOCache

from bot.errors import StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bot.models.job import Job
    from bot.storage.jobs import Jobs

log = structlog.get_logger()

LEASE_S = 25.0  # a dead process loses its jobs within 30 s (issue: durable jobs), claims included
RETRY_S = 5.0  # until a job that failed is tried again, times its attempts
MOST_UNWRITTEN = 10_000  # jobs, about 5 MB; of those before, the messages might be sent again


class Leases:
    """The jobs of this process in MongoDB.

    What begins work raises StoreUnavailable (`claim`, `next`, `renew`, `waiting`, `write`,
    `give_back`); what ends it does not.
    """

    def __init__(self, jobs: Jobs) -> None:
        self._jobs = jobs
        self.owner = secrets.token_hex(6)
        self._unsaved: FIFOCache[str, dict[str, Any]] = FIFOCache(MOST_UNWRITTEN)
        self._unended: FIFOCache[str, Mapping[str, Any]] = FIFOCache(MOST_UNWRITTEN)

    async def claim(self, job_id: str) -> Job | None:
        """Take the lease. None when the job is another process's or was ended meanwhile."""
        claimed = await self._jobs.claim_id(job_id, self.owner, lease_s=LEASE_S)
        if claimed is None:  # `next` may have been faster
            job = await self._jobs.get(job_id)
            return job if job and job.owner == self.owner else None
        return claimed

    async def next(self) -> Job | None:
        """Take the lease of a job that nobody holds."""
        return await self._jobs.claim(self.owner, lease_s=LEASE_S)

    async def renew(self, job_ids: Iterable[str]) -> dict[str, Job]:
        """Hold leases longer: the jobs as they stand, without those whose lease is lost."""
        held = await self._jobs.renew(job_ids, self.owner, lease_s=LEASE_S)
        return {job.id: job for job in held}

    async def waiting(self, user_ids: Iterable[int]) -> list[Job]:
        """Jobs of these users that nobody has begun."""
        return await self._jobs.waiting(user_ids)

    async def cancel(self, user_id: int, job_id: str | None) -> int:
        """End or stop a user's jobs that other processes have, or one of them; how many."""
        try:
            waiting = await self._jobs.cancel_waiting(user_id) if job_id is None else 0
            return waiting + await self._jobs.ask_to_stop(user_id, job_id, but=self.owner)
        except StoreUnavailable:
            return 0

    async def give_back(self, job_id: str) -> None:
        """In good order: claimable at once."""
        await self._jobs.release(job_id, self.owner)

    async def retry(self, job: Job) -> bool:
        """Give a job back that failed, to be tried again after a while; False when it can't be."""
        try:
            return await self._jobs.release(
                job.id, self.owner, retry_in_s=RETRY_S * max(1, job.attempts)
            )
        except StoreUnavailable:
            return False

    async def put_off(self, job_id: str, at_least_s: float) -> None:
        """Give a job back whose chat takes nothing; where that fails, the lease runs out."""
        try:
            await self._jobs.put_off(job_id, self.owner, at_least_s=at_least_s)
        except StoreUnavailable as error:
            log.warning("job not put off", job=job_id, error=str(error))

    async def save(self, job: Job) -> None:
        """Note the message, its chat and its page, now or when the store is back."""
        changes = {"chat_id": job.chat_id, "reply_id": job.reply_id, "page": job.page}
        self._unsaved[job.id] = changes
        await self._try_to_write(job.id)

    async def finish(self, job: Job, outcome: Mapping[str, Any]) -> None:
        """End a job, now or when the store is back."""
        self._unended[job.id] = outcome
        await self._try_to_write(job.id)

    async def write(self) -> None:
        """Write what could not be written. Raises StoreUnavailable."""
        for job_id in [*self._unsaved, *self._unended]:
            await self._write(job_id)

    async def _try_to_write(self, job_id: str) -> None:
        try:
            await self._write(job_id)
        except StoreUnavailable as error:
            log.warning("job not written yet", job=job_id, error=str(error))

    async def _write(self, job_id: str) -> None:
        if (changes := self._unsaved.get(job_id)) is not None:
            await self._jobs.save(job_id, **changes)
            if self._unsaved.get(job_id) is changes:  # else newer ones came meanwhile
                del self._unsaved[job_id]
        if (outcome := self._unended.get(job_id)) is not None:
            await self._jobs.finish(job_id, outcome)
            self._unended.pop(job_id, None)
