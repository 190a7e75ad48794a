"""What this program allows itself of a service's quota, for all processes and users together."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import structlog

from bot.clock import Timing, loop_s
from bot.errors import OutOfBudget, StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.clock import Clock
    from bot.errors import Service

log = structlog.get_logger()

DOWN_S = 5.0  # a store that is down is not asked for so long


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """`calls` a period, the last `kept` of them for single tracks.

    `offline` is for each process that finds the store down: it cannot know how many others there
    are. `since` gives the begin of the period that a moment lies in, and `renewed` when there is
    something again, from now and the oldest call that counts.
    """

    service: Service
    calls: int
    kept: int
    offline: int
    since: Callable[[datetime], datetime]
    renewed: Callable[[datetime, datetime], datetime]

    def limit(self, *, alone: bool) -> int:
        return self.calls if alone else self.calls - self.kept


class CallCounter(Protocol):
    """See bot.storage.service_state. Raises StoreUnavailable."""

    async def take(
        self, name: str, *, calls: int, limit: int, since: datetime
    ) -> tuple[int, datetime]: ...


class ServiceBudget:
    """Counts calls before they are made, in the store where there is one.

    All that ask while a statement is under way are answered by the next one.
    """

    def __init__(
        self,
        quota: Quota,
        *,
        clock: Clock,
        store: CallCounter | None = None,
        timing: Timing = Timing(),
    ) -> None:
        self._quota = quota
        self._clock = clock
        self._store = store
        self._timing = timing
        self._own: deque[datetime] = deque()  # calls of this process
        self._down_until = 0.0  # loop time
        self._waiting: dict[bool, list[asyncio.Future[OutOfBudget | None]]] = {}
        self._serving: set[asyncio.Task[None]] = set()

    async def take(self, *, alone: bool = False) -> None:
        """Count a call that is about to be made; `alone` for a single track.

        Raises OutOfBudget.
        """
        ticket = asyncio.get_running_loop().create_future()
        if alone in self._waiting:
            self._waiting[alone].append(ticket)
        else:
            self._waiting[alone] = [ticket]
            task = asyncio.create_task(self._serve(alone=alone))
            self._serving.add(task)
            task.add_done_callback(self._serving.discard)
        if refusal := await ticket:
            raise refusal

    async def _serve(self, *, alone: bool) -> None:
        while tickets := self._waiting.get(alone):
            self._waiting[alone] = []
            granted, oldest = await self._count(len(tickets), self._quota.limit(alone=alone))
            now = self._clock()
            self._own.extend([now] * granted)
            for at, ticket in enumerate(tickets):
                if not ticket.done():
                    ticket.set_result(None if at < granted else self._refusal(now, oldest))
        del self._waiting[alone]

    async def _count(self, calls: int, limit: int) -> tuple[int, datetime]:
        now = self._clock()
        since = self._quota.since(now)
        while self._own and self._own[0] <= since:
            self._own.popleft()
        if self._store and loop_s() >= self._down_until:
            try:
                async with asyncio.timeout(self._timing.shared_state_s):
                    return await self._store.take(
                        self._quota.service, calls=calls, limit=limit, since=since
                    )
            except (StoreUnavailable, TimeoutError) as error:
                self._down_until = loop_s() + DOWN_S
                log.warning("budget kept in memory", service=self._quota.service, why=str(error))
        most = min(limit, self._quota.offline) if self._store else limit
        granted = max(0, min(calls, most - len(self._own)))
        return granted, self._own[0] if self._own else now

    def _refusal(self, now: datetime, oldest: datetime) -> OutOfBudget:
        wait = (self._quota.renewed(now, oldest) - now).total_seconds()
        detail = "this program's share is used up"
        return OutOfBudget(self._quota.service, detail, retry_after_s=max(0.0, wait))
