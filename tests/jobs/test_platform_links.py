from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pytest

from bot.clock import Timing
from bot.errors import ChatClosed, Service, Unavailable
from bot.jobs.editor import MessageEditor, links_of
from bot.models import Finding, Listing, ListingKind, Platform, RowKind, Source, Track
from bot.models.job import Job
from bot.models.view import ListingView, State
from bot.platforms.page_finder import PageFinder
from tests.platforms.test_page_finder import Memory
from tests.stage import Screen, listing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.jobs.execution import JobContext
    from tests.conftest import SetClock
    from tests.jobs.scene import Scene

BOTH = (Platform.SPOTIFY, Platform.APPLE_MUSIC, Platform.DEEZER)


@dataclass
class Seeker:
    """Answers each track with its page when the gate is open; fails for `failing` titles."""

    failing: Sequence[str] = ()
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    asked: list[str] = field(default_factory=list)

    async def page(self, track: Track) -> str | None:
        self.asked.append(track.title)
        await self.gate.wait()
        if track.title in self.failing:
            raise Unavailable(Service.DEEZER)
        return f"https://page/{track.title}"


@pytest.fixture
def deezer() -> Seeker:
    return Seeker()


@pytest.fixture
def apple() -> Seeker:
    return Seeker()


@pytest.fixture
def screen() -> Screen:
    return Screen()


@pytest.fixture
def memory() -> Memory:
    return Memory()


@dataclass
class Messages:
    """The messages of jobs, each with its editor for as long as it has links to come."""

    context: JobContext

    @property
    def idle(self) -> bool:
        return not self.context.filling

    async def show(self, job: Job, state: ListingView) -> Job:
        editor = MessageEditor.of(job, self.context, lambda: state)
        await editor.show()
        return editor.job

    async def close(self) -> None:
        await asyncio.gather(*(each.stop_filling() for each in self.context.filling.values()))


@pytest.fixture
def messages(
    scene: Scene, screen: Screen, apple: Seeker, deezer: Seeker, memory: Memory
) -> Messages:
    seekers = {Platform.APPLE_MUSIC: apple.page, Platform.DEEZER: deezer.page}
    return Messages(
        replace(
            scene.runner._context,
            presenter_of=lambda _: screen,
            pages=PageFinder(seekers, memory),
            timing=Timing(edit_every_s=0.05),
            filling={},
        )
    )


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


async def rest(messages: Messages) -> None:
    async with asyncio.timeout(10):
        while not messages.idle:  # noqa: ASYNC110 - idle is what an outsider can ask for
            await asyncio.sleep(0.01)


async def test_an_answer_waits_for_nothing(
    messages: Messages, screen: Screen, apple: Seeker, deezer: Seeker, now: SetClock
) -> None:
    """The first state passes at once; the links come by one edit."""
    placed = await messages.show(job(now), view(state=State.RUNNING))
    assert 101 == placed.reply_id
    assert {} == screen.shown[0][1].pages_found
    deezer.gate.set()
    apple.gate.set()
    await rest(messages)

    assert 2 == len(screen.shown)
    page = "https://page/Song 0"
    assert {(0, "apple_music"): page, (0, "deezer"): page} == screen.shown[1][1].pages_found


async def test_who_has_not_chosen_them_costs_nothing(
    messages: Messages, screen: Screen, deezer: Seeker, now: SetClock
) -> None:
    """The usual links pass through."""
    await messages.show(job(now), view(platforms=(Platform.SPOTIFY, Platform.YOUTUBE)))
    assert messages.idle
    assert [] == deezer.asked
    assert {} == screen.shown[0][1].pages_found


async def test_one_fails_the_other_is_there(
    messages: Messages, screen: Screen, apple: Seeker, deezer: Seeker, now: SetClock
) -> None:
    """What failed is shown as a search, and not kept."""
    deezer.failing = ("Song 0",)
    deezer.gate.set()
    apple.gate.set()
    await messages.show(job(now), view())
    await rest(messages)

    expected = {(0, "apple_music"): "https://page/Song 0", (0, "deezer"): None}
    assert expected == screen.shown[-1][1].pages_found


async def test_what_comes_sooner_is_shown_sooner(
    messages: Messages, screen: Screen, apple: Seeker, deezer: Seeker, now: SetClock
) -> None:
    """A slow platform does not keep the others back."""
    deezer.gate.set()
    await messages.show(job(now), view())
    await screen.until(2)
    assert {(0, "deezer"): "https://page/Song 0"} == screen.shown[1][1].pages_found
    apple.gate.set()
    await rest(messages)
    assert 2 == len(screen.shown[-1][1].pages_found)


