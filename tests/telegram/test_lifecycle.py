"""Starting and stopping an Application: Telegram out of reach, a wrong token, and the order."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from telegram.error import InvalidToken, NetworkError
from telegram.ext import Application

from bot.clock import Timing
from bot.sandbox.telegram.errors import unauthorized
from bot.telegram.lifecycle import START_ATTEMPTS, UPDATES, alive
from tests.staged.faults import FaultyRequest, bad_gateway
from tests.staged.telegram import Telegram

if TYPE_CHECKING:
    from bot.telegram.lifecycle import AnyApplication

Life = list[str]


@pytest.fixture
def telegram() -> Telegram:
    return Telegram()


@pytest.fixture
def life() -> Life:
    """What happened, in order."""
    return []


@pytest.fixture
def application(telegram: Telegram, life: Life) -> AnyApplication:
    async def begin(_: AnyApplication) -> None:
        life.append("begin")

    async def end(application: AnyApplication) -> None:
        life.append(f"end, polling: {application.updater and application.updater.running}")

    request = FaultyRequest(telegram)
    builder: Any = Application.builder().token(telegram.token)
    builder = builder.request(request).get_updates_request(request)
    built: AnyApplication = builder.post_init(begin).post_stop(end).job_queue(None).build()
    return built


async def test_it_polls_between_its_beginning_and_its_end(
    telegram: Telegram, application: AnyApplication, life: Life
) -> None:
    """Updates are asked for in between only, and of the kinds that the bot handles."""
    async with alive(application):
        telegram.send_text(telegram.user("Alice"), "hello")
        await telegram.until(lambda: telegram.idle)
        life.append("in between")

    assert ["begin", "in between", "end, polling: False"] == life
    assert set(UPDATES) == telegram.world.updates._allowed
    assert not application.running


async def test_it_need_not_poll(application: AnyApplication) -> None:
    """A bot with a webhook runs without polling."""
    async with alive(application, poll=False):
        assert application.running
        assert application.updater
        assert not application.updater.running


async def test_it_waits_for_telegram(
    telegram: Telegram, application: AnyApplication, life: Life
) -> None:
    """What is out of reach for a moment is asked again."""
    telegram.fail("getMe", *[bad_gateway()] * (START_ATTEMPTS - 1))
    async with alive(application):
        life.append("in between")

    assert "in between" in life


async def test_telegram_stays_out_of_reach(
    telegram: Telegram, application: AnyApplication, life: Life
) -> None:
    """After its attempts it gives up, and has begun nothing."""
    telegram.fail("getMe", *[bad_gateway()] * START_ATTEMPTS)
    with pytest.raises(NetworkError):
        async with alive(application):
            life.append("in between")

    assert [] == life


async def test_a_token_that_telegram_does_not_know(
    telegram: Telegram, application: AnyApplication
) -> None:
    """A wrong token is not asked about twice."""
    telegram.fail("getMe", unauthorized())
    with pytest.raises(InvalidToken):
        async with alive(application):
            pass

    assert 1 == len(telegram.calls_of("getMe"))


async def test_it_stops_when_the_block_fails(application: AnyApplication, life: Life) -> None:
    """However the block ends, the Application is stopped."""
    with pytest.raises(ZeroDivisionError):
        async with alive(application):
            _ = 1 / 0

    assert "end, polling: False" == life[-1]
    assert not application.running


async def test_what_does_not_end_is_cut_off(application: AnyApplication, life: Life) -> None:
    """A handler that waits for its chat holds up neither the stop nor the jobs' safe point."""
    async with alive(application, timing=Timing(handlers_end_s=0.05)):
        waiting = application.create_task(asyncio.Event().wait())
    waiting.cancel()

    assert "end, polling: False" == life[-1]
