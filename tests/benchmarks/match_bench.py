"""`python -m tests.benchmarks.match_bench` measures the matcher on the public cases.

It prints accuracy, wrong picks and false accepts by kind of case and by tag, the same with artists
held out and with whole kinds of case held out, how far the score can be believed, and the time for
a track beside rapidfuzz and, where it is installed, spotDL. `--readme` writes the README's table
instead, `--quick` leaves out what has to be fitted again. All goes into build/match.json.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING

from rapidfuzz import fuzz

from bot.models import CandidateKind
from bot.youtube import match
from bot.youtube.match import Weights
from tests.benchmarks import match_cases, match_figures, match_fit
from tests.benchmarks.match_figures import Answer, Figures
from tests.benchmarks.match_spotdl import SpotDL
from tests.tools.readme import put

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from tests.benchmarks.match_cases import Case
    from tests.benchmarks.match_fit import Judged

ROOT = Path(__file__).resolve().parents[2]
OUT, README = ROOT / "build" / "match.json", ROOT / "README.md"
HEAD = ("", "cases", "accuracy", "lenient", "wrong", "false accepts")
REPEATS = 3  # of which the quickest counts: other programs share the machine
# What others reach on the same cases (macro), measured once for the benchmark's README
OTHERS = (
    ("spotDL 4.6.0", 0.752, 0.385),
    ("token_set_ratio", 0.620, 1.0),
    ("first result", 0.551, 1.0),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """Microseconds for a track with all its candidates."""

    median: float
    p95: float


def answers(cases: Iterable[Case], weights: Weights | None = None) -> list[Answer]:
    """By the weights in the code, or by others."""
    found = []
    for case in cases:
        if weights is None:
            ranked = match.rank(case.track, case.candidates)
        else:
            ranked = match.ranked_by(weights, case.track, case.candidates)
        found.append(Answer(case, ranked[0] if ranked else None))
    return found


def fitted(cases: Sequence[Judged]) -> Weights:
    weights = match_fit.calibrated(cases)
    return Weights.of(weights.pop(match_fit.START), weights)


def held_out(judged: Sequence[Judged]) -> list[Answer]:
    """Each case judged by weights that have seen none of its artist, calibration included."""
    found: list[Answer] = []
    for fold in range(match_cases.FOLDS):
        weights = fitted([one for one in judged if one.case.fold != fold])
        found += answers([one.case for one in judged if one.case.fold == fold], weights)
    return found


def transferred(judged: Sequence[Judged]) -> dict[str, Figures]:
    """Each kind of case judged by weights that have seen only the other kinds."""
    found = {}
    for group in match_cases.GROUPS:
        weights = fitted([one for one in judged if one.case.group != group])
        cases = [one.case for one in judged if one.case.group == group]
        found[group] = Figures.of(answers(cases, weights))
    return found


def timed(cases: Sequence[Case], pick: Callable[[Case], object]) -> Times:
    found = [float("inf")] * len(cases)
    for _ in range(REPEATS):
        for at, case in enumerate(cases):
            begun = time.perf_counter()
            pick(case)
            found[at] = min(found[at], time.perf_counter() - begun)
    return Times(median=median(found) * 1e6, p95=quantiles(found, n=20)[-1] * 1e6)


def by_token_set(case: Case) -> object:
    """What many tools do: the title most alike, whatever it is."""
    said = " ".join((*case.track.artists, case.track.title)).lower()
    return max(
        case.candidates,
        key=lambda one: fuzz.token_set_ratio(said, f"{one.channel or ''} {one.title}".lower()),
        default=None,
    )


def table(rows: Iterable[Sequence[str]]) -> str:
    listed = [HEAD, *rows]
    widths = [max(len(row[at]) for row in listed) for at in range(len(HEAD))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in listed
    )


def markdown(plain: Figures, apart: Figures, times: Times) -> str:
    told = (("**Tracklink**", plain, f"{times.median:.0f} µs"), ("artists held out", apart, ""))
    rows = [(name, f.accuracy or 0, f.false_accepts or 0, took) for name, f, took in told]
    rows += [(*other, "") for other in OTHERS]
    lines = [f"| {n} | {right:.1%} | {false:.1%} | {took} |" for n, right, false, took in rows]
    head = "| | right | taken where nothing is right | time for a track |"
    return "\n".join([head, "|---|---|---|---|", *lines])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--readme", action="store_true", help="write the README's table only")
    parser.add_argument(
        "--quick", action="store_true", help="leave out what has to be fitted again"
    )
    options = parser.parse_args()
    cases = match_cases.load()
    plain = answers(cases)
    as_video = answers(match_cases.load(plain_video=CandidateKind.VIDEO))
    judged = [] if options.quick else match_fit.judge(cases)
    apart = held_out(judged) if judged else plain
    moved = transferred(judged) if judged and not options.readme else {}
    times = timed(cases, lambda case: match.best(case.track, case.candidates))
    others = {"token_set_ratio": timed(cases, by_token_set)}
    if spotdl := SpotDL.installed():
        others["spotDL"] = timed(cases, spotdl.pick)
    if options.readme:
        table_of_all = markdown(Figures.macro(plain), Figures.macro(apart), times)
        README.write_text(put(README.read_text(), "matching", table_of_all))
        return
    _report(plain, as_video, apart, moved)
    if spotdl:
        print(table(_chosen(cases, spotdl)))
    print("\nmicroseconds a track, median and 95th percentile, on the same lists in one run")
    for name, took in {"tracklink": times, **others}.items():
        print(f"  {name:16} {took.median:7.0f} {took.p95:7.0f}")
    _write(plain, apart, {"tracklink": times, **others})


def _report(
    plain: Sequence[Answer],
    as_video: Sequence[Answer],
    apart: Sequence[Answer],
    moved: dict[str, Figures],
) -> None:
    rows = [
        Figures.macro(plain).row("macro"),
        *(found.row(f"slice {name}") for name, found in match_figures.by_slice(plain).items()),
        Figures.macro(as_video).row("macro, plain videos called videos"),
        Figures.macro(apart).row("macro, artists held out"),
        *(found.row(f"slice {n}, held out") for n, found in match_figures.by_slice(apart).items()),
        *(found.row(f"{name}, by the other kinds") for name, found in moved.items()),
        *(found.row(name) for name, found in match_figures.by_tag(plain).items()),
    ]
    print(table(rows))
    print("\nscore of the first candidate, artists held out: number, mean score, share right")
    for band, number, score, right in match_figures.reliability(apart):
        print(f"  {band}  {number:5}  {score or 0:.3f}  {right or 0:.3f}")


def _chosen(cases: Sequence[Case], spotdl: SpotDL) -> list[tuple[str, ...]]:
    """By kind of case: what spotDL takes, right and where nothing is right."""
    picks = {case.id: spotdl.pick(case) for case in cases}
    rows: list[tuple[str, ...]] = []
    for group in match_cases.GROUPS:
        asked = [case for case in cases if case.group == group]
        right = [picks[case.id] in case.accept for case in asked if case.answerable]
        taken = [picks[case.id] is not None for case in asked if not case.answerable]
        shares = (f"{sum(right) / len(right):.3f}", "", "", f"{sum(taken) / len(taken):.3f}")
        rows.append((f"spotDL, {group}", str(len(asked)), *shares))
    return rows


def _write(plain: Sequence[Answer], apart: Sequence[Answer], times: dict[str, Times]) -> None:
    found = {
        "macro": asdict(Figures.macro(plain)),
        "macro_held_out": asdict(Figures.macro(apart)),
        "slices": {n: asdict(f) for n, f in match_figures.by_slice(plain).items()},
        "tags": {n: asdict(f) for n, f in match_figures.by_tag(plain).items()},
        "reliability": match_figures.reliability(apart),
        "microseconds": {name: asdict(took) for name, took in times.items()},
    }
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
