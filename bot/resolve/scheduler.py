"""The one scheduler of look-ups: whose turn it is, and who hears of what was found.

At most `width` look-ups run at once in the whole process. Lanes (users) take turns, so that a
list of thousands does not make a single track wait. What two orders ask for at once is looked up
once.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict, deque
from contextvars import Context
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from bot.errors import Service, SourceError
from bot.resolve.orders import Lookup, Order

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from bot.models import Candidate, Finding, Track

logger = logging.getLogger(__name__)


class Seeker(Protocol):
    """What the look-ups need of the finder."""

    async def find(
        self, track: Track, *, known: Sequence[Candidate] = (), alone: bool = False
    ) -> Finding: ...

    async def album(self, album_id: str) -> Sequence[Candidate]: ...


class LookupScheduler:
    """Looks tracks up for all orders of the process. Lives in one event loop.

    Workers are started when there is something to do and end when there is nothing left.
    """

    def __init__(self, finder: Seeker, *, width: int) -> None:
        self._finder = finder
        self._width = width
        self._jobs: dict[str, Lookup] = {}
        self._lanes: OrderedDict[int, deque[Order]] = OrderedDict()
        self._orders: set[Order] = set()
        self._workers: set[asyncio.Task[None]] = set()
        self._busy = 0

    def order(self, tracks: Sequence[tuple[int, Track]], *, lane: int) -> Order:
        """Have tracks looked up, the lowest position first. Iterate over what comes back."""
        order = Order(self, tracks, lane=lane)
        order.begin()
        if not order.done:
            self._orders.add(order)
        return order

    async def close(self) -> None:
        """Stop at once: what is running is cancelled and every order ends."""
        for worker in self._workers:
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)
        for order in tuple(self._orders):
            order.end()
        self._lanes.clear()
        self._jobs.clear()

    def track_job(self, track: Track) -> Lookup:
        return self._job(track.key, partial(self._find, track))

    def page_job(self, album_id: str) -> Lookup:
        return self._job(f"album:{album_id}", lambda _: self._finder.album(album_id))

    def use_page(self, job: Lookup, track: Track, page: Sequence[Candidate]) -> None:
        job.work = partial(self._find, track, known=page)

    def ready(self, order: Order) -> None:
        orders = self._lanes.setdefault(order.lane, deque())
        if order not in orders:
            orders.append(order)
        if self._busy < self._width:
            self._busy += 1
            # An empty context: a worker serves all users, not the one who woke it.
            worker = asyncio.create_task(self._work(), context=Context())
            self._workers.add(worker)
            worker.add_done_callback(self._workers.discard)

    def left(self, job: Lookup) -> None:
        if not job.begun and not job.hear:
            self._jobs.pop(job.key, None)

    def over(self, order: Order) -> None:
        self._orders.discard(order)

    def _find(
        self, track: Track, job: Lookup, *, known: Sequence[Candidate] = ()
    ) -> Awaitable[Finding]:
        return self._finder.find(track, known=known, alone=job.alone)

    def _job(self, key: str, work: Callable[[Lookup], Awaitable[Any]]) -> Lookup:
        job = self._jobs.get(key)
        if job is None:
            job = self._jobs[key] = Lookup(key, work)
        return job

    async def _work(self) -> None:
        try:
            while job := self._next():
                await self._run(job)
        finally:
            self._busy -= 1

    def _next(self) -> Lookup | None:
        """The next job of the lane whose turn it is; that lane goes to the end of the round."""
        while self._lanes:
            lane, orders = next(iter(self._lanes.items()))
            if job := orders[0].pop():
                job.begun = True
                self._lanes.move_to_end(lane)
                return job
            orders.popleft()
            if not orders:
                del self._lanes[lane]
        return None

    async def _run(self, job: Lookup) -> None:
        try:
            outcome = await job.work(job)
        except SourceError as error:
            outcome = error
        except Exception:
            logger.exception("a look-up failed in a way that nobody foresaw")
            outcome = SourceError(Service.YOUTUBE_MUSIC, "look-up failed")
        del self._jobs[job.key]
        for hear in tuple(job.hear.values()):
            hear(outcome)
        await asyncio.sleep(0)  # answers without I/O (an open circuit) leave room for others
