"""Play all: the found videos of a listing as YouTube queues, and the buttons that open them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from bot.models import Finding
from bot.platforms.urls import QUEUE_VIDEOS, queue_url
from bot.render.callback_data import ShowQueues
from bot.render.reply import Button, back_button, in_rows, page_buttons
from bot.youtube.urls import QUEUE_VIDEOS, queue_url

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.models import Listing
    from bot.models.results import Results
    from bot.models.view import ListingView
    from bot.render.i18n import Words
    from bot.render.reply import Rows

ROW_BUTTONS = 3  # "4,951–5,000" thrice is what a phone shows in one row
# A queue's address has some 650 characters, and Telegram takes keyboards up to 10 KB
# (https://github.com/tginfo/Telegram-Limits/issues/187)
PAGE_QUEUES = 12


@dataclass(frozen=True, slots=True)
class Queue:
    """The videos found for the rows `first` to `last` of a listing, counted from 1."""

    first: int
    last: int
    videos: Sequence[str]

    @property
    def url(self) -> str:
        return queue_url(self.videos)


def queues(listing: Listing, results: Results) -> list[Queue]:
    """All recordings, official or chosen by people, in the listing's order, at most 50 in each.

    One queue where that is enough; else one for each 50 rows, so that its label names the rows
    that people see. Rows without a recording are passed over.
    """
    found = {
        at: result.match.candidate.video_id
        for at, result in sorted(results.items())
        if isinstance(result, Finding) and result.match
    }
    rows = len(listing.tracks)
    step = rows if len(found) <= QUEUE_VIDEOS else QUEUE_VIDEOS
    starts = range(0, rows, max(step, 1))
    parts = [
        Queue(
            start + 1,
            min(start + step, rows),
            [found[at] for at in range(start, start + step) if at in found],
        )
        for start in starts
    ]
    return [queue for queue in parts if queue.videos]


def play_button(view: ListingView, words: Words) -> Button | None:
    """The queue itself where there is only one, else what opens the choice; None for nothing."""
    if not view.whole:
        is_empty = view.counts is not None and not (view.counts.official or view.counts.chosen)
        return None if is_empty else _choice(view, words)
    found = queues(view.listing, view.results)
    if len(found) == 1:
        return Button(words.plain("Play all ↗"), url=found[0].url)
    return _choice(view, words) if found else None


def queue_pages(found: Sequence[Queue]) -> int:
    return max(1, -(-len(found) // PAGE_QUEUES))


def queue_rows(view: ListingView, found: Sequence[Queue], page: int, words: Words) -> Rows:
    """The keyboard with page `page` of the queues, from 0, and the way back to the listing."""
    shown = found[page * PAGE_QUEUES : (page + 1) * PAGE_QUEUES]
    buttons = [Button(queue_label(queue, words), url=queue.url) for queue in shown]
    rows = in_rows(buttons, ROW_BUTTONS)
    pages = queue_pages(found)
    if pages > 1:
        rows.append(page_buttons(page, pages, partial(ShowQueues, view.job)))
    return (*rows, (back_button(view.job, view.shown_page, words),))


def _choice(view: ListingView, words: Words) -> Button:
    return Button(words.plain("Play all"), data=ShowQueues(view.job, 0))


def queue_label(queue: Queue, words: Words) -> str:
    if queue.first == queue.last:
        return words.number(queue.first)
    return f"{words.number(queue.first)}–{words.number(queue.last)}"
