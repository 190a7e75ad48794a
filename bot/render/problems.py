"""A sentence for everything that can be in the way: what, on whose side, what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import (
    NotFound,
    Refused,
    SourceError,
    StoreUnavailable,
    UnsupportedLink,
)
from bot.outcome import allowed_songs, count
from bot.quota.policy import BURST
from bot.render.rows import name

if TYPE_CHECKING:
    from datetime import datetime

    from markupsafe import Markup

    from bot.render.views import ListingView
    from bot.render.words import Words


def render_problem(error: Exception, kind: str, words: Words, now: datetime) -> Markup:
    """The answer to a link that did not become a listing. `kind` is what the link leads to."""
    match error:
        case UnsupportedLink():
            return unsupported(error.kind, words)
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


def _refused(kind: str, words: Words) -> Markup:
    if kind == "playlist":
        return words.gettext(
            "Spotify does not let bots read this playlist. "
            "Send me the links of its songs or albums instead."
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


def unsupported(kind: str, words: Words) -> Markup:
    """A Spotify link to something that holds no tracks."""
    match kind:
        case "episode":
            return words.gettext("That link leads to a podcast episode. I only know music.")
        case "show":
            return words.gettext("That link leads to a podcast. I only know music.")
        case "audiobook" | "chapter":
            return words.gettext("That link leads to an audiobook. I only know music.")
        case "user":
            return words.gettext(
                "That link leads to a person's profile. Send a track, album, playlist or artist."
            )
        case "collection":
            return words.gettext(
                "Only you can see your liked songs. Put them into a public playlist and send that."
            )
        case "jam" | "blend":
            return words.gettext(
                "Only the people in it can open a Jam or a Blend. "
                "Send a track, album, playlist or artist."
            )
        case "concert":
            return words.gettext("That link leads to a concert. I only know music.")
        case "prerelease":
            return words.gettext(
                "That album is not out yet. Send the link again when it is released."
            )
    return words.gettext(
        "I can't read that kind of Spotify link. Send a track, album, playlist or artist."
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
