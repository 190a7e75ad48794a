"""A sentence for everything that can be in the way: what, on whose side, what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import (
    Crowded,
    NotFound,
    OutOfBudget,
    Refused,
    Service,
    SourceError,
    StoreUnavailable,
    UnsupportedLink,
)
from bot.models import Source
from bot.models.links import ElsewhereKind, LinkKind
from bot.models.results import allowed_songs, count
from bot.render.i18n import marked
from bot.render.reply import name

if TYPE_CHECKING:
    from datetime import datetime

    from markupsafe import Markup

    from bot.models import Listing
    from bot.models.view import ListingView
    from bot.render.i18n import Words

# Names of services are the same in all languages; what is not named here is Spotify.
SPOTIFY = "Spotify"
_SERVICES = {
    Service.YOUTUBE_MUSIC: "YouTube",
    Service.YOUTUBE_API: "YouTube",
    Service.APPLE: "Apple Music",
    Service.DEEZER: "Deezer",
}
_SOURCES = {Source.YOUTUBE: "YouTube", Source.APPLE: "Apple Music", Source.DEEZER: "Deezer"}

# What a link without tracks leads to, by LinkKind and ElsewhereKind
_NOTHING_TO_READ: dict[str, str] = {
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
    ElsewhereKind.YOUTUBE_CHANNEL: marked(
        "That link leads to a YouTube channel. Send a video or a playlist of it."
    ),
    ElsewhereKind.YOUTUBE_LIVE: marked(
        "That link leads to a live stream. I only know recorded music."
    ),
    ElsewhereKind.YOUTUBE_PRIVATE: marked(
        "YouTube shows that list only to you. Put its songs into a public or unlisted playlist "
        "and send its link."
    ),
    ElsewhereKind.APPLE_PLAYLIST: marked(
        "Apple Music does not let bots read playlists. "
        "Send me the links of its songs or albums instead."
    ),
    ElsewhereKind.APPLE_ARTIST: marked(
        "I can't read artists' pages of Apple Music. Send a song or an album."
    ),
    ElsewhereKind.APPLE_OTHER: marked(
        "I can't read that kind of Apple Music link. Send a song or an album."
    ),
    ElsewhereKind.DEEZER_OTHER: marked(
        "I can't read that kind of Deezer link. Send a track, album or playlist."
    ),
    ElsewhereKind.DEEZER_SHORT: marked(
        "That short link does not lead to Deezer. Send the link of the page itself."
    ),
}
CROWDED = marked("I am still busy with what came before. Try that again in a minute.")
_UNKNOWN_LINK = marked(
    "I can't read that kind of Spotify link. Send a track, album, playlist or artist."
)
# Places that an operator can turn off
_TURNED_OFF: dict[str, str] = {
    ElsewhereKind.YOUTUBE_VIDEO: "YouTube",
    ElsewhereKind.YOUTUBE_PLAYLIST: "YouTube",
    ElsewhereKind.APPLE_TRACK: "Apple Music",
    ElsewhereKind.APPLE_ALBUM: "Apple Music",
    ElsewhereKind.DEEZER_TRACK: "Deezer",
    ElsewhereKind.DEEZER_ALBUM: "Deezer",
    ElsewhereKind.DEEZER_PLAYLIST: "Deezer",
}


def service_name(service: Service) -> str:
    """A service as people call it."""
    return _SERVICES.get(service, SPOTIFY)


def source_of(listing: Listing) -> str:
    """The service that holds the listing, as people call it."""
    return _SOURCES.get(listing.source, SPOTIFY)


def render_problem(
    error: Exception, kind: str, words: Words, now: datetime, *, again_s: float | None = None
) -> Markup:
    """The answer to a link that did not become a listing. `kind` is what the link leads to.

    It is tried again by itself in `again_s` seconds, or has to be sent again where that is None.
    """
    match error:
        case SourceError() if again_s is not None:
            return render_away(error, again_s, words)
        case SourceError():
            return _failed(error, kind, words, now)
        case UnsupportedLink(kind=kind) if kind in _TURNED_OFF:
            return words.gettext(
                "Links of {service} are turned off here. Send me a Spotify link, or the songs as "
                "text.",
                service=_TURNED_OFF[kind],
            )
        case UnsupportedLink(kind=kind):
            return words.gettext(_NOTHING_TO_READ.get(kind, _UNKNOWN_LINK))
        case Crowded():
            return words.gettext(CROWDED)
        case StoreUnavailable():
            return words.gettext(
                "My memory is not answering at the moment. Send that again in a few minutes."
            )
    return words.gettext("Something went wrong on my side. Send that again in a few minutes.")


def _failed(error: SourceError, kind: str, words: Words, now: datetime) -> Markup:
    """What a service said, or that it says nothing; it has to be sent again."""
    service = service_name(error.service)
    span = words.span_until(error.retry_at, now)
    match error:
        case OutOfBudget() if span:
            return words.gettext(
                "My own share of requests to {service} is used up for now. Send that again in "
                "{span}.",
                service=service,
                span=span,
            )
        case OutOfBudget():
            return render_used_up(service, None, words)
        case NotFound() if service == SPOTIFY:
            return words.gettext(
                "Spotify has nothing behind that link, or it is private. "
                "Open it in Spotify, share it again, and make a playlist public first."
            )
        case NotFound():
            return words.gettext(
                "{service} has nothing behind that link, or it is private. "
                "Open it there and share it again.",
                service=service,
            )
        case Refused() if service == SPOTIFY and kind == LinkKind.PLAYLIST:
            return words.gettext(
                "Spotify does not let bots read this playlist. Select its songs in Spotify's "
                "desktop app, copy, and paste them here, or send me a .txt or .csv file."
            )
        case Refused() if service == SPOTIFY:
            return words.gettext(
                "Spotify does not let this bot read that link. Send me the links of its songs "
                "instead."
            )
        case Refused():
            return words.gettext(
                "{service} does not let this bot read that link. Send me a Spotify link, or the "
                "songs as text.",
                service=service,
            )
    if span:
        return words.gettext(
            "{service} is not answering at the moment. I'll ask it again in {span}; "
            "send the link again then.",
            service=service,
            span=span,
        )
    return words.gettext(
        "{service} is not answering at the moment. Send the link again in a few minutes.",
        service=service,
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
