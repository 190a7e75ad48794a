from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pytest

from bot.errors import ChatClosed, Service, TracklinkError, Unavailable
from bot.jobs import progress
from bot.jobs.platform_links import PlatformLinks, links_of
from bot.models import Finding, Listing, ListingKind, Platform, RowKind, Source, Track
from bot.models.job import Job
from bot.models.view import ListingView, State
from bot.platforms.page_finder import PageFinder
from tests.platforms.test_page_finder import Memory
from tests.stage import Screen, listing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.conftest import SetClock

BOTH = (Platform.SPOTIFY, Platform.APPLE_MUSIC, Platform.DEEZER)


@dataclass
class Seeker:
    """Answers each track with its page when the gate is open; fails for `failing` titles."""

    cheap: bool = True
    failing: Sequence[str] = ()
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    asked: list[str] = field(default_factory=list)

    async def page(self, track: Track) -> str | None:
        self.asked.append(track.title)
        await self.gate.wait()
        if track.title in self.failing:
            raise Unavailable(Service.DEEZER)
        return f"https://page/{track.title}"


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "EDIT_EVERY_S", 0.05)


@pytest.fixture
def deezer() -> Seeker:
    return Seeker()


@pytest.fixture
def apple() -> Seeker:
    return Seeker(cheap=False)


@pytest.fixture
def screen() -> Screen:
    return Screen()


@pytest.fixture
def memory() -> Memory:
    return Memory()


@pytest.fixture
def platform_links(screen: Screen, apple: Seeker, deezer: Seeker, memory: Memory) -> PlatformLinks:
    seekers = {Platform.APPLE_MUSIC: apple, Platform.DEEZER: deezer}
    return PlatformLinks(screen, PageFinder(seekers, memory))


def job(now: SetClock) -> Job:
    return Job(
        id="a",
        user_id=1,
        chat_id=1,
        message_id=1,
        chat_type="private",
        link_kind="track",
        link_id="1",
        created_at=now(),
    )


def view(songs: int = 1, **more: object) -> ListingView:
    return replace(ListingView(listing=listing(songs), platforms=BOTH), **more)  # type: ignore[arg-type]


async def show(platform_links: PlatformLinks, to: Job, state: ListingView) -> Job | None:
    return await platform_links.show(to, lambda: state)


async def rest(platform_links: PlatformLinks) -> None:
    async with asyncio.timeout(10):
        while not platform_links.idle:  # noqa: ASYNC110 - idle is what an outsider can ask for
            await asyncio.sleep(0.01)


async def test_an_answer_waits_for_nothing(
    platform_links: PlatformLinks, screen: Screen, apple: Seeker, deezer: Seeker, now: SetClock
) -> None:
    """The first state passes at once; the links come by one edit."""
    placed = await show(platform_links, job(now), view(state=State.RUNNING))
    assert placed
    assert 101 == placed.reply_id
    assert {} == screen.shown[0][1].pages_found
    deezer.gate.set()
    apple.gate.set()
    await rest(platform_links)

    assert 2 == len(screen.shown)
    page = "https://page/Song 0"
    assert {(0, "apple_music"): page, (0, "deezer"): page} == screen.shown[1][1].pages_found


async def test_who_has_not_chosen_them_costs_nothing(
    platform_links: PlatformLinks, screen: Screen, deezer: Seeker, now: SetClock
) -> None:
    """The usual links pass through."""
    await show(platform_links, job(now), view(platforms=(Platform.SPOTIFY, Platform.YOUTUBE)))
    assert platform_links.idle
    assert [] == deezer.asked
    assert {} == screen.shown[0][1].pages_found


async def test_one_fails_the_other_is_there(
    platform_links: PlatformLinks, screen: Screen, apple: Seeker, deezer: Seeker, now: SetClock
) -> None:
    """What failed is shown as a search, and not kept."""
    deezer.failing = ("Song 0",)
    deezer.gate.set()
    apple.gate.set()
    await show(platform_links, job(now), view())
    await rest(platform_links)

    expected = {(0, "apple_music"): "https://page/Song 0", (0, "deezer"): None}
    assert expected == screen.shown[-1][1].pages_found


async def test_what_comes_sooner_is_shown_sooner(
    platform_links: PlatformLinks, screen: Screen, apple: Seeker, deezer: Seeker, now: SetClock
) -> None:
    """A slow platform does not keep the others back."""
    deezer.gate.set()
    await show(platform_links, job(now), view())
    await screen.until(2)
    assert {(0, "deezer"): "https://page/Song 0"} == screen.shown[1][1].pages_found
    apple.gate.set()
    await rest(platform_links)
    assert 2 == len(screen.shown[-1][1].pages_found)


