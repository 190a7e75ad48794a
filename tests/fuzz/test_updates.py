"""Updates of every kind through the whole bot: no error but those that are foreseen."""

from __future__ import annotations

import asyncio
import json
import logging
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from structlog.testing import capture_logs
from telegram import Update

from tests.conftest import SetClock
from tests.e2e.live import SAMPLE, live
from tests.fuzz.profile import EXAMPLES
from tests.fuzz.updates import SPEC, Generator, corpus

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping

    from bot.config import Settings
    from bot.storage.database import Mongo
    from tests.e2e.live import LiveBot

FIRST_SEED = int(os.environ.get("FUZZ_SEED", "0"))
UNPARSABLE = (TypeError, KeyError, ValueError, AttributeError, OverflowError)


@pytest.fixture
async def bot(mongo_settings: Settings, mongo: Mongo) -> AsyncIterator[LiveBot]:
    settings = mongo_settings.model_copy(update=SAMPLE)
    clock = SetClock(datetime(2099, 11, 20, 18, 48, tzinfo=UTC))
    async with live(settings, clock=clock) as bot:
        yield bot


async def handle(bot: LiveBot, updates: Iterable[dict[str, Any]]) -> int:
    """Have updates handled, as they come from Telegram; how many could be read."""
    parsed = []
    for each in updates:
        try:
            parsed.append(Update.de_json(json.loads(json.dumps(each)), bot.application.bot))
        except UNPARSABLE:
            continue  # Telegram never sends them
    await asyncio.gather(*(bot.application.process_update(each) for each in parsed))
    return len(parsed)


@pytest.fixture
def errors(caplog: pytest.LogCaptureFixture) -> Iterator[Callable[[], list[str]]]:
    """Errors that were logged so far, by this program and by its libraries."""
    with capture_logs() as lines, caplog.at_level(logging.ERROR):
        yield lambda: [
            *(_told(line) for line in lines if line["log_level"] in ("error", "critical")),
            *(f"{each.getMessage()} {_trace(each.exc_info)}" for each in caplog.records),
        ]


def _told(line: Mapping[str, Any]) -> str:
    error = line.get("exc_info")
    trace = (type(error), error, error.__traceback__) if isinstance(error, Exception) else None
    return f"{line} {_trace(trace)}"


def _trace(error: Any) -> str:
    return logging.Formatter().formatException(error)[-1500:] if isinstance(error, tuple) else ""


def inside_seen(bot: LiveBot) -> list[str]:
    """What people saw of the program's inside."""
    chats = bot.telegram.world.chats.values()
    said = [m.get("text", "") for chat in chats for m in chat.messages.values()]
    return [text for text in said if "Traceback" in text or "Error(" in text]


async def test_the_corpus(bot: LiveBot, errors: Callable[[], list[str]]) -> None:
    """Hand-written oddities of each kind of update."""
    # Of many people: Telegram lets a bot answer one of them once a second.
    people = [bot.telegram.user(f"Alice {number}").to_api() for number in range(8)]
    corpora = [corpus(person) for person in people]
    for at in range(len(corpora[0])):
        update = corpora[at % len(people)][at]
        await handle(bot, [update])
        await bot.rest()
        assert [] == errors(), update
    [help_] = await bot.ask(bot.telegram.user("Bob"), "/help")

    assert [] == inside_seen(bot)
    assert [] == bot.telegram.violations
    assert help_["text"]


@pytest.mark.skipif(
    not SPEC.exists(), reason="the Bot API's description (../shared/specs) is not here"
)
async def test_every_type_of_update(bot: LiveBot, errors: Callable[[], list[str]]) -> None:
    """Updates made after the Bot API's description, many at once."""
    people = [bot.telegram.user(name).to_api() for name in ("Alice", "Bob", "Carol")]
    spec = json.loads(SPEC.read_text(encoding="utf-8"))
    read = 0
    for seed in range(FIRST_SEED, FIRST_SEED + (EXAMPLES or 20)):
        generator = Generator(spec, people, seed + 1)
        read += await handle(bot, [generator.update() for _ in range(20)])
        await bot.rest()
        assert [] == errors(), f"seed {seed}"
        assert [] == inside_seen(bot), f"seed {seed}"
    [help_] = await bot.ask(bot.telegram.user("Dan"), "/help")

    assert [] == bot.telegram.violations
    assert read > 100
    assert help_["text"]


@pytest.mark.parametrize(
    "poison",
    [
        {"message": 3},
        {"message": {"message_id": 1}},
        {"message": {"message_id": 1, "date": 10**30, "chat": {"id": 1, "type": "private"}}},
        {"callback_query": {"id": "1"}},
        {"message": []},
    ],
    ids=str,
)
async def test_what_nobody_can_read_stops_nothing(bot: LiveBot, poison: dict[str, Any]) -> None:
    """An update that the library cannot read is passed over; those behind it are answered."""
    alice = bot.telegram.user("Alice")
    assert await bot.ask(alice, "/start")
    bot.telegram.world.updates.pending.append(
        {"update_id": bot.telegram.world.updates._next_id, **poison}
    )
    bot.telegram.world.updates._next_id += 1
    said = bot.telegram.send_text(alice, "/help")

    assert await bot.says(alice, ".", after=said["message_id"])
