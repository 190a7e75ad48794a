"""Rows that ytmusicapi reads out of YouTube Music's answers → candidates."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from bot.models import Candidate, CandidateKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

KINDS = {
    "MUSIC_VIDEO_TYPE_ATV": CandidateKind.AUDIO,
    "MUSIC_VIDEO_TYPE_OMV": CandidateKind.VIDEO,
    "MUSIC_VIDEO_TYPE_OFFICIAL_SOURCE_MUSIC": CandidateKind.OFFICIAL,
    "MUSIC_VIDEO_TYPE_UGC": CandidateKind.UPLOAD,
}
ALBUM_PREFIX = "MPRE"  # ids of album pages; others lead to pages that ytmusicapi does not read

_COUNT = re.compile(r"(\d[\d.,]*)\s*([KMB]?)\b")  # "55M plays", "1.4M", "4,505 views"
_SIZES = {"": 1, "K": 1_000, "M": 1_000_000, "B": 1_000_000_000}


def candidates(
    rows: Iterable[Mapping[str, Any]], *, album_id: str | None = None
) -> list[Candidate]:
    """Every row that can be linked to: with an id and a title, and playable.

    `album_id` is the page the rows stand on, where they stand on an album's page.
    """
    return [_candidate(row, album_id) for row in rows if _is_linkable(row)]


def _is_linkable(row: Mapping[str, Any]) -> bool:
    return bool(row.get("videoId") and row.get("title") and row.get("isAvailable", True))


def _candidate(row: Mapping[str, Any], album_id: str | None) -> Candidate:
    artists = [artist["name"] for artist in row.get("artists") or () if artist.get("name")]
    album = row.get("album")
    name, page = (album.get("name"), album.get("id")) if isinstance(album, dict) else (album, None)
    return Candidate(
        video_id=row["videoId"],
        title=row["title"],
        channel=artists[0] if artists else None,
        artists=artists,
        album=name,
        duration_s=row.get("duration_seconds"),
        kind=KINDS.get(row.get("videoType") or "", CandidateKind.UNKNOWN),
        views=_count(row.get("views")),
        explicit=row.get("isExplicit"),
        album_id=album_id or (page if page and page.startswith(ALBUM_PREFIX) else None),
    )


def _count(text: str | None) -> int | None:
    found = _COUNT.match(text or "")
    if found is None:
        return None
    digits, size = found.groups()
    if not size:
        return int(re.sub(r"\D", "", digits))
    return round(float(digits.replace(",", "")) * _SIZES[size])
