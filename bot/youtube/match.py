"""Which search result is the right official recording of a track: pure, total, deterministic.

Every candidate is read for signs (`evidence`), each sign has a weight (`weights`, fitted by
`tests/benchmarks/match_fit.py`), and the weights add up to the log-odds of the candidate's score:
the probability that it is the recording that was asked for, published by those who may.

**Official** is what YouTube calls an art track, an artist's own channel, a label's. A channel of
which nothing is known, one of lyrics, karaoke or covers, and whatever YouTube says a user uploaded
are never accepted, however alike: their score is held down, and a reason says so. Where neither a
channel nor a kind is told, officialness cannot be known at all; such a candidate may be accepted
on its title and a length that agrees, since nothing speaks against it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Final

from bot.models import Candidate, CandidateKind, Match, Reason, Track
from bot.youtube.matching import asked_track, evidence, reasons
from bot.youtube.matching.weights import START, WEIGHTS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.youtube.matching.asked_track import Wanted

VERSION: Final = 3
ACCEPT: Final = 0.65  # where the benchmark loses least to either side, with artists held out
MAYBE: Final = 0.02  # below it a candidate is not worth showing to one who corrects
SURE: Final = 0.8  # from here on the kind of a recording decides, not the score
_UNPROVEN: Final = -2.0  # log-odds above which nothing unofficial can come
_BEHIND: Final = 0.01  # log-odds by which one kind stays behind the preferred one


class Outcome(StrEnum):
    """What a judged candidate is good for: a link, an offer to one who corrects, or nothing."""

    ACCEPT = "accept"
    MAYBE = "maybe"
    NONE = "none"


def rank(
    track: Track,
    candidates: Sequence[Candidate],
    *,
    prefer: CandidateKind = CandidateKind.AUDIO,
) -> list[Match]:
    """All candidates with their scores, best first, the same in whatever order they came.

    Those of the preferred kind that are surely right score above all of other kinds.
    """
    return ranked_by(fitted(), track, candidates, prefer=prefer)


def best(
    track: Track,
    candidates: Sequence[Candidate],
    *,
    prefer: CandidateKind = CandidateKind.AUDIO,
) -> Match | None:
    """The one to link to as official, or None when nothing is surely right and official."""
    verdicts = _verdicts(fitted(), track, candidates, prefer)
    first = min(verdicts, key=_place, default=None)
    if first is None or outcome(first.match) is not Outcome.ACCEPT:
        return None
    return first.match


def outcome(match: Match) -> Outcome:
    if match.score >= ACCEPT:
        return Outcome.ACCEPT
    return Outcome.MAYBE if match.score >= MAYBE else Outcome.NONE


def summary(match: Match) -> tuple[str, ...]:
    """The codes of what agrees, for one line: official audio · same title, artist and length."""
    return tuple(reason.code for reason in match.reasons if reason.detail in reasons.AGREEING)


@dataclass(frozen=True, slots=True)
class Weights:
    """The weight of each sign, and the reasons that need nothing but a sign to be made."""

    signs: Mapping[str, float]
    reasons: Mapping[str, Reason]
    other: tuple[Reason, ...]  # all there is to say of another title

    @classmethod
    def of(cls, start: float, signs: Mapping[str, float]) -> Weights:
        made = {
            sign: Reason(
                code=sign.partition(":")[0], weight=weight, detail=reasons.detail(sign, None)
            )
            for sign, weight in {"start": start, **signs}.items()
            if not sign.startswith("length:") or "unknown" in sign
        }
        return cls(signs, made, (made["start"], *(made[sign] for sign in evidence.OTHER)))


@cache
def fitted() -> Weights:
    """The weights in the code."""
    return Weights.of(START, WEIGHTS)


def ranked_by(
    weights: Weights,
    track: Track,
    candidates: Sequence[Candidate],
    *,
    prefer: CandidateKind = CandidateKind.AUDIO,
) -> list[Match]:
    """What `rank` gives, by other weights than the ones in the code: for whoever fits them."""
    verdicts = _verdicts(weights, track, candidates, prefer)
    return [verdict.match for verdict in sorted(verdicts, key=_place)]


@dataclass(slots=True)
class _Verdict:
    candidate: Candidate
    reasons: Sequence[Reason]
    total: float
    official: bool = True
    audio: bool = False
    apart: float | None = None

    @property
    def match(self) -> Match:
        score = 1 / (1 + math.exp(-self.total))
        return Match(candidate=self.candidate, score=score, reasons=self.reasons)

    def add(self, code: str, weight: float, detail: str) -> None:
        self.reasons = [*self.reasons, Reason(code=code, weight=weight, detail=detail)]
        self.total = math.fsum(reason.weight for reason in self.reasons)


def _place(verdict: _Verdict) -> tuple[float, float, int, str, str]:
    """Best first; what is left equal is told apart by length, views and, at last, by its id."""
    apart = math.inf if verdict.apart is None else verdict.apart
    seen = verdict.candidate
    return (-verdict.total, apart, -(seen.views or 0), seen.video_id, seen.title or "")


def _verdicts(
    weights: Weights, track: Track, candidates: Sequence[Candidate], prefer: CandidateKind
) -> list[_Verdict]:
    judge = _Judge(weights, asked_track.read(track))
    verdicts = [judge.verdict(candidate) for candidate in candidates]
    _put_first(verdicts, prefer)
    return verdicts


@dataclass(frozen=True, slots=True)
class _Judge:
    """Judges the candidates of one track."""

    weights: Weights
    asked: Wanted

    def verdict(self, candidate: Candidate) -> _Verdict:
        signs = evidence.signs(self.asked, candidate)
        apart = evidence.seconds_apart(self.asked.duration_s, candidate.duration_s)
        if signs is evidence.OTHER:
            other = self.weights.other
            return _Verdict(candidate, other, math.fsum(r.weight for r in other), apart=apart)
        ready = self.weights.reasons
        found = [ready["start"]]
        found += [ready.get(sign) or self._reason(sign, apart) for sign in signs]
        total = math.fsum([reason.weight for reason in found])
        official = evidence.UNOFFICIAL.isdisjoint(signs)
        verdict = _Verdict(candidate, found, total, official, "official:audio" in signs, apart)
        if total > _UNPROVEN and not official:
            verdict.add("unproven", _UNPROVEN - total, "so it is never taken for official")
        return verdict

    def _reason(self, sign: str, apart: float | None) -> Reason:
        weight = self.weights.signs.get(sign, 0.0)
        code = sign.partition(":")[0]
        return Reason(code=code, weight=weight, detail=reasons.detail(sign, apart))


def _put_first(verdicts: list[_Verdict], prefer: CandidateKind) -> None:
    """Hold the other kind just behind all of the preferred kind that are surely right."""
    audio = prefer == CandidateKind.AUDIO
    sure = math.log(SURE / (1 - SURE))
    first = [v.total for v in verdicts if v.audio is audio and v.official and v.total >= sure]
    if not first:
        return
    bound = min(first) - _BEHIND
    for verdict in verdicts:
        if verdict.audio is not audio and verdict.total > bound:
            verdict.add("kind", bound - verdict.total, f"official {prefer} comes first")
