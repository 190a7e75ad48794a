"""Keeps this process and MongoDB of one mind on who has which job: takes over what died."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

from bot.clock import loop_s
from bot.errors import StoreUnavailable
from bot.jobs.execution import JobExecution
from bot.jobs.queues import RUN_IN_CHAT, WAIT

if TYPE_CHECKING:
    from bot.jobs.execution import JobContext
    from bot.jobs.queues import UserQueues
    from bot.models.job import Job

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
        written = await self._context.outbox.write()
        await self._context.resolver.saved()
        if written and loop_s() >= self._calm_at:
            began = loop_s()
            await self.recover()
            await self._adopt()
            self._queues.looked(began)

    async def _renew(self) -> None:
        held = {name: each for name, each in self._queues.entries.items() if each.is_leased}
        if not held:
            return
        stored = await self._jobs.renew(held)
        for job_id, execution in held.items():
            if not execution.over.is_set():
                execution.follow(stored.get(job_id))

    async def recover(self) -> None:
        """Take over what nobody holds: after a restart, from a process that died, or put off.

        Where places are scarce, chats of which nothing runs here come first.
        """
        most = self._queues.most[RUN_IN_CHAT]
        for fewer_than in (1, most) if self._queues.put_off else (most,):
            while job := await self._claim(fewer_than):
                if execution := self._queues.entries.get(job.id):
                    execution.hold(job)
                    continue
                log.info("job taken over", job=job.id, attempts=job.attempts)
                self._queues.enter(JobExecution(job, self._context, claimed=True))

    async def _claim(self, fewer_than: int) -> Job | None:
        """A job for which there is a place, in a chat of which so few run here."""
        queues = self._queues
        return await self._jobs.claim(queues.running(fewer_than), queues.full_kinds())

    async def _adopt(self) -> None:
        """Line up what a user sent before, or to other processes, behind what runs here."""
        users = self._queues.users
        if not users:
            return
        for job in await self._jobs.waiting(users, self._queues.most[WAIT]):
            if job.id in self._queues.entries or not self._queues.busy(job.user_id):
                continue
            if self._queues.fits(job, waits=True):
                self._queues.enter(JobExecution(job, self._context))
            else:
                self._queues.pass_over(job, waits=True)
