"""Rows that ytmusicapi reads out of YouTube Music's answers → candidates."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from bot.models import Candidate, CandidateKind
from bot.net.payload import flag, names, text, whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

KINDS = {
    "MUSIC_VIDEO_TYPE_ATV": CandidateKind.AUDIO,
    "MUSIC_VIDEO_TYPE_OMV": CandidateKind.VIDEO,
    "MUSIC_VIDEO_TYPE_OFFICIAL_SOURCE_MUSIC": CandidateKind.OFFICIAL,
    "MUSIC_VIDEO_TYPE_UGC": CandidateKind.UPLOAD,
}
ALBUM_PREFIX = "MPRE"  # ids of album pages; others lead to pages that ytmusicapi does not read

VIDEO_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")  # 11 characters today
_COUNT = re.compile(r"([0-9][0-9.,]{0,20})\s*([KMB]?)\b")  # "55M plays", "1.4M", "4,505 views"
_SIZES = {"": 1, "K": 1_000, "M": 1_000_000, "B": 1_000_000_000}


def candidates(rows: Iterable[Any], *, album_id: str | None = None) -> list[Candidate]:
    """Every row that can be linked to: with an id and a title, and playable.

    `album_id` is the page the rows stand on, where they stand on an album's page.
    """
    return [_candidate(row, album_id) for row in rows if _is_linkable(row)]


def _is_linkable(row: Any) -> bool:
    id_, title = text(row, "videoId"), text(row, "title")
    return bool(id_ and VIDEO_ID.fullmatch(id_) and title and row.get("isAvailable", True))


def _candidate(row: Mapping[str, Any], album_id: str | None) -> Candidate:
    artists = names(row, "artists")
    name, page = text(row, "album", "name") or text(row, "album"), text(row, "album", "id")
    kind = text(row, "videoType")
    return Candidate(
        video_id=text(row, "videoId") or "",
        title=text(row, "title") or "",
        channel=artists[0] if artists else None,
        artists=artists,
        album=name,
        duration_s=whole(row, "duration_seconds"),
        kind=KINDS.get(kind or "", CandidateKind.UNKNOWN),
        views=_count(text(row, "views")),
        explicit=flag(row, "isExplicit"),
        album_id=album_id or (page if page and page.startswith(ALBUM_PREFIX) else None),
    )


def _count(said: str | None) -> int | None:
    found = _COUNT.match(said or "")
    if found is None:
        return None
    digits, size = found.groups()
    if not size:
        return whole(int(re.sub(r"\D", "", digits)))
    number = digits.replace(",", "")
    return whole(round(float(number) * _SIZES[size])) if number.count(".") <= 1 else None
