"""Rows of the Data API's `videos.list` → candidates."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from bot.models import Candidate, CandidateKind

if TYPE_CHECKING:
    from collections.abc import Mapping

TOPIC = " - Topic"
PROVIDED = "Provided to YouTube by"

_LENGTH = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")


def candidate(row: Mapping[str, Any]) -> Candidate:
    """Official audio where channel and description say so; never more than they say.

    Raises LookupError, TypeError or AttributeError for a row that is none.
    """
    snippet = row["snippet"]
    channel, title = snippet.get("channelTitle"), snippet["title"]
    told = snippet.get("description") or ""
    is_art_track = bool(channel and channel.endswith(TOPIC) and told.startswith(PROVIDED))
    artists, album = credited(told, title) if is_art_track else ((), None)
    return Candidate(
        video_id=row["id"],
        title=title,
        channel=channel,
        artists=artists or ((channel.removesuffix(TOPIC),) if is_art_track else ()),
        album=album,
        duration_s=length_s(row.get("contentDetails", {}).get("duration")),
        kind=CandidateKind.AUDIO if is_art_track else CandidateKind.UNKNOWN,
        views=_number(row.get("statistics", {}).get("viewCount")),
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


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() else None
