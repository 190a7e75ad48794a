"""Places for updates: what waits for something slow leaves its own, so that others are answered."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
import structlog
from telegram import Update

from bot import app
from bot.errors import Crowded
from bot.quota.policy import BURST
from bot.resolve.corrections import Corrections
from bot.resolve.search import SongSearch
from bot.storage.seen_updates import COLLECTION, SeenUpdates
from bot.telegram.handlers import files
from bot.telegram.handlers.exports import Exporter
from bot.telegram.places import MOST_AT_GATE, Gate, leave_place
from bot.telegram.update_processor import UpdateProcessor
from tests.e2e.live import live
from tests.staged.faults import too_many
from tests.telegram.conftest import CUT_OFF

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

    from bot.config import Settings
    from bot.sandbox.telegram.state import User
    from bot.storage.database import Database
    from tests.conftest import SetClock
    from tests.e2e.live import LiveBot

    Occupy = Callable[[LiveBot, Sequence[User]], Awaitable[None]]

TRACK = "https://open.spotify.com/track/sampleTrackPaperMoth01"
ALBUM = "https://open.spotify.com/album/sampleAlbumHarbour0001"
PLACES = 2
PROMPTLY_S = 12.0  # on a busy machine
BUSY = "I am still busy with what came before. Try that again in a minute."


@dataclass
class Slow:
    """A handler that leaves its place, and ends as it is told."""

    may_end: asyncio.Event = field(default_factory=asyncio.Event)
    began: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self) -> None:
        leave_place()
        self.began.set()
        await self.may_end.wait()


@pytest.fixture
def updates(db: Database, now: SetClock) -> UpdateProcessor:
    return UpdateProcessor(SeenUpdates(db, bot_id="7", clock=now), most=1, most_beside=2)


async def test_a_place_that_is_left_is_another_ones(updates: UpdateProcessor, db: Database) -> None:
    """The handler goes on under its lease, and is noted as done at its end, not before."""
    slow = Slow()
    for way in (updates.process_update(Update(1), slow()), updates.take(Update(2), slow())):
        async with asyncio.timeout(PROMPTLY_S):
            await way
    assert (0, False) == (updates.current_concurrent_updates, updates.idle)
    assert 0 == await db[COLLECTION].count_documents({"done": True})
    slow.may_end.set()
    await updates.rest()
    assert updates.idle
    assert 2 == await db[COLLECTION].count_documents({"done": True})


async def test_what_is_beside_the_places_is_bounded(updates: UpdateProcessor) -> None:
    """Then a handler keeps its place, and who comes next waits for it."""
    slow, last = Slow(), Slow()
    for number in (1, 2):
        await updates.process_update(Update(number), slow())
    keeps = asyncio.create_task(updates.process_update(Update(3), last()))
    await last.began.wait()
    await asyncio.wait({keeps}, timeout=0.02)
    assert (False, 1) == (keeps.done(), updates.current_concurrent_updates)
    for each in (slow, last):
        each.may_end.set()
    await keeps


async def test_what_fails_beside_its_place_is_told_by_webhook_too(updates: UpdateProcessor) -> None:
    """Telegram was told that it is taken, so it sends nothing again."""
    said: list[bool] = []

    async def fail() -> None:
        before = updates.sent_again(Update(1))
        leave_place()
        await asyncio.sleep(0.01)
        said.extend([before, updates.sent_again(Update(1)), updates.failed(Update(1))])

    await updates.take(Update(1), fail())
    await updates.rest()
    assert [True, False, False] == said


async def test_a_bug_beside_its_place_is_logged(updates: UpdateProcessor) -> None:
    """Nobody else would hear of it."""

    async def fail() -> None:
        leave_place()
        await asyncio.sleep(0.01)
        raise ZeroDivisionError("a bug")

    with structlog.testing.capture_logs() as logged:
        await updates.process_update(Update(1), fail())
        await updates.rest()
        await asyncio.sleep(0)
    assert ["handler failed beside its place"] == [entry["event"] for entry in logged]


async def test_what_a_handler_began_leaves_no_place_of_its(updates: UpdateProcessor) -> None:
    """A job waits for its chat for itself."""
    may_end, began = asyncio.Event(), asyncio.Event()

    async def job() -> None:
        leave_place()
        began.set()

    async def handle() -> None:
        await asyncio.create_task(job())
        await may_end.wait()

    handling = asyncio.create_task(updates.process_update(Update(1), handle()))
    await began.wait()
    await asyncio.wait({handling}, timeout=0.02)
    assert 1 == updates.current_concurrent_updates
    may_end.set()
    await handling


async def test_a_gate_has_a_share_for_everybody() -> None:
    """Alone a person may have a few in the queue; in a crowd everybody one, and then nobody."""
    gate = Gate(width=1)
    async with AsyncExitStack() as waiting:
        queue = [asyncio.create_task(_through(gate, 1, waiting)) for _ in range(BURST + 4)]
        await asyncio.sleep(0)
        assert BURST <= sum(not each.done() for each in queue) < BURST + 4
        queue += [
            asyncio.create_task(_through(gate, person, waiting))
            for person in range(2, MOST_AT_GATE + 2)
            for _ in range(2)
        ]
        await asyncio.sleep(0)
        refused = [isinstance(each.exception(), Crowded) for each in queue if each.done()]
        assert MOST_AT_GATE == len(queue) - sum(refused)
        for each in queue:
            each.cancel()
        await asyncio.gather(*queue, return_exceptions=True)
    async with gate.passed(1):
        pass
    assert not gate._of


async def _through(gate: Gate, person: int, stack: AsyncExitStack) -> None:
    await stack.enter_async_context(gate.passed(person))
    await asyncio.Event().wait()


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Until this is set nothing narrow lets anybody through."""
    may_end = asyncio.Event()

    async def wait(*_: Any, **__: Any) -> Any:
        await may_end.wait()
        raise asyncio.CancelledError

    for place, name in (
        (SongSearch, "find"),
        (files, "_fetch"),
        (Exporter, "send"),
        (Corrections, "offer"),
    ):
        monkeypatch.setattr(place, name, wait)
    return may_end


