"""A single track as a card."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from bot.errors import SourceError
from bot.models import CandidateKind, Finding, Match, Platform, Track
from bot.models.results import spotify_id, spotify_url
from bot.models.view import State
from bot.render.buttons import link_buttons, share_button
from bot.render.corrections import wrong_button
from bot.render.problems import render_away
from bot.render.quota import render_used
from bot.render.reply import Button, Reply, all_platforms_url, link, name
from bot.render.rows import (
    artists,
    because,
    chosen_by,
    found_link,
    join,
    none_is_right,
    official_kind,
    platform_links,
    search_link,
    title,
)

if TYPE_CHECKING:
    from bot.models.view import ListingView
    from bot.render.i18n import Words


def render_card(view: ListingView, words: Words) -> Reply:
    """The card of a listing that is one track."""
    track = view.listing.tracks[0]
    youtube, note = _youtube(view, track, words)
    if not {Platform.YOUTUBE, Platform.YOUTUBE_MUSIC}.intersection(view.platforms):
        note = Markup()  # it speaks of a link that the person does not want to see
    result = view.results.get(0)
    lines = [
        *card_head(track, words),
        Markup("  ·  ").join(platform_links(view, 0, words, youtube=youtube)),
        note,
        _sent(view, track, words),
    ]
    text = Markup("\n").join(lines).strip()
    return Reply(text, _buttons(view, track, words), preview=spotify_url(track, result))


def card_head(track: Track, words: Words) -> tuple[Markup, Markup, Markup]:
    """Title; who, from which album and how long; and a line between that and the links."""
    about = join((artists(track), name(track.album or ""), words.length(track.duration_ms)))
    return Markup("<b>{}</b>").format(title(track, words)), about, Markup()


def _youtube(view: ListingView, track: Track, words: Words) -> tuple[Markup, Markup]:
    """The YouTube link with its sign, and the sentence below it."""
    result = view.results.get(0)
    if isinstance(result, Finding) and result.match:
        unsure = words.gettext("It is not surely the right official recording.")
        why = because(result.match, words) if result.official else unsure
        return _found(result, result.match, words), why
    search = search_link(track, words)
    if view.store_down or view.shortfall:
        return search, _waiting(view, words)
    if isinstance(result, SourceError):
        return search, render_away(result, view.again_s, words)
    if result is None and view.state is State.RUNNING:
        return words.gettext("looking on YouTube…"), Markup()
    if isinstance(result, Finding) and result.chosen:
        return search, none_is_right(result.chosen, words)
    return search, words.gettext("No recording there is surely the right official one.")


def _sent(view: ListingView, track: Track, words: Words) -> Markup:
    """What the video is by whose link the track was asked for, where it is not the one shown."""
    video, match = track.video, view.match(0)
    if video is None or view.state is State.RUNNING:
        return Markup()
    if match and match.candidate.video_id == video.video_id:
        return Markup()
    sent = link(words.plain("The video you sent"), video.url)
    if video.kind is CandidateKind.UPLOAD:
        return words.gettext("{video} is a user's upload.", video=sent)
    return words.gettext("{video} is not surely the official recording.", video=sent)


def _found(result: Finding, match: Match, words: Words) -> Markup:
    chosen = chosen_by(result.chosen, words) if result.chosen else Markup()
    label = join((official_kind(match, words), chosen)) if result.official else chosen
    return Markup("{} {}").format(found_link(match, official=result.official), label)


def _waiting(view: ListingView, words: Words) -> Markup:
    if view.shortfall:
        return render_used(view.shortfall, words)
    if view.goes_on:
        return words.gettext("The YouTube link comes into this message later.")
    return words.gettext(
        "The YouTube link could not be looked up. Send the link again in a few minutes."
    )


def _buttons(view: ListingView, track: Track, words: Words) -> tuple[tuple[Button, ...], ...]:
    rows = [*link_buttons(view, words)]
    platforms = all_platforms_url(spotify_id(track, view.results.get(0)))
    everywhere = Button(words.plain("All platforms ↗"), url=platforms) if platforms else None
    share = share_button(view, words) if view.state is not State.RUNNING else None
    more = ((everywhere, wrong_button(view, words)), (share,))
    rows += [tuple(button for button in row if button) for row in more]
    return tuple(row for row in rows if row)
