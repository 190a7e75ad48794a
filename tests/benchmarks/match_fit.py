"""`python -m tests.benchmarks.match_fit` fits the matcher's weights and writes them into the code.

A logistic regression on the signs of all candidates of the public cases: the weights that make the
labels most likely, near the priors of `match_priors`, in the orders given there. Each of the four
kinds of case counts the same, whatever its number. Then the score is calibrated (Platt): the best
candidate of each case, judged by weights that were fitted without its artist, says by how much the
log-odds have to be stretched and moved. Plain Python, Newton's method; the same cases give the
same table, digit by digit.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from bot.youtube.matching import asked_track, evidence
from tests.benchmarks import match_cases, match_priors
from tests.benchmarks.newton import Newton

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tests.benchmarks.match_cases import Case

TABLE = Path(__file__).resolve().parents[2] / "bot" / "youtube" / "weights.py"
START = "start"
# With another title nothing else is looked at: it must weigh more than all the rest together can.
DECIDES = {"title:other": -300.0}
SAME_TITLE = 2.0
DIGITS = 3
HEAD = '''"""How much each sign weighs, in log-odds.

Written by `python -m tests.benchmarks.match_fit`, not by hand.
"""

from __future__ import annotations

from typing import Final
'''


@dataclass(frozen=True, slots=True)
class Judged:
    """A case with the signs of each of its candidates, in their order."""

    case: Case
    signs: tuple[tuple[str, ...], ...]

    @property
    def right(self) -> tuple[bool, ...]:
        return tuple(found.video_id in self.case.accept for found in self.case.candidates)


def judge(cases: Iterable[Case]) -> list[Judged]:
    found = []
    for case in cases:
        asked = asked_track.read(case.track)
        signs = (tuple(evidence.signs(asked, candidate)) for candidate in case.candidates)
        found.append(Judged(case, tuple(signs)))
    return found


def share(cases: Sequence[Judged]) -> dict[str, float]:
    """What one case of each kind counts, so that the kinds count the same."""
    numbers = Counter(judged.case.group for judged in cases)
    return {group: len(cases) / len(numbers) / number for group, number in numbers.items()}


def fit(cases: Sequence[Judged]) -> dict[str, float]:
    """The weight of each sign, and of the start."""
    counts = share(cases)
    patterns: dict[tuple[str, ...], list[float]] = {}
    for judged in cases:
        weight = counts[judged.case.group]
        for signs, right in zip(judged.signs, judged.right, strict=True):
            pattern = patterns.setdefault(tuple(sorted(signs)), [0.0, 0.0])
            pattern[0] += weight
            pattern[1] += weight * right
    return _solve(patterns)


def _solve(patterns: Mapping[tuple[str, ...], Sequence[float]]) -> dict[str, float]:
    """Steps down an order are what is solved for: none of them may be negative."""
    known = {sign for pattern in patterns for sign in pattern}
    known |= {sign for order in match_priors.ORDERS for sign in order}
    above = _above()
    names = sorted(known)
    place = {sign: at for at, sign in enumerate([*names, START])}
    parts = {sign: tuple(place[part] for part in _chain(sign, above)) for sign in names}
    down = [sign in above or sign.startswith(match_priors.AGAINST) for sign in names]
    newton = Newton(size=len(place), down=[*down, False])
    for sign in names:
        newton.hold(
            _signed(parts[sign], down), match_priors.prior(sign), match_priors.firmness(sign)
        )
    for pattern, (number, right) in sorted(patterns.items()):
        row: Counter[int] = Counter({place[START]: 1})
        for sign in pattern:
            row.update(_signed(parts[sign], down))
        newton.see(row, number, right)
    steps = newton.solve()
    weights = {s: sum(steps[at] * by for at, by in _signed(parts[s], down).items()) for s in names}
    return {START: steps[place[START]], **weights}


def _above() -> dict[str, str]:
    """The next better sign of each that is not the best of its order."""
    found: dict[str, str] = {}
    for order in match_priors.ORDERS:
        for better, worse in pairwise(order):
            found.setdefault(worse, better)
    return found


def _chain(sign: str, above: Mapping[str, str]) -> list[str]:
    chain = [sign]
    while chain[-1] in above:
        chain.append(above[chain[-1]])
    return chain


def _signed(parts: Sequence[int], down: Sequence[bool]) -> Counter[int]:
    return Counter({at: -1 if down[at] else 1 for at in parts})


def total(weights: Mapping[str, float], signs: Iterable[str]) -> float:
    return weights[START] + math.fsum(weights.get(sign, 0.0) for sign in signs)


def calibrate(cases: Sequence[Judged]) -> tuple[float, float]:
    """How to stretch and move the log-odds, from picks that were judged without their artist."""
    counts = share(cases)
    newton = Newton(size=2, down=[False, False])
    newton.hold(Counter({0: 1}), 1.0, 0.5)
    for fold in range(match_cases.FOLDS):
        weights = fit([judged for judged in cases if judged.case.fold != fold])
        for judged in cases:
            if judged.case.fold == fold and (pick := _pick(weights, judged)):
                weight = counts[judged.case.group]
                newton.see({0: pick[0], 1: 1.0}, weight, weight * pick[1])
    stretch, move = newton.solve()
    return stretch, move


def _pick(weights: Mapping[str, float], judged: Judged) -> tuple[float, bool] | None:
    """The log-odds of the best candidate that could be official, and whether it is right."""
    official = (
        (total(weights, signs), right)
        for signs, right in zip(judged.signs, judged.right, strict=True)
        if evidence.UNOFFICIAL.isdisjoint(signs)
    )
    return max(official, default=None)


def calibrated(cases: Sequence[Judged]) -> dict[str, float]:
    stretch, move = calibrate(cases)
    weights = {sign: weight * stretch for sign, weight in fit(cases).items()}
    return weights | DECIDES | {START: weights[START] + move}


def readable(weights: Mapping[str, float]) -> dict[str, float]:
    """The same scores with weights that people can read: a title that is the same speaks for it.

    Every candidate with a title worth comparing has exactly one title sign, so what is moved from
    the start to all of them changes no sum.
    """
    move = SAME_TITLE - weights["title:same"]
    moved = {sign: w + move for sign, w in weights.items() if sign.startswith("title:")}
    return {**weights, **moved, **DECIDES, START: weights[START] - move}


def as_code(weights: Mapping[str, float]) -> str:
    rounded = {sign: round(weight, DIGITS) + 0.0 for sign, weight in sorted(weights.items())}
    start = rounded.pop(START)
    rows = "".join(f'    "{sign}": {weight},\n' for sign, weight in rounded.items())
    return f"{HEAD}\nSTART: Final = {start}\nWEIGHTS: Final[dict[str, float]] = {{\n{rows}}}\n"


def main() -> None:
    weights = readable(calibrated(judge(match_cases.load())))
    TABLE.write_text(as_code(weights), encoding="utf-8")
    print(f"{len(weights)} weights written to {TABLE.name}")


if __name__ == "__main__":
    main()
