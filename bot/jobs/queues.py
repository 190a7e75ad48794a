"""The jobs of this process in lanes: side by side for different users, in turn for one."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.jobs.execution import Carrier, Entry

log = structlog.get_logger()

MOST_ENTRIES = 1000  # jobs in memory; more of them wait in MongoDB


class UserQueues:
    """Which jobs are here, and whose turn it is.

    `entries` are all of them by the job's id, also those that are still being stored and stand in
    no lane yet.
    """

    def __init__(self, carrier: Carrier) -> None:
        self.entries: dict[str, Entry] = {}
        self._carrier = carrier
        self._lanes: dict[int, deque[Entry]] = {}  # by user; the first one runs
        self._workers: set[asyncio.Task[None]] = set()

    @property
    def full(self) -> bool:
        return len(self.entries) >= MOST_ENTRIES

    @property
    def users(self) -> list[int]:
        """Those of whom a job runs here."""
        return list(self._lanes)

    @property
    def tasks(self) -> Iterable[asyncio.Task[None]]:
        """All that goes on here."""
        beside = [task for entry in self.entries.values() for task in (entry.note, entry.turning)]
        return [*self._workers, *filter(None, beside)]

    def busy(self, user_id: int) -> bool:
        """Whether a job of this user runs here."""
        return user_id in self._lanes

    def of(self, user_id: int) -> list[Entry]:
        """A user's jobs in their order."""
        return list(self._lanes.get(user_id, ()))

    def is_first(self, entry: Entry) -> bool:
        """Whether it is this job's turn."""
        return entry is self._lanes[entry.job.user_id][0]

    def enter(self, entry: Entry) -> None:
        """Line a job up behind those of its user, or begin it."""
        user_id = entry.job.user_id
        self.entries[entry.job.id] = entry
        lane = self._lanes.get(user_id)
        if lane is not None:
            lane.append(entry)
            entry.note = asyncio.create_task(self._carrier.tell_waiting(entry, lambda: lane[0]))
            return
        self._lanes[user_id] = deque([entry])
        worker = asyncio.create_task(self._work(user_id))
        self._workers.add(worker)
        worker.add_done_callback(self._workers.discard)

    def take_out(self, entry: Entry) -> None:
        """Take a job that has not begun out of its lane."""
        self._lanes[entry.job.user_id].remove(entry)
        self.leave(entry)

    def leave(self, entry: Entry) -> None:
        """A job has left this process: ended, given back or lost."""
        del self.entries[entry.job.id]
        entry.over.set()
        for task in (entry.reading, entry.note, entry.turning):
            if task:
                task.cancel()

    async def _work(self, user_id: int) -> None:
        """Run a user's jobs in turn until none is left."""
        lane = self._lanes[user_id]
        me = asyncio.current_task()
        try:
            while lane:
                entry = lane[0]
                entry.running = asyncio.create_task(self._carrier.run(entry))
                try:
                    await entry.running
                except asyncio.CancelledError:
                    if me and me.cancelling():
                        raise
                    log.warning("job lost", job=entry.job.id)
                except Exception:
                    # Those behind it must run, whatever it was.
                    log.exception("job not ended", job=entry.job.id)
                finally:
                    self.leave(lane.popleft())
        finally:
            del self._lanes[user_id]
