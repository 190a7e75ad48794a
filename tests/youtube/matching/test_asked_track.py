"""How a track's title is taken apart."""

from __future__ import annotations

import pytest

from bot.models import Track
from bot.models.music import NAME_CHARS, NAMES_MOST
from bot.youtube.matching.asked_track import Wanted, numbers, read


def wanted(title: str, *artists: str, album: str | None = None) -> Wanted:
    return read(Track(title=title, artists=artists, album=album, duration_ms=200_000))


@pytest.mark.parametrize(
    ("title", "core", "tail", "versions"),
    [
        ("Moonrise", "moonrise", "", ""),
        ("Moonrise - Remastered 2011", "moonrise", "", ""),
        ("Moonrise - 2011 Remaster", "moonrise", "", ""),
        ("Moonrise (feat. Fox & Wolf)", "moonrise", "", ""),
        ('Moonrise - From "Some Film" Soundtrack', "moonrise", "", ""),
        ("Moonrise - Ao Vivo Em Lisboa", "moonrise", "em lisboa", "live"),
        ("Moonrise (Fox Remix)", "moonrise", "fox", "remix"),
        ("Moonrise - Radio Edit", "moonrise", "", "edit"),
        ("Live Forever", "live forever", "", ""),
        ("(I Can't Get No) Satisfaction", "satisfaction", "", ""),
        ("[Intro]", "intro", "", ""),
        ("Moon / Sun: A Story", "moon sun a story", "", ""),
        ("feat. Fox", "fox", "", ""),
        ("隔離 - 現場版", "geli", "", "live"),
        ("?", "", "", ""),
        ("", "", "", ""),
    ],
)
def test_a_title_is_parted_into_what_has_to_be_there(
    title: str, core: str, tail: str, versions: str
) -> None:
    """The core, what its version is called, and which versions it speaks of."""
    asked = wanted(title)

    assert core == asked.core_text
    assert set(tail.split()) - set(asked.tail) <= {"em"}
    assert set(versions.split()) == asked.versions


def test_subtitles_and_doubles_are_kept_apart() -> None:
    """A subtitle may be there; the title in another script may stand for it."""
    assert {"floor", "anthem", "dance"} == wanted("Love (Dance Floor Anthem)").subtitle
    assert "dancefloor" == wanted("Love (Dance Floor)").subtitled
    assert "" == wanted("Love (Luna Vega)", "Luna Vega").subtitled
    assert ("gangnamseutail",) == wanted("Gangnam Style (강남스타일)").doubles


def test_an_album_speaks_for_its_tracks_in_some_ways_only() -> None:
    """That it is live concerns them all; that it is a compilation concerns none."""
    assert {"live"} == wanted("Moonrise", album="Live in Oslo").album_versions
    assert set() == wanted("Moonrise", album="Karaoke Compilation").album_versions


@pytest.mark.parametrize(
    ("artists", "names"),
    [
        (["Luna Vega"], ["lunavega"]),
        (["Fox & Wolf"], ["foxandwolf", "fox", "wolf"]),
        (["Fox feat. Wolf", "Wolf"], ["foxfeatwolf", "wolf", "fox"]),
        (["!!!", ""], ["!!!"]),
        ([], []),
    ],
)
def test_joined_artists_are_known_one_by_one(artists: list[str], names: list[str]) -> None:
    """A field that names several is read as a whole and in its parts, each once."""
    assert names == [name.squashed for name in wanted("Moonrise", *artists).names]


def test_joined_artists_are_no_more_than_a_row_may_have() -> None:
    """Each of them is looked for in every candidate."""
    artists = [", ".join(f"n{row}x{at}" for at in range(40)) for row in range(4)]

    assert NAMES_MOST == len(wanted("Moonrise", *artists).names)


def test_all_names_of_a_track_together_are_bounded() -> None:
    """A hundred ordinary names are all read, of a hundred endless ones only the first."""
    ordinary = [f"The Travelling Singers {at:03}" for at in range(NAMES_MOST)]
    endless = [f"{at:03}" + "愛" * NAME_CHARS for at in range(NAMES_MOST)]

    assert NAMES_MOST == len(wanted("Moonrise", *ordinary).names)
    assert 10 == len(wanted("Moonrise", *endless).names)


@pytest.mark.parametrize(
    ("title", "found"),
    [
        ("symphony no 5 op 67", {"5", "67"}),
        ("part v", {"5"}),
        ("i will survive", set()),
        ("rocky 4 viii", {"4", "8"}),
        ("007", {"7"}),
        ("000", {"0"}),
    ],
)
def test_numbers_are_read_in_digits_and_roman(title: str, found: set[str]) -> None:
    """I, V and X are words, but after a word such as Part."""
    assert found == numbers(title.split())


def test_a_track_without_a_length_has_none() -> None:
    """Zero milliseconds is how a missing length is written."""
    assert read(Track(title="Moonrise", duration_ms=0)).duration_s is None
