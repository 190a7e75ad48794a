"""Videos and lists of YouTube Music as tracks and listings. Pure but for the client that it asks.

A video's facts come from its watch page, which tells artists, album, length and what kind of
recording it is; the player's answer knows neither artists nor album.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from bot.errors import NotFound, Service
from bot.models import (
    LOST_ROW,
    YOUTUBE_WEB,
    Candidate,
    CandidateKind,
    Cut,
    Listing,
    ListingKind,
    RowKind,
    Source,
    Track,
)
from bot.net.payload import digits, names, text, whole, year
from bot.youtube.matching.same_song import bare_title
from bot.youtube.music import ALBUM_PREFIX, candidates, readable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ytmusicapi import YTMusic

    from bot.models.links import Elsewhere

ROWS_MAX = 1_000  # ten requests, one after the other; longer lists are cut and say so
MISSING_MAX = 100  # rows that YouTube counts but does not send, as deleted ones
MUSIC_WEB = "https://music.youtube.com"
EPISODE = "MUSIC_VIDEO_TYPE_PODCAST_EPISODE"

_OFFICIAL = (CandidateKind.AUDIO, CandidateKind.VIDEO, CandidateKind.OFFICIAL)
_DASH = re.compile(r"\s+[-–—]\s+")


def read_video(client: YTMusic, video_id: str) -> Candidate:
    """Raises NotFound, and what `readable` raises."""
    from ytmusicapi.exceptions import YTMusicServerError

    try:
        with readable():
            # Its annotation says less than what it returns.
            queue: Any = client.get_watch_playlist(video_id, limit=1)["tracks"]
            shown = [row for each in queue for row in (each, each.get("counterpart")) if row]
            asked = [_watched(row) for row in shown if row.get("videoId") == video_id]
            found = candidates(asked)
    except YTMusicServerError:
        raise NotFound(Service.YOUTUBE_MUSIC, "nothing to watch") from None
    if not found:
        raise NotFound(Service.YOUTUBE_MUSIC, "another video than was asked for")
    return found[0]


def read_list(client: YTMusic, link: Elsewhere) -> Listing:
    """A playlist or an album's page, its first `ROWS_MAX` rows. Raises as `read_video` does."""
    if link.id.startswith(ALBUM_PREFIX):
        with readable():
            data = client.get_album(link.id)
            page = f"{MUSIC_WEB}/browse/{link.id}"
            return _listing(link, data, page, data.get("artists"))
    with readable():
        data = client.get_playlist(link.id, limit=ROWS_MAX)
        author = data.get("author")
        by = [author] if isinstance(author, dict) else data.get("artists")
        return _listing(link, data, f"{YOUTUBE_WEB}/playlist?list={link.id}", by)


def track_of(video: Candidate) -> Track:
    """What a video says it is the recording of.

    Titles of uploads name artist and song, for their channels are those of whoever uploaded them.
    """
    title, artists = video.title, tuple(video.artists)
    if video.kind not in _OFFICIAL:
        match [part.strip() for part in _DASH.split(bare_title(title), maxsplit=1)]:
            case [artist, song] if artist and song:
                artists, title = (artist,), song
    return Track(
        title=title,
        artists=artists,
        album=video.album,
        duration_ms=round(video.duration_s * 1000) if video.duration_s else None,
        explicit=video.explicit,
        video=video,
    )


def _watched(row: Mapping[str, Any]) -> dict[str, Any]:
    # Views stand where ytmusicapi takes the likes for them.
    return {**row, "duration_seconds": _seconds(row.get("length")), "views": None}


def _seconds(length: str | None) -> int | None:
    """Seconds of 3:07 or 1:02:03."""
    total = 0
    for part in (length or "").split(":"):
        number = digits(part)
        if number is None:
            return None
        total = total * 60 + number
    return total or None


def _listing(link: Elsewhere, data: Mapping[str, Any], page: str, by: Any) -> Listing:
    rows = [_row(row) for row in data["tracks"][:ROWS_MAX]]
    total = max(whole(data, "trackCount") or 0, len(rows))
    cut = Cut.LIMIT if len(rows) >= ROWS_MAX and total > len(rows) else None
    missing = 0 if cut else total - len(rows)
    if missing > MISSING_MAX:
        missing, cut = 0, Cut.FAILED
    return Listing(
        kind=ListingKind.LIST,
        id=link.listing_id,
        title=text(data, "title") or "",
        source=Source.YOUTUBE,
        tracks=(*rows, *(LOST_ROW for _ in range(missing))),
        owner=", ".join(names(by)) or None,
        year=year(data, "year"),
        total=total,
        cut=cut,
        page_url=page,
    )


def _row(row: Mapping[str, Any]) -> Track:
    found = candidates([row])
    if not found:
        return Track(title=text(row, "title") or "", row=RowKind.GONE)
    if row.get("videoType") == EPISODE:
        return Track(
            title=found[0].title, artists=found[0].artists, row=RowKind.EPISODE, video=found[0]
        )
    return track_of(found[0])
