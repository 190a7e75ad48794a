"""The life of an Application inside a running loop, as its own run_polling has it."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import stamina
from telegram import Update
from telegram.error import BadRequest, NetworkError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from telegram.ext import Application

    AnyApplication = Application[Any, Any, Any, Any, Any, Any]

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
async def alive(application: AnyApplication, *, poll: bool = True) -> AsyncIterator[None]:
    """Initialize, start, and poll unless updates come another way; stop in the right order.

    Raises InvalidToken, and NetworkError when Telegram stays out of reach.
    """
    try:
        async for attempt in stamina.retry_context(
            on=_may_pass, attempts=START_ATTEMPTS, wait_initial=1.0, wait_max=10.0, timeout=None
        ):
            with attempt:
                await application.initialize()
        if application.post_init:
            await application.post_init(application)
        await application.start()
        if poll and application.updater:
            await application.updater.start_polling(
                timeout=POLL_S, allowed_updates=UPDATES, bootstrap_retries=-1
            )
        yield
    finally:
        await _stop(application)


def _may_pass(error: Exception) -> bool:
    # BadRequest is a NetworkError in python-telegram-bot; it does not pass by itself.
    return isinstance(error, NetworkError) and not isinstance(error, BadRequest)


async def _stop(application: AnyApplication) -> None:
    if application.updater and application.updater.running:
        await application.updater.stop()
    if application.running:
        await application.stop()
        if application.post_stop:
            await application.post_stop(application)
    await application.shutdown()
    if application.post_shutdown:
        await application.post_shutdown(application)
    await application.bot.shutdown()  # an Application that could not begin leaves it open
