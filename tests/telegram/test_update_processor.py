"""Each update is answered once, by whichever way and however often it comes."""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from telegram import Update

from bot.errors import NotTaken, StoreUnavailable
from bot.storage import seen_updates as updates_room
from bot.storage.seen_updates import Claim, Claimed, SeenUpdates
from bot.telegram import update_processor
from bot.telegram.update_processor import UpdateProcessor
from tests.conftest import PATIENT

if TYPE_CHECKING:
    from bot.sandbox.telegram.state import User
    from bot.storage.database import Database, Mongo
    from tests.conftest import SetClock
    from tests.e2e.live import LiveBot
    from tests.staged.telegram import Telegram

UPDATE = Update(41)
SOON = replace(PATIENT, update_asked_every_s=0.01, update_renewed_every_s=0.01)
WRONG = "Something went wrong on my side. Send that again in a few minutes."


class Handler:
    """Stands behind `UpdateProcessor`: it ends as it is told, and counts how often it began."""

    def __init__(self, gate: asyncio.Event | None = None) -> None:
        self.gate = gate
        self.began = 0

    async def __call__(self) -> None:
        self.began += 1
        if self.gate:
            await self.gate.wait()


@pytest.fixture
def processes(db: Database, now: SetClock) -> tuple[UpdateProcessor, UpdateProcessor]:
    """Two processes of the same bot on one store."""
    first, second = (
        UpdateProcessor(SeenUpdates(db, bot_id="7", clock=now), most=4, timing=SOON)
        for _ in range(2)
    )
    return first, second


async def test_two_processes_that_poll(processes: tuple[UpdateProcessor, UpdateProcessor]) -> None:
    """The second waits for the first and then passes the update over."""
    first, second = processes
    gate = asyncio.Event()
    handler = Handler(gate)
    one = asyncio.create_task(first.process_update(UPDATE, handler()))
    while not handler.began:  # noqa: ASYNC110 - it has no event for it
        await asyncio.sleep(0.01)
    two = asyncio.create_task(second.process_update(UPDATE, handler()))
    await asyncio.wait({two}, timeout=0.04)
    assert not two.done()
    gate.set()
    await asyncio.gather(one, two)
    assert 1 == handler.began


async def test_a_process_killed_between_the_claim_and_the_job(
    db: Database, processes: tuple[UpdateProcessor, UpdateProcessor], now: SetClock
) -> None:
    """Telegram delivers again what was not confirmed: it is handled when the lease is over."""
    await SeenUpdates(db, bot_id="7", clock=now).claim(
        UPDATE.update_id, "dead", lease_s=update_processor.LEASE_S
    )
    handler = Handler()
    waiting = asyncio.create_task(processes[0].process_update(UPDATE, handler()))
    await asyncio.wait({waiting}, timeout=0.04)
    assert (0, True) == (handler.began, processes[0].undecided)
    now.forward(seconds=update_processor.LEASE_S)
    await waiting
    assert (1, False) == (handler.began, processes[0].undecided)


async def test_a_slow_handler_keeps_its_update(
    db: Database, processes: tuple[UpdateProcessor, UpdateProcessor], now: SetClock
) -> None:
    """The lease is renewed as long as the handler runs."""
    first, second = processes
    gate = asyncio.Event()
    handler = Handler(gate)
    running = asyncio.create_task(first.take(UPDATE, handler()))
    updates = db[updates_room.COLLECTION]
    async with asyncio.timeout(10):
        for _ in range(3):
            now.forward(seconds=update_processor.LEASE_S - 1)
            leased = {"lease_until": now() + timedelta(seconds=update_processor.LEASE_S)}
            while not await updates.count_documents(leased):  # noqa: ASYNC110  MongoDB tells nobody
                await asyncio.sleep(0.01)
    with pytest.raises(NotTaken):
        await second.take(UPDATE, Handler()())
    gate.set()
    await running
    await second.take(UPDATE, handler())
    assert 1 == handler.began


async def test_a_webhook_gives_back_what_fails(
    processes: tuple[UpdateProcessor, UpdateProcessor],
) -> None:
    """Telegram is asked to send it again, but not for ever: the third time the person is told."""
    first, second = processes
    said: list[bool] = []

    async def fail(process: UpdateProcessor) -> None:
        said.append(process.failed(UPDATE))

    for process in (first, second):
        with pytest.raises(NotTaken):
            await process.take(UPDATE, fail(process))
    await first.take(UPDATE, fail(first))
    await second.take(UPDATE, fail(second))
    assert [True, True, False] == said


async def test_what_fails_by_polling_is_over(
    processes: tuple[UpdateProcessor, UpdateProcessor],
) -> None:
    """Nothing sends it again, so the person is told at once."""
    said: list[bool] = []

    async def fail() -> None:
        said.append(processes[0].failed(UPDATE))

    await processes[0].process_update(UPDATE, fail())
    await processes[1].process_update(UPDATE, fail())
    assert [False] == said
    assert not processes[0].failed(UPDATE)


