"""Which search result is the right official recording of a track: pure, total, deterministic."""

from __future__ import annotations

import math
import re
import unicodedata
from typing import TYPE_CHECKING, Final

from anyascii import anyascii
from rapidfuzz import fuzz

from bot.models import Candidate, CandidateKind, Match, Reason, Track

if TYPE_CHECKING:
    from collections.abc import Sequence

VERSION: Final = 1
ACCEPT: Final = 0.6
MAYBE: Final = 0.15

_WORD = re.compile(r"[^\W_]+")
_OTHER_VERSION = re.compile(
    r"\b(live|ao vivo|en vivo|acoustic|karaoke|cover|remix|sped up|slowed|nightcore|8d|instrumental"
    r"|reaction|loop|tribute|medley|mashup|extended|demo)\b",
)


def rank(
    track: Track,
    candidates: Sequence[Candidate],
    *,
    prefer: CandidateKind = CandidateKind.AUDIO,
) -> list[Match]:
    """All candidates, judged, best first; ties are broken by id, so that order cannot matter."""
    matches = [_judge(track, candidate) for candidate in candidates]
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
    return ranked[0] if ranked and ranked[0].score >= ACCEPT else None


def _judge(track: Track, candidate: Candidate) -> Match:
    reasons = [
        Reason(code="start", weight=-3.0, detail="most results are something else"),
        *_text_reasons(track, candidate),
        _official_reason(track, candidate),
    ]
    total = sum(reason.weight for reason in reasons)
    return Match(candidate=candidate, score=1 / (1 + math.exp(-total)), reasons=reasons)


def _text_reasons(track: Track, candidate: Candidate) -> list[Reason]:
    told = _fold(" ".join((candidate.title, candidate.channel or "", *candidate.artists)))
    title = _fold(track.title) or track.title
    alike = fuzz.token_set_ratio(title, _fold(candidate.title)) / 100
    near = max((fuzz.partial_ratio(_fold(name), told) / 100 for name in track.artists), default=0.5)
    wanted = set(_OTHER_VERSION.findall(title))
    given = set(_OTHER_VERSION.findall(_fold(candidate.title)))
    found = [
        Reason(code="title", weight=8 * (alike - 0.7), detail="same title"),
        Reason(code="artist", weight=8 * (near - 0.7), detail="same artist"),
    ]
    if wanted != given:
        found.append(Reason(code="version", weight=-6.0, detail="another version"))
    if track.duration_ms and candidate.duration_s is not None:
        apart = abs(candidate.duration_s - track.duration_ms / 1000)
        weight = 2.0 - min(apart, 40) / 4
        found.append(Reason(code="length", weight=weight, detail=f"{apart:.1f} s apart"))
    return found


def _official_reason(track: Track, candidate: Candidate) -> Reason:
    channel = _fold(candidate.channel or "")
    names = {_fold(name).replace(" ", "") for name in track.artists}
    own = channel.removesuffix("topic").removesuffix("official").replace(" ", "")
    if candidate.kind is CandidateKind.UPLOAD:
        return Reason(code="upload", weight=-8.0, detail="a user's upload")
    if candidate.kind is CandidateKind.AUDIO or channel.endswith(" topic"):
        return Reason(code="official_audio", weight=2.0, detail="official audio")
    if candidate.kind is not CandidateKind.UNKNOWN or own.removesuffix("vevo") in names:
        return Reason(code="official", weight=1.5, detail="the artist's own channel")
    return Reason(code="unofficial", weight=-1.5, detail="nothing shows it is official")


def _fold(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(_WORD.findall(anyascii(plain).casefold()))
