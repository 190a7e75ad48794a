"""The jobs of this process in queues: side by side for different users, in turn for one."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from bot.jobs.execution import JobExecution

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
