"""A sentence for everything that can be in the way: what, on whose side, what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import (
    NotFound,
    OutOfBudget,
    Refused,
    SourceError,
    StoreUnavailable,
    UnsupportedLink,
)
from bot.models.results import allowed_songs, count
from bot.quota.policy import BURST
from bot.render.i18n import marked
from bot.render.platform_problems import render_elsewhere, service_name
from bot.render.rows import name

if TYPE_CHECKING:
    from datetime import datetime

    from markupsafe import Markup

    from bot.models.view import ListingView
    from bot.render.i18n import Words


# What a Spotify link without tracks leads to, by LinkKind
_UNSUPPORTED = {
    "episode": marked("That link leads to a podcast episode. I only know music."),
    "show": marked("That link leads to a podcast. I only know music."),
    "audiobook": marked("That link leads to an audiobook. I only know music."),
    "chapter": marked("That link leads to an audiobook. I only know music."),
    "concert": marked("That link leads to a concert. I only know recorded music."),
    "upload": marked("I no longer have that list. Send it once more."),
    "prerelease": marked("That album is not out yet. Send the link again when it is."),
    "collection": marked(
        "Only you can see your liked songs. Put them into a public playlist and send its link."
    ),
    "user": marked(
        "That link leads to a person's profile. Send a track, album, playlist or artist."
    ),
    "jam": marked("Only the people in a Jam can open it. Send a track, album, playlist or artist."),
    "blend": marked(
        "Only the people in a Blend can open it. Send a track, album, playlist or artist."
    ),
}
_UNKNOWN_LINK = marked(
    "I can't read that kind of Spotify link. Send a track, album, playlist or artist."
)


def render_problem(
    error: Exception, kind: str, words: Words, now: datetime, *, again_s: float | None = None
) -> Markup:
    """The answer to a link that did not become a listing. `kind` is what the link leads to.

    It is tried again by itself in `again_s` seconds, or has to be sent again where that is None.
    """
    if isinstance(error, SourceError) and again_s is not None:
        return render_away(error, again_s, words)
    if isinstance(error, OutOfBudget):
        return _used_up(error, words, now)
    if said := render_elsewhere(error, words, now):
        return said
    match error:
        case UnsupportedLink():
            return words.gettext(_UNSUPPORTED.get(error.kind, _UNKNOWN_LINK))
        case NotFound():
            return words.gettext(
                "Spotify has nothing behind that link, or it is private. "
                "Open it in Spotify, share it again, and make a playlist public first."
            )
        case Refused():
            return _refused(kind, words)
        case SourceError():
            return _unavailable(error, words, now)
        case StoreUnavailable():
            return words.gettext(
                "My memory is not answering at the moment. Send that again in a few minutes."
            )
    return words.gettext("Something went wrong on my side. Send that again in a few minutes.")


def _used_up(error: OutOfBudget, words: Words, now: datetime) -> Markup:
    service = service_name(error.service)
    if error.retry_at and error.retry_at > now:
        return render_used_up_for(service, (error.retry_at - now).total_seconds(), words)
    return render_used_up(service, None, words)


def _refused(kind: str, words: Words) -> Markup:
    if kind == "playlist":
        return words.gettext(
            "Spotify does not let bots read this playlist. Select its songs in Spotify's desktop "
            "app, copy, and paste them here, or send me a .txt or .csv file."
        )
    return words.gettext(
        "Spotify does not let this bot read that link. Send me the links of its songs instead."
    )


def _unavailable(error: SourceError, words: Words, now: datetime) -> Markup:
    if error.retry_at and error.retry_at > now:
        return words.gettext(
            "Spotify is not answering at the moment. I'll ask it again in {span}; "
            "send the link again then.",
            span=words.span((error.retry_at - now).total_seconds()),
        )
    return words.gettext(
        "Spotify is not answering at the moment. Send the link again in a few minutes."
    )


def render_burst(left: int, wait_s: float, words: Words) -> Markup:
    """Too many links in a minute: `left` of them were not taken."""
    return words.ngettext(
        "That was quick: I take {burst} links a minute. Send this one again in {span}.",
        "That was quick: I take {burst} links a minute. Send the last {n} again, from {span} on.",
        left,
        burst=BURST,
        span=words.span(wait_s),
    )


def render_waiting(ahead: ListingView | None, words: Words) -> Markup:
    """One list at a time: what this one waits for."""
    if ahead is None:
        return words.gettext("One list at a time: yours is next.")
    counts = count(ahead.listing, ahead.results, ahead.allowed)
    return words.gettext(
        "One list at a time: yours is next, after “{title}” ({done} of {wanted}).",
        title=name(ahead.listing.title),
        done=words.number(counts.looked_up + counts.failed),
        wanted=words.number(len(allowed_songs(ahead.listing, ahead.allowed))),
    )


def render_stopped(words: Words) -> Markup:
    return words.gettext("Stopped before it began. Send the link again when you want it.")


def render_away(error: SourceError, again_s: float | None, words: Words) -> Markup:
    """For what is tried again by itself in `again_s` seconds, or has to be sent again: None."""
    service = service_name(error.service)
    if isinstance(error, OutOfBudget):
        return render_used_up(service, again_s, words)
    if again_s is None:
        return words.gettext(
            "{service} is not answering at the moment. Send the link again later.",
            service=service,
        )
    return words.gettext(
        "{service} is not answering at the moment. I'll ask it again in {span}.",
        service=service,
        span=words.span(again_s),
    )


def render_used_up(service: str, again_s: float | None, words: Words) -> Markup:
    """As `render_away`. The service answers, and may well answer others: it is not called away."""
    if again_s is None:
        return words.gettext(
            "My own share of requests to {service} is used up for now. Send that again later.",
            service=service,
        )
    return words.gettext(
        "My own share of requests to {service} is used up for now. I'll go on in {span}.",
        service=service,
        span=words.span(again_s),
    )


def render_used_up_for(service: str, wait_s: float, words: Words) -> Markup:
    """For what has to be sent again after `wait_s` seconds."""
    return words.gettext(
        "My own share of requests to {service} is used up for now. Send that again in {span}.",
        service=service,
        span=words.span(wait_s),
    )
