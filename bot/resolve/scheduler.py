"""The one scheduler of look-ups, and the orders that wait for them: whose turn it is, who hears.

At most `width` look-ups run at once in the whole process. Lanes (users) take turns, so that a
list of thousands does not make a single track wait. What two orders ask for at once is looked up
once.
"""

from __future__ import annotations

import asyncio
import heapq
import logging
from collections import OrderedDict, deque
from contextvars import Context
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from bot.errors import Service, SourceError
from bot.models import Finding
from bot.net.service_budget import asker
from bot.resolve.album_pages import AlbumGroup, Ask, OpenPage, group_by_album, votes_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Sequence

    from bot.models import Candidate, Track
    from bot.resolve.album_pages import Step
    from bot.resolve.song_finder import SongFinder

    Answer = tuple[int, Finding | SourceError]

logger = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class Lookup:
    """Work that somebody waits for: a track's look-up, or the reading of an album's page.

    `alone`: somebody asked for this track only. `lane`: whose turn it was when it began.
    """

    key: str
    work: Callable[[Lookup], Awaitable[Any]]
    begun: bool = False
    alone: bool = False
    lane: int = 0
    hear: dict[Order | AlbumGroup, Callable[[Any], None]] = field(default_factory=dict)


class LookupScheduler:
    """Looks tracks up for all orders of the process. Lives in one event loop.

    Workers are started when there is something to do and end when there is nothing left.
    """

    def __init__(self, finder: SongFinder, *, width: int) -> None:
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
                job.begun, job.lane = True, lane
                self._lanes.move_to_end(lane)
                return job
            orders.popleft()
            if not orders:
                del self._lanes[lane]
        return None

    async def _run(self, job: Lookup) -> None:
        asker.set(job.lane)
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


class Order:
    """Yields `(position, Finding | SourceError)` in the order in which they come."""

    def __init__(
        self, scheduler: LookupScheduler, tracks: Sequence[tuple[int, Track]], *, lane: int
    ) -> None:
        self.lane = lane
        self._scheduler = scheduler
        self._keys = {position: track.key for position, track in tracks}
        self._tracks = {track.key: track for _, track in sorted(tracks, key=lambda entry: entry[0])}
        self._positions: dict[str, list[int]] = {}
        for position, key in sorted(self._keys.items()):
            self._positions.setdefault(key, []).append(position)
        self._jobs: dict[str, Lookup] = {}
        self._pages: dict[str, Lookup] = {}
        self._groups: dict[str, AlbumGroup] = {}
        self._heap: list[tuple[int, int, str]] = []
        self._urgency: dict[str, int] = {}
        self._answers: deque[Answer] = deque()
        self._wake = asyncio.Event()

    @property
    def done(self) -> bool:
        """Nothing more will come in."""
        return not self._jobs

    def first(self, positions: Iterable[int]) -> None:
        """From now on these go before all others of this order: the page on screen."""
        urgency = 1 + max(self._urgency.values(), default=0)
        for key in [self._keys[p] for p in positions if p in self._keys]:
            group = self._groups.get(key)
            self._urgency[key] = urgency
            for ahead in group.ahead_of(key) if group else (key,):
                self._urgency[ahead] = urgency
                self._push(ahead)

    def cancel(self) -> None:
        """Drop what has not begun; what has begun is still yielded."""
        dropped = [job for job in self._jobs.values() if not job.begun]
        for job in (*dropped, *self._pages.values()):
            self._jobs.pop(job.key, None)
            job.hear.pop(self, None)
            for group in self._groups.values():
                job.hear.pop(group, None)
            self._scheduler.left(job)
        self._groups.clear()
        self._pages.clear()
        self._notice()

    def __aiter__(self) -> Order:
        return self

    async def __anext__(self) -> Answer:
        while not self._answers:
            if self.done:
                raise StopAsyncIteration
            self._wake.clear()
            await self._wake.wait()
        return self._answers.popleft()

    def begin(self) -> None:
        """For the scheduler: take a share in the jobs and name those that can start."""
        for key, track in self._tracks.items():
            job = self._jobs[key] = self._scheduler.track_job(track)
            job.hear[self] = partial(self._heard, key)
            job.alone |= len(self._tracks) == 1
        for keys in group_by_album(self._tracks.values()):
            group = AlbumGroup(keys)
            self._groups.update(dict.fromkeys(keys, group))
            self._follow(group, group.begin())
        for key in self._tracks.keys() - self._groups.keys():
            self._push(key)

    def pop(self) -> Lookup | None:
        """For the scheduler: the most urgent job that has not begun."""
        while self._heap:
            *_, key = heapq.heappop(self._heap)
            job = self._jobs.get(key) or self._pages.get(key)
            if job is not None and not job.begun:
                return job
        return None

    def end(self) -> None:
        """For the scheduler: nothing comes any more."""
        self._jobs.clear()
        self._notice()

    def _push(self, key: str) -> None:
        if key in self._jobs or key in self._pages:
            place = self._positions.get(key, [0])[0]
            heapq.heappush(self._heap, (-self._urgency.get(key, 0), place, key))
            self._scheduler.ready(self)

    def _heard(self, key: str, outcome: Finding | SourceError) -> None:
        del self._jobs[key]
        self._answers.extend((position, outcome) for position in self._positions[key])
        if group := self._groups.get(key):
            match = outcome.match if isinstance(outcome, Finding) else None
            self._follow(group, group.heard(key, votes_of(self._tracks[key], match)))
        self._notice()

    def _follow(self, group: AlbumGroup, step: Step | None) -> None:
        match step:
            case Ask(keys):
                for key in keys:
                    self._push(key)
            case OpenPage(album_id):
                self._open(group, album_id)

    def _open(self, group: AlbumGroup, album_id: str) -> None:
        page = self._scheduler.page_job(album_id)
        # Heard by the group, for another of this order may wait for the same page.
        page.hear[group] = partial(self._page_came, page.key, group)
        self._pages[page.key] = page
        self._urgency[page.key] = max(self._urgency.get(key, 0) for key in group.waiting)
        self._positions[page.key] = self._positions[group.waiting[0]]
        self._push(page.key)

    def _page_came(
        self, page: str, group: AlbumGroup, rows: Sequence[Candidate] | SourceError
    ) -> None:
        self._pages.pop(page, None)
        for key in group.waiting:
            if not isinstance(rows, SourceError):
                self._scheduler.use_page(self._jobs[key], self._tracks[key], rows)
        self._follow(group, group.release())

    def _notice(self) -> None:
        if self.done:
            self._scheduler.over(self)
        self._wake.set()
