"""Small made-up listings for the tests of what people read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.models import (
    Candidate,
    CandidateKind,
    Finding,
    Listing,
    ListingKind,
    Match,
    Reason,
    Source,
    Track,
)
from bot.render.callback_data import written

if TYPE_CHECKING:
    from bot.render.reply import Button

TRACK_ID = "4uLU6hMCjMI75M1A2tKUQC"


def track(title: str = "Paper Moths", **given: object) -> Track:
    known = {"artists": ("Ottoline Brack",), "duration_ms": 227_000, "spotify_id": TRACK_ID}
    return Track(title=title, **(known | given))  # type: ignore[arg-type]  # a test's own fields


def found(kind: CandidateKind = CandidateKind.AUDIO, *reasons: Reason) -> Finding:
    candidate = Candidate(video_id="mWQIzeMqdwA", title="Paper Moths", kind=kind)
    return Finding(match=Match(candidate=candidate, score=0.98, reasons=reasons))


def album(*tracks: Track, **given: object) -> Listing:
    known = {
        "kind": ListingKind.ALBUM,
        "id": TRACK_ID,
        "title": "Harbour",
        "source": Source.EMBED,
        "owner": "Ottoline Brack",
        "year": 2024,
        "total": len(tracks),
    }
    return Listing(tracks=tracks, **(known | given))  # type: ignore[arg-type]  # as above


def sends(button: Button) -> str:
    """What a button sends back to the bot, as Telegram keeps it."""
    return written(button.data) if button.data else ""
