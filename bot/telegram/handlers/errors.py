"""What happens when a handler fails: it is logged, and the person gets a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from telegram import Update
from telegram.error import BadRequest, Forbidden, NetworkError

from bot.errors import ChatRefused, Crowded, StoreUnavailable
from bot.render.problems import render_problem
from bot.telegram.delivery import answer

if TYPE_CHECKING:
    from bot.telegram.context import Context

log = structlog.get_logger()

_HARMLESS = ("query is too old", "message is not modified")


async def on_error(update: object, context: Context) -> None:
    """Log first, before anything else can fail; then tell the person, if there is one.

    Nothing is told while Telegram is still going to send the update again.
    """
    error = context.error
    if error is None or _harmless(error):
        log.info("ignored", error=str(error))
        return
    crowded = isinstance(error, Crowded)
    if crowded:
        log.info("not taken", reason=str(error))
    elif isinstance(error, (NetworkError, ChatRefused, StoreUnavailable)):
        log.warning("handler failed", error=str(error), kind=type(error).__name__)
    else:
        log.error("handler failed", exc_info=error)
    if not crowded and context.services.update_processor.failed(update):
        return
    if isinstance(update, Update) and update.effective_message and update.effective_user:
        words, now = context.words(update), context.services.clock()
        await answer(update.effective_message, render_problem(error, "", words, now), reply=crowded)


def _harmless(error: Exception) -> bool:
    if isinstance(error, Forbidden):
        return True
    return isinstance(error, BadRequest) and any(
        reason in error.message.lower() for reason in _HARMLESS
    )
