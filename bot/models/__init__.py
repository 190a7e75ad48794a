"""What the program speaks of: tracks, listings, links, jobs, and what there is to show. Pure.

Types, and the rules that need nothing else. May import `bot.errors` and `bot.clock` only. Begin
with `music`, whose names are given out again here; then `links`, what a person can send, `job`, one
message on its way to one answer, and `results`, which rows are looked up and how they ended.
"""

from bot.models.music import (
    LOST_ROW,
    OF_SPOTIFY,
    PLATFORMS,
    SPOTIFY_WEB,
    TEXT_KEY,
    YOUTUBE_WEB,
    Candidate,
    CandidateKind,
    Chooser,
    Cut,
    Finding,
    Listing,
    ListingKind,
    Match,
    Platform,
    PlatformTrack,
    Reason,
    RowKind,
    Source,
    Track,
)

__all__ = [
    "LOST_ROW",
    "OF_SPOTIFY",
    "PLATFORMS",
    "SPOTIFY_WEB",
    "TEXT_KEY",
    "YOUTUBE_WEB",
    "Candidate",
    "CandidateKind",
    "Chooser",
    "Cut",
    "Finding",
    "Listing",
    "ListingKind",
    "Match",
    "Platform",
    "PlatformTrack",
    "Reason",
    "RowKind",
    "Source",
    "Track",
]
