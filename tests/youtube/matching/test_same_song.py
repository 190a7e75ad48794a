from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.models import Candidate, CandidateKind, Track
from bot.youtube.matching.same_song import QUERY_CHARS, bare_title, query, same, same_as_video

ALBUM = Track(title="Glass Harbour", artists=("Nine Lanterns",), album="Ferry", duration_ms=212_000)
LIVE = Track(
    title="Glass Harbour - Live", artists=("Nine Lanterns",), album="Live", duration_ms=260_000
)
COVER = Track(title="Glass Harbour", artists=("The Copyists",), duration_ms=211_000)
FOUND = [COVER, LIVE, ALBUM]


def video(title: str, kind: str, *, by: str = "Nine Lanterns", seconds: int = 212) -> Candidate:
    return Candidate(
        video_id="a" * 11,
        title=title,
        channel=by,
        artists=(by,),
        duration_s=seconds,
        kind=CandidateKind(kind),
    )


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Track(title="Glass Harbour", artists=("Nine Lanterns",), duration_ms=212_000), ALBUM),
        (Track(title="glass harbour", artists=("nine lanterns",)), ALBUM),
        (Track(title="Glass Harbour (Live)", artists=("Nine Lanterns",)), LIVE),
        (Track(title="Glass Harbour", artists=("The Copyists",)), COVER),
        (Track(title="Glass Harbour", artists=("Somebody Else",)), None),
        (Track(title="Glass Harbour (Remix)", artists=("Nine Lanterns",)), None),
        (Track(title="Other Song", artists=("Nine Lanterns",), duration_ms=212_000), None),
    ],
)
def test_the_same_recording_or_none(wanted: Track, expected: Track | None) -> None:
    """Title, artist and version decide, in whatever order the catalogue answers."""
    assert expected is same(wanted, FOUND)


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        (video("Glass Harbour", "audio"), ALBUM),
        (video("Nine Lanterns - Glass Harbour (Official Video)", "video", seconds=215), ALBUM),
        (video("Glass Harbour (Live)", "audio", seconds=260), LIVE),
        (video("Nine Lanterns - Glass Harbour (lyrics)", "upload", by="fan17"), ALBUM),
        (video("Glass Harbour", "upload", by="fan17"), None),
        (video("Nine Lanterns - Glass Harbour (slowed)", "upload", by="fan", seconds=250), None),
        (video("Glass Harbour", "unknown"), ALBUM),
        (video("A Day at Sea", "video"), None),
    ],
)
def test_a_video_is_the_recording_of_one_track(seen: Candidate, expected: Track | None) -> None:
    """A user's upload has to name the artist in its title; others are believed their channel."""
    assert expected is same_as_video(seen, FOUND)


def test_nothing_found() -> None:
    """An empty answer holds no track."""
    assert (None, None) == (same(ALBUM, []), same_as_video(video("Glass Harbour", "audio"), []))


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Song (Official Video)", "Song"),
        ("Song [Official Audio] (feat. Her)", "Song"),
        ("Artist - Song (Lyrics) | Big Label", "Artist - Song"),
        ("Song (Live at the Pier)", "Song (Live at the Pier)"),
        ("Song (Her Remix)", "Song (Her Remix)"),
        ("夜明け【MV】", "夜明け"),
        ("(Official Video)", "(Official Video)"),
    ],
)
def test_words_about_the_video_are_not_searched_for(title: str, expected: str) -> None:
    """What only titles of videos say is left out; what names a version stays."""
    assert expected == bare_title(title)


def test_an_artist_is_asked_for_once() -> None:
    """A title that names its artist already needs no second mention."""
    named = Track(title="Nine Lanterns - Glass Harbour", artists=("Nine Lanterns", "Her"))
    assert "Nine Lanterns - Glass Harbour" == query(named)
    assert "Nine Lanterns Glass Harbour" == query(ALBUM)


@given(st.text(max_size=400), st.lists(st.text(max_size=200), max_size=3))
def test_any_title_makes_a_query(title: str, artists: list[str]) -> None:
    """Whatever the title is, the query is one short line."""
    words = query(Track(title=title, artists=artists))
    assert len(words) <= QUERY_CHARS
    assert " ".join(words.split()) == words
