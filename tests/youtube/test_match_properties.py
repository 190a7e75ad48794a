"""What holds of the matcher whatever the track and whatever the search brings."""

from __future__ import annotations

import math
import unicodedata
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.models import Candidate, CandidateKind, Track
from bot.youtube.match import ACCEPT, Outcome, best, outcome, rank
from tests.youtube.match_cases import candidates, found, searches, track, tracks

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

# Each makes thousands of calls, and what a property reaches shows little of what is tested.
pytestmark = pytest.mark.no_cover
OPTIONAL = ("channel", "album", "duration_s", "views", "explicit")
UNASKED = (
    "karaoke",
    "live",
    "sped up",
    "(Karaoke Version)",
    "[Live]",
    "(sped up)",
    "カラオケ",
    "ライブ",
)
SECONDS = st.floats(min_value=1.0, max_value=4000.0)
PLAIN = ("Moonrise", "Night River", "月光", "Ночь", "Señor Niño", "달빛", "לילה", "Song 2")


def score(asked: Track, candidate: Candidate) -> float:
    return rank(asked, [candidate])[0].score


@given(tracks(), searches(), st.randoms(use_true_random=False))
def test_the_order_of_candidates_does_not_matter(
    asked: Track, given_: list[Candidate], chance: Random
) -> None:
    """The same candidates in another order give the same ranking, match by match."""
    shuffled = list(given_)
    chance.shuffle(shuffled)

    assert rank(asked, given_) == rank(asked, shuffled)


@given(tracks(st.text()), st.lists(candidates(st.text()), max_size=4))
def test_any_text_is_judged(asked: Track, given_: list[Candidate]) -> None:
    """Every candidate gets a score between 0 and 1, whatever letters there are."""
    ranked = rank(asked, given_)

    assert len(given_) == len(ranked)
    assert all(0 <= match.score <= 1 for match in ranked)


@given(tracks(), candidates(), st.sets(st.sampled_from(OPTIONAL)))
def test_every_optional_field_may_be_missing(
    asked: Track, candidate: Candidate, missing: set[str]
) -> None:
    """A candidate is judged with any of its optional fields null, and a track with its own."""
    bare = Track(title=asked.title, artists=asked.artists)
    nulls: dict[str, Any] = dict.fromkeys(missing)

    for one in (asked, bare):
        assert 0 <= score(one, replace(candidate, **nulls)) <= 1


@given(tracks(st.sampled_from(PLAIN)), candidates(), st.sampled_from(UNASKED))
@example(track(), found("Moonrise", "Luna Vega - Topic"), "(Karaoke Version)")
@example(track(), found("Luna Vega - Moonrise", None, 210), "live")
@settings(max_examples=300)
def test_a_version_that_nobody_asked_for_never_raises_the_score(
    asked: Track, candidate: Candidate, words: str
) -> None:
    """Adding karaoke, live or sped up to a title leaves the score as it was, or lowers it."""
    other = replace(candidate, title=f"{candidate.title} {words}")

    assert score(asked, other) <= score(asked, candidate)


@given(tracks(), candidates(), st.integers(1, 4000), SECONDS, SECONDS)
@settings(max_examples=300)
def test_a_nearer_length_never_lowers_the_score(
    asked: Track, candidate: Candidate, wanted_s: int, one: float, two: float
) -> None:
    """Of two lengths the one nearer to the track's scores at least as much, on whichever side."""
    asked = replace(asked, duration_ms=wanted_s * 1000)
    near, far = sorted((one, two), key=lambda seconds: abs(seconds - wanted_s))

    assert score(asked, replace(candidate, duration_s=near)) >= score(
        asked, replace(candidate, duration_s=far)
    )


@given(tracks())
def test_without_candidates_there_is_no_match(asked: Track) -> None:
    """An empty list gives an empty ranking and none."""
    assert [] == rank(asked, [])
    assert best(asked, []) is None


@pytest.mark.parametrize(
    "written",
    [
        lambda text: unicodedata.normalize("NFC", text),
        lambda text: unicodedata.normalize("NFD", text),
        str.upper,
        str.lower,
        str.swapcase,
        str.casefold,
    ],
)
@given(asked=tracks(), candidate=candidates())
def test_letters_written_otherwise_are_the_same_letters(
    written: Callable[[str], str], asked: Track, candidate: Candidate
) -> None:
    """Composed or not, in capitals or not: the score and its reasons stay what they are."""
    rewritten = replace(
        candidate,
        title=written(candidate.title),
        channel=candidate.channel and written(candidate.channel),
        artists=[written(name) for name in candidate.artists],
        album=candidate.album and written(candidate.album),
    )
    asked_so = replace(
        asked, title=written(asked.title), artists=[written(name) for name in asked.artists]
    )

    assert rank(asked, [candidate])[0].reasons == rank(asked, [rewritten])[0].reasons
    assert rank(asked, [candidate])[0].reasons == rank(asked_so, [candidate])[0].reasons


@given(tracks(), st.lists(candidates(), min_size=1, max_size=5), st.sampled_from(CandidateKind))
def test_the_weights_of_the_reasons_add_up_to_the_score(
    asked: Track, given_: list[Candidate], prefer: CandidateKind
) -> None:
    """The sum of a match's reasons is the log-odds of its score, also where a kind comes first."""
    for match in rank(asked, given_, prefer=prefer):
        total = math.fsum(reason.weight for reason in match.reasons)
        assert match.score == pytest.approx(1 / (1 + math.exp(-total)), abs=1e-9)


@given(tracks(), st.lists(candidates(), min_size=1, max_size=5), st.sampled_from(CandidateKind))
def test_the_best_has_the_highest_score(
    asked: Track, given_: list[Candidate], prefer: CandidateKind
) -> None:
    """Scores never rise down the ranking, and the best is its first, when that is good enough."""
    ranked = rank(asked, given_, prefer=prefer)
    scores = [match.score for match in ranked]
    chosen = best(asked, given_, prefer=prefer)

    assert sorted(scores, reverse=True) == scores
    assert (ranked[0] if outcome(ranked[0]) is Outcome.ACCEPT else None) == chosen


@given(tracks(), candidates())
def test_what_a_user_uploaded_is_never_official(asked: Track, candidate: Candidate) -> None:
    """However alike it is, an upload stays far below what is accepted."""
    assert score(asked, replace(candidate, kind=CandidateKind.UPLOAD)) < ACCEPT / 2
