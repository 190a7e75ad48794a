"""The jobs of this process in queues: side by side for different users, in turn for one.

What is here is bounded, for each chat and each person as in all: what must wait longer waits in
MongoDB, where it costs nobody a place. `put_off` are the shares of which something waits there.
Until the heartbeat has looked, later ones wait there too, so that none passes those before it.
"""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from typing import TYPE_CHECKING

import structlog

from bot.clock import loop_s

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.jobs.execution import JobExecution
    from bot.models.job import Job, Lane

    Share = tuple[str, object]

log = structlog.get_logger()

RUN, RUN_IN_CHAT = "run", "run in a chat"
WAIT, WAIT_IN_CHAT, WAIT_OF_PERSON = "wait", "wait in a chat", "wait of a person"
# How many of a share may be here. Those that run, by single tracks and lists, so that neither takes
# the places of the other; those that wait behind another job of their person, to be told so.
MOST = {
    RUN: 500,
    RUN_IN_CHAT: 10,  # with as many of the other kind what Telegram takes of a group in a minute
    WAIT: 250,
    WAIT_IN_CHAT: 10,
    WAIT_OF_PERSON: 6,  # a minute's burst
}
MOST_UNSTORED = 1000  # while the store is down there is no other place to wait in


class UserQueues:
    """Which jobs are here, and whose turn it is.

    `entries` are all of them by the job's id, also those that are still being stored and stand in
    no queue yet.
    """

    def __init__(self, most: Mapping[str, int] = MOST) -> None:
        self.entries: dict[str, JobExecution] = {}
        self.put_off: dict[Share, float] = {}  # when the last one was, by the loop's time
        self.most = most
        self._queues: dict[int, deque[JobExecution]] = {}  # by user; the first one runs
        self._workers: set[asyncio.Task[None]] = set()

    @property
    def full(self) -> bool:
        """Whether no job comes in, even if it has nowhere else to wait."""
        return len(self.entries) >= MOST_UNSTORED

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

    def fits(self, job: Job, *, waits: bool) -> bool:
        """Whether there is a place for a job, to run or to wait behind another of its user."""
        return self._full().isdisjoint(_shares(job, waits=waits))

    def has_turn(self, job: Job) -> bool:
        """Whether a new job may come in: there is a place, and none before it waits for one."""
        waits = self.busy(job.user_id)
        before = self.put_off.keys() & _shares(job, waits=waits)
        return not before and self.fits(job, waits=waits)

    def pass_over(self, job: Job, *, waits: bool) -> None:
        """Note that a job stays in the store, for want of places."""
        *wider, own = _shares(job, waits=waits)
        self.put_off |= dict.fromkeys([own, *self._full().intersection(wider)], loop_s())

    def looked(self, began: float) -> None:
        """What waited in the store at that time has come in, as far as there are places."""
        full = self._full()
        self.put_off = {
            share: at for share, at in self.put_off.items() if share in full or at >= began
        }

    def running(self, at_least: int) -> set[Lane]:
        """The lanes of which so many jobs run here."""
        counted = Counter(each.job.lane for each in self.entries.values() if not each.waits)
        return {lane for lane, count in counted.items() if count >= at_least}

    def full_kinds(self) -> set[bool]:
        """Whether no more single tracks, and no more lists, can run here."""
        full = self._full()
        return {kind for kind in (True, False) if (RUN, kind) in full}

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
                    if self._may_begin(queue[0]):
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

    def _may_begin(self, execution: JobExecution) -> bool:
        """False for what waited here for its user's turn and has to wait on for its chat's."""
        kept = execution.stored and not execution.claimed  # in the store, for anybody to take
        if not (execution.waits and kept) or self.fits(execution.job, waits=False):
            return True
        self.pass_over(execution.job, waits=False)
        return False

    def _full(self) -> set[Share]:
        """The shares of which no place is left."""
        taken = Counter(
            share for each in self.entries.values() for share in _shares(each.job, waits=each.waits)
        )
        return {share for share, count in taken.items() if count >= self.most[share[0]]}


def _shares(job: Job, *, waits: bool) -> tuple[Share, ...]:
    """Of what a job takes a place."""
    if waits:
        return (WAIT, None), (WAIT_IN_CHAT, job.chat_id), (WAIT_OF_PERSON, job.user_id)
    return (RUN, job.lane[1]), (RUN_IN_CHAT, job.lane)
