"""The words of the program: tracks, listings, candidates and matches. Nothing here does I/O."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.models.outline import Outline

SPOTIFY_WEB = "https://open.spotify.com"
YOUTUBE_WEB = "https://www.youtube.com"
TEXT_KEY = "text:"  # how the keys of songs begin that came without an id of Spotify's
# Of each row, whoever it comes from: what lies beyond nobody reads, and comparing two names takes
# time with the square of their lengths and more (two of 10,000 kanji took the matcher 45 s).
NAME_CHARS = 300
NAMES_MOST = 100  # artists of a row


class ListingKind(StrEnum):
    """What a link leads to, as far as it holds tracks; `list` is one that is not Spotify's."""

    TRACK = "track"
    ALBUM = "album"
    PLAYLIST = "playlist"
    ARTIST = "artist"
    LIST = "list"


class Platform(StrEnum):
    """Where a track's links lead. A person chooses which of them are shown, and in which order."""

    SPOTIFY = "spotify"
    YOUTUBE = "youtube"
    YOUTUBE_MUSIC = "youtube_music"
    APPLE_MUSIC = "apple_music"
    DEEZER = "deezer"


PLATFORMS = (Platform.SPOTIFY, Platform.YOUTUBE)  # for whoever has not chosen


class RowKind(StrEnum):
    """What a row of a listing is; only songs are looked up, the others keep their place."""

    SONG = "song"
    LOCAL = "local"  # a file on its owner's device
    EPISODE = "episode"
    GONE = "gone"  # Spotify sends null for a track it took down
    NAMELESS = "nameless"  # a link in somebody's list whose song Spotify did not name


class Source(StrEnum):
    """Where a listing was read."""

    WEB_API = "web_api"
    EMBED = "embed"
    UPLOAD = "upload"  # a text or file that a person sent
    YOUTUBE = "youtube"
    APPLE = "apple_music"
    DEEZER = "deezer"


OF_SPOTIFY = (Source.WEB_API, Source.EMBED)


class Cut(StrEnum):
    """Why a listing holds less than its page has, or may do."""

    LIMIT = "limit"  # the source shows only the first rows of a long list
    FAILED = "failed"  # later pages did not arrive; the rows before them are all here
    BRIEF = "brief"  # a group is shown the first page alone


class Chooser(StrEnum):
    """Whose choice stands in place of what the search came to."""

    YOU = "you"  # the person who looks at it
    LISTENERS = "listeners"  # several people, so it holds where the search is not sure
    MANY = "many"  # so many that it holds in place of an official match as well


class CandidateKind(StrEnum):
    """What YouTube says a search result is.

    `audio` is an art track delivered by the label, `video` an official music video, `official`
    other official material, `upload` a user's upload; `unknown` where the source does not tell.
    """

    AUDIO = "audio"
    VIDEO = "video"
    OFFICIAL = "official"
    UPLOAD = "upload"
    UNKNOWN = "unknown"


def _bounded(name: str | None) -> str | None:
    return name[:NAME_CHARS] if name else name


