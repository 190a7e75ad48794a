from __future__ import annotations

import asyncio
import contextvars
import logging
import random
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Service, SourceError, Unavailable
from bot.models import Candidate, Finding, Match, Track
from bot.resolve.scheduler import LookupScheduler
from bot.resolve.song_finder import SongFinder

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from bot.resolve.scheduler import Answer, Order

DOWN = Unavailable(Service.YOUTUBE_MUSIC, "down")
TURNS = 50  # turns of the loop after which everything that can happen has happened


def track(name: str, album: str | None = None) -> Track:
    return Track(title=name, artists=("Nine Lanterns",), album=album, spotify_id=name)


def tracks(*names: str, album: str | None = None) -> list[tuple[int, Track]]:
    return [(position, track(name, album)) for position, name in enumerate(names, start=1)]


def found(name: str, album_id: str | None = None, album: str | None = None) -> Finding:
    candidate = Candidate(video_id=name, title=name, album=album, album_id=album_id)
    return Finding(match=Match(candidate=candidate, score=0.9, reasons=()))


@dataclass
class Held(SongFinder):
    """A finder whose look-ups go on only when they are let go."""

    albums: dict[str, tuple[str, str]] = field(default_factory=dict)
    pages: dict[str, Sequence[str] | Exception] = field(default_factory=dict)
    fails: dict[str, Exception] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    alone: list[str] = field(default_factory=list)
    running: dict[str, asyncio.Event] = field(default_factory=dict)

    async def find(
        self, track: Track, *, known: Sequence[Candidate] = (), alone: bool = False
    ) -> Finding:
        if alone:
            self.alone.append(track.title)
        on_page = track.title in {row.title for row in known}
        if not on_page:
            await self._wait(track.title)
        if error := self.fails.get(track.title):
            raise error
        return found(track.title, *self.albums.get(track.title, (None, None)))

    async def album(self, album_id: str) -> list[Candidate]:
        await self._wait(album_id)
        page = self.pages.get(album_id, [])
        if isinstance(page, Exception):
            raise page
        return [Candidate(video_id=title, title=title) for title in page]

    async def _wait(self, name: str) -> None:
        self.asked.append(name)
        gate = self.running[name] = asyncio.Event()
        await gate.wait()

    async def let_go(self, *names: str) -> None:
        """Let these go on, or all that run, and wait until nothing moves any more."""
        for name in names or tuple(self.running):
            self.running.pop(name).set()
        await still()

    async def drain(self) -> int:
        """Let all go on, again and again; how many rounds that took."""
        rounds = 0
        await still()
        while self.running:
            rounds += 1
            await self.let_go()
        return rounds


async def still() -> None:
    for _ in range(TURNS):
        await asyncio.sleep(0)


async def all_of(order: Order) -> list[Answer]:
    return [answer async for answer in order]


@pytest.fixture
def finder() -> Held:
    return Held()


@pytest.fixture
async def lookups(finder: Held) -> AsyncIterator[LookupScheduler]:
    scheduler = LookupScheduler(finder, width=2)
    yield scheduler
    await scheduler.close()


async def test_answers(lookups: LookupScheduler, finder: Held) -> None:
    """Findings and failures come out at their positions, as they come."""
    finder.fails["b"] = DOWN
    order = lookups.order([(4, track("a")), (9, track("b"))], lane=1)
    await still()
    await finder.let_go("b")
    await finder.let_go("a")

    assert [(9, DOWN), (4, found("a"))] == await all_of(order)


async def test_nothing_asked(lookups: LookupScheduler) -> None:
    """An order without tracks ends at once."""
    assert [] == await all_of(lookups.order([], lane=1))


async def test_single_tracks_are_told_apart(lookups: LookupScheduler, finder: Held) -> None:
    """The finder hears which tracks somebody asked for alone, also where a list has them too."""
    orders = [
        lookups.order([(0, track("a")), (1, track("b"))], lane=1),
        lookups.order([(0, track("b"))], lane=2),
        lookups.order([(0, track("c"))], lane=2),
    ]
    await finder.drain()
    for order in orders:
        await all_of(order)

    assert ["b", "c"] == finder.alone