async def test_without_a_store_updates_are_handled(
    db: Database, now: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A claim that fails is gone without. Only where the one before failed it may not take long.

    By webhook it is left with Telegram: another process may have it.
    """
    updates = SeenUpdates(db, bot_id="7", clock=now)
    process = UpdateProcessor(updates, most=4, timing=replace(SOON, claim_s=0.02))
    claims = iter(["fails", "hangs", "works", "fails"])
    failed: list[int] = []

    async def claim(self: SeenUpdates, update_id: int, *given: Any, **named: Any) -> Claimed:
        how = next(claims)
        if how == "works":
            return Claimed(Claim.OURS)
        with suppress(TimeoutError):  # longer than a claim may take that may not take long
            await asyncio.wait_for(asyncio.Event().wait(), None if how == "hangs" else 0.04)
        failed.append(update_id)
        raise StoreUnavailable("MongoDB does not answer")

    monkeypatch.setattr(SeenUpdates, "claim", claim)
    handler = Handler()
    for number in range(3):
        await process.process_update(Update(number), handler())
    with pytest.raises(NotTaken):
        await process.take(Update(3), handler())
    assert (3, [0, 3]) == (handler.began, failed)


async def test_a_store_that_goes_meanwhile(
    processes: tuple[UpdateProcessor, UpdateProcessor], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The handler ends as it would; the claim ends with its lease."""
    asked = asyncio.Event()

    async def down(*_: object, **__: object) -> None:
        asked.set()
        raise StoreUnavailable("MongoDB does not answer")

    for name in ("renew", "done"):
        monkeypatch.setattr(SeenUpdates, name, down)
    gate = asyncio.Event()
    handler = Handler(gate)
    running = asyncio.create_task(processes[0].process_update(UPDATE, handler()))
    await asked.wait()
    gate.set()
    await running
    assert 1 == handler.began


async def test_what_is_no_update_passes(processes: tuple[UpdateProcessor, UpdateProcessor]) -> None:
    """Only updates have a number to claim."""
    handler = Handler()
    await processes[0].process_update("anything", handler())
    assert (1, False) == (handler.began, processes[0].failed("anything"))


async def test_what_is_stored_as_jobs_needs_no_mark(db: Database, now: SetClock) -> None:
    """Who gets it again passes it over at once, also where who stored the jobs died with it."""

    async def noted(_: Update) -> bool:
        return True

    updates = SeenUpdates(db, bot_id="7", clock=now)
    first, second = (UpdateProcessor(updates, most=4, noted=noted) for _ in range(2))
    began = []

    async def handle(process: UpdateProcessor) -> None:
        began.append(process)
        process.noted(UPDATE)

    await first.process_update(UPDATE, handle(first))
    [kept] = await db[updates_room.COLLECTION].find({}).to_list(None)
    await second.process_update(UPDATE, handle(second))
    await second.take(UPDATE, handle(second))
    assert ([first], False) == (began, kept["done"])


async def test_a_process_that_stops_while_it_waits(
    db: Database, processes: tuple[UpdateProcessor, UpdateProcessor], now: SetClock
) -> None:
    """Its handler never begins, and Python has nothing to complain of."""
    await SeenUpdates(db, bot_id="7", clock=now).claim(UPDATE.update_id, "other", lease_s=15)
    handler = Handler()
    waiting = asyncio.create_task(processes[0].process_update(UPDATE, handler()))
    await asyncio.wait({waiting}, timeout=0.04)
    waiting.cancel()
    with suppress(asyncio.CancelledError):
        await waiting
    assert 0 == handler.began


@pytest.mark.parametrize("text", ["/quota", "/start", "hello"])
async def test_a_repeated_command_is_answered_once(
    bot: LiveBot, telegram: Telegram, alice: User, text: str
) -> None:
    """Telegram delivers an update again whose confirmation got lost."""
    said = telegram.send_text(alice, text)
    update = telegram.world.updates.pending[-1]
    await bot.rest()
    for _ in range(2):
        telegram.repeat(update)
        await telegram.until(lambda: telegram.idle)
    assert 1 == len(await bot.answers(said))


async def test_a_failing_handler_is_told_by_polling(
    bot: LiveBot, telegram: Telegram, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One sentence, and no second one when the same update comes again."""
    _break_quota(bot, monkeypatch)
    said = telegram.send_text(alice, "/quota")
    update = telegram.world.updates.pending[-1]
    await bot.rest()
    telegram.repeat(update)
    await telegram.until(lambda: telegram.idle)
    assert [WRONG] == [answer["text"] for answer in await bot.answers(said)]


async def test_a_failing_handler_is_told_by_webhook_at_last(
    bot: LiveBot, telegram: Telegram, mongo: Mongo, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Telegram sends it again twice; only then the person gets the sentence, once."""
    _break_quota(bot, monkeypatch)
    said = telegram.send_text(alice, "/quota")
    raw: dict[str, Any] = telegram.world.updates.pending.pop()
    update = Update.de_json(raw, bot.application.bot)
    answers: deque[str] = deque()
    for _ in range(4):
        try:
            await bot.services.update_processor.take(update, bot.application.process_update(update))
            answers.append("200")
        except NotTaken:
            answers.append("503")
    assert deque(["503", "503", "200", "200"]) == answers
    assert [WRONG] == [answer["text"] for answer in await bot.answers(said)]
    assert [3] == [kept["attempts"] async for kept in mongo.db["updates"].find({})]


def _break_quota(bot: LiveBot, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: object) -> None:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(type(bot.services.meter), "stands", fail)


async def test_what_handlers_need_is_read_while_an_update_is_claimed(
    db: Database, now: SetClock
) -> None:
    """The handler finds it read; who gets the update again does not wait for it."""
    updates, reading, read = SeenUpdates(db, bot_id="7", clock=now), asyncio.Event(), list[int]()
    claim = updates.claim

    async def slow(*given: Any, **options: Any) -> Claimed:
        await reading.wait()
        return await claim(*given, **options)

    updates.claim = slow  # type: ignore[method-assign]

    async def ahead(update: Update) -> None:
        reading.set()
        await asyncio.sleep(0)
        if read:
            await asyncio.sleep(60)
        read.append(update.update_id)

    process = UpdateProcessor(updates, most=4, ahead=ahead, timing=SOON)
    handler = Handler()
    for _ in range(2):
        await process.process_update(UPDATE, handler())
    assert (1, [41]) == (handler.began, read)
