"""A listing as one message: heading, a page of rows, what was found, and the buttons."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from markupsafe import Markup

from bot.models import Cut, Listing, ListingKind, Source
from bot.models.outline import length_ms
from bot.models.results import Counts, allowed_songs, count
from bot.models.songlist import NAMED_MOST
from bot.models.view import ListingView, State
from bot.render.buttons import export_button, play_button, share_button
from bot.render.callback_data import StopJob, TurnPage
from bot.render.corrections import fix_button
from bot.render.deeplinks import start_url
from bot.render.problems import render_used_up, source_of
from bot.render.quota import render_shortfall
from bot.render.reply import (
    MESSAGE_UNITS,
    NAME_UNITS,
    Button,
    Reply,
    link,
    name,
    page_buttons,
    visible_units,
)
from bot.render.rows import join, row

if TYPE_CHECKING:
    from collections.abc import Collection

    from bot.render.i18n import Words

# Names are cut to the first of these lengths at which a page of 20 rows fits into a message
_NAME_STEPS = (120, 80, 60, 40, 20)
_BAR_CELLS = 10


def render_listing(view: ListingView, words: Words) -> Reply:
    """The page `view.page` of a listing. Fits a message whatever the names are."""
    allowed = frozenset(allowed_songs(view.listing, view.allowed))
    for most in _NAME_STEPS:
        text = _text(view, words, most, allowed)
        if visible_units(text) <= MESSAGE_UNITS:
            break
    return Reply(text, _buttons(view, words), preview=view.listing.url)


def _text(view: ListingView, words: Words, most: int, allowed: Collection[int]) -> Markup:
    rows = [row(view, at, words, withheld=at not in allowed, most=most) for at in view.on_screen]
    blocks = [heading(view.listing, words, most), Markup("\n").join(rows), _outcome(view, words)]
    return Markup("\n\n").join(block for block in blocks if block)


def heading(listing: Listing, words: Words, most: int = NAME_UNITS) -> Markup:
    """Title, whose it is and what, and how much."""
    title = name(listing.title, most) or words.plain("Untitled")
    first = Markup("<b>{}</b>").format(link(title, listing.url) if listing.url else title)
    return Markup("\n").join((first, *facts(listing, words, most)))


def facts(listing: Listing, words: Words, most: int) -> tuple[Markup, Markup]:
    """Whose list of which kind and year it is, and how long: two lines."""
    year = str(listing.year) if listing.year else ""
    owner = name(listing.owner, most) if listing.owner != listing.title and listing.owner else ""
    total = max(listing.total or 0, len(listing.tracks))
    tracks = words.ngettext("{n} track", "{n} tracks", total)
    outline = listing.outline
    known = outline.length_ms if outline else length_ms(listing.tracks)
    length = words.span(known / 1000) if known and listing.cut is not Cut.BRIEF else ""
    return join((owner, kind_name(listing.kind, words), year)), join((tracks, length))


def kind_name(kind: ListingKind, words: Words) -> Markup:
    match kind:
        case ListingKind.ALBUM:
            return words.gettext("album")
        case ListingKind.PLAYLIST:
            return words.gettext("playlist")
        case ListingKind.ARTIST:
            return words.gettext("artist, top tracks")
        case ListingKind.TRACK:
            return words.gettext("track")
        case ListingKind.LIST:
            return words.gettext("list")


def _outcome(view: ListingView, words: Words) -> Markup:
    counts = view.counts or count(view.listing, view.results, view.allowed)
    lines = [
        _progress(view, counts, words)
        if view.state is State.RUNNING
        else summary(counts, words, source_of(view.listing))
    ]
    lines += notes(view, counts, words)
    return Markup("\n").join(line for line in lines if line)


def _progress(view: ListingView, counts: Counts, words: Words) -> Markup:
    wanted = len(allowed_songs(view.listing, view.allowed))
    done = counts.looked_up + counts.failed
    full = _BAR_CELLS * done // wanted if wanted else _BAR_CELLS
    bar = "▰" * full + "▱" * (_BAR_CELLS - full)
    return words.gettext(
        "{bar} {done} of {wanted}", bar=bar, done=words.number(done), wanted=words.number(wanted)
    )


def summary(counts: Counts, words: Words, service: str = "Spotify") -> Markup:
    """What was found, such as `12 official · 2 search only · 1 local file`."""
    parts = (
        counts.official and words.ngettext("{n} official", "{n} official", counts.official),
        counts.chosen and words.ngettext("{n} chosen", "{n} chosen", counts.chosen),
        counts.search and words.ngettext("{n} search only", "{n} search only", counts.search),
        counts.failed and words.ngettext("{n} not looked up", "{n} not looked up", counts.failed),
        counts.withheld
        and words.ngettext("{n} for another day", "{n} for another day", counts.withheld),
        counts.local and words.ngettext("{n} local file", "{n} local files", counts.local),
        counts.episode
        and words.ngettext("{n} podcast episode", "{n} podcast episodes", counts.episode),
        counts.gone
        and words.ngettext(
            "{n} no longer on {service}",
            "{n} no longer on {service}",
            counts.gone,
            service=service,
        ),
        counts.nameless
        and words.ngettext("{n} without a name", "{n} without a name", counts.nameless),
    )
    return join([part for part in parts if part])


def notes(view: ListingView, counts: Counts, words: Words) -> list[Markup]:
    """What is in the way, on whose side, and what to do next: a sentence or two for each."""
    found = []
    if view.state is State.STOPPED:
        found.append(
            words.gettext("Stopped. Send the list again for the rest.")
            if view.listing.source is Source.UPLOAD
            else words.gettext("Stopped. Send the link again for the rest.")
        )
    if view.listing.cut:
        found.append(_cut(view.listing, words))
    elif counts.nameless:
        found.append(
            words.gettext(
                "I ask Spotify for the names of {most} links in a list, and of as many in a day "
                "as your plan has tracks. Send the others later, as a list of their own.",
                most=words.number(NAMED_MOST),
            )
        )
    if view.store_down:
        found.append(_store_down(view, words))
    elif view.shortfall:
        found.append(render_shortfall(view.shortfall, words))
    if counts.failed and view.state is not State.RUNNING:
        found.append(_away(view, counts, words))
    return found


def _store_down(view: ListingView, words: Words) -> Markup:
    if view.goes_on:
        return words.gettext("The YouTube links come into this message later.")
    return words.gettext(
        "The YouTube links could not be looked up. Send the link again in a few minutes."
    )


def _away(view: ListingView, counts: Counts, words: Words) -> Markup:
    if counts.spared == counts.failed:
        service = "Spotify" if counts.unnamed == counts.failed else "YouTube"
        return render_used_up(service, view.again_s, words)
    if counts.unnamed == counts.failed:
        return _unnamed(view, words)
    if view.again_s is None:
        return words.gettext(
            "YouTube is not answering at the moment. Your Spotify links are all here; "
            "send the link again later for the rest. What is here stays free."
        )
    return words.gettext(
        "YouTube is not answering at the moment. Your Spotify links are all here; "
        "I'll ask for the rest again in {span}.",
        span=words.span(view.again_s),
    )


def _unnamed(view: ListingView, words: Words) -> Markup:
    """Songs that came as words, which Spotify was not asked for, or did not answer."""
    if view.again_s is None:
        return words.gettext(
            "Spotify is not answering for some of these songs at the moment. "
            "Send the list again later for the rest. What is here stays free."
        )
    return words.gettext(
        "Spotify is not answering for some of these songs at the moment. "
        "I'll ask for the rest again in {span}.",
        span=words.span(view.again_s),
    )


def _cut(listing: Listing, words: Words) -> Markup:
    n = len(listing.tracks)
    if listing.cut is Cut.BRIEF:
        return _brief(listing, words)
    if listing.source is Source.UPLOAD:
        return words.gettext(
            "Spotify did not answer for some of your links. Send the list again later for these."
        )
    if listing.cut is Cut.FAILED:
        return words.ngettext(
            "{service} stopped answering after {n} track. Send the link again later for the rest.",
            "{service} stopped answering after {n} tracks. Send the link again later for the rest.",
            n,
            service=source_of(listing),
        )
    if listing.source is Source.YOUTUBE:
        return words.ngettext(
            "I read only the first track of a YouTube playlist.",
            "I read only the first {n} tracks of a YouTube playlist. "
            "Put the others into a second one for the rest.",
            n,
        )
    if listing.total:
        return words.ngettext(
            "Spotify shows this bot only the first track of {total}. For the rest, select the "
            "songs in Spotify's desktop app, copy, and paste them here.",
            "Spotify shows this bot only the first {n} tracks of {total}. For the rest, select "
            "the songs in Spotify's desktop app, copy, and paste them here.",
            n,
            total=words.number(listing.total),
        )
    return words.ngettext(
        "Spotify shows this bot only the first track. If there are more, select them in "
        "Spotify's desktop app, copy, and paste them here.",
        "Spotify shows this bot only the first {n} tracks. If there are more, select them in "
        "Spotify's desktop app, copy, and paste them here.",
        n,
    )


def _brief(listing: Listing, words: Words) -> Markup:
    n = words.number(len(listing.tracks))
    if start_url("any", listing):
        return words.gettext("The first {n} are here; the button opens all in private.", n=n)
    return words.gettext("The first {n} are here; send me the link in private for all.", n=n)


def _buttons(view: ListingView, words: Words) -> tuple[tuple[Button, ...], ...]:
    rows: list[tuple[Button, ...]] = []
    if view.pages > 1:
        rows.append(page_buttons(view.shown_page, view.pages, partial(TurnPage, view.job)))
    if view.listing.cut is Cut.BRIEF and (url := start_url(view.bot, view.listing)):
        rows.append((Button(words.plain("Full list in private ↗"), url=url),))
    if view.state is State.RUNNING:
        rows.append((Button(words.plain("Stop"), data=StopJob(view.job)),))
    else:
        share = share_button(view, words)
        rows += [_tools(view, words), (share,) if share else ()]
    return tuple(row for row in rows if row)


def _tools(view: ListingView, words: Words) -> tuple[Button, ...]:
    """What can be done with a listing that has come to its end."""
    if not view.listing.tracks:
        return ()
    tools = (export_button(view.job, words), play_button(view, words), fix_button(view, words))
    return tuple(button for button in tools if button)