async def test_lowest_position_first(lookups: LookupScheduler, finder: Held) -> None:
    """Tracks are looked up in the order of their positions, `width` at once."""
    order = lookups.order([(3, track("c")), (1, track("a")), (2, track("b"))], lane=1)
    await still()

    assert ["a", "b"] == finder.asked
    await finder.drain()
    assert ["a", "b", "c"] == finder.asked
    assert 3 == len(await all_of(order))


async def test_page_on_screen_first(lookups: LookupScheduler, finder: Held) -> None:
    """What is named later goes first, before what was named first, before the rest."""
    order = lookups.order(tracks(*"abcdefgh"), lane=1)
    await still()
    order.first([5, 6])
    order.first([8, 7, 99])
    await finder.drain()

    assert [*"ab", *"ghefcd"] == finder.asked


async def test_lanes_take_turns(lookups: LookupScheduler, finder: Held) -> None:
    """A single track waits for one turn, not for a list of thousands; turns are even."""
    lookups.order(tracks(*(f"long{n}" for n in range(5000))), lane=1)
    await still()
    single = lookups.order([(1, track("single"))], lane=2)
    lookups.order(tracks("x1", "x2"), lane=3)
    await finder.let_go()

    assert "single" in finder.running
    await finder.let_go()
    await finder.let_go()
    assert [(1, found("single"))] == await all_of(single)
    assert ["long0", "long1", "long2", "single", "x1", "long3", "x2", "long4"] == finder.asked


async def test_one_look_up_for_one_track(lookups: LookupScheduler, finder: Held) -> None:
    """The same track, twice in a list and in another's, is looked up once."""
    here = lookups.order([(1, track("a")), (2, track("b")), (5, track("a"))], lane=1)
    there = lookups.order([(7, track("a"))], lane=2)
    await finder.drain()

    assert ["a", "b"] == finder.asked
    assert {(1, "a"), (2, "b"), (5, "a")} == {
        (position, answer.match.candidate.title)
        for position, answer in await all_of(here)
        if isinstance(answer, Finding) and answer.match
    }
    assert [(7, found("a"))] == await all_of(there)


async def test_asked_again_later(lookups: LookupScheduler, finder: Held) -> None:
    """What is over is looked up anew: storing it is not this room's."""
    first = lookups.order([(1, track("a"))], lane=1)
    await finder.drain()
    again = lookups.order([(1, track("a"))], lane=1)
    await finder.drain()

    assert ["a", "a"] == finder.asked
    assert await all_of(first) == await all_of(again)


async def test_cancel(lookups: LookupScheduler, finder: Held) -> None:
    """What has begun is still yielded, the rest is dropped, and nothing is kept of the order."""
    order = lookups.order(tracks(*"abcd"), lane=1)
    await still()
    order.cancel()
    await finder.drain()

    assert ["a", "b"] == finder.asked
    assert [(1, found("a")), (2, found("b"))] == await all_of(order)
    assert (set(), {}) == (lookups._orders, lookups._jobs)


async def test_cancel_keeps_what_another_waits_for(lookups: LookupScheduler, finder: Held) -> None:
    """A track that somebody else waits for too is looked up all the same."""
    here = lookups.order(tracks(*"abc"), lane=1)
    there = lookups.order([(1, track("c"))], lane=2)
    here.cancel()
    await finder.drain()

    assert [] == await all_of(here)
    assert [(1, found("c"))] == await all_of(there)
    assert ["c"] == finder.asked


async def test_nobody_waits_any_more(lookups: LookupScheduler, finder: Held) -> None:
    """A look-up under way whose order was cancelled ends without harm, and so does a reader."""
    order = lookups.order(tracks("a"), lane=1)
    reader = asyncio.create_task(all_of(order))
    await still()
    order.cancel()
    order.cancel()
    order.first([1])
    await finder.drain()

    assert [(1, found("a"))] == await reader


async def test_close(finder: Held) -> None:
    """Closing stops what runs and ends every order."""
    lookups = LookupScheduler(finder, width=2)
    readers = [
        asyncio.create_task(all_of(lookups.order(tracks(*names), lane=lane)))
        for lane, names in enumerate(("abc", "def"))
    ]
    await still()

    await lookups.close()

    assert [[], []] == [await reader for reader in readers]
    assert (set(), {}, 0) == (lookups._orders, lookups._jobs, lookups._busy)


