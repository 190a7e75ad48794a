"""The composition root: commands that are not taken, indexes that come later, addresses."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import structlog

from bot.app import build, services
from bot.backends import indexes, open_backends
from bot.sandbox import services as samples
from bot.sandbox.telegram.errors import bad_request
from bot.telegram.lifecycle import alive
from tests.e2e.live import SAMPLE, eventually, live
from tests.staged.faults import FaultyRequest
from tests.staged.telegram import Telegram

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.storage.database import Mongo
    from tests.conftest import SetClock


async def test_the_menu_may_be_refused(mongo_settings: Settings, now: SetClock) -> None:
    """Where Telegram does not take the commands, the bot runs all the same, and the log says it."""
    telegram = Telegram(clock=now)
    telegram.fail("setMyCommands", bad_request("BOT_COMMANDS_TOO_MUCH"))
    with structlog.testing.capture_logs() as logged:
        async with live(
            mongo_settings.model_copy(update=SAMPLE), clock=now, telegram=telegram
        ) as bot:
            [answer] = await bot.ask(telegram.user("Alice"), "/start")

    assert answer["text"].startswith("Paste a Spotify link")
    assert ["commands not registered"] == [e["event"] for e in logged if "commands" in e["event"]]


async def test_the_indexes_are_made(mongo_settings: Settings, mongo: Mongo, now: SetClock) -> None:
    """Opening the backends makes the indexes of every collection, without holding the start up."""
    await mongo.db.client.drop_database(mongo.db.name)

    async def complete() -> bool:
        names = await mongo.db.list_collection_names()
        return set(indexes()) <= set(names)

    async with open_backends(
        mongo_settings.model_copy(update=SAMPLE), transports=samples.transports(), clock=now
    ):
        await eventually(complete)


async def test_telegram_is_asked_at_its_base_address(
    mongo_settings: Settings, now: SetClock
) -> None:
    """TELEGRAM_BASE_URL leads methods and files elsewhere, such as to a server of one's own."""
    settings = mongo_settings.model_copy(
        update=SAMPLE | {"telegram_base_url": "http://127.0.0.1:1"}
    )
    token = Telegram().token
    async with open_backends(settings, transports=samples.transports(), clock=now) as backends:
        application = build(settings, backends, token=token)

    assert f"http://127.0.0.1:1/bot{token}" == application.bot.base_url
    assert f"http://127.0.0.1:1/file/bot{token}" == application.bot.base_file_url
    assert services(application).settings is settings


async def test_a_failing_handler_is_told_and_logged(
    mongo_settings: Settings, now: SetClock
) -> None:
    """What nobody foresaw is one sentence in the chat and a traceback in the log only."""
    settings = mongo_settings.model_copy(update=SAMPLE)
    telegram = Telegram(clock=now)
    async with open_backends(settings, transports=samples.transports(), clock=now) as backends:
        request = FaultyRequest(telegram)
        application = build(settings, backends, token=telegram.token, request=request, clock=now)

        def explode(_: int) -> float:
            raise ZeroDivisionError("secret detail")

        services(application).bursts.take_here = explode  # type: ignore[method-assign,assignment]  # to fail
        with structlog.testing.capture_logs() as logged:
            async with alive(application):
                alice = telegram.user("Alice")
                telegram.send_text(alice, "spotify:track:sampleTrackPaperMoth01")
                answer = await telegram.message(alice, lambda m: True)

    [failed] = [entry for entry in logged if entry["event"] == "handler failed"]
    assert ("Something went wrong on my side. Send that again in a few minutes.") == answer["text"]
    assert isinstance(failed["exc_info"], ZeroDivisionError)
    assert logging.getLevelName(logging.ERROR).lower() == failed["log_level"]