async def test_the_page_on_screen_alone(
    platform_links: PlatformLinks, screen: Screen, apple: Seeker, deezer: Seeker, now: SetClock
) -> None:
    """Of a list, the rows that are seen; Apple is a search there. Turning looks up the next."""
    deezer.gate.set()
    long = view(45)
    await show(platform_links, job(now), long)
    await rest(platform_links)

    assert {f"Song {at}" for at in range(20)} == set(deezer.asked)
    assert [] == apple.asked
    assert None is screen.shown[-1][1].pages_found[0, "apple_music"]

    await show(platform_links, job(now), replace(long, page=1))
    await rest(platform_links)
    assert 40 == len(deezer.asked)
    assert "https://page/Song 20" == screen.shown[-1][1].pages_found[20, "deezer"]


async def test_a_page_turned_while_another_is_looked_up(
    platform_links: PlatformLinks, screen: Screen, deezer: Seeker, now: SetClock
) -> None:
    """The newest state is the one that is filled."""
    long = view(45)
    await show(platform_links, job(now), long)
    await asyncio.sleep(0)
    await show(platform_links, job(now), replace(long, page=2))
    deezer.gate.set()
    await rest(platform_links)

    last = screen.shown[-1][1]
    assert 2 == last.page
    assert "https://page/Song 44" == last.pages_found[44, "deezer"]


async def test_what_is_stored_is_there_from_the_beginning(
    platform_links: PlatformLinks, screen: Screen, deezer: Seeker, apple: Seeker, now: SetClock
) -> None:
    """A card that is opened again is whole at once, and asks nobody."""
    deezer.gate.set()
    apple.gate.set()
    await show(platform_links, job(now), view())
    await rest(platform_links)
    await show(platform_links, replace(job(now), id="b"), view())
    await rest(platform_links)

    assert 3 == len(screen.shown)
    assert 2 == len(screen.shown[2][1].pages_found)
    assert (1, 1) == (len(deezer.asked), len(apple.asked))


async def test_a_running_list_is_joined_with_its_links(
    platform_links: PlatformLinks, screen: Screen, deezer: Seeker, now: SetClock
) -> None:
    """While the list itself is edited, the links travel with its edits."""
    deezer.gate.set()
    running = view(3, state=State.RUNNING, platforms=(Platform.DEEZER,))
    await show(platform_links, job(now), running)
    await asyncio.sleep(0.01)
    await show(platform_links, job(now), replace(running, results={0: Finding()}))
    await show(platform_links, job(now), replace(running, state=State.DONE))
    await rest(platform_links)

    assert 3 == len(screen.shown[-1][1].pages_found)
    assert State.DONE is screen.shown[-1][1].state
    assert 3 == len(screen.shown)


@pytest.mark.parametrize("source", [Source.DEEZER, Source.APPLE])
async def test_the_page_that_was_sent_needs_no_search(
    platform_links: PlatformLinks, screen: Screen, now: SetClock, source: Source
) -> None:
    """A link of that platform is its own page."""
    sent = Listing(
        kind=ListingKind.TRACK,
        id="deezer_track:1",
        title="A",
        source=source,
        tracks=[Track(title="A")],
        page_url="https://sent",
    )
    own = Platform.DEEZER if source is Source.DEEZER else Platform.APPLE_MUSIC
    await show(platform_links, job(now), ListingView(listing=sent, platforms=(own,)))
    assert {(0, own): "https://sent"} == screen.shown[0][1].pages_found
    assert platform_links.idle


async def test_a_message_that_is_gone(
    platform_links: PlatformLinks, screen: Screen, now: SetClock
) -> None:
    """Nothing is looked up for it."""
    screen.gone = True
    assert None is await show(platform_links, job(now), view())
    assert platform_links.idle


async def test_a_chat_that_closes(
    platform_links: PlatformLinks, screen: Screen, deezer: Seeker, apple: Seeker, now: SetClock
) -> None:
    """Links that cannot arrive are given up in silence; the answer's own failure is not."""
    await show(platform_links, job(now), view())
    screen.closed = True
    deezer.gate.set()
    apple.gate.set()
    await rest(platform_links)
    assert 1 == len(screen.shown)
    with pytest.raises(ChatClosed):
        await show(platform_links, job(now), view())


async def test_closing_stops_the_search(
    platform_links: PlatformLinks, deezer: Seeker, screen: Screen, now: SetClock
) -> None:
    """What has not come by then does not come."""
    await show(platform_links, job(now), view())
    await asyncio.sleep(0.01)
    await platform_links.close()
    assert platform_links.idle
    assert 1 == len(screen.shown)


async def test_other_words_pass(
    platform_links: PlatformLinks, screen: Screen, now: SetClock
) -> None:
    await platform_links.problem(job(now), TracklinkError())
    await platform_links.waiting(job(now), None)
    await platform_links.stopped(job(now))
    assert ["problem a TracklinkError", "waiting a -", "stopped a"] == screen.said


def test_only_songs_that_may_be_looked_up() -> None:
    """Local files and what the allowance does not cover have no links to fill in."""
    rows = [Track(title="A"), Track(title="B", row=RowKind.LOCAL), Track(title="C")]
    shown = replace(view(2), listing=replace(listing(2), tracks=rows), allowed=1)
    assert ["A", "A"] == [track.title for _, track in links_of(shown)]