async def test_unforeseen(
    lookups: LookupScheduler, finder: Held, caplog: pytest.LogCaptureFixture
) -> None:
    """A fault of our own is logged, fails its track only, and comes out as a SourceError."""
    finder.fails["a"] = ZeroDivisionError("ours")
    order = lookups.order(tracks("a", "b"), lane=1)
    with caplog.at_level(logging.ERROR):
        await finder.drain()

    (_, failed), (_, answer) = await all_of(order)
    assert isinstance(failed, SourceError)
    assert found("b") == answer
    assert "ZeroDivisionError: ours" in caplog.text


async def test_context(finder: Held) -> None:
    """Workers serve all users, so nothing of the one who woke them sticks to them."""
    user = contextvars.ContextVar("user", default="nobody")
    seen = []

    class Curious(SongFinder):
        def __init__(self) -> None:
            """Stands on nothing."""

        async def find(
            self, track: Track, *, known: Sequence[Candidate] = (), alone: bool = False
        ) -> Finding:
            seen.append(user.get())
            return Finding()

        async def album(self, album_id: str) -> list[Candidate]:
            return []

    user.set("somebody")
    await all_of(LookupScheduler(Curious(), width=1).order(tracks("a"), lane=1))

    assert ["nobody"] == seen


async def test_rounds(finder: Held) -> None:
    """100 tracks of as many albums, 8 at once: 13 rounds, as if there were no albums."""
    lookups = LookupScheduler(finder, width=8)
    names = [f"t{n:02}" for n in range(100)]
    order = lookups.order(
        [(n, track(name, album=f"album {name}")) for n, name in enumerate(names)], lane=1
    )

    assert 13 == await finder.drain()
    assert names == finder.asked
    assert 100 == len(await all_of(order))


NAMES = [f"t{n:02}" for n in range(1, 13)]
FERRY = ("ferry", "Night Ferry")


async def test_album(finder: Held) -> None:
    """Twelve tracks of an album: two searches that agree, one page, in two rounds."""
    finder.albums = dict.fromkeys(NAMES, FERRY)
    finder.pages["ferry"] = NAMES
    lookups = LookupScheduler(finder, width=8)
    order = lookups.order(tracks(*NAMES, album="Night Ferry"), lane=1)

    assert 2 == await finder.drain()
    assert ["t01", "t02", "ferry"] == finder.asked
    assert list(range(1, 13)) == [position for position, _ in await all_of(order)]


async def test_small_album(lookups: LookupScheduler, finder: Held) -> None:
    """Three tracks that share an album: one search and the page."""
    finder.albums = dict.fromkeys(NAMES, FERRY)
    finder.pages["ferry"] = NAMES
    order = lookups.order(tracks(*NAMES[:3], album="night  ferry"), lane=1)
    await finder.drain()

    assert ["t01", "ferry"] == finder.asked
    assert 3 == len(await all_of(order))


async def test_two_tracks_are_no_album(lookups: LookupScheduler, finder: Held) -> None:
    """Two tracks that share an album are looked up at once, each alone."""
    finder.albums = dict.fromkeys(NAMES, FERRY)
    lookups.order(tracks(*NAMES[:2], album="Night Ferry"), lane=1)
    await finder.drain()

    assert ["t01", "t02"] == finder.asked


@pytest.mark.parametrize(
    ("albums", "asked"),
    [
        # the album has another name there: two have to say so
        ({"t01": ("x", "Ferry"), "t02": ("x", "Ferry")}, ["t01", "t02", "x"]),
        # they disagree, and a third one decides
        ({"t01": ("x", "Ferry"), "t02": ("y", "Fähre"), "t03": ("y", "Fähre")}, [*NAMES[:3], "y"]),
        # one found nothing, and a third one decides
        ({"t02": ("x", "Ferry"), "t03": ("x", "Ferry")}, [*NAMES[:3], "x"]),
        # no two agree
        ({"t01": ("x", "X"), "t02": ("y", "Y"), "t03": ("z", "Z")}, NAMES),
        # nothing was found at all
        ({}, NAMES),
    ],
)
async def test_leaders(
    lookups: LookupScheduler, finder: Held, albums: dict[str, tuple[str, str]], asked: list[str]
) -> None:
    """A page is read when the first tracks agree on it; else everybody is searched for."""
    finder.albums = albums
    finder.pages = {"x": NAMES, "y": NAMES, "z": NAMES}
    order = lookups.order(tracks(*NAMES, album="Night Ferry"), lane=1)
    await finder.drain()

    assert asked == finder.asked
    assert 12 == len(await all_of(order))


