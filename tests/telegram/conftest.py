"""Running bots, with made-up music inside or with services on loopback, and people."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from tests.conftest import PATIENT, SetClock
from tests.e2e import worlds
from tests.e2e.live import SAMPLE, addresses, complaints, live
from tests.e2e.services import Loopback
from tests.e2e.serving import serve
from tests.e2e.spec import Spec

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from bot.clock import Timing
    from bot.config import Settings
    from bot.sandbox.telegram.state import User
    from bot.storage.database import Mongo
    from tests.e2e.live import LiveBot
    from tests.staged.telegram import Telegram

# The bot's own waits, shortened to what a test can see.
QUICK = replace(
    PATIENT, edit_every_s=0.2, almost_done_s=0.0, card_wait_s=0.3, wait_note_after_s=0.05
)
WORLD = worlds.world(
    [
        worlds.playlist("Road trip", 45),
        worlds.playlist("Long drive", 45),
        worlds.playlist("Short walk", 3),
        worlds.album("Demo tape", 5),
    ]
)


@pytest.fixture(scope="session")
def spec() -> Spec | None:
    """The description of the Bot API, where it lies beside the repository."""
    return Spec.load()


@pytest.fixture
def now() -> SetClock:
    """Far ahead: MongoDB deletes by its own clock what has expired by this one."""
    return SetClock(datetime(2099, 11, 20, 18, 48, tzinfo=UTC))


@pytest.fixture
def settings(mongo_settings: Settings, mongo: Mongo) -> Settings:
    """Made-up music inside the program, and a database that is there and dropped afterwards."""
    return mongo_settings.model_copy(update=SAMPLE)


@pytest.fixture
async def bot(
    settings: Settings, now: SetClock, spec: Spec | None, timing: Timing
) -> AsyncIterator[LiveBot]:
    """A running bot. Afterwards, Telegram must have nothing against any of its calls."""
    async with live(settings, clock=now, timing=timing) as bot:
        yield bot
    assert [] == complaints(bot.telegram, spec)


@pytest.fixture
def timing(request: pytest.FixtureRequest) -> Timing:
    """Shortened where services answer late."""
    return QUICK if "wired" in request.fixturenames else PATIENT


CUT_OFF = replace(PATIENT, handlers_end_s=0.1, last_poll_s=0.1)  # a stop waits for no handlers


@pytest.fixture
def loopback() -> Iterator[Loopback]:
    """Spotify and YouTube on loopback, with faults and delays; see WORLD for what they know."""
    with serve(Loopback(world=WORLD)) as loopback:
        yield loopback


@pytest.fixture
async def wired(
    settings: Settings, loopback: Loopback, now: SetClock, spec: Spec | None, timing: Timing
) -> AsyncIterator[LiveBot]:
    """A running bot that asks the services on loopback, with short waits of its own."""
    settings = settings.model_copy(update=addresses(loopback))
    async with live(settings, clock=now, sample=False, timing=timing) as bot:
        yield bot
    assert [] == complaints(bot.telegram, spec)


@pytest.fixture
def telegram(request: pytest.FixtureRequest) -> Telegram:
    """The Telegram of the bot that the test asks for."""
    name = "wired" if "wired" in request.fixturenames else "bot"
    bot: LiveBot = request.getfixturevalue(name)
    return bot.telegram


@pytest.fixture
def alice(telegram: Telegram) -> User:
    return telegram.user("Alice")


@pytest.fixture
def bob(telegram: Telegram) -> User:
    return telegram.user("Bob")
