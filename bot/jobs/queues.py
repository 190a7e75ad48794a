"""The jobs of this process in queues: side by side for different users, in turn for one.

`Heartbeat` keeps this process and MongoDB of one mind on who has which job, every few seconds.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING

import structlog

from bot.clock import loop_s
from bot.errors import StoreUnavailable
from bot.jobs.execution import JobExecution

if TYPE_CHECKING:
    from bot.jobs.execution import JobContext

log = structlog.get_logger()

MOST_ENTRIES = 1000  # jobs in memory; more of them wait in MongoDB


class UserQueues:
    """Which jobs are here, and whose turn it is.

    `entries` are all of them by the job's id, also those that are still being stored and stand in
    no queue yet.
    """

    def __init__(self) -> None:
        self.entries: dict[str, JobExecution] = {}
        self._queues: dict[int, deque[JobExecution]] = {}  # by user; the first one runs
        self._workers: set[asyncio.Task[None]] = set()

    @property
    def full(self) -> bool:
        return len(self.entries) >= MOST_ENTRIES

    @property
    def users(self) -> list[int]:
        """Those of whom a job runs here."""
        return list(self._queues)

    @property
    def tasks(self) -> list[asyncio.Task[None]]:
        """All that goes on here."""
        beside = [task for execution in self.entries.values() for task in execution.tasks]
        return [*self._workers, *beside]

    def busy(self, user_id: int) -> bool:
        """Whether a job of this user runs here."""
        return user_id in self._queues

    def of(self, user_id: int) -> list[JobExecution]:
        """A user's jobs, also those that are still being stored."""
        return [each for each in self.entries.values() if each.job.user_id == user_id]

    def enter(self, execution: JobExecution) -> None:
        """Line a job up behind those of its user, or begin it."""
        user_id = execution.job.user_id
        self.entries[execution.job.id] = execution
        queue = self._queues.get(user_id)
        if queue is not None:
            queue.append(execution)
            execution.wait(lambda: queue[0])
            return
        self._queues[user_id] = deque([execution])
        worker = asyncio.create_task(self._work(user_id))
        self._workers.add(worker)
        worker.add_done_callback(self._workers.discard)

    async def drop(self, execution: JobExecution) -> None:
        """End a job that has not begun; one whose turn it is, or will be, leaves by itself."""
        queue = self._queues.get(execution.job.user_id, deque())
        if execution in queue and execution is not queue[0]:
            queue.remove(execution)
            self.leave(execution)
        await execution.drop()

    def leave(self, execution: JobExecution) -> None:
        """A job has left this process."""
        del self.entries[execution.job.id]
        execution.leave()

    async def _work(self, user_id: int) -> None:
        """Run a user's jobs in turn until none is left."""
        queue = self._queues[user_id]
        me = asyncio.current_task()
        try:
            while queue:
                job_id = queue[0].job.id
                try:
                    await queue[0].start()
                except asyncio.CancelledError:
                    if me and me.cancelling():
                        raise
                    log.warning("job lost", job=job_id)
                except Exception:
                    # Those behind it must run, whatever it was.
                    log.exception("job not ended", job=job_id)
                finally:
                    self.leave(queue.popleft())
        finally:
            del self._queues[user_id]


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
