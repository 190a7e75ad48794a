"""The life of an Application inside a running loop, as its own run_polling has it."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import stamina
import structlog
from telegram import BotCommand, Update
from telegram.error import TelegramError

from bot.clock import Timing
from bot.render.commands import COMMANDS
from bot.telegram.delivery import may_pass
from bot.telegram.polling import on_poll_error
from bot.telegram.update_processor import UpdateProcessor

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Coroutine

    from telegram import Bot
    from telegram.ext import Application

    from bot.render.i18n import Languages, Words

    AnyApplication = Application[Any, Any, Any, Any, Any, Any]

log = structlog.get_logger()

UPDATES = [
    Update.MESSAGE,
    Update.EDITED_MESSAGE,
    Update.CALLBACK_QUERY,
    Update.INLINE_QUERY,
    Update.CHOSEN_INLINE_RESULT,
    Update.MY_CHAT_MEMBER,
]
POLL_S = 30  # how long Telegram keeps an empty getUpdates open
START_ATTEMPTS = 6  # about half a minute for Telegram to come into reach


@asynccontextmanager
async def alive(
    application: AnyApplication, *, poll: bool = True, timing: Timing = Timing()
) -> AsyncIterator[None]:
    """Initialize, start, and poll unless updates come another way; stop in the right order.

    Raises InvalidToken, and NetworkError when Telegram stays out of reach.
    """
    try:
        async for attempt in stamina.retry_context(
            on=may_pass, attempts=START_ATTEMPTS, wait_initial=1.0, wait_max=10.0, timeout=None
        ):
            with attempt:
                await application.initialize()
        if application.post_init:
            await application.post_init(application)
        await application.start()
        if poll and application.updater:
            await application.updater.start_polling(
                timeout=POLL_S,
                allowed_updates=UPDATES,
                bootstrap_retries=-1,
                error_callback=on_poll_error,
            )
        yield
    finally:
        await _stop(application, timing)


async def _stop(application: AnyApplication, timing: Timing) -> None:
    if application.updater and application.updater.running:
        await _within(timing.last_poll_s, application.updater.stop(), "the last getUpdates")
    if application.running:
        await _within(timing.handlers_end_s, _handled(application), "handlers")
        if application.post_stop:
            await _within(timing.jobs_end_s, application.post_stop(application), "jobs")
    await application.shutdown()
    if application.post_shutdown:
        await application.post_shutdown(application)
    await application.bot.shutdown()  # an Application that could not begin leaves it open


async def _handled(application: AnyApplication) -> None:
    """Until every update is handled, beside the places for updates too."""
    await application.stop()
    if isinstance(application.update_processor, UpdateProcessor):
        await application.update_processor.rest()


async def _within(seconds: float, ending: Coroutine[Any, Any, None], what: str) -> None:
    """Cut off what does not end in time, so that the rest can end well."""
    try:
        async with asyncio.timeout(seconds):
            await ending
    except TimeoutError:
        log.warning("cut off at the stop", what=what, after_s=seconds)


async def announce(bot: Bot, languages: Languages) -> None:
    """Tell Telegram the commands in each language, so that it shows them in its menu."""
    tags: list[str | None] = [None, *languages.known[1:]]  # English for all who have no other
    try:
        await asyncio.gather(*(_show(bot, tag, languages.words(tag)) for tag in tags))
    except TelegramError as error:
        log.warning("commands not registered", error=str(error))


async def _show(bot: Bot, tag: str | None, words: Words) -> None:
    menu = [BotCommand(command, words.plain(does)) for command, does in COMMANDS.items()]
    # Telegram knows languages, not countries.
    language = tag.partition("-")[0] if tag else None
    await bot.set_my_commands(menu, language_code=language)
