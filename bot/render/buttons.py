"""Buttons that lead out of a message: to each platform, YouTube's queues, other people, files."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import quote

from bot.models import Finding, ListingKind, Platform
from bot.models.outside_text import one_line
from bot.models.results import spotify_url
from bot.models.view import Format, State
from bot.platforms.urls import (
    QUEUE_VIDEOS,
    SEARCHES,
    music_url,
    queue_url,
    spotify_search_url,
    youtube_search_url,
)
from bot.render.callback_data import ChooseFormat, SendFile, ShowQueues
from bot.render.deeplinks import start_url
from bot.render.reply import Button, back_button, in_rows, page_buttons, shorten

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markupsafe import Markup

    from bot.models import Listing
    from bot.models.results import Counts, Results
    from bot.models.view import ListingView
    from bot.render.i18n import Words
    from bot.render.reply import Rows

IN_A_ROW = 2  # of phones 40 characters wide
ROW_BUTTONS = 3  # "4,951–5,000" thrice is what a phone shows in one row
# A queue's address has some 650 characters, and Telegram takes keyboards up to 10 KB
# (https://github.com/tginfo/Telegram-Limits/issues/187)
PAGE_QUEUES = 12
_SHARE = "https://t.me/share/url"
TITLE_UNITS = 120  # percent-encoded far below the 2,048 characters of an address at Telegram
_FORMATS = (
    (Format.CSV, Format.TXT, Format.M3U8),
    (Format.JSON, Format.HTML, Format.ZIP),
)


def link_buttons(view: ListingView, words: Words) -> list[tuple[Button, ...]]:
    """In the order in which the platforms were chosen, two in a row."""
    made = [_button(Platform(platform), view, words) for platform in view.platforms]
    return in_rows([button for button in made if button], IN_A_ROW)


def _button(platform: Platform, view: ListingView, words: Words) -> Button | None:
    match platform:
        case Platform.SPOTIFY:
            return _spotify(view, words)
        case Platform.YOUTUBE:
            return _youtube(view, words)
        case Platform.YOUTUBE_MUSIC:
            match = view.match(0)
            url = match and music_url(match.candidate.video_id)
            return Button("YouTube Music ↗", url=url) if url else None
        case Platform.APPLE_MUSIC | Platform.DEEZER:
            url = view.pages_found.get((0, platform))
            return Button(f"{SEARCHES[platform][0]} ↗", url=url) if url else None


def _spotify(view: ListingView, words: Words) -> Button:
    track = view.listing.tracks[0]
    if url := spotify_url(track, view.results.get(0)):
        return Button("Spotify ↗", url=url)
    return Button(words.plain("Spotify search ↗"), url=spotify_search_url(track))


def _youtube(view: ListingView, words: Words) -> Button | None:
    if match := view.match(0):
        return Button("YouTube ↗", url=match.candidate.url)
    if view.state is State.RUNNING:
        return None
    return Button(words.plain("YouTube search ↗"), url=youtube_search_url(view.listing.tracks[0]))


def share_button(view: ListingView, words: Words) -> Button | None:
    """None for a list that only its owner may open, and before the bot's name is known."""
    url = start_url(view.bot, view.listing)
    if url is None:
        return None
    query = f"url={quote(url, safe='')}&text={quote(_title(view.listing), safe='')}"
    return Button(words.plain("Share ↗"), url=f"{_SHARE}?{query}")


def _title(listing: Listing) -> str:
    track = listing.tracks[0] if listing.kind is ListingKind.TRACK and listing.tracks else None
    by = ", ".join(track.artists) if track else listing.owner
    said = " — ".join(part for part in map(one_line, (listing.title, by)) if part)
    return shorten(said, TITLE_UNITS)


def export_button(job: str, words: Words) -> Button:
    return Button(words.plain("Export"), data=ChooseFormat(job))


def export_rows(job: str, page: int, words: Words) -> Rows:
    """The choice of a format, and the way back to that page of the listing."""
    rows = [
        tuple(Button(_label(kind, words), data=SendFile(job, kind)) for kind in row)
        for row in _FORMATS
    ]
    return (*rows, (back_button(job, page, words),))


def render_too_large(words: Words) -> Markup:
    return words.gettext(
        "Telegram takes files of up to 50 MB from bots, and this list makes a larger one. "
        "Choose All as ZIP, which is smaller, or CSV."
    )


def _label(kind: Format, words: Words) -> str:
    match kind:
        case Format.TXT:
            return words.plain("Text")
        case Format.HTML:
            return words.plain("Web page")
        case Format.ZIP:
            return words.plain("All as ZIP")
    return kind.upper()


@dataclass(frozen=True, slots=True)
class Queue:
    """The videos found for the rows `first` to `last` of a listing, counted from 1."""

    first: int
    last: int
    videos: Sequence[str]

    @property
    def url(self) -> str:
        return queue_url(self.videos)


def queues(listing: Listing, results: Results, among: range | None = None) -> list[Queue]:
    """All recordings, official or chosen by people, in the listing's order, at most 50 in each.

    One queue where that is enough; else one for each 50 rows, so that its label names the rows
    that people see. Rows without a recording are passed over. `among` are the rows of a page of
    many queues.
    """
    found = {
        at: result.match.candidate.video_id
        for at, result in sorted(results.items())
        if isinstance(result, Finding) and result.match
    }
    rows = len(listing.tracks)
    step = rows if among is None and len(found) <= QUEUE_VIDEOS else QUEUE_VIDEOS
    among = among or range(rows)
    starts = range(among.start, min(among.stop, rows), max(step, 1))
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


def queued_rows(counts: Counts, page: int) -> range | None:
    """The rows whose queues stand on page `page`, from 0; None where one queue is enough."""
    most = PAGE_QUEUES * QUEUE_VIDEOS
    few = counts.official + counts.chosen <= QUEUE_VIDEOS
    return None if few else range(page * most, (page + 1) * most)


def queue_pages(listing: Listing, rows: range | None) -> int:
    """How many pages of queues there are, where such `rows` stand on one of them."""
    return max(1, -(-len(listing.tracks) // len(rows))) if rows else 1


def queue_rows(
    view: ListingView, found: Sequence[Queue], page: int, pages: int, words: Words
) -> Rows:
    """The keyboard with page `page` of the queues, from 0, and the way back to the listing."""
    buttons = [Button(queue_label(queue, words), url=queue.url) for queue in found]
    rows = in_rows(buttons, ROW_BUTTONS)
    if pages > 1:
        rows.append(page_buttons(page, pages, partial(ShowQueues, view.job)))
    return (*rows, (back_button(view.job, view.shown_page, words),))


def _choice(view: ListingView, words: Words) -> Button:
    return Button(words.plain("Play all"), data=ShowQueues(view.job, 0))


def queue_label(queue: Queue, words: Words) -> str:
    if queue.first == queue.last:
        return words.number(queue.first)
    return f"{words.number(queue.first)}–{words.number(queue.last)}"