@pytest.fixture
async def few(
    settings: Settings, now: SetClock, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[LiveBot]:
    """A bot with two places for updates, instead of dozens."""
    monkeypatch.setattr(app, "UPDATES_AT_ONCE", PLACES)
    async with live(settings, clock=now, timing=CUT_OFF) as bot:
        yield bot


async def words(bot: LiveBot, people: Sequence[User]) -> None:
    for person in people:
        bot.telegram.send_text(person, "some words")


async def lists(bot: LiveBot, people: Sequence[User]) -> None:
    for person in people:
        bot.telegram.send_file(person, "mine.txt", b"Band - Song")


async def letters(bot: LiveBot, people: Sequence[User]) -> None:
    for person in people:
        bot.telegram.ask_inline(person, "some words")


async def formats(bot: LiveBot, people: Sequence[User]) -> None:
    for person in people:
        [listing] = await bot.ask(person, ALBUM)
        await bot.toast(person, listing, "Export")
    for person in people:
        bot.telegram.press(person, bot.telegram.sent(person)[-1], "CSV")


async def candidates(bot: LiveBot, people: Sequence[User]) -> None:
    shown = [(person, (await bot.ask(person, TRACK))[0]) for person in people]
    for person, card in shown:
        bot.telegram.press(person, card, "Wrong song?")


async def refusals(bot: LiveBot, people: Sequence[User]) -> None:
    bot.telegram.fail("sendMessage", *(too_many(30) for _ in people))
    for person in people:
        bot.telegram.send_text(person, "/help")

    def all_met_one() -> bool:  # else somebody else might
        return len(people) == sum(call.error is not None for call in bot.telegram.calls)

    await bot.telegram.until(all_met_one, PROMPTLY_S)


@pytest.mark.parametrize("occupy", [words, lists, letters, formats, candidates, refusals])
async def test_nobody_waits_behind_what_waits(
    few: LiveBot, slow: asyncio.Event, occupy: Occupy
) -> None:
    """More of them than there are places; a command and a link of others are answered meanwhile."""
    people = [few.telegram.user(f"Person {number}") for number in range(PLACES + 1)]
    await occupy(few, people)
    bob, eve = few.telegram.user("Bob"), few.telegram.user("Eve")
    few.telegram.send_text(bob, "/help")
    few.telegram.send_text(eve, TRACK)
    async with asyncio.timeout(PROMPTLY_S):
        await few.says(bob, "^Paste")
        await few.says(eve, "Paper Moths")
    slow.set()


async def test_who_has_too_much_in_a_queue_is_told(few: LiveBot, slow: asyncio.Event) -> None:
    """A sentence for each message beyond the share of one person."""
    alice = few.telegram.user("Alice")
    few.services.gates.searches.most = 8
    for number in range(BURST):
        few.telegram.send_text(alice, f"some words {number}")
    await few.telegram.until(lambda: BURST - 2 == len(few.telegram.sent(alice)), PROMPTLY_S)
    assert [BUSY] * (BURST - 2) == [message["text"] for message in few.telegram.sent(alice)]
    slow.set()
