"""The figures of the matching benchmark, as its own scorer defines them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from bot.youtube.match import Outcome, outcome
from tests.benchmarks.match_cases import GROUPS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.models import Match
    from tests.benchmarks.match_cases import Case

BANDS = (0.0, 0.2, 0.4, 0.6, 0.8, 0.9, 0.95, 0.98, 1.0)


@dataclass(frozen=True, slots=True)
class Answer:
    """The best candidate of a case, whether it is good enough or not."""

    case: Case
    first: Match | None

    @property
    def chosen(self) -> str | None:
        if self.first is None or outcome(self.first) is not Outcome.ACCEPT:
            return None
        return self.first.candidate.video_id

    @property
    def right(self) -> bool:
        return self.chosen in self.case.accept

    @property
    def lenient(self) -> bool:
        return self.right or self.case.labels.get(self.chosen or "") == "reupload"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Shares of cases: right and wrong ones of the answerable, false ones of the others."""

    cases: int
    accuracy: float | None
    lenient: float | None
    wrong: float | None
    false_accepts: float | None

    @classmethod
    def of(cls, answers: Sequence[Answer]) -> Figures:
        asked = [answer for answer in answers if answer.case.answerable]
        others = [answer for answer in answers if not answer.case.answerable]
        return cls(
            cases=len(answers),
            accuracy=_share(asked, lambda answer: answer.right),
            lenient=_share(asked, lambda answer: answer.lenient),
            wrong=_share(asked, lambda answer: answer.chosen is not None and not answer.right),
            false_accepts=_share(others, lambda answer: answer.chosen is not None),
        )

    @classmethod
    def macro(cls, answers: Sequence[Answer]) -> Figures:
        """The mean of the four kinds of case, each counted once."""
        four = [cls.of([a for a in answers if a.case.group == group]) for group in GROUPS]
        return cls(
            cases=len(answers),
            accuracy=_mean([found.accuracy for found in four]),
            lenient=_mean([found.lenient for found in four]),
            wrong=_mean([found.wrong for found in four]),
            false_accepts=_mean([found.false_accepts for found in four]),
        )

    def row(self, name: str) -> tuple[str, ...]:
        shares = (self.accuracy, self.lenient, self.wrong, self.false_accepts)
        told = ("" if share is None else f"{share:.3f}" for share in shares)
        return (name, str(self.cases), *told)


def by_slice(answers: Sequence[Answer]) -> dict[str, Figures]:
    names = sorted({answer.case.slice for answer in answers})
    return {name: Figures.of([a for a in answers if a.case.slice == name]) for name in names}


def by_tag(answers: Sequence[Answer]) -> dict[str, Figures]:
    names = sorted({tag for answer in answers for tag in answer.case.tags})
    return {name: Figures.of([a for a in answers if name in a.case.tags]) for name in names}


def reliability(answers: Sequence[Answer]) -> list[tuple[str, int, float | None, float | None]]:
    """For each band of scores: how many first candidates, their mean score, the share right."""
    found = []
    for low, high in pairwise(BANDS):
        inside = [a for a in answers if a.first and low <= a.first.score < high]
        if inside:
            scores = [answer.first.score for answer in inside if answer.first]
            right = _share(inside, _first_is_right)
            found.append((f"{low:.2f} to {high:.2f}", len(inside), _mean(scores), right))
    return found


def _first_is_right(answer: Answer) -> bool:
    return answer.first is not None and answer.first.candidate.video_id in answer.case.accept


def _share(answers: Sequence[Answer], holds: Callable[[Answer], bool]) -> float | None:
    return _mean([float(holds(answer)) for answer in answers])


def _mean(values: Sequence[float | None]) -> float | None:
    """Of the values there are; None where there are none."""
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None
