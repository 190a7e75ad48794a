"""How the rows of a listing are counted again after one of them was put right."""

from __future__ import annotations

from dataclasses import asdict, replace

import pytest

from bot.errors import OutOfBudget, Service, Unavailable
from bot.models import Chooser, Finding
from bot.models.results import Counts, Results, allowed_songs, count, recounted
from tests.stage import finding, listing

LISTING = replace(listing(3), tracks=[*listing(2).tracks, listing(2).tracks[0]])
KEY = LISTING.tracks[0].key
FOUND = finding(LISTING.tracks[0])
CHOSEN = replace(FOUND, chosen=Chooser.YOU, unproven=True)
AWAY = Unavailable(Service.SPOTIFY_API)
NONE = Finding(chosen=Chooser.YOU)


@pytest.mark.parametrize(
    ("before", "after", "counts"),
    [
        ({0: FOUND, 2: FOUND}, {0: CHOSEN, 2: CHOSEN}, Counts(official=8, chosen=2, search=4)),
        ({0: FOUND, 2: FOUND}, {0: NONE, 2: NONE}, Counts(official=8, search=6)),
        ({0: FOUND}, {0: NONE}, Counts(official=9, search=5)),
        ({}, {0: CHOSEN}, Counts(official=10, search=4)),
        ({0: FOUND, 1: FOUND}, {0: FOUND, 1: NONE}, Counts(official=10, search=4)),
    ],
)
def test_recounted(before: Results, after: Results, counts: Counts) -> None:
    """Every row of that track that is known before and after, and no other, counts anew."""
    old = Counts(official=10, search=4)
    assert counts == recounted(old, KEY, LISTING, before, after)


def test_who_did_not_answer() -> None:
    """Of what failed, what Spotify did not answer for counts apart."""
    counts = count(LISTING, {0: FOUND, 1: AWAY, 2: Unavailable(Service.YOUTUBE_MUSIC)}, None)
    assert Counts(official=1, failed=2, unnamed=1) == counts


def test_what_was_not_asked() -> None:
    """Of what failed, what was beyond this program's own share counts apart, whoever it is of."""
    spent = OutOfBudget(Service.SPOTIFY_API, retry_after_s=9.0)
    assert Counts(failed=2, unnamed=2, spared=1) == count(LISTING, {0: spent, 1: AWAY}, None)


def test_counts_of_another_version() -> None:
    """What was kept before or by newer code is read as far as it is known here."""
    assert Counts(official=3) == Counts.of({"official": 3, "of_tomorrow": 4})
    assert Counts(official=3, unnamed=1) == Counts.of(asdict(Counts(official=3, unnamed=1)))


def test_never_below_nothing() -> None:
    assert Counts(chosen=1) == recounted(Counts(), KEY, LISTING, {0: FOUND}, {0: CHOSEN})


def test_a_choice_costs_what_a_search_costs() -> None:
    """What people chose counts apart, and as looked up; what failed does not."""
    results: Results = {0: CHOSEN, 1: NONE, 2: Unavailable(Service.YOUTUBE_MUSIC)}
    counts = count(LISTING, results, None)

    assert (0, 1, 1, 1, 2) == (
        counts.official,
        counts.chosen,
        counts.search,
        counts.failed,
        counts.looked_up,
    )


def test_no_list_of_positions_is_searched_for_each_song() -> None:
    """With five thousand allowed of as many songs, that held the loop for a tenth of a second."""

    class Positions(list[int]):
        def __contains__(self, _: object) -> bool:
            raise AssertionError("searched")

    assert [0, 2] == allowed_songs(LISTING, Positions([2, 0, 9]))
    assert [0, 1, 2] == allowed_songs(LISTING, None)
