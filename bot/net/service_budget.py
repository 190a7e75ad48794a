"""What this program allows itself of a service's quota, for all processes and users together.

Each person has a share of it: see bot.models.shares.
"""

from __future__ import annotations

import asyncio
from collections import deque
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import structlog

from bot.clock import ASTRAY, Timing, loop_s
from bot.errors import OutOfBudget, StoreUnavailable
from bot.models.shares import NOBODY, SHARED_FOR, person_of, share

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime, timedelta

    from bot.clock import Clock
    from bot.errors import Service

    Ticket = asyncio.Future[OutOfBudget | None]

log = structlog.get_logger()

DOWN_S = 5.0  # a store that is down is not asked for so long
OFFLINE_OF = 4  # without the store each process takes one call in so many of a rolling window
# For whom this task, and what it begins, asks services. Whoever works for a person sets it.
asker: ContextVar[int] = ContextVar("asker", default=NOBODY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """`calls` a period, the last `kept` of them for single tracks; `name` tells it from others.

    `offline` is for each process that finds the store down: it cannot know how many others there
    are. `since` gives the begin of the period that a moment lies in, and `renewed` when there is
    something again, from now and the oldest call that counts.
    """

    service: Service
    name: str
    calls: int
    kept: int = 0
    offline: int
    since: Callable[[datetime], datetime]
    renewed: Callable[[datetime, datetime], datetime]

    def limit(self, *, alone: bool) -> int:
        return self.calls if alone else self.calls - self.kept


def rolling(service: Service, calls: int, window: timedelta, *, kept: int = 0) -> Quota:
    """So many calls in any time as long as the `window`."""
    return Quota(
        service=service,
        name=str(service),
        calls=calls,
        kept=kept,
        offline=max(1, calls // OFFLINE_OF),
        since=lambda now: now - window,
        renewed=lambda _, oldest: oldest + window,
    )


class CallCounter(Protocol):
    """See bot.storage.service_state. Raises StoreUnavailable."""

    async def take(
        self, name: str, person: int, *, calls: int, limit: int, since: datetime
    ) -> tuple[int, datetime]: ...


class ServiceBudget:
    """Counts calls before they are made, in the store where there is one.

    All that ask for the same person while a statement is under way are answered by the next one.
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
        self._own = Calls()  # of this process
        self._down_until = 0.0  # loop time
        self._waiting: dict[tuple[int, bool], list[Ticket]] = {}
        self._serving: set[asyncio.Task[None]] = set()

    async def take(self, *, alone: bool = False) -> None:
        """Count a call that is about to be made for the `asker`; `alone` for a single track.

        Raises OutOfBudget.
        """
        ticket = asyncio.get_running_loop().create_future()
        person = person_of(asker.get())
        whose = person, alone
        if whose in self._waiting:
            self._waiting[whose].append(ticket)
        else:
            self._waiting[whose] = [ticket]
            task = asyncio.create_task(self._serve(person, alone=alone))
            self._serving.add(task)
            task.add_done_callback(self._serving.discard)
        if refusal := await ticket:
            raise refusal

    async def _serve(self, person: int, *, alone: bool) -> None:
        limit, whose = self._quota.limit(alone=alone), (person, alone)
        tickets: list[Ticket] = []
        try:
            while tickets := self._waiting[whose]:
                self._waiting[whose] = []
                granted, oldest = await self._count(person, len(tickets), limit)
                now = self._clock()
                for at, ticket in enumerate(tickets):
                    if not ticket.done():
                        ticket.set_result(None if at < granted else self._refusal(now, oldest))
        finally:  # however it ends, nobody waits for a task that is no more
            for ticket in (*tickets, *self._waiting.pop(whose)):
                if not ticket.done():
                    detail = "nobody could count it"
                    lost = OutOfBudget(self._quota.service, detail, retry_after_s=DOWN_S)
                    ticket.set_result(lost)

    async def _count(self, person: int, calls: int, limit: int) -> tuple[int, datetime]:
        now = self._clock()
        since = self._quota.since(now)
        self._own.forget(since, now)
        if self._store and loop_s() >= self._down_until:
            try:
                async with asyncio.timeout(self._timing.shared_state_s):
                    granted, oldest = await self._store.take(
                        self._quota.name, person, calls=calls, limit=limit, since=since
                    )
            except Exception as error:  # whatever it is, many wait for this one answer
                self._down_until = loop_s() + DOWN_S
                foreseen = isinstance(error, (StoreUnavailable, TimeoutError))
                log.warning(
                    "budget kept in memory",
                    service=self._quota.service,
                    why=str(error),
                    exc_info=not foreseen,
                )
            else:
                self._own.note(person, granted, now)
                return granted, oldest
        most = min(limit, self._quota.offline) if self._store else limit
        return self._own.take(person, calls, most, now)

    def _refusal(self, now: datetime, oldest: datetime) -> OutOfBudget:
        wait = (self._quota.renewed(now, oldest) - now).total_seconds()
        detail = "this program's share is used up"
        return OutOfBudget(self._quota.service, detail, retry_after_s=max(0.0, wait))


class Calls:
    """The calls of one process, as the store counts those of all: see bot.storage.service_state."""

    def __init__(self) -> None:
        self._made: deque[tuple[datetime, int]] = deque()
        self._last: tuple[datetime, int] | None = None  # when who asked
        self._shared_until: datetime | None = None

    def __len__(self) -> int:
        return len(self._made)

    def forget(self, since: datetime, now: datetime) -> None:
        while self._made and self._made[-1][0] > now + ASTRAY:  # the clock was wrong
            self._made.pop()
        while self._made and self._made[0][0] <= since:
            self._made.popleft()

    def note(self, person: int, calls: int, now: datetime) -> None:
        self._made.extend([(now, person)] * calls)
        if self._last and self._last[1] != person and now - self._last[0] < SHARED_FOR:
            self._shared_until = now + SHARED_FOR
        self._last = now, person

    def take(self, person: int, calls: int, limit: int, now: datetime) -> tuple[int, datetime]:
        """Count as many of `calls` as limit and share leave; and when the oldest was made.

        The oldest of this person's own, where the share is what ends them.
        """
        self.note(person, 0, now)
        mine = [at for at, whose in self._made if whose == person]
        left = limit - (len(self._made) - len(mine))
        shared = self._shared_until is not None and now < self._shared_until
        room = min(left, share(left, shared=shared)) - len(mine)
        granted = max(0, min(calls, room))
        self.note(person, granted, now)
        oldest = mine if mine and len(self._made) < limit else [at for at, _ in self._made]
        return granted, oldest[0] if oldest else now
