"""Songs by words: `/search words` anywhere, or the words alone in a private chat."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import regex
from telegram import Message

from bot.errors import SourceError, StoreUnavailable
from bot.models.job import new_job
from bot.models.links import link_named
from bot.render import search as render
from bot.render.commands import render_hint
from bot.render.quota import render_search_burst
from bot.render.toasts import Toast
from bot.telegram.addressing import asker_of, mentions
from bot.telegram.delivery import answer, topic_of

if TYPE_CHECKING:
    from markupsafe import Markup
    from telegram import Update

    from bot.render.callback_data import OpenSong
    from bot.render.i18n import Words
    from bot.render.reply import Reply
    from bot.telegram.callbacks import Press
    from bot.telegram.context import Context, Services

CHOSEN_WITHIN = timedelta(days=1)  # a song that was searched for longer ago is searched for anew
WORDS_MOST = 200  # letters; what is longer is no name of a song
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
    message = update.effective_message
    asker = asker_of(message) if message else None
    if message and asker is not None:
        said = await _found(asked, asker, context.words(update), context.services)
        await answer(message, said, reply=True)


async def _found(asked: str, asker: int, words: Words, services: Services) -> Reply | Markup:
    try:
        wait = await services.bursts.take(asker)
    except StoreUnavailable:
        wait = services.bursts.take_here(asker)
    if wait:
        return render_search_burst(wait, words)
    try:
        async with services.gates.searches.passed(asker):
            songs = await services.search.find(asked, most=render.MOST)
    except SourceError as error:
        return render.render_search_down(error, words, services.clock())
    if songs:
        return render.render_choices(asked, songs, asker, words)
    return render.render_nothing_found(asked, words)


async def open_song(press: Press, data: OpenSong) -> Toast | None:
    """The message to choose from becomes the card of the song."""
    message, services = press.query.message, press.services
    if not isinstance(message, Message):
        return Toast.OLD_SEARCH  # Telegram itself no longer shows it to bots
    await press.only_by(data.asker, Toast.NOT_YOUR_SEARCH)
    if services.clock() - message.date > CHOSEN_WITHIN:
        return Toast.OLD_SEARCH
    if data not in press.buttons:
        return Toast.UNKNOWN
    asked = message.reply_to_message or message
    # The same for every button of a message, so that one choice is answered.
    job = new_job(
        f"{message.chat_id}:{message.message_id}:choice",
        link_named(data.kind, data.id),
        press.context.preferences(press.update),
        user_id=data.asker,
        chat_id=message.chat_id,
        message_id=asked.message_id,
        chat_type=message.chat.type,
        topic_id=topic_of(message),
        created_at=services.clock(),
        reply_id=message.message_id,
    )
    return None if await services.runner.submit(job) else Toast.DONE_ALREADY
