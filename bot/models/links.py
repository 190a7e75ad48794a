"""What a person can send that leads to tracks: Spotify's links, and names from elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.models.music import SPOTIFY_WEB, ListingKind


class LinkKind(StrEnum):
    """What a link names. The first four lead to tracks, `short` to one of the others."""

    TRACK = "track"
    ALBUM = "album"
    PLAYLIST = "playlist"
    ARTIST = "artist"
    SHORT = "short"
    EPISODE = "episode"
    SHOW = "show"
    AUDIOBOOK = "audiobook"
    CHAPTER = "chapter"
    USER = "user"
    COLLECTION = "collection"
    CONCERT = "concert"
    PRERELEASE = "prerelease"
    JAM = "jam"
    BLEND = "blend"
    GENRE = "genre"
    SEARCH = "search"


LEAD_TO_TRACKS = frozenset((LinkKind.TRACK, LinkKind.ALBUM, LinkKind.PLAYLIST, LinkKind.ARTIST))


@dataclass(frozen=True, slots=True)
class SpotifyLink:
    """What a link leads to. A short link's id is its host and path: `spotify.link/AbC`."""

    kind: LinkKind
    id: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "kind", LinkKind(self.kind))

    @property
    def url(self) -> str:
        if self.kind is LinkKind.SHORT:
            return f"https://{self.id}"
        return f"{SPOTIFY_WEB}/{self.kind}/{self.id}".rstrip("/")

    @property
    def uri(self) -> str:
        """The `spotify:` form; a short link has none, so its address stands in."""
        if self.kind is LinkKind.SHORT:
            return self.url
        return f"spotify:{self.kind}:{self.id}".rstrip(":")

    @property
    def listing_kind(self) -> ListingKind | None:
        """The kind of listing behind the link; None where there is none, or not known yet."""
        return ListingKind(self.kind) if self.leads_to_tracks else None

    @property
    def listing_id(self) -> str:
        return self.id

    @property
    def leads_to_tracks(self) -> bool:
        return self.kind in LEAD_TO_TRACKS

    @property
    def is_short(self) -> bool:
        return self.kind is LinkKind.SHORT


class ElsewhereKind(StrEnum):
    """What a link names that is not Spotify's. An upload is a list that a person sent.

    The last ones lead to nothing that can be read; a short one leads to one of the others.
    """

    UPLOAD = "upload"
    YOUTUBE_VIDEO = "youtube_video"
    YOUTUBE_PLAYLIST = "youtube_playlist"
    APPLE_TRACK = "apple_track"
    APPLE_ALBUM = "apple_album"
    DEEZER_TRACK = "deezer_track"
    DEEZER_ALBUM = "deezer_album"
    DEEZER_PLAYLIST = "deezer_playlist"
    DEEZER_SHORT = "deezer_short"
    YOUTUBE_CHANNEL = "youtube_channel"
    YOUTUBE_LIVE = "youtube_live"
    YOUTUBE_PRIVATE = "youtube_private"  # mixes and lists that each person has of their own
    APPLE_PLAYLIST = "apple_playlist"
    APPLE_ARTIST = "apple_artist"
    APPLE_OTHER = "apple_other"
    DEEZER_OTHER = "deezer_other"


_LISTINGS = {
    ElsewhereKind.UPLOAD: ListingKind.LIST,
    ElsewhereKind.YOUTUBE_VIDEO: ListingKind.TRACK,
    ElsewhereKind.YOUTUBE_PLAYLIST: ListingKind.LIST,
    ElsewhereKind.APPLE_TRACK: ListingKind.TRACK,
    ElsewhereKind.APPLE_ALBUM: ListingKind.LIST,
    ElsewhereKind.DEEZER_TRACK: ListingKind.TRACK,
    ElsewhereKind.DEEZER_ALBUM: ListingKind.LIST,
    ElsewhereKind.DEEZER_PLAYLIST: ListingKind.LIST,
}

# Kinds of links, to Spotify and elsewhere, of which it is certain that one track is behind them.
LEAD_TO_ONE = (
    LinkKind.TRACK.value,
    *(kind.value for kind, listing in _LISTINGS.items() if listing is ListingKind.TRACK),
)

_ELSEWHERE = frozenset(kind.value for kind in ElsewhereKind)


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A track or list of another place, by the id it has there."""

    kind: ElsewhereKind
    id: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "kind", ElsewhereKind(self.kind))

    @property
    def listing_kind(self) -> ListingKind | None:
        """None where there is no listing behind the link, or it is not known yet."""
        return _LISTINGS.get(self.kind)

    @property
    def listing_id(self) -> str:
        """The id of its Listing, which names the place too."""
        return f"{self.kind}:{self.id}"


Link = SpotifyLink | Elsewhere


def link_named(kind: str, name: str) -> Link:
    """The link of that kind and id. Raises ValueError for a kind that nobody knows."""
    if kind in _ELSEWHERE:
        return Elsewhere(ElsewhereKind(kind), name)
    return SpotifyLink(LinkKind(kind), name)
