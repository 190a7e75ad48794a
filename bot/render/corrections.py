"""Putting a match right: which track, which recording instead, and all that a person chose."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from markupsafe import Markup

from bot.models import Finding, ListingKind, Match
from bot.models.results import Choice, Counts, allowed_songs
from bot.models.view import ListingView, State, page_rows
from bot.render.callback_data import (
    AskTrack,
    ChooseRecording,
    OfferRecordings,
    ShowCorrections,
    UndoCorrection,
)
from bot.render.reply import Button, Reply, back_button, in_rows, link, name, page_buttons
from bot.render.rows import (
    INDENT,
    artists,
    chosen_by,
    found_link,
    join,
    official_kind,
    search_link,
    sign,
    title,
    unproven_kind,
)
from bot.youtube.match import Outcome, outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.models import Track
    from bot.models.job import Job
    from bot.models.results import Alternatives, Correction
    from bot.render.i18n import Words
    from bot.render.reply import Rows

ROW_NUMBERS = 5  # buttons of two digits: wide enough for a thumb
LIST_ROWS = 10  # corrections on a page of /fixes


def fix_button(view: ListingView, words: Words) -> Button | None:
    """Asks which track of the page on screen is wrong; None where nothing was looked up."""
    if not view.job or not fixable(view):
        return None
    return Button(words.plain("Fix a track"), data=AskTrack(view.job, view.shown_page))


def wrong_button(view: ListingView, words: Words) -> Button | None:
    """Offers other recordings for a card, once its search has come to an end."""
    result = view.results.get(0)
    if not view.job or view.state is State.RUNNING or not isinstance(result, Finding):
        return None
    label = words.plain("Wrong song?") if result.match else words.plain("Choose one")
    return Button(label, data=OfferRecordings(view.job, 0))


def number_rows(job: str, page: int, tracks: Sequence[int], words: Words) -> Rows:
    """The numbers of tracks of that page, and the way back: the rows above say what they are."""
    numbers = [Button(words.number(at + 1), data=OfferRecordings(job, at)) for at in tracks]
    return (*in_rows(numbers, ROW_NUMBERS), (back_button(job, page, words),))


def fixable(view: ListingView) -> list[int]:
    """The songs on screen that were looked up."""
    allowed = set(allowed_songs(view.listing, view.allowed))
    return [at for at in view.on_screen if at in allowed and view.results.get(at) is not None]


def counted(job: Job, page: int) -> range:
    """As `fixable`, without the listing: from the job's counts, where these tell it; else none."""
    counts = Counts.of(job.outcome.get("counts", {}))
    rows = page_rows(job.platforms)
    known = counts.looked_up if counts.is_gapless and not job.outcome.get("stopped") else 0
    return range(page * rows, min((page + 1) * rows, known))


def render_offer(
    view: ListingView, at: int, offer: Alternatives, digest: str, words: Words
) -> Reply:
    """What stands at a track now, and what can be chosen instead."""
    track = view.listing.tracks[at]
    blocks = [_heading(track, words), _now(track, offer.shown, words)]
    if offer.candidates:
        blocks.append(words.gettext("Which one is right?"))
        blocks += [
            _candidate(number, match, words) for number, match in enumerate(offer.candidates, 1)
        ]
    else:
        blocks.append(words.gettext("I know no other recording of it."))
    choose = partial(ChooseRecording, view.job, at, digest)
    rows: list[Sequence[Button]] = [
        [
            Button(words.number(number), data=choose(match.candidate.video_id))
            for number, match in enumerate(offer.candidates, 1)
        ]
    ]
    is_said = offer.mine and offer.shown.match is None
    if (offer.shown.match or offer.candidates) and not is_said:
        rows.append([Button(words.plain("None of these is right"), data=choose(Choice.NONE))])
    if offer.mine:
        rows.append([Button(words.plain("Undo my choice"), data=choose(Choice.UNDO))])
    rows.append([back_button(view.job, at // view.page_rows, words)])
    return Reply(
        Markup("\n\n").join(blocks),
        tuple(tuple(row) for row in rows if row),
        preview=track.url if view.listing.kind is ListingKind.TRACK else view.listing.url,
    )


def _heading(track: Track, words: Words) -> Markup:
    about = join((artists(track), words.length(track.duration_ms)))
    return Markup("<b>{}</b>\n{}").format(title(track, words), about)


def _now(track: Track, shown: Finding, words: Words) -> Markup:
    """The link that stands there now, labelled as it is on the card."""
    parts: list[Markup | str] = []
    if shown.match:
        parts.append(found_link(shown.match, official=shown.official))
        parts.append(official_kind(shown.match, words) if shown.official else "")
    else:
        parts.append(search_link(track, words))
    parts.append(chosen_by(shown.chosen, words) if shown.chosen else "")
    return words.gettext("Now: {link}", link=join(parts))


def _candidate(number: int, match: Match, words: Words) -> Markup:
    """Two lines: number and title, which is a link to listen to; then who, how long, and what."""
    found = match.candidate
    by = found.channel or ", ".join(found.artists)
    official = outcome(match) is Outcome.ACCEPT
    kind = official_kind(match, words) if official else unproven_kind(match, words)
    about = join((name(by), words.length(round((found.duration_s or 0) * 1000)), kind))
    head = link(name(found.title) or words.plain("Untitled"), found.url)
    return Markup("{}  {}\n{}{}").format(words.number(number), head, INDENT, about)


def render_fixes(fixes: Sequence[Correction], page: int, words: Words) -> Reply:
    """What a person chose, newest first, and a number to undo each."""
    if not fixes:
        return Reply(
            words.gettext(
                "You have put no track right yet. Where a recording is wrong, press the button "
                "under the card or list."
            )
        )
    pages = -(-len(fixes) // LIST_ROWS)
    page = min(max(page, 0), pages - 1)
    shown = list(enumerate(fixes, 1))[page * LIST_ROWS : (page + 1) * LIST_ROWS]
    blocks = [words.gettext("<b>What you put right</b>\nPress a number to undo it.")]
    blocks += [_fix(number, fix, words) for number, fix in shown]
    numbers = [
        Button(f"✕ {words.number(number)}", data=UndoCorrection(page, fix.key))
        for number, fix in shown
    ]
    rows = in_rows(numbers, ROW_NUMBERS)
    if pages > 1:
        rows.append(page_buttons(page, pages, ShowCorrections))
    return Reply(Markup("\n\n").join(blocks), tuple(rows))


def _fix(number: int, fix: Correction, words: Words) -> Markup:
    head = join(
        (
            Markup("<b>{}</b>").format(name(fix.title) or words.plain("Untitled")),
            name(", ".join(fix.artists)),
        )
    )
    if fix.match:
        found = fix.match.candidate
        chosen = link(name(found.title) or words.plain("Untitled"), found.url)
        line = chosen + " " + sign(fix.match, official=fix.official)
    else:
        line = words.gettext("no recording there is right")
    return Markup("{}  {}\n{}{}").format(words.number(number), head, INDENT, line)
