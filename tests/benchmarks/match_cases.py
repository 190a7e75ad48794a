"""The cases of the matching benchmark beside this repository, as tracks and candidates.

`../shared/matching` holds them; without it there is nothing to fit or to measure. Its kinds become
ours: atv → audio, omv → video, osm → official, ugc → upload, and what it calls a plain video →
unknown, since nobody said that it is official. `plain_video` maps that one otherwise, to see what
it changes.
"""

from __future__ import annotations

import hashlib
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.models import Candidate, CandidateKind, Track
from bot.youtube.matching import asked_track

if TYPE_CHECKING:
    from collections.abc import Mapping

SHARED = Path(__file__).resolve().parents[3] / "shared" / "matching"
CASES = SHARED / "bench_public.jsonl"
FOLDS = 5
KINDS = {
    "atv": CandidateKind.AUDIO,
    "omv": CandidateKind.VIDEO,
    "osm": CandidateKind.OFFICIAL,
    "ugc": CandidateKind.UPLOAD,
    "video": CandidateKind.UNKNOWN,
    "unknown": CandidateKind.UNKNOWN,
}
GROUPS = ("A", "S", "B", "X")  # A stands for A and A2


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    id: str
    slice: str
    tags: tuple[str, ...]
    answerable: bool
    accept: frozenset[str]
    labels: Mapping[str, str]
    track: Track
    candidates: tuple[Candidate, ...]

    @property
    def group(self) -> str:
        return "A" if self.slice in ("A", "A2") else self.slice

    @property
    def fold(self) -> int:
        """All cases of one artist are in one fold, so that none is judged by its own."""
        artist = asked_track.name((*self.track.artists, "")[0]).squashed
        return int(hashlib.md5(artist.encode(), usedforsecurity=False).hexdigest(), 16) % FOLDS


def load(path: Path = CASES, *, plain_video: CandidateKind = CandidateKind.UNKNOWN) -> list[Case]:
    if not path.exists():
        sys.exit(f"The cases of the matching benchmark are not here: {path}")
    kinds = KINDS | {"video": plain_video}
    with path.open(encoding="utf-8") as lines:
        return [_case(json.loads(line), kinds) for line in lines if line.strip()]


def _case(row: Mapping[str, Any], kinds: Mapping[str, CandidateKind]) -> Case:
    query = row["query"]
    return Case(
        id=row["case_id"],
        slice=row["slice"],
        tags=tuple(row["tags"]),
        answerable=row["answerable"],
        accept=frozenset(row["accept"]),
        labels=row["labels"],
        track=Track(
            title=query["title"],
            artists=query["artists"],
            album=query["album"],
            duration_ms=query["duration_ms"],
            isrc=query["isrc"],
            explicit=query["explicit"],
        ),
        candidates=tuple(_candidate(found, kinds) for found in row["candidates"]),
    )


def _candidate(row: Mapping[str, Any], kinds: Mapping[str, CandidateKind]) -> Candidate:
    return Candidate(
        video_id=row["id"],
        title=row["title"],
        channel=row["channel"],
        artists=row["artists"] or (),
        album=row["album"],
        duration_s=row["duration_s"],
        kind=kinds[row["kind"]],
        views=row["views"],
        explicit=row["explicit"],
    )
