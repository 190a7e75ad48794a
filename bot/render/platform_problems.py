"""What stands between a link of another platform and its listing, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import NotFound, Refused, Service, SourceError, UnsupportedLink
from bot.models import Source
from bot.models.links import ElsewhereKind
from bot.render.i18n import marked

if TYPE_CHECKING:
    from datetime import datetime

    from markupsafe import Markup

    from bot.models import Listing
    from bot.render.i18n import Words

# Names of services are the same in all languages.
_SERVICES = {
    Service.YOUTUBE_MUSIC: "YouTube",
    Service.YOUTUBE_API: "YouTube",
    Service.APPLE: "Apple Music",
    Service.DEEZER: "Deezer",
}
_SOURCES = {Source.YOUTUBE: "YouTube", Source.APPLE: "Apple Music", Source.DEEZER: "Deezer"}

_NOTHING_TO_READ: dict[str, str] = {
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
    return _SERVICES.get(service, "Spotify")


def render_elsewhere(error: Exception, words: Words, now: datetime) -> Markup | None:
    """The answer to a link of another platform; None where the error is not about one."""
    if isinstance(error, UnsupportedLink):
        return _unsupported(error.kind, words)
    service = _SERVICES.get(error.service) if isinstance(error, SourceError) else None
    if service is None:
        return None
    match error:
        case NotFound():
            return words.gettext(
                "{service} has nothing behind that link, or it is private. "
                "Open it there and share it again.",
                service=service,
            )
        case Refused():
            return words.gettext(
                "{service} does not let this bot read that link. Send me a Spotify link, or the "
                "songs as text.",
                service=service,
            )
        case SourceError(retry_at=at) if at and at > now:
            return words.gettext(
                "{service} is not answering at the moment. I'll ask it again in {span}; "
                "send the link again then.",
                service=service,
                span=words.span((at - now).total_seconds()),
            )
    return words.gettext(
        "{service} is not answering at the moment. Send the link again in a few minutes.",
        service=service,
    )


def _unsupported(kind: str, words: Words) -> Markup | None:
    if kind in _NOTHING_TO_READ:
        return words.gettext(_NOTHING_TO_READ[kind])
    if kind in _TURNED_OFF:
        return words.gettext(
            "Links of {service} are turned off here. Send me a Spotify link, or the songs as text.",
            service=_TURNED_OFF[kind],
        )
    return None


def source_of(listing: Listing) -> str:
    """The service that holds the listing, as people call it."""
    return _SOURCES.get(listing.source, "Spotify")
