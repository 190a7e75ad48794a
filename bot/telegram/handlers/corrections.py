"""A wrong match is put right: [Wrong song?], [Fix a track], and /fixes with undo."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from contextlib import suppress
from dataclasses import asdict, replace
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from telegram import Message
from telegram.constants import ChatType
from telegram.error import ChatMigrated

from bot.errors import OF_SPOTIFY, ChatBusy, ChatClosed, SourceError, StoreUnavailable
from bot.models import Finding
from bot.models.results import recounted
from bot.models.view import page_rows
from bot.render.corrections import LIST_ROWS, number_rows, render_fixes, render_offer
from bot.render.deeplinks import FIXES
from bot.render.history import render_private
from bot.render.toasts import Toast, render_toast
from bot.resolve.corrections import Verdict
from bot.telegram.callbacks import is_by, job_behind
from bot.telegram.delivery import answer, edit, show_rows

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine
    from re import Match

    from telegram import CallbackQuery, Update

    from bot.models import Track
    from bot.models.job import Job
    from bot.models.view import ListingView
    from bot.telegram.context import Context

    Press = Callable[[Update, CallbackQuery, Match[str], Context], Awaitable[Toast | None]]

NUMBERS_PATTERN = r"^f:(?P<job>[\w-]{1,32}):(?P<page>\d{1,5})$"
TRACK_PATTERN = r"^ft:(?P<job>[\w-]{1,32}):(?P<at>\d{1,6})$"
CHOICE_PATTERN = (
    r"^fx:(?P<job>[\w-]{1,32}):(?P<at>\d{1,6}):(?P<digest>[\w-]{4}):(?P<choice>[\w-]{1,16})$"
)
FIXES_PATTERN = r"^fp:(?P<page>-?\d{1,3})$"
UNDO_PATTERN = r"^fu:(?P<page>\d{1,3}):(?P<key>[\w:-]{1,40})$"
_DIGEST_BYTES = 3  # 4 characters: enough to tell that another track stands there now
_VERDICTS = {
    Verdict.CHOSEN: Toast.CHOSEN,
    Verdict.UNDONE: Toast.UNDONE,
    Verdict.UNKNOWN: Toast.NOT_RETURNED,
    Verdict.TOO_MANY: Toast.TOO_MANY_FIXES,
}


async def on_fixes(update: Update, context: Context) -> None:
    """What the person put right; in a group there is only the way to it."""
    message, person = update.effective_message, update.effective_user
    if message is None or person is None:
        return
    words = context.words(update)
    if message.chat.type != ChatType.PRIVATE:
        await answer(message, render_private(context.bot.username, FIXES, words), reply=True)
        return
    fixes = await context.services.corrections.of_user(person.id)
    await answer(message, render_fixes(fixes, 0, words))


def _button(press: Press) -> Callable[[Update, Context], Coroutine[Any, Any, None]]:
    """A handler that does what a button asks for, and says in a toast what came of it."""

    async def handle(update: Update, context: Context) -> None:
        query = update.callback_query
        if query is None or not context.matches:
            return
        try:
            toast = await press(update, query, context.matches[0], context)
        except SourceError as error:
            toast = Toast.SPOTIFY_DOWN if error.service in OF_SPOTIFY else Toast.PLACE_DOWN
        except StoreUnavailable:
            toast = Toast.STORE_DOWN
        except ChatMigrated:  # what was said before stays behind in the old group
            toast = Toast.TOO_OLD
        except (ChatClosed, ChatBusy):
            toast = None  # nothing that is said there would arrive
        await query.answer(render_toast(toast, context.words(update)) if toast else None)

    return handle


async def _ask_track(
    update: Update, query: CallbackQuery, pressed: Match[str], context: Context
) -> Toast | None:
    """The buttons under a listing become the numbers of the tracks on screen."""
    found = await _find(query, pressed["job"], context, page=int(pressed["page"]))
    if isinstance(found, Toast):
        return found
    _, view = found
    if isinstance(query.message, Message):
        await show_rows(query.message, number_rows(view, context.words(update)))
    return Toast.WHICH_TRACK


async def _offer(
    update: Update, query: CallbackQuery, pressed: Match[str], context: Context
) -> Toast | None:
    """The message becomes the recordings that can be chosen for a track."""
    at = int(pressed["at"])
    found = await _find(query, pressed["job"], context, track=at)
    if isinstance(found, Toast):
        return found
    _, view = found
    result = view.results.get(at)
    if result is None:
        return Toast.LIST_CHANGED
    track = view.listing.tracks[at]
    shown = result if isinstance(result, Finding) else None
    offer = await context.services.corrections.offer(track, shown)
    await edit(query, render_offer(view, at, offer, _digest(track), context.words(update)))
    return None


async def _choose(
    _: Update, query: CallbackQuery, pressed: Match[str], context: Context
) -> Toast | None:
    """Take the choice, and show the card or list as it is with it."""
    at = int(pressed["at"])
    found = await _find(query, pressed["job"], context, track=at)
    if isinstance(found, Toast):
        return found
    job, view = found
    if at >= len(view.listing.tracks) or _digest(view.listing.tracks[at]) != pressed["digest"]:
        return Toast.LIST_CHANGED
    track = view.listing.tracks[at]
    corrections = context.services.corrections
    verdict = await corrections.choose(job.user_id, track, pressed["choice"])
    if verdict in (Verdict.CHOSEN, Verdict.UNDONE):
        with suppress(ChatBusy):  # it is taken; the message shows it when it is next turned
            await _show_again(query, job, view, track, context)
    return _VERDICTS[verdict]


async def _show_again(
    query: CallbackQuery, job: Job, before: ListingView, track: Track, context: Context
) -> None:
    """Turn back to the page, whose numbers then count the track as what it has become."""
    services = context.services
    if query.message is None:
        return
    page = before.shown_page
    after = await services.runner.stored(job, page)
    if after and before.counts:
        counts = recounted(before.counts, track.key, after.listing, before.results, after.results)
        job = replace(job, outcome={**job.outcome, "counts": asdict(counts)})
        await services.jobs.save(job.id, outcome=job.outcome)
    await services.page_turns.turn(replace(job, reply_id=query.message.message_id), page)


async def _find(
    query: CallbackQuery, job_id: str, context: Context, *, page: int = 0, track: int = 0
) -> tuple[Job, ListingView] | Toast:
    """The job behind a listing that may be put right, and a page of it or a track's; or why not."""
    job = await job_behind(query, job_id, context)
    if job is None:
        return Toast.TOO_OLD
    if not await is_by(query, job.user_id, context):
        return Toast.NOT_YOURS_TO_FIX
    view = await context.services.runner.stored(job, page or track // page_rows(job.platforms))
    return (job, view) if view else Toast.STILL_RUNNING


def _digest(track: Track) -> str:
    key = blake2b(track.key.encode(), digest_size=_DIGEST_BYTES).digest()
    return urlsafe_b64encode(key).decode()


async def _turn_fixes(
    update: Update, query: CallbackQuery, pressed: Match[str], context: Context
) -> Toast | None:
    return await _show_fixes(update, query, int(pressed["page"]), context)


async def _undo(
    update: Update, query: CallbackQuery, pressed: Match[str], context: Context
) -> Toast | None:
    """Take a choice back, from the list of all of them."""
    undone = await context.services.corrections.undo(query.from_user.id, pressed["key"])
    said = await _show_fixes(update, query, int(pressed["page"]), context)
    return said or (Toast.UNDONE if undone else Toast.DONE_ALREADY)


async def _show_fixes(
    update: Update, query: CallbackQuery, page: int, context: Context
) -> Toast | None:
    message = query.message
    if message is None or message.chat.type != ChatType.PRIVATE:
        return Toast.UNKNOWN
    if page < 0:
        return Toast.FIRST_PAGE
    fixes = await context.services.corrections.of_user(query.from_user.id)
    if page > 0 and page * LIST_ROWS >= len(fixes) + 1:
        return Toast.LAST_PAGE
    await edit(query, render_fixes(fixes, page, context.words(update)))
    return None


BUTTONS = (
    (NUMBERS_PATTERN, _button(_ask_track)),
    (TRACK_PATTERN, _button(_offer)),
    (CHOICE_PATTERN, _button(_choose)),
    (FIXES_PATTERN, _button(_turn_fixes)),
    (UNDO_PATTERN, _button(_undo)),
)
