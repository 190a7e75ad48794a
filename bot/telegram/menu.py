"""The menu of commands that Telegram shows beside the message field."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog
from telegram import BotCommand
from telegram.error import TelegramError

from bot.render.commands import COMMANDS, command_text

if TYPE_CHECKING:
    from telegram import Bot

    from bot.render.i18n import Languages, Words

log = structlog.get_logger()


async def announce(bot: Bot, languages: Languages) -> None:
    """Tell Telegram the commands in each language, so that it shows them in its menu."""
    tags: list[str | None] = [None, *languages.known[1:]]  # English for all who have no other
    try:
        await asyncio.gather(*(_show(bot, tag, languages.words(tag)) for tag in tags))
    except TelegramError as error:
        log.warning("commands not registered", error=str(error))


async def _show(bot: Bot, tag: str | None, words: Words) -> None:
    menu = [BotCommand(command, command_text(command, words)) for command in COMMANDS]
    # Telegram knows languages, not countries.
    language = tag.partition("-")[0] if tag else None
    await bot.set_my_commands(menu, language_code=language)
