"""Keeps this process and MongoDB of one mind on who has which job: takes over what died."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

from bot.clock import loop_s
from bot.errors import StoreUnavailable
from bot.jobs.execution import JobExecution

if TYPE_CHECKING:
    from bot.jobs.execution import JobContext
    from bot.jobs.queues import UserQueues

log = structlog.get_logger()


class Heartbeat:
    """Renews the leases of what runs here, and takes in what waits or was left behind."""

    def __init__(self, context: JobContext, queues: UserQueues) -> None:
        self._context = context
        self._jobs = context.jobs
        self._queues = queues
        self._calm_at = float("-inf")  # loop time

    async def keep(self) -> None:
        """Beat until it is cancelled, whatever a beat fails of."""
        while True:
            try:
                await self._beat()
            except StoreUnavailable as error:
                self._calm_at = loop_s() + self._context.timing.calm_s
                log.warning("leases not renewed", error=str(error))
            except Exception:
                log.exception("a heartbeat failed")
            await asyncio.sleep(self._context.timing.heartbeat_s)

    async def _beat(self) -> None:
        await self._renew()
        await self._context.outbox.write()
        await self._context.resolver.saved()
        if loop_s() >= self._calm_at:
            await self.recover()
            await self._adopt()

    async def _renew(self) -> None:
        held = {name: each for name, each in self._queues.entries.items() if each.is_leased}
        if not held:
            return
        stored = await self._jobs.renew(held)
        for job_id, execution in held.items():
            if not execution.over.is_set():
                execution.follow(stored.get(job_id))

    async def recover(self) -> None:
        """Take over what nobody holds: after a restart, or from a process that died."""
        while not self._queues.full and (job := await self._jobs.claim()):
            if execution := self._queues.entries.get(job.id):
                execution.hold(job)
                continue
            log.info("job taken over", job=job.id, attempts=job.attempts)
            self._queues.enter(JobExecution(job, self._context, claimed=True))

    async def _adopt(self) -> None:
        """Line up what a user sent to other processes behind what runs for that user here."""
        users = self._queues.users
        if not users:
            return
        for job in await self._jobs.waiting(users):
            if job.id not in self._queues.entries and self._queues.busy(job.user_id):
                self._queues.enter(JobExecution(job, self._context))
