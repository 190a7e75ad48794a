"""A wrong match is put right: [Wrong song?], [Fix a track], and /fixes with undo."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from contextlib import suppress
from dataclasses import asdict, replace
from hashlib import blake2b
from typing import TYPE_CHECKING

from telegram.constants import ChatType

from bot.errors import ChatBusy
from bot.models import Finding
from bot.models.results import recounted
from bot.models.view import page_rows
from bot.render.callback_data import ShowCorrections
from bot.render.corrections import (
    LIST_ROWS,
    counted,
    fixable,
    number_rows,
    render_fixes,
    render_offer,
)
from bot.render.deeplinks import FIXES
from bot.render.toasts import Toast
from bot.resolve.corrections import Verdict
from bot.telegram.callbacks import Declined
from bot.telegram.delivery import answer, edit, show_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from telegram import Update

    from bot.models import Track
    from bot.models.job import Job
    from bot.models.view import ListingView
    from bot.render.callback_data import (
        AskTrack,
        ChooseRecording,
        OfferRecordings,
        UndoCorrection,
    )
    from bot.telegram.callbacks import Press
    from bot.telegram.context import Context

_DIGEST_BYTES = 3  # 4 characters: enough to tell that another track stands there now
_VERDICTS = {
    Verdict.CHOSEN: Toast.CHOSEN,
    Verdict.UNDONE: Toast.UNDONE,
    Verdict.UNKNOWN: Toast.NOT_RETURNED,
    Verdict.TOO_MANY: Toast.TOO_MANY_FIXES,
}


async def on_fixes(update: Update, context: Context) -> None:
    """What the person put right; in a group there is only the way to it."""
    message, person = await context.in_private(update, FIXES)
    if message and person:
        fixes = await context.services.corrections.store.of_user(person)
        await answer(message, render_fixes(fixes, 0, context.words(update)))


async def ask_track(press: Press, data: AskTrack) -> Toast:
    """The buttons under a listing become the numbers of the tracks on screen."""
    job, page = await _job(press, data.job), max(data.page, 0)
    numbers: Sequence[int] = counted(job, page)
    if not numbers:
        view = await _stored(press, job, page)
        page, numbers = view.shown_page, fixable(view)
    await show_rows(press.message, number_rows(job.id, page, numbers, press.words))
    return Toast.WHICH_TRACK


async def offer(press: Press, data: OfferRecordings) -> Toast | None:
    """The message becomes the recordings that can be chosen for a track."""
    job = await _job(press, data.job)
    view = await _page_of(press, job, data.at)
    result = view.results.get(data.at)
    if result is None:
        return Toast.LIST_CHANGED
    track = view.listing.tracks[data.at]
    shown = result if isinstance(result, Finding) else None
    async with press.services.gates.wider.passed(press.query.from_user.id):
        offered = await press.services.corrections.offer(track, shown)
    await edit(press.query, render_offer(view, data.at, offered, _digest(track), press.words))
    return None


async def choose(press: Press, data: ChooseRecording) -> Toast:
    """Take the choice, and show the card or list as it is with it."""
    job = await _job(press, data.job)
    view = await _page_of(press, job, data.at)
    tracks = view.listing.tracks
    if data.at >= len(tracks) or _digest(tracks[data.at]) != data.digest:
        return Toast.LIST_CHANGED
    track = tracks[data.at]
    verdict = await press.services.corrections.choose(job.user_id, track, data.choice)
    if verdict in (Verdict.CHOSEN, Verdict.UNDONE):
        with suppress(ChatBusy):  # it is taken; the message shows it when it is next turned
            await _show_again(job, view, track, press.context)
    return _VERDICTS[verdict]


async def _show_again(job: Job, before: ListingView, track: Track, context: Context) -> None:
    """Turn back to the page, whose numbers then count the track as what it has become."""
    services, page = context.services, before.shown_page
    after = await services.runner.stored(job, page)
    if after and before.counts:
        counts = recounted(before.counts, track.key, after.listing, before.results, after.results)
        job = replace(job, outcome={**job.outcome, "counts": asdict(counts)})
        await services.jobs.save(job.id, outcome=job.outcome)
    await services.page_turns.turn(job, page)


async def _job(press: Press, job_id: str) -> Job:
    """The job behind a listing that the presser may put right."""
    job = await press.job(job_id)
    await press.only_by(job.user_id, Toast.NOT_YOURS_TO_FIX)
    return job


async def _stored(press: Press, job: Job, page: int) -> ListingView:
    view = await press.services.runner.stored(job, page)
    if view is None:
        raise Declined(Toast.STILL_RUNNING)
    return view


async def _page_of(press: Press, job: Job, track: int) -> ListingView:
    return await _stored(press, job, track // page_rows(job.platforms))


def _digest(track: Track) -> str:
    key = blake2b(track.key.encode(), digest_size=_DIGEST_BYTES).digest()
    return urlsafe_b64encode(key).decode()


async def show_corrections(press: Press, data: ShowCorrections) -> Toast | None:
    message, page = press.query.message, data.page
    if message is None or message.chat.type != ChatType.PRIVATE:
        return Toast.UNKNOWN
    if page < 0:
        return Toast.FIRST_PAGE
    fixes = await press.services.corrections.store.of_user(press.query.from_user.id)
    if page > 0 and page * LIST_ROWS >= len(fixes) + 1:
        return Toast.LAST_PAGE
    await edit(press.query, render_fixes(fixes, page, press.words))
    return None


async def undo(press: Press, data: UndoCorrection) -> Toast:
    """Take a choice back, from the list of all of them."""
    undone = await press.services.corrections.store.undo(press.query.from_user.id, data.key)
    said = await show_corrections(press, ShowCorrections(data.page))
    return said or (Toast.UNDONE if undone else Toast.DONE_ALREADY)