@pytest.mark.parametrize("page", [DOWN, [], NAMES[:4]])
async def test_page_without_them(
    lookups: LookupScheduler, finder: Held, page: list[str] | Exception
) -> None:
    """What a page does not hold, or a page that does not come, is searched for after all."""
    finder.albums = dict.fromkeys(NAMES, FERRY)
    finder.pages["ferry"] = page
    order = lookups.order(tracks(*NAMES[:6], album="Night Ferry"), lane=1)
    await finder.drain()

    missing = [name for name in NAMES[2:6] if not isinstance(page, list) or name not in page]
    assert ["t01", "t02", "ferry", *missing] == finder.asked
    assert 6 == len(await all_of(order))


async def test_leaders_fail(lookups: LookupScheduler, finder: Held) -> None:
    """Tracks behind leaders that fail are not lost."""
    finder.fails = {"t01": DOWN, "t02": DOWN, "t03": DOWN}
    order = lookups.order(tracks(*NAMES, album="Night Ferry"), lane=1)
    await finder.drain()

    assert 12 == len(await all_of(order))


async def test_leaders_of_the_screen_first(lookups: LookupScheduler, finder: Held) -> None:
    """A track on screen that waits for its album pulls the album's leaders and page ahead."""
    finder.albums = dict.fromkeys(NAMES, FERRY)
    finder.pages["ferry"] = NAMES
    album = [(n, track(name, "Night Ferry")) for n, name in enumerate(NAMES, start=11)]
    lookups.order([*tracks(*"abcdefgh"), *album], lane=1).first([20])
    await finder.drain()

    assert ["t01", "t02", "ferry", *"abcdefgh"] == finder.asked


async def test_one_page_for_two(lookups: LookupScheduler, finder: Held) -> None:
    """Two people with the same album: its leaders and its page are asked for once."""
    finder.albums = dict.fromkeys(NAMES, FERRY)
    finder.pages["ferry"] = NAMES
    here = lookups.order(tracks(*NAMES, album="Night Ferry"), lane=1)
    there = lookups.order(tracks(*NAMES, album="Night Ferry"), lane=2)
    await finder.drain()

    assert ["t01", "t02", "ferry"] == finder.asked
    assert [12, 12] == [len(await all_of(here)), len(await all_of(there))]


async def test_one_page_for_two_names(finder: Held) -> None:
    """Two albums of a list that are one at YouTube Music share its page."""
    finder.albums = dict.fromkeys(NAMES, ("ferry", "Ferry"))
    finder.pages["ferry"] = NAMES
    lookups = LookupScheduler(finder, width=4)
    plain = [(n, track(name, "Night Ferry")) for n, name in enumerate(NAMES[:6])]
    deluxe = [(n, track(name, "Night Ferry (Deluxe)")) for n, name in enumerate(NAMES[6:], 6)]
    order = lookups.order([*plain, *deluxe], lane=1)
    await finder.drain()

    assert ["t01", "t02", "t07", "t08", "ferry"] == finder.asked
    assert 12 == len(await all_of(order))


async def test_answered_on_anothers_behalf(lookups: LookupScheduler, finder: Held) -> None:
    """A track that waits for its album is answered when somebody else's search brings it."""
    finder.albums = dict.fromkeys(NAMES, FERRY)
    finder.pages["ferry"] = NAMES
    single = lookups.order([(1, track("t09", "Night Ferry"))], lane=2)
    order = lookups.order(tracks(*NAMES, album="Night Ferry"), lane=1)
    await still()
    await finder.let_go("t09")
    await finder.drain()

    assert ["t09", "t01", "t02", "ferry"] == finder.asked
    assert [1, 12] == [len(await all_of(single)), len(await all_of(order))]


