"""Which search result is the right official recording of a track: pure, total, deterministic."""

from __future__ import annotations

import math
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from bot.models import Candidate, CandidateKind, Match, Reason, Track
from bot.youtube import evidence, reasons, wanted
from bot.youtube.weights import START, WEIGHTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.youtube.wanted import Wanted

VERSION: Final = 2
ACCEPT: Final = 0.4
MAYBE: Final = 0.05
_CEILING: Final = -2.0  # log-odds above which no user's upload can come


class Outcome(StrEnum):
    ACCEPT = "accept"
    MAYBE = "maybe"
    NONE = "none"


def rank(
    track: Track,
    candidates: Sequence[Candidate],
    *,
    prefer: CandidateKind = CandidateKind.AUDIO,
) -> list[Match]:
    """All candidates, judged, best first; ties are broken by id, so that order cannot matter."""
    asked = wanted.read(track)
    matches = [_judge(asked, candidate) for candidate in candidates]
    return sorted(
        matches,
        key=lambda m: (-m.score, m.kind is not prefer, m.candidate.video_id, m.candidate.title),
    )


def best(
    track: Track,
    candidates: Sequence[Candidate],
    *,
    prefer: CandidateKind = CandidateKind.AUDIO,
) -> Match | None:
    """The one to link to as official, or None when nothing is surely right and official."""
    ranked = rank(track, candidates, prefer=prefer)
    return ranked[0] if ranked and outcome(ranked[0]) is Outcome.ACCEPT else None


def outcome(match: Match) -> Outcome:
    """What a judged candidate is good for: a link, an offer for corrections, or nothing."""
    if match.score >= ACCEPT:
        return Outcome.ACCEPT
    return Outcome.MAYBE if match.score >= MAYBE else Outcome.NONE


def _judge(asked: Wanted, candidate: Candidate) -> Match:
    apart = None
    if asked.duration_s and candidate.duration_s is not None:
        apart = abs(candidate.duration_s - asked.duration_s)
    found = [Reason(code="start", weight=START, detail="before anything is known")]
    signs = evidence.signs(asked, candidate)
    for sign in signs:
        weight = WEIGHTS.get(sign, 0.0)
        detail = reasons.detail(sign, apart)
        found.append(Reason(code=sign.partition(":")[0], weight=weight, detail=detail))
    total = sum(reason.weight for reason in found)
    if total > _CEILING and ("official:upload" in signs or "official:fan" in signs):
        found.append(Reason(code="unofficial", weight=_CEILING - total, detail="never official"))
        total = _CEILING
    return Match(candidate=candidate, score=1 / (1 + math.exp(-total)), reasons=found)
