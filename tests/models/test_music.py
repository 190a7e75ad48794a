from __future__ import annotations

import dataclasses
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.models import (
    Candidate,
    CandidateKind,
    Cut,
    Finding,
    Listing,
    ListingKind,
    Match,
    Reason,
    RowKind,
    Source,
    Track,
)
from bot.models.music import NAME_CHARS, NAMES_MOST

if TYPE_CHECKING:
    from collections.abc import Callable

ID = "4uLU6hMCjMI75M1A2tKUQC"
CANDIDATE = Candidate(video_id="v", title="t", kind=CandidateKind.AUDIO)


def listing(**values: Any) -> Listing:
    given = {"kind": ListingKind.ALBUM, "id": ID, "title": "Discovery", "source": Source.WEB_API}
    return Listing(**given | values)


@pytest.mark.parametrize(
    ("row", "spotify_id", "url"),
    [
        (RowKind.SONG, ID, f"https://open.spotify.com/track/{ID}"),
        (RowKind.EPISODE, ID, f"https://open.spotify.com/episode/{ID}"),
        (RowKind.SONG, None, None),
        (RowKind.LOCAL, ID, None),
        (RowKind.GONE, ID, None),
    ],
)
def test_a_row_links_to_spotify_where_spotify_has_a_page(
    row: RowKind, spotify_id: str | None, url: str | None
) -> None:
    """The link is made from the id alone; what has no page gets none."""
    assert url == Track(title="t", row=row, spotify_id=spotify_id).url


def test_a_track_of_spotify_is_kept_under_its_id() -> None:
    """The id alone decides: a listing in another language has other titles."""
    assert ID == Track(title="One", spotify_id=ID).key == Track(title="Bir", spotify_id=ID).key


@given(st.text(), st.lists(st.text(), max_size=3), st.none() | st.integers(0, 10**7))
def test_a_track_without_an_id_is_kept_under_what_it_says(
    title: str, artists: list[str], duration_ms: int | None
) -> None:
    """The same words and length give the same key, whatever the text; other words another."""
    track = Track(title=title, artists=artists, duration_ms=duration_ms)

    assert track.key == Track(title=title, artists=artists, duration_ms=duration_ms).key
    assert track.key != Track(title=title + "x", artists=artists, duration_ms=duration_ms).key
    assert track.key.startswith("text:")


@pytest.mark.parametrize(("cut", "complete"), [(None, True), (Cut.LIMIT, False)])
def test_a_listing_is_complete_unless_it_is_cut(cut: Cut | None, complete: bool) -> None:
    """A cut says that rows are missing, or may be."""
    assert complete == listing(cut=cut).complete


def test_a_listing_has_the_address_and_the_key_of_its_page() -> None:
    """Kind and id name it, at Spotify and in the store."""
    assert f"https://open.spotify.com/album/{ID}" == listing().url
    assert f"album:{ID}" == listing().key


def test_a_candidate_links_to_its_video() -> None:
    """The id alone makes the link."""
    assert "https://www.youtube.com/watch?v=v" == CANDIDATE.url


@pytest.mark.parametrize(
    ("value", "field"),
    [
        (Track(title="t", artists=["a"]), "artists"),
        (listing(tracks=[Track(title="t")]), "tracks"),
        (Candidate(video_id="v", title="t", artists=["a"]), "artists"),
        (
            Match(candidate=CANDIDATE, score=1, reasons=[Reason(code="c", weight=1, detail="")]),
            "reasons",
        ),
        (Finding(others=[Match(candidate=CANDIDATE, score=1)]), "others"),
    ],
)
def test_a_list_that_was_handed_in_cannot_change_a_word(value: Any, field: str) -> None:
    """Words are values: they hold tuples, hash, and cannot be set."""
    assert isinstance(getattr(value, field), tuple)
    assert {value} == {dataclasses.replace(value)}
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(value, field, ())


def test_a_match_is_of_its_candidates_kind() -> None:
    """The sign beside a link comes from what YouTube says of the video."""
    assert CandidateKind.AUDIO == Match(candidate=CANDIDATE, score=0.9).kind


def test_what_a_table_claims_has_a_key_of_its_own() -> None:
    """Names that a person gave to an id share no key with the id, nor with the names alone."""
    real = Track(title="Halo", spotify_id="1" * 22)
    claimed = replace(real, title="Other", claimed=True)
    keys = {real.key, claimed.key, Track(title="Other").key, replace(claimed, title="Halo").key}

    assert 4 == len(keys)
    assert claimed.url == real.url


@pytest.mark.parametrize("make", [Track, partial(Candidate, video_id="v")])
def test_names_are_bounded(make: Callable[..., Track | Candidate]) -> None:
    """Whoever sends a row, its names have an end; what is shorter stays as it is."""
    long, whole = "愛" * 10_000, "x" * NAME_CHARS
    row = make(title=long, artists=[long] * 1000, album=long)
    bound = long[:NAME_CHARS]

    assert (bound, (bound,) * NAMES_MOST, bound) == (row.title, row.artists, row.album)
    row = make(title=whole, artists=(whole, "y"), album=None)
    assert (whole, (whole, "y"), None) == (row.title, row.artists, row.album)


def test_a_listings_names_are_bounded() -> None:
    """Those of the page are, too, and a video's channel."""
    long = "x" * 10_000
    head, video = listing(title=long, owner=long), Candidate(video_id="v", title="t", channel=long)
    assert {NAME_CHARS} == {len(each or "") for each in (head.title, head.owner, video.channel)}