@pytest.mark.parametrize("rounds", [0, 1])
async def test_cancelled_album(lookups: LookupScheduler, finder: Held, rounds: int) -> None:
    """Whether its leaders or its page are under way: a cancelled album leaves nothing behind."""
    finder.albums = dict.fromkeys(NAMES, FERRY)
    finder.pages["ferry"] = NAMES
    order = lookups.order(tracks(*NAMES, album="Night Ferry"), lane=1)
    await still()
    for _ in range(rounds):
        await finder.let_go()
    order.cancel()
    await finder.drain()

    assert [1, 2] == [position for position, _ in await all_of(order)]
    assert (set(), {}, 0) == (lookups._orders, lookups._jobs, lookups._busy)


@dataclass(frozen=True)
class Plan:
    """What one user does: asks, reads some, turns to a page, reads on, perhaps stops."""

    lane: int
    names: list[int]
    albums: bool
    before: int
    screen: list[int]
    stop: bool


PLANS = st.lists(
    st.builds(
        Plan,
        lane=st.integers(1, 3),
        names=st.lists(st.integers(0, 15), max_size=14),
        albums=st.booleans(),
        before=st.integers(0, 5),
        screen=st.lists(st.integers(0, 14), max_size=4),
        stop=st.booleans(),
    ),
    min_size=1,
    max_size=5,
)


class Erratic(SongFinder):
    """A finder that takes as many turns as it likes and counts what goes on."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.running: Counter[str] = Counter()
        self.asked: Counter[str] = Counter()
        self.most = 0

    async def find(
        self, track: Track, *, known: Sequence[Candidate] = (), alone: bool = False
    ) -> Finding:
        fate = await self._turn(track.title)
        if fate == 0:
            raise DOWN
        if fate == 1:
            raise KeyError("ours")
        return found(track.title, f"album {fate % 2}", track.album if fate > 4 else None)

    async def album(self, album_id: str) -> list[Candidate]:
        if await self._turn(album_id) == 0:
            raise DOWN
        return [Candidate(video_id="x", title="x")]

    async def _turn(self, name: str) -> int:
        self.running[name] += 1
        self.asked[name] += 1
        self.most = max(self.most, self.running.total())
        assert self.running[name] == 1
        for _ in range(self.random.randint(0, 4)):
            await asyncio.sleep(0)
        self.running[name] -= 1
        return self.random.randint(0, 7)


async def follow(lookups: LookupScheduler, plan: Plan) -> tuple[Counter[int], bool]:
    """How often each position was answered, and whether the order was cut short."""
    names = ("Night Ferry", "Night Ferry (Deluxe)") if plan.albums else (None,)
    asked = [track(f"t{n}", names[n % len(names)]) for n in plan.names]
    order = lookups.order(list(enumerate(asked, start=1)), lane=plan.lane)
    answers: Counter[int] = Counter()
    async for position, _ in order:
        answers[position] += 1
        if answers.total() == plan.before:
            order.first(plan.screen)
            if plan.stop:
                order.cancel()
    return answers, plan.stop and 0 < plan.before <= answers.total()


@given(plans=PLANS, width=st.integers(1, 4), seed=st.integers(0, 2**32))
def test_whatever_happens(plans: list[Plan], width: int, seed: int) -> None:
    """Every position is answered exactly once unless cancelled; never more than `width` at once.

    One look-up for one track, and nothing is left when all is over.
    """

    async def live() -> None:
        finder = Erratic(seed)
        lookups = LookupScheduler(finder, width=width)
        logging.getLogger("bot.resolve.scheduler").disabled = True
        async with asyncio.timeout(30):
            results = await asyncio.gather(*(follow(lookups, plan) for plan in plans))
        await still()

        for plan, (answers, stopped) in zip(plans, results, strict=True):
            expected = Counter(range(1, len(plan.names) + 1))
            assert (answers <= expected) if stopped else (answers == expected)
        assert finder.most <= width
        if not any(plan.stop for plan in plans):
            wanted = {f"t{n}" for plan in plans for n in plan.names}
            assert wanted == {name for name in finder.asked if name.startswith("t")}
        assert ({}, {}, set(), set(), 0) == leftovers(lookups)

    try:
        asyncio.run(live())
    finally:
        logging.getLogger("bot.resolve.scheduler").disabled = False


def leftovers(lookups: LookupScheduler) -> tuple[Any, ...]:
    lanes = {lane: orders for lane, orders in lookups._lanes.items() if orders}
    return lookups._jobs, lanes, lookups._orders, lookups._workers, lookups._busy
