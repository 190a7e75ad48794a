"""The buttons under a listing: turn its pages, stop it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.errors import ChatClosed, SourceError, StoreUnavailable
from bot.storage.jobs import JobState

if TYPE_CHECKING:
    from telegram import CallbackQuery, Update

    from bot.handlers.context import Context
    from bot.storage.jobs import Job

PAGE_PATTERN = r"^p:(?P<job>[\w-]{1,32}):(?P<page>-?\d{1,5})$"
STOP_PATTERN = r"^s:(?P<job>[\w-]{1,32})$"


async def on_page(update: Update, context: Context) -> None:
    """Show the page that a button asks for; the toast says why when there is none."""
    query, match = update.callback_query, context.matches
    if query is None or not match:
        return
    found = match[0]
    await query.answer(await _turn(query, found["job"], int(found["page"]), update, context))


async def _turn(
    query: CallbackQuery, job_id: str, page: int, update: Update, context: Context
) -> str | None:
    words = context.words(update)
    job = await _job(query, job_id, context)
    if job is None or query.message is None:
        return words.plain("That list is too old to turn. Send its link again.")
    if page < 0:
        return words.plain("This is the first page.")
    try:
        turned = await context.services.runner.turn(
            replace(job, reply_id=query.message.message_id), page
        )
    except SourceError:
        return words.plain("Spotify is not answering at the moment. Try again in a few minutes.")
    except (StoreUnavailable, ChatClosed):
        return words.plain("My memory is not answering. Try again in a few minutes.")
    return None if turned else words.plain("This is the last page.")


async def on_stop(update: Update, context: Context) -> None:
    """Stop a listing; only the person who asked for it may."""
    query, match = update.callback_query, context.matches
    if query is None or not match:
        return
    words = context.words(update)
    job = await _job(query, match[0]["job"], context)
    if job is not None and job.user_id != query.from_user.id:
        text = words.plain("Only the person who asked for this list can stop it.")
    elif job is not None and await context.services.runner.cancel(job.user_id, job.id):
        text = words.plain("Stopped. What is here stays.")
    elif job is None or job.state is JobState.DONE:
        text = words.plain("It is done already.")
    else:
        text = words.plain("It goes on in a moment. Press Stop again then.")
    await query.answer(text)


async def on_unknown(update: Update, context: Context) -> None:
    """A button of an older version, or one that somebody made up."""
    if update.callback_query:
        words = context.words(update)
        await update.callback_query.answer(words.plain("That button no longer works."))


async def _job(query: CallbackQuery, job_id: str, context: Context) -> Job | None:
    """The job behind a button, when it belongs to the chat in which the button was pressed."""
    try:
        job = await context.services.jobs.get(job_id)
    except StoreUnavailable:
        return context.services.runner.running(job_id)
    if job is None or query.message is None or job.chat_id != query.message.chat.id:
        return None
    return job
