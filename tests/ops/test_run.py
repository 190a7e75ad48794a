"""`tracklink run`, in process: its exit codes and how it is told to stop."""

from __future__ import annotations

import asyncio
import os
import signal
from typing import TYPE_CHECKING

import httpx
import pytest
import stamina
from pydantic import SecretStr

from bot.errors import SettingError
from bot.ops.run import FAILED, STOPPED, ending, run
from bot.storage import readiness
from tests.e2e.live import SAMPLE, addresses
from tests.e2e.process import free_port
from tests.e2e.services import Loopback
from tests.e2e.serving import serve
from tests.e2e.telegram_server import TelegramServer
from tests.e2e.worlds import world

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from bot.config import Settings
    from bot.storage.database import Mongo

PATIENCE_S = 20.0
NOBODY = "http://127.0.0.1:1"


@pytest.fixture
async def server() -> AsyncIterator[TelegramServer]:
    async with TelegramServer() as server:
        yield server


@pytest.fixture
def settings(mongo_settings: Settings, server: TelegramServer) -> Iterator[Settings]:
    """All services on loopback."""
    with serve(Loopback(world=world([]))) as loopback:
        yield mongo_settings.model_copy(
            update=SAMPLE
            | addresses(loopback)
            | {
                "telegram_base_url": server.url,
                "telegram_bot_token": SecretStr(server.telegram.token),
            }
        )


@pytest.fixture
def signals() -> Iterator[None]:
    """The signals as they were before the test."""
    before = {
        number: signal.getsignal(number)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    }
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


pytestmark = pytest.mark.usefixtures("signals")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
async def test_a_signal_ends_it(
    settings: Settings, server: TelegramServer, number: signal.Signals
) -> None:
    """Told to stop, it ends with 0."""
    running = asyncio.create_task(run(settings))
    alice = server.telegram.user("Alice")
    server.telegram.send_text(alice, "/start")
    await server.telegram.message(alice, lambda m: True, PATIENCE_S)
    os.kill(os.getpid(), number)

    assert STOPPED == await asyncio.wait_for(running, PATIENCE_S)


async def test_a_store_that_refuses_writes_is_neither_well_nor_ready(
    settings: Settings, server: TelegramServer, mongo: Mongo
) -> None:
    """It answers pings; its user may only read, say."""
    refusing = {"collMod": readiness.COLLECTION, "validator": {"never": {"$exists": True}}}
    await mongo.db.command(refusing)
    port = free_port()
    running = asyncio.create_task(run(settings.model_copy(update={"port": port})))
    alice = server.telegram.user("Alice")
    server.telegram.send_text(alice, "/start")
    await server.telegram.message(alice, lambda m: True, PATIENCE_S)
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as http:
        health, ready = [await http.get(path) for path in ("/health", "/ready")]
    os.kill(os.getpid(), signal.SIGTERM)
    await running
    await mongo.db.command({**refusing, "validator": {}})

    assert (503, "failing") == (health.status_code, health.json()["mongodb"])
    assert 503 == ready.status_code


def test_nohup_is_respected() -> None:
    """Whoever starts it so that it outlives its terminal is not contradicted."""
    assert signal.SIGHUP in ending()
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    assert [signal.SIGINT, signal.SIGTERM] == list(ending())


async def test_a_signal_while_it_starts(settings: Settings) -> None:
    """Told to stop while Telegram is out of reach, it does not wait for Telegram."""
    nobody = settings.model_copy(update={"telegram_base_url": NOBODY})
    with stamina.set_testing(False):  # it tries for half a minute
        running = asyncio.create_task(run(nobody))
        await asyncio.wait({running}, timeout=0.5)
        assert not running.done()
        os.kill(os.getpid(), signal.SIGTERM)

        assert STOPPED == await asyncio.wait_for(running, PATIENCE_S)


async def test_telegram_stays_out_of_reach(settings: Settings) -> None:
    """After about half a minute without Telegram it ends with 3."""
    with stamina.set_testing(True, attempts=2):
        code = await run(settings.model_copy(update={"telegram_base_url": NOBODY}))

    assert FAILED == code


async def test_a_wrong_token(settings: Settings) -> None:
    """A token that Telegram does not know is a wrong setting."""
    wrong = SecretStr("7000000009:AAWrongWrongWrongWrongWrongWrongWro")
    with pytest.raises(SettingError, match=r"^TELEGRAM_BOT_TOKEN is not a token that Telegram"):
        await run(settings.model_copy(update={"telegram_bot_token": wrong}))
