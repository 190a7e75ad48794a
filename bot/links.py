"""What a person can send that leads to tracks: Spotify's links, and names from elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.models import ListingKind
from bot.spotify.links import LinkKind, SpotifyLink


class ElsewhereKind(StrEnum):
    """What a link names that is not Spotify's. An upload is a list that a person sent."""

    UPLOAD = "upload"
    YOUTUBE_VIDEO = "youtube_video"
    YOUTUBE_PLAYLIST = "youtube_playlist"
    APPLE_TRACK = "apple_track"
    APPLE_ALBUM = "apple_album"
    DEEZER_TRACK = "deezer_track"
    DEEZER_ALBUM = "deezer_album"
    DEEZER_PLAYLIST = "deezer_playlist"


_TRACKS = (ElsewhereKind.YOUTUBE_VIDEO, ElsewhereKind.APPLE_TRACK, ElsewhereKind.DEEZER_TRACK)

_ELSEWHERE = frozenset(kind.value for kind in ElsewhereKind)


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A track or list of another place, by the id it has there."""

    kind: ElsewhereKind
    id: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "kind", ElsewhereKind(self.kind))

    @property
    def listing_kind(self) -> ListingKind:
        return ListingKind.TRACK if self.kind in _TRACKS else ListingKind.LIST

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
