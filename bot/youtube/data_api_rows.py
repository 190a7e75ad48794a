"""Rows of the Data API's `videos.list` → candidates."""

from __future__ import annotations

import re
from typing import Any

from bot.models import Candidate, CandidateKind
from bot.net.payload import text
from bot.youtube.music_rows import VIDEO_ID

TOPIC = " - Topic"
PROVIDED = "Provided to YouTube by"

_VIEWS = re.compile(r"[0-9]{1,15}")
_LENGTH = re.compile(
    r"P(?:(\d{1,6})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,6})S)?)?", re.ASCII
)


def candidate(row: Any) -> Candidate:
    """Official audio where channel and description say so; never more than they say.

    Raises LookupError for a row that is none.
    """
    video_id, title = text(row, "id"), text(row, "snippet", "title")
    if title is None or video_id is None or not VIDEO_ID.fullmatch(video_id):
        raise LookupError("no video")
    channel = text(row, "snippet", "channelTitle") or ""
    told = text(row, "snippet", "description") or ""
    is_art_track = channel.endswith(TOPIC) and told.startswith(PROVIDED)
    artists, album = credited(told, title) if is_art_track else ((), None)
    return Candidate(
        video_id=video_id,
        title=title,
        channel=channel or None,
        artists=artists or ((channel.removesuffix(TOPIC),) if is_art_track else ()),
        album=album,
        duration_s=length_s(text(row, "contentDetails", "duration")),
        kind=CandidateKind.AUDIO if is_art_track else CandidateKind.UNKNOWN,
        views=_number(text(row, "statistics", "viewCount")),
    )


def credited(description: str, title: str) -> tuple[tuple[str, ...], str | None]:
    """Artists and album from an art track's description.

    It reads "Provided to YouTube by LABEL", "TITLE · ARTIST · ARTIST", "ALBUM", each in a
    paragraph of its own.
    """
    parts = [part.strip() for part in description.split("\n\n")]
    if len(parts) < 3 or not parts[1].startswith(f"{title} · "):  # noqa: PLR2004 - the paragraphs above
        return (), None
    return tuple(parts[1].removeprefix(f"{title} · ").split(" · ")), parts[2]


def length_s(duration: str | None) -> float | None:
    """Seconds of an ISO 8601 duration; None for a stream that has none (P0D)."""
    found = _LENGTH.fullmatch(duration or "")
    if found is None:
        return None
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return float(((days * 24 + hours) * 60 + minutes) * 60 + seconds) or None


def _number(said: str | None) -> int | None:
    return int(said) if said and _VIEWS.fullmatch(said) else None
