"""`tracklink run`: answer on Telegram until the process is told to stop."""

from __future__ import annotations

import asyncio
import gc
import signal
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

import structlog
from telegram.error import InvalidToken, NetworkError

from bot.app import build, services
from bot.backends import open_backends
from bot.clock import SharedClock
from bot.errors import ChatBusy, SettingError, StoreUnavailable
from bot.ops.server import serve
from bot.telegram.lifecycle import UPDATES, alive
from bot.telegram.webhook import Webhook

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telegram import Update

    from bot.backends import Backends
    from bot.config import Settings
    from bot.ops.server import Ping
    from bot.telegram.context import App

log = structlog.get_logger()

STOPPED, FAILED = 0, 3
SETTLED_S = 5.0  # by then the clients of the services are loaded too
GARBAGE = 10_000  # new objects until some are looked through; one answer of YouTube's is 9,000


async def run(settings: Settings) -> int:
    """Poll, or take updates by webhook where one is set. Returns the exit code.

    Raises SettingError, and StoreUnavailable when the private mongod does not start.
    """
    token = settings.bot_token
    stop = asyncio.Event()
    for signalled in ending():
        with suppress(NotImplementedError):  # Windows: Ctrl-C cancels what runs
            asyncio.get_running_loop().add_signal_handler(signalled, stop.set)
    clock = SharedClock()
    async with open_backends(settings, clock=clock) as backends:
        application = build(settings, backends, token=token, clock=clock)
        try:
            await _answer_until(stop, application, settings, backends)
        except InvalidToken:
            raise SettingError(
                "TELEGRAM_BOT_TOKEN is not a token that Telegram knows: "
                "copy it again from @BotFather (/mybots, API Token)."
            ) from None
        except NetworkError as error:
            log.error("telegram out of reach", url=settings.telegram_base_url, error=str(error))  # noqa: TRY400 - a traceback says no more
            return FAILED
    return STOPPED


def ending() -> Iterator[signal.Signals]:
    """What ends the bot: the last comes when its terminal closes, unless nohup has it ignored."""
    yield from (signal.SIGINT, signal.SIGTERM)
    if sys.platform != "win32" and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        yield signal.SIGHUP


async def _answer_until(
    stop: asyncio.Event, application: App, settings: Settings, backends: Backends
) -> None:
    """Told to stop while it is still starting, it does not wait until Telegram is in reach."""
    up = asyncio.Event()
    answering = asyncio.create_task(_answer(application, settings, backends, up, stop))
    told = asyncio.create_task(stop.wait())
    await asyncio.wait({answering, told}, return_when=asyncio.FIRST_COMPLETED)
    told.cancel()
    if not up.is_set() and not answering.done():
        answering.cancel()
        await asyncio.wait({answering})
        return
    await answering


async def _answer(
    application: App,
    settings: Settings,
    backends: Backends,
    up: asyncio.Event,
    stop: asyncio.Event,
) -> None:
    store = backends.readiness
    processor = services(application).update_processor

    async def accept(update: Update) -> None:
        await processor.take(update, application.process_update(update))

    pings: dict[str, Ping] = {"mongodb": store.write, "indexes": store.indexed}

    async def ready() -> None:
        if stop.is_set() or not up.is_set():
            raise ChatBusy("stopping" if stop.is_set() else "starting")
        await store.whole()

    with suppress(StoreUnavailable):
        await store.write()  # what time it is there: by a wrong clock every lease is over
    webhook = Webhook.of(settings, bot=application.bot, accept=accept, store=store.write)
    if webhook is None:
        pings["updater"] = services(application).polling.ping
    async with (
        alive(application, poll=webhook is None),
        serve(settings, pings, webhook, ready=ready),
    ):
        if webhook:
            await application.bot.set_webhook(
                webhook.url, secret_token=webhook.secret, allowed_updates=UPDATES
            )
        up.set()
        _spare_what_stays()
        asyncio.get_running_loop().call_later(SETTLED_S, gc.freeze)
        log.info("answering", bot=application.bot.username, by="webhook" if webhook else "polling")
        await stop.wait()
        log.info("stopping")


def _spare_what_stays() -> None:
    """Look for garbage among what is new only, and in larger heaps.

    The modules and catalogues stay; going through them took 160 ms each time, in which the loop
    stood still, and a half of the processor time of a new list.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE)
