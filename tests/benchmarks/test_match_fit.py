"""How the table of weights comes about, on a few made-up cases."""

from __future__ import annotations

import pytest

from bot.models import Candidate, CandidateKind, Track
from bot.youtube.matching import weights
from tests.benchmarks import match_cases, match_figures, match_fit, match_priors
from tests.benchmarks.match_bench import answers
from tests.benchmarks.match_cases import Case
from tests.benchmarks.match_figures import Answer, Figures

pytestmark = pytest.mark.no_cover  # it measures with the whole matcher, again and again
AUDIO = CandidateKind.AUDIO


def case(number: int, group: str, *, answerable: bool = True) -> Case:
    artist = f"Artist {number}"
    right = Candidate(video_id="r", title="Moonrise", artists=[artist], kind=AUDIO, duration_s=210)
    live = Candidate(video_id="l", title="Moonrise (Live)", artists=[artist], kind=AUDIO)
    return Case(
        id=str(number),
        slice=group,
        tags=(),
        answerable=answerable,
        accept=frozenset("r") if answerable else frozenset(),
        labels={"r": "accept", "l": "version"},
        track=Track(title="Moonrise", artists=[artist], duration_ms=210_000),
        candidates=(right, live) if answerable else (live,),
    )


@pytest.fixture
def cases() -> list[Case]:
    return [
        case(at, group, answerable=bool(at % 3))
        for at, group in enumerate(match_cases.GROUPS * 6, start=1)
    ]


def test_the_same_cases_give_the_same_table(cases: list[Case]) -> None:
    """The fit is exact arithmetic in a fixed order, so its text does not change."""
    first = match_fit.as_code(match_fit.calibrated(match_fit.judge(cases)))
    again = match_fit.as_code(match_fit.calibrated(match_fit.judge(list(reversed(cases)))))

    assert first == again
    assert '"title:other": -300.0' in first


def test_no_weight_goes_against_its_order(cases: list[Case]) -> None:
    """A worse sign never weighs more than a better one, in a fit and in the table of the code."""
    for table in (match_fit.fit(match_fit.judge(cases)), weights.WEIGHTS):
        for order in match_priors.ORDERS:
            known = [table[sign] for sign in order if sign in table]
            assert known == sorted(known, reverse=True)
        assert all(w <= 0 for s, w in table.items() if s.startswith(match_priors.AGAINST))


def test_figures_are_shares_of_the_cases_they_concern(cases: list[Case]) -> None:
    """Accuracy among the answerable, false accepts among the others, each kind counted once."""
    given = answers(cases)

    assert 1.0 == Figures.macro(given).accuracy
    assert 0.0 == Figures.macro(given).false_accepts
    assert ("empty", "0", "", "", "", "") == Figures.of([]).row("empty")
    assert len(given) == sum(number for _, number, _, _ in match_figures.reliability(given))
    assert set(match_cases.GROUPS) == set(match_figures.by_slice(given))


def test_a_case_without_candidates_is_an_answer_as_well() -> None:
    """Nothing is chosen, and that is right where nothing is right."""
    empty = Answer(case(1, "S", answerable=False), None)

    assert empty.chosen is None
    assert 0.0 == Figures.of([empty]).false_accepts


def test_all_cases_of_an_artist_are_in_one_fold(cases: list[Case]) -> None:
    """However the name is written."""
    track = Track(title="Moonrise", artists=["ARTIST 1"])
    other = Case(
        **{name: getattr(cases[0], name) for name in Case.__slots__ if name != "track"}, track=track
    )

    assert cases[0].fold == other.fold
