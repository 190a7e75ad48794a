"""YouTube Music's answers, read by the real ytmusicapi."""

from typing import Any

import pytest
import requests
from hypothesis import assume, given
from hypothesis import strategies as st
from ytmusicapi import YTMusic
from ytmusicapi.exceptions import YTMusicServerError

from bot.models import Candidate, CandidateKind
from bot.sandbox.services import music_shapes as music
from bot.sandbox.services.ids import album_browse_id, video_id
from bot.sandbox.services.transports import SampleAdapter, Services
from bot.sandbox.services.world import Find, World, words

NAMES = st.text(st.characters(categories=["L", "N"]), min_size=1).filter(
    lambda text: not text.isdecimal()
)


def reader(*finds: Candidate) -> YTMusic:
    world = World(listings={}, finds=[Find(candidate=candidate) for candidate in finds])
    session = requests.Session()
    session.mount("https://", SampleAdapter(Services(world)))
    return YTMusic(requests_session=session)


def song(title: str, **more: Any) -> Candidate:
    known: dict[str, Any] = {
        "video_id": video_id(title),
        "artists": ["Ondine Vargo", "Kofi Ablorde"],
        "album": "Harbour",
        "duration_s": 222,
        "kind": CandidateKind.AUDIO,
        "views": 1_500_000,
        "explicit": True,
    }
    return Candidate(title=title, **(known | more))


def test_a_song_is_read_back_as_it_is() -> None:
    """A song's title, artists, album, length, plays and badge come out of ytmusicapi."""
    [row] = reader(song("Low Tide Radio")).search("Low Tide Radio", filter="songs")

    assert "Low Tide Radio" == row["title"]
    assert ["Ondine Vargo", "Kofi Ablorde"] == [artist["name"] for artist in row["artists"]]
    assert {"name": "Harbour", "id": album_browse_id("Harbour", "Ondine Vargo")} == row["album"]
    assert 222 == row["duration_seconds"]
    assert "1.5M\xa0plays" == row["views"]
    assert row["isExplicit"] is True
    assert "MUSIC_VIDEO_TYPE_ATV" == row["videoType"]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (CandidateKind.VIDEO, "MUSIC_VIDEO_TYPE_OMV"),
        (CandidateKind.OFFICIAL, "MUSIC_VIDEO_TYPE_OFFICIAL_SOURCE_MUSIC"),
        (CandidateKind.UPLOAD, "MUSIC_VIDEO_TYPE_UGC"),
        (CandidateKind.UNKNOWN, None),
    ],
)
def test_videos_stand_among_videos_with_their_type(
    kind: CandidateKind, expected: str | None
) -> None:
    """What is no art track is found among videos only, with the type YouTube gives it."""
    video = song("Customs House", kind=kind, album=None)
    music = reader(video)
    [row] = music.search("Customs House", filter="videos")

    assert expected == row["videoType"]
    assert "1.5M" == row["views"]
    assert [] == music.search("Customs House", filter="songs")


def test_an_uploader_stands_where_the_artist_would() -> None:
    """A row of an upload names its channel, as YouTube does."""
    upload = song("low tide (lyrics)", kind=CandidateKind.UPLOAD, artists=[], channel="lyricist")
    [row] = reader(upload).search("low tide lyrics", filter="videos")

    assert ["lyricist"] == [artist["name"] for artist in row["artists"]]


def test_a_wrong_query_brings_nothing() -> None:
    """A search without a result is read as an empty list."""
    assert [] == reader(song("Low Tide Radio")).search("Ropewalk", filter="songs")


def test_an_album_page_holds_its_songs_in_order() -> None:
    """An album's page gives number, title, artists, length and type of each song."""
    songs = [song("Low Tide Radio"), song("Ropewalk", duration_s=245, explicit=False)]
    album = reader(*songs).get_album(album_browse_id("Harbour", "Ondine Vargo"))

    assert ("Harbour", 2, "2024") == (album["title"], album["trackCount"], album["year"])
    assert [(1, "Low Tide Radio", 222, True), (2, "Ropewalk", 245, False)] == [
        (row["trackNumber"], row["title"], row["duration_seconds"], row["isExplicit"])
        for row in album["tracks"]
    ]
    assert {"MUSIC_VIDEO_TYPE_ATV"} == {row["videoType"] for row in album["tracks"]}


def test_an_unknown_album_is_refused() -> None:
    """The page of an album that is not there is a 404 with Google's error body."""
    with pytest.raises(YTMusicServerError, match=r"404.*\n.*not found"):
        reader().get_album("MPREb_nothing")


def test_a_song_may_have_no_album() -> None:
    """A row without an album goes from the artists on to the length."""
    [row] = reader(song("Low Tide Radio", album=None)).search("Low Tide Radio", filter="songs")

    assert (None, 222) == (row["album"], row["duration_seconds"])


@pytest.mark.parametrize(
    ("path", "status"), [("search", 200), ("browse", 404), ("player", 404), ("", 404)]
)
def test_strange_requests_get_plain_answers(path: str, status: int) -> None:
    """A body that is no JSON finds nothing, and other routes are not there."""
    with requests.Session() as session:
        session.mount("https://", SampleAdapter(Services(World(listings={}, finds=()))))
        url = f"https://music.youtube.com/youtubei/v1/{path}"

        assert [status, status] == [
            session.post(url, data=body).status_code for body in ("not json", b"[]")
        ]


def test_the_main_page_gives_a_visitor_id() -> None:
    """The main page holds the visitor id that ytmusicapi sends with every search."""
    assert "c2FtcGxl" == reader().headers["X-Goog-Visitor-Id"]


@given(title=NAMES, artist=NAMES, seconds=st.integers(0, 40_000))
def test_any_name_survives_the_way_through(title: str, artist: str, seconds: int) -> None:
    """Titles, artists and lengths of any kind come out of ytmusicapi as they went in."""
    made = song(title, artists=[artist], duration_s=seconds)
    assume(words(f"{title} {artist}"))
    [row] = reader(made).search(f"{title} {artist}", filter="songs")

    assert title == row["title"]
    assert [artist] == [name["name"] for name in row["artists"]]
    assert seconds == row["duration_seconds"]


@pytest.mark.parametrize(
    ("number", "expected"),
    [(0, "0"), (950, "950"), (12_000, "12K"), (1_500_000, "1.5M"), (2_000_000_000, "2B")],
)
def test_counts_are_short(number: int, expected: str) -> None:
    """Plays and views are written as YouTube writes them."""
    assert expected == music.short(number)
