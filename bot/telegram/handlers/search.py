"""Songs by words: `/search words` anywhere, or the words alone in a private chat."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from datetime import timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING

import regex
from telegram import Message

from bot.errors import SourceError, StoreUnavailable
from bot.models.job import Job
from bot.render import search as render
from bot.render.commands import render_hint
from bot.render.toasts import Toast, render_toast
from bot.telegram.addressing import asker_of, mentions
from bot.telegram.callbacks import buttons_of, is_by
from bot.telegram.delivery import answer, topic_of

if TYPE_CHECKING:
    from re import Match

    from telegram import CallbackQuery, Update

    from bot.models.preferences import Preferences
    from bot.telegram.context import Context

CHOICE_PATTERN = r"^w:(?P<user>-?\d{1,20}):(?P<kind>track|youtube_video):(?P<id>[\w-]{1,22})$"
CHOSEN_WITHIN = timedelta(days=1)  # a song that was searched for longer ago is searched for anew
WORDS_MOST = 200  # letters; what is longer is no name of a song
_ID_BYTES = 12  # 16 characters of callback data
_LETTER = regex.compile(r"[\p{L}\p{N}]")


async def on_command(update: Update, context: Context) -> None:
    """Look for the words behind the command."""
    message = update.effective_message
    if message is None:
        return
    asked = " ".join(context.args or ())
    if _is_song(asked):
        await _search(update, asked, context)
    else:
        await answer(message, render.render_how_to_search(context.words(update)))


async def on_words(update: Update, context: Context) -> None:
    """Look for what a message says beside the bot's name, if it can be a song."""
    message = update.effective_message
    if message is None:
        return
    asked = message.text or ""
    for name in mentions(message, context.bot):
        asked = asked.replace(name, " ", 1)
    asked = asked.strip()
    if _is_song(asked) and not asked.startswith("/"):
        await _search(update, asked, context)
    else:
        await answer(message, render_hint(context.words(update)))


def _is_song(text: str) -> bool:
    """Whether one line of words is said: no pile of emoji, no address, no essay."""
    one_line = 0 < len(text) <= WORDS_MOST and "\n" not in text and "://" not in text
    return one_line and _LETTER.search(text) is not None


async def _search(update: Update, asked: str, context: Context) -> None:
    message, words = update.effective_message, context.words(update)
    asker = asker_of(message) if message else None
    if message is None or asker is None:
        return
    services = context.services
    services.once.line.leave(update)  # what is sent next need not wait for a search
    try:
        wait = await services.bursts.take(asker)
    except StoreUnavailable:
        wait = 0.0
    if wait:
        await answer(message, render.render_search_burst(wait, words), reply=True)
        return
    try:
        hits = await services.search.find(asked, most=render.MOST)
    except SourceError as error:
        down = render.render_search_down(error, words, services.clock())
        await answer(message, down, reply=True)
        return
    if hits:
        await answer(message, render.render_choices(asked, hits, asker, words), reply=True)
    else:
        await answer(message, render.render_nothing_found(asked, words), reply=True)


async def on_choice(update: Update, context: Context) -> None:
    """The message to choose from becomes the card of the song."""
    query = update.callback_query
    if query is None or not context.matches:
        return
    toast = await _choose(query, context.matches[0], context.preferences(update), context)
    await query.answer(render_toast(toast, context.words(update)) if toast else None)


async def _choose(
    query: CallbackQuery, chosen: Match[str], preferences: Preferences, context: Context
) -> Toast | None:
    message, services = query.message, context.services
    if not isinstance(message, Message):
        return Toast.OLD_SEARCH  # Telegram itself no longer shows it to bots
    asker = int(chosen["user"])
    if not await is_by(query, asker, context):
        return Toast.NOT_YOUR_SEARCH
    if services.clock() - message.date > CHOSEN_WITHIN:
        return Toast.OLD_SEARCH
    if query.data not in buttons_of(query):
        return Toast.UNKNOWN
    asked = message.reply_to_message or message
    job = Job(
        id=_job_id(message),
        user_id=asker,
        chat_id=message.chat_id,
        message_id=asked.message_id,
        chat_type=message.chat.type,
        topic_id=topic_of(message),
        link_kind=chosen["kind"],
        link_id=chosen["id"],
        language=preferences.language,
        platforms=preferences.platforms,
        created_at=services.clock(),
        reply_id=message.message_id,
    )
    return None if await services.runner.submit(job) else Toast.DONE_ALREADY


def _job_id(message: Message) -> str:
    """The same for every button of a message, so that one choice is answered."""
    name = f"{message.chat_id}:{message.message_id}:choice"
    return urlsafe_b64encode(blake2b(name.encode(), digest_size=_ID_BYTES).digest()).decode()