async def test_the_page_on_screen_alone(
    messages: Messages, screen: Screen, apple: Seeker, deezer: Seeker, now: SetClock
) -> None:
    """Of a list, the rows that are seen; Apple is a search there. Turning looks up the next."""
    deezer.gate.set()
    long = view(45)
    await messages.show(job(now), long)
    await rest(messages)

    assert {f"Song {at}" for at in range(20)} == set(deezer.asked)
    assert [] == apple.asked
    assert None is screen.shown[-1][1].pages_found[0, "apple_music"]

    await messages.show(job(now), replace(long, page=1))
    await rest(messages)
    assert 40 == len(deezer.asked)
    assert "https://page/Song 20" == screen.shown[-1][1].pages_found[20, "deezer"]


async def test_a_page_turned_while_another_is_looked_up(
    messages: Messages, screen: Screen, deezer: Seeker, now: SetClock
) -> None:
    """The newest state is the one that is filled."""
    long = view(45)
    await messages.show(job(now), long)
    await asyncio.sleep(0)
    await messages.show(job(now), replace(long, page=2))
    deezer.gate.set()
    await rest(messages)

    last = screen.shown[-1][1]
    assert 2 == last.page
    assert "https://page/Song 44" == last.pages_found[44, "deezer"]


async def test_what_is_stored_is_there_from_the_beginning(
    messages: Messages, screen: Screen, deezer: Seeker, apple: Seeker, now: SetClock
) -> None:
    """A card that is opened again is whole at once, and asks nobody."""
    deezer.gate.set()
    apple.gate.set()
    await messages.show(job(now), view())
    await rest(messages)
    await messages.show(replace(job(now), id="b"), view())
    await rest(messages)

    assert 3 == len(screen.shown)
    assert 2 == len(screen.shown[2][1].pages_found)
    assert (1, 1) == (len(deezer.asked), len(apple.asked))


async def test_a_running_list_is_joined_with_its_links(
    messages: Messages, screen: Screen, deezer: Seeker, now: SetClock
) -> None:
    """While the list itself is edited, the links travel with its edits."""
    deezer.gate.set()
    running = view(3, state=State.RUNNING, platforms=(Platform.DEEZER,))
    await messages.show(job(now), running)
    await asyncio.sleep(0.01)
    await messages.show(job(now), replace(running, results={0: Finding()}))
    await messages.show(job(now), replace(running, state=State.DONE))
    await rest(messages)

    assert 3 == len(screen.shown[-1][1].pages_found)
    assert State.DONE is screen.shown[-1][1].state
    assert 3 == len(screen.shown)


async def test_links_and_the_end_keep_their_distance(
    messages: Messages, screen: Screen, deezer: Seeker, now: SetClock
) -> None:
    """An end that comes upon an edit of links waits for its time, as after any other edit."""
    states = [view(3, state=State.RUNNING, platforms=(Platform.DEEZER,))]
    editor = MessageEditor.of(job(now), messages.context, lambda: states[-1])

    async def not_noted() -> bool:
        return False

    await editor.show()
    deezer.gate.set()
    await screen.until(2)
    states.append(replace(states[0], state=State.DONE))
    await editor.last(not_noted)
    await rest(messages)

    (_, links, linked_at), (_, end, ended_at) = screen.shown[1:]
    assert (State.RUNNING, 3) == (links.state, len(links.pages_found))
    assert State.DONE is end.state
    assert ended_at - linked_at >= 0.04


@pytest.mark.parametrize("source", [Source.DEEZER, Source.APPLE])
async def test_the_page_that_was_sent_needs_no_search(
    messages: Messages, screen: Screen, now: SetClock, source: Source
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
    await messages.show(job(now), ListingView(listing=sent, platforms=(own,)))
    assert {(0, own): "https://sent"} == screen.shown[0][1].pages_found
    assert messages.idle


async def test_a_message_that_is_gone(messages: Messages, screen: Screen, now: SetClock) -> None:
    """Nothing is looked up for it."""
    screen.gone = True
    assert None is (await messages.show(job(now), view())).reply_id
    assert messages.idle


async def test_a_chat_that_closes(
    messages: Messages, screen: Screen, deezer: Seeker, apple: Seeker, now: SetClock
) -> None:
    """Links that cannot arrive are given up in silence; the answer's own failure is not."""
    await messages.show(job(now), view())
    screen.closed = True
    deezer.gate.set()
    apple.gate.set()
    await rest(messages)
    assert 1 == len(screen.shown)
    with pytest.raises(ChatClosed):
        await messages.show(job(now), view())


async def test_closing_stops_the_search(
    messages: Messages, deezer: Seeker, screen: Screen, now: SetClock
) -> None:
    """What has not come by then does not come."""
    await messages.show(job(now), view())
    await asyncio.sleep(0.01)
    await messages.close()
    assert messages.idle
    assert 1 == len(screen.shown)


def test_only_songs_that_may_be_looked_up() -> None:
    """Local files and what the allowance does not cover have no links to fill in."""
    rows = [Track(title="A"), Track(title="B", row=RowKind.LOCAL), Track(title="C")]
    shown = replace(view(2), listing=replace(listing(2), tracks=rows), allowed=[0])
    assert ["A", "A"] == [track.title for _, track in links_of(shown)]
