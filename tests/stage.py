"""Small stand-ins for the tests of the resolver and of jobs: they behave, they record nothing."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from bot.errors import ChatClosed, NotFound, SourceError, StoreUnavailable
from bot.models import (
    LOST_ROW,
    Candidate,
    CandidateKind,
    Finding,
    Listing,
    ListingKind,
    Match,
    RowKind,
    Source,
    Track,
)
from bot.resolve.catalog import Catalog
from bot.resolve.song_finder import SongFinder

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bot.models.job import Job
    from bot.models.links import Link
    from bot.models.view import ListingView


def spotify_id(number: int) -> str:
    return f"{number:022d}"


def finding(track: Track) -> Finding:
    candidate = Candidate(video_id=track.key[-11:], title=track.title, kind=CandidateKind.AUDIO)
    return Finding(match=Match(candidate=candidate, score=0.99))


def listing(songs: int, *, number: int = 1, local: int = 0) -> Listing:
    """A playlist of so many songs, with local files after them; one song is a track's listing."""
    rows = [
        Track(title=f"Song {at}", artists=("Band",), spotify_id=spotify_id(1000 * number + at))
        for at in range(songs)
    ]
    rows += [Track(title=f"Demo {at}", row=RowKind.LOCAL) for at in range(local)]
    kind = ListingKind.TRACK if songs == 1 else ListingKind.PLAYLIST
    return Listing(
        kind=kind,
        id=spotify_id(number),
        title=f"List {number}",
        source=Source.EMBED,
        tracks=rows,
        total=len(rows),
    )


@dataclass
class Shelf(Catalog):
    """A catalogue of listings, by id. `error` is what it answers instead."""

    listings: dict[str, Listing] = field(default_factory=dict)
    error: SourceError | None = None
    asked: int = 0

    def add(self, new: Listing) -> Listing:
        self.listings[new.id] = new
        return new

    async def resolve(self, link: Link) -> Link:
        return link

    async def sent(self, link: Link, rows: range | None) -> Listing | None:
        return None

    async def listing(self, link: Link, *, alone: bool = True) -> Listing:
        self.asked += 1
        if self.error:
            raise self.error
        return self.listings[link.id]


@dataclass
class Searcher(SongFinder):
    """A finder whose answers wait for `gate`; tracks in `failing` and `missing` have their fate."""

    gate: asyncio.Event = field(default_factory=asyncio.Event)
    failing: Mapping[str, Exception] = field(default_factory=dict)
    missing: frozenset[str] = frozenset()
    found: list[str] = field(default_factory=list)
    steps: asyncio.Semaphore | None = None

    def open(self) -> Searcher:
        self.gate.set()
        return self

    async def find(
        self, track: Track, *, known: Sequence[Candidate] = (), alone: bool = False
    ) -> Finding:
        await self.gate.wait()
        if self.steps:
            await self.steps.acquire()
        if error := self.failing.get(track.title):
            raise error
        self.found.append(track.title)
        return Finding() if track.title in self.missing else finding(track)

    async def album(self, album_id: str) -> list[Candidate]:
        return []


@dataclass
class Memory:
    """Stored listings and findings; `down` as when MongoDB does not answer."""

    listings: dict[str, Listing] = field(default_factory=dict)
    gone: dict[str, NotFound] = field(default_factory=dict)
    findings: dict[str, Finding] = field(default_factory=dict)
    queries: int = 0
    writes: int = 0  # of findings
    down: bool = False

    async def get(
        self, kind: ListingKind, listing_id: str, *, fresh: bool = True, **_: object
    ) -> Listing | None:
        self._answer()
        key = f"{kind}:{listing_id}"
        if key in self.gone:
            raise self.gone[key]
        kept = self.listings.get(key)
        return None if kept and fresh and not kept.complete else kept

    async def put(self, new: Listing) -> None:
        await self.remember({new.key: new})

    async def remember(self, found: Mapping[str, Listing | NotFound]) -> None:
        self._answer()
        for key, each in found.items():
            if isinstance(each, Listing):
                self.listings[key] = each
            else:
                self.gone[key] = each

    async def songs(self, keys: Sequence[str]) -> dict[str, Track]:
        self._answer()
        self.queries += 1
        named = {key: self.listings[key].tracks[0] for key in keys if key in self.listings}
        return named | {key: LOST_ROW for key in keys if key in self.gone}

    async def known(
        self, keys: Sequence[str], user_id: int, *, reasons: bool = True
    ) -> tuple[dict[str, Finding], dict[str, Finding]]:
        self._answer()
        self.queries += 1
        return {key: self.findings[key] for key in keys if key in self.findings}, {}

    async def put_many(self, findings: Mapping[str, Finding]) -> None:
        self._answer()
        self.writes += 1
        self.findings.update(findings)

    def _answer(self) -> None:
        if self.down:
            raise StoreUnavailable("MongoDB does not answer")


def _is_set() -> asyncio.Event:
    event = asyncio.Event()
    event.set()
    return event


@dataclass
class Screen:
    """The chat of a job: every state that was shown, with the loop's time of it.

    Nothing is shown before its `turn`, and no progress without `has_room`.
    """

    shown: list[tuple[str, ListingView, float]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    closed: bool = False
    gone: bool = False
    has_room: bool = True
    turn: asyncio.Event = field(default_factory=_is_set)
    _next: int = 100

    def room(self, job: Job) -> bool:
        return self.has_room

    async def show(self, job: Job, view: Callable[[], ListingView]) -> Job | None:
        await self.turn.wait()
        if self.closed:
            raise ChatClosed("bot was blocked by the user")
        if self.gone:
            return None
        kept = asyncio.get_running_loop().time()
        self.shown.append((job.id, _frozen(view()), kept))
        await self._notify()
        return self._placed(job)

    async def problem(
        self, job: Job, error: Exception, *, again_s: float | None = None
    ) -> Job | None:
        again = "" if again_s is None else f", again in {again_s:.0f} s"
        return await self._say(job, f"problem {job.id} {type(error).__name__}{again}")

    async def waiting(self, job: Job, ahead: ListingView | None) -> Job | None:
        return await self._say(job, f"waiting {job.id} {ahead.listing.title if ahead else '-'}")

    async def stopped(self, job: Job) -> Job | None:
        return await self._say(job, f"stopped {job.id}")

    async def until(self, count: int) -> None:
        """Wait until so many states were shown or sentences said."""
        async with asyncio.timeout(10), self.changed:
            await self.changed.wait_for(lambda: len(self.shown) + len(self.said) >= count)

    async def _say(self, job: Job, text: str) -> Job:
        if self.closed:
            raise ChatClosed("bot was blocked by the user")
        self.said.append(text)
        await self._notify()
        return self._placed(job)

    async def _notify(self) -> None:
        async with self.changed:
            self.changed.notify_all()

    def _placed(self, job: Job) -> Job:
        self._next += job.reply_id is None
        return replace(job, reply_id=job.reply_id or self._next)


def _frozen(view: ListingView) -> ListingView:
    """As it was when it was shown: the results grow while a listing runs."""
    return replace(view, results=dict(view.results))