def _bound(row: Candidate | Track) -> None:
    """Cut the names of a row that is being made, of which nearly all are shorter together."""
    artists = tuple(row.artists or ())
    object.__setattr__(row, "artists", artists)
    chars = len(row.title) + len(row.album or "") + sum(map(len, artists))
    if chars <= NAME_CHARS and len(artists) <= NAMES_MOST:
        return
    kept = tuple(artist[:NAME_CHARS] for artist in artists[:NAMES_MOST])
    object.__setattr__(row, "title", _bounded(row.title))
    object.__setattr__(row, "artists", kept)
    object.__setattr__(row, "album", _bounded(row.album))


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A search result. Length in seconds; everything but the id and the title may be unknown.

    `album_id` names the page of the album at YouTube Music.
    """

    video_id: str
    title: str
    channel: str | None = None
    artists: Sequence[str] = ()
    album: str | None = None
    duration_s: float | None = None
    kind: CandidateKind = CandidateKind.UNKNOWN
    views: int | None = None
    explicit: bool | None = None
    album_id: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "channel", _bounded(self.channel))
        _bound(self)

    @property
    def url(self) -> str:
        return f"{YOUTUBE_WEB}/watch?v={self.video_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """One row of a listing. Lengths in milliseconds; `spotify_id` is None for local files.

    `video` is the recording that the listing itself names, as YouTube's do: it is judged like any
    other, before anything is searched for. `claimed`: the names are what a person's table says of
    that id, so what is found by them is never kept as what belongs to the id. `cover_url` is known
    of what a search found.
    """

    title: str
    artists: Sequence[str] = ()
    album: str | None = None
    duration_ms: int | None = None
    isrc: str | None = None
    explicit: bool | None = None
    spotify_id: str | None = None
    row: RowKind = RowKind.SONG
    video: Candidate | None = None
    claimed: bool = False
    cover_url: str | None = None

    def __post_init__(self) -> None:
        _bound(self)

    @property
    def key(self) -> str:
        """The name under which what was found for this track is stored."""
        if self.spotify_id and not self.claimed:
            return self.spotify_id
        if self.video:
            return f"{TEXT_KEY}video:{self.video.video_id}"
        claim = (self.spotify_id,) if self.spotify_id else ()
        text = "\x1f".join((self.title, *self.artists, str(self.duration_ms), *claim))
        return TEXT_KEY + hashlib.blake2b(text.encode(), digest_size=12).hexdigest()

    @property
    def url(self) -> str | None:
        """The Spotify page, made from the id alone; None for a local file or a lost row."""
        if not self.spotify_id or self.row in (RowKind.LOCAL, RowKind.GONE):
            return None
        page = "episode" if self.row is RowKind.EPISODE else "track"
        return f"{SPOTIFY_WEB}/{page}/{self.spotify_id}"


LOST_ROW = Track(title="", row=RowKind.GONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformTrack:
    """A track as another platform has it; `url` is its page there."""

    track: Track
    url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A track, album, playlist, artist page or other list with its tracks, in its own order.

    `total` counts the rows Spotify says there are, None where it does not say. `cut` is set when
    rows are missing or may be. `owner` is the playlist's owner, or the artists joined by commas.
    `page_url` is its page where that is not Spotify's page of this kind and id. With an `outline`
    only some of its rows were read, and of the others their kind alone is known.
    """

    kind: ListingKind
    id: str
    title: str
    source: Source
    tracks: Sequence[Track] = ()
    owner: str | None = None
    year: int | None = None
    cover_url: str | None = None
    total: int | None = None
    cut: Cut | None = None
    page_url: str | None = None
    outline: Outline | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "title", _bounded(self.title))
        object.__setattr__(self, "owner", _bounded(self.owner))
        object.__setattr__(self, "tracks", tuple(self.tracks))

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.id}"

    @property
    def url(self) -> str | None:
        """Its page; None for a list that has none, as one that a person sent."""
        if self.page_url or self.source not in OF_SPOTIFY:
            return self.page_url
        return f"{SPOTIFY_WEB}/{self.kind}/{self.id}"

    @property
    def complete(self) -> bool:
        return self.cut is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a candidate was judged as it was; `weight` is its part of the score's log-odds."""

    code: str
    weight: float
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A judged candidate. `score` is the probability, 0 to 1, that it is the right recording."""

    candidate: Candidate
    score: float
    reasons: Sequence[Reason] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "reasons", tuple(self.reasons))

    @property
    def kind(self) -> CandidateKind:
        return self.candidate.kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What the search for one track came to.

    `match` is surely right and official, or None: then only a search link is shown. `others` are
    the next best candidates, at most five, kept for corrections. `partial`: a request failed on
    the way, so without a match this is worth asking again soon. `stale`: an older version of the
    matcher judged, which the candidates that were kept allow to do again. `spotify_id` is Spotify's
    track for a song that came without one, where it was found. `chosen`: people put `match` there,
    or took it away; then `unproven` says that only they take it for right.
    """

    match: Match | None = None
    others: Sequence[Match] = ()
    partial: bool = False
    stale: bool = False
    spotify_id: str | None = None
    chosen: Chooser | None = None
    unproven: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "others", tuple(self.others))

    @property
    def official(self) -> bool:
        """Whether the match is surely right and official by the matcher's word: no vote says so."""
        return self.match is not None and not self.unproven
