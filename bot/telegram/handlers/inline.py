"""Inline mode: the results for what is typed behind the bot's name, and what becomes of one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from telegram import (
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
)
from telegram.constants import ParseMode

from bot.errors import StoreUnavailable
from bot.models.job import INLINE, new_job
from bot.models.links import link_named
from bot.render.inline import render_hint, render_offer
from bot.telegram.delivery import markup, preview
from bot.telegram.places import leave_place

if TYPE_CHECKING:
    from telegram import Update

    from bot.render.inline import Result
    from bot.telegram.context import Context

CACHE_S = 300  # a search or a listing is the same for as long; by far within what Telegram keeps
CACHE_PART_S = 1  # what was not there in time may be there at once
_CHOSEN = re.compile(r"(track|youtube_video):([\w-]{1,50})")


async def on_query(update: Update, context: Context) -> None:
    """Offer tracks for a link or words; to each person in their language, with their links."""
    query = update.inline_query
    if query is None:
        return
    services, words = context.services, context.words(update)
    leave_place()  # one query of each person goes on, the newest
    offer = await services.inline.offer(query.from_user.id, update.update_id, query.query)
    if offer is None:
        return
    results = render_offer(
        offer,
        words,
        bot=context.bot.username,
        platforms=context.preferences(update).platforms,
    )
    text, start = render_hint(offer, words)
    hint = None if results else InlineQueryResultsButton(text, start_parameter=start)
    await query.answer(
        [_article(result) for result in results],
        cache_time=CACHE_S if offer.whole else CACHE_PART_S,
        is_personal=True,
        button=hint,
    )


async def on_chosen(update: Update, context: Context) -> None:
    """Fill in the card that a person sent, and let that person pay for it.

    Telegram tells what was chosen only where inline feedback is on (@BotFather).
    """
    chosen = update.chosen_inline_result
    named = _CHOSEN.fullmatch(chosen.result_id) if chosen else None
    if chosen is None or named is None or chosen.inline_message_id is None:
        return
    services, user_id = context.services, chosen.from_user.id
    store = services.update_processor.claimed(update)
    try:
        wait = await services.bursts.take(user_id) if store else 0.0
    except StoreUnavailable:
        store = False
    if not store:
        wait = services.bursts.take_here(user_id)
    if wait:
        return  # the card holds Spotify's link, a search, and the way to the bot
    await services.runner.submit(
        new_job(
            chosen.inline_message_id,
            link_named(named[1], named[2]),
            context.preferences(update),
            user_id=user_id,
            chat_id=user_id,
            message_id=0,
            chat_type=INLINE,
            inline_id=chosen.inline_message_id,
            created_at=services.clock(),
        ),
        store=store,
    )


def _article(result: Result) -> InlineQueryResultArticle:
    return InlineQueryResultArticle(
        result.id,
        result.title,
        InputTextMessageContent(
            result.reply.html,
            parse_mode=ParseMode.HTML,
            link_preview_options=preview(result.reply),
        ),
        reply_markup=markup(result.reply.rows),
        description=result.about or None,
        thumbnail_url=result.cover_url,
    )
