"""YouTube's pages, read through the real ytmusicapi."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bot.errors import NotFound, Service, SourceError, Unavailable, Unreadable
from bot.models import Candidate, CandidateKind, Cut, ListingKind, RowKind, Source, Track
from bot.models.links import Elsewhere, ElsewhereKind
from bot.models.music import NAME_CHARS
from bot.net.circuit import CircuitBreaker
from bot.sandbox.services import music_shapes as shapes
from bot.youtube import listings
from bot.youtube.listings import read_list, read_video, track_of
from bot.youtube.music import YouTubeMusic
from tests.youtube.innertube import Said, Wire, body_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import SetClock

BASE = "http://127.0.0.1:9/music"
LIST = Elsewhere(ElsewhereKind.YOUTUBE_PLAYLIST, "PLsample0000000001")
RECORDED = Path(__file__).parents[3] / "shared" / "payloads" / "youtube-music"
recorded = pytest.mark.skipif(
    not RECORDED.is_dir(), reason="the recorded payloads are not part of a public clone"
)


def video(number: int = 1, **more: Any) -> Candidate:
    known: dict[str, Any] = {
        "video_id": f"video{number:06}",
        "title": f"Glass Harbour {number}",
        "artists": ("Nine Lanterns", "Ada Quill"),
        "album": "Night Ferry",
        "duration_s": 3725,
        "kind": CandidateKind.AUDIO,
        "views": 1_500_000,
    }
    return Candidate(**(known | more))


@pytest.fixture
def made() -> Iterator[list[YouTubeMusic]]:
    made: list[YouTubeMusic] = []
    yield made
    for music in made:
        music.close()


@pytest.fixture
def music(made: list[YouTubeMusic], now: SetClock) -> Any:
    def make(**replies: Any) -> YouTubeMusic:
        circuit = CircuitBreaker(Service.YOUTUBE_MUSIC, clock=now)
        made.append(YouTubeMusic(base_url=BASE, circuit=circuit, adapter=Wire(**replies)))
        return made[-1]

    return make


async def look(music: YouTubeMusic, video_id: str) -> Candidate:
    return await music.ask(lambda client: read_video(client, video_id))


async def test_a_song(music: Any) -> None:
    """Title, artists, album, length and kind come from the watch page."""
    song = video()
    read = await look(music(next=Said(shapes.watch_page(song, year=2021))), song.video_id)

    assert (song.title, song.artists, song.album, 3725.0, CandidateKind.AUDIO) == (
        read.title,
        read.artists,
        read.album,
        read.duration_s,
        read.kind,
    )


async def test_a_length_that_is_none(music: Any) -> None:
    """Digits that no length has are read as none; the video is there."""
    page = json.dumps(shapes.watch_page(video(), year=2021)).replace("1:02:05", "9" * 5000)
    read = await look(music(next=Said(json.loads(page))), video().video_id)
    assert ("Glass Harbour 1", None) == (read.title, read.duration_s)


@pytest.mark.parametrize(
    "kind", [CandidateKind.VIDEO, CandidateKind.OFFICIAL, CandidateKind.UPLOAD]
)
async def test_a_video(music: Any, kind: CandidateKind) -> None:
    """A video tells its channel; its likes are not taken for anything."""
    clip = video(kind=kind, album=None, artists=("Nine Lanterns",))
    read = await look(music(next=Said(shapes.watch_page(clip, year=2021))), clip.video_id)
    assert (kind, "Nine Lanterns", None, None) == (read.kind, read.channel, read.album, read.views)


async def test_the_other_side_of_a_song(music: Any) -> None:
    """YouTube Music shows a song's audio for its video: the one that was asked for is taken."""
    song, clip = video(1), video(2, kind=CandidateKind.VIDEO, album=None)
    page = shapes.watch_page(song, year=2021)
    other = shapes.watch_page(clip, year=2021)
    panel, pair = _panel(page), _panel(other)
    panel["contents"] = [
        {
            "playlistPanelVideoWrapperRenderer": {
                "primaryRenderer": panel["contents"][0],
                "counterpart": [{"counterpartRenderer": pair["contents"][0]}],
            }
        }
    ]
    read = await look(music(next=Said(page)), clip.video_id)
    assert (clip.title, CandidateKind.VIDEO) == (read.title, read.kind)


def _panel(page: Any) -> Any:
    results = page["contents"]["singleColumnMusicWatchNextResultsRenderer"]["tabbedRenderer"]
    tab = results["watchNextTabbedResultsRenderer"]["tabs"][0]["tabRenderer"]
    return tab["content"]["musicQueueRenderer"]["content"]["playlistPanelRenderer"]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (Said(shapes.watch_page(None, year=2021)), NotFound),
        (Said(shapes.watch_page(video(7), year=2021)), NotFound),
        (Said({"contents": {}}), Unreadable),
        (Said(b"<html>", headers={"Content-Type": "text/html"}), Unavailable),
        (Said(b"", status=500), Unavailable),
    ],
)
async def test_no_such_video(music: Any, answer: Said, expected: type[SourceError]) -> None:
    """A video that is gone is told apart from an answer that fails."""
    with pytest.raises(expected):
        await look(music(next=answer), "video000001")


async def test_all_pages_of_a_playlist(music: Any) -> None:
    """Rows carry their videos; lost ones keep their place, with their title where there is one."""
    rows: list[Candidate | str] = [video(at) for at in range(150)]
    rows[3], rows[4] = "Deleted video", ""

    def browse(request: Any) -> Said:
        token = body_of(request).get("continuation")
        page = shapes.playlist_page(LIST.id, "Mix", rows)
        return Said(shapes.playlist_more(LIST.id, rows, 100) if token else page)

    listing = await music(browse=browse).ask(lambda client: read_list(client, LIST))

    assert (ListingKind.LIST, LIST.listing_id, "Mix", Source.YOUTUBE) == (
        listing.kind,
        listing.id,
        listing.title,
        listing.source,
    )
    assert (150, 150, None) == (len(listing.tracks), listing.total, listing.cut)
    assert (shapes.OWNER, 2026) == (listing.owner, listing.year)
    assert f"https://www.youtube.com/playlist?list={LIST.id}" == listing.url
    assert "video000149" == listing.tracks[149].video.video_id
    assert ("Deleted video", RowKind.GONE) == (listing.tracks[3].title, listing.tracks[3].row)


async def test_a_playlist_that_is_too_long(music: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its first rows come, and that it is cut is told."""
    monkeypatch.setattr(listings, "ROWS_MAX", 100)  # a thousand rows are long to make and to read
    rows: list[Candidate | str] = [video(at) for at in range(250)]

    def browse(request: Any) -> Said:
        token = body_of(request).get("continuation")
        page = shapes.playlist_page(LIST.id, "Mix", rows)
        return Said(shapes.playlist_more(LIST.id, rows, int(token[-3:])) if token else page)

    listing = await music(browse=browse).ask(lambda client: read_list(client, LIST))
    assert (100, 250, Cut.LIMIT) == (len(listing.tracks), listing.total, listing.cut)


@pytest.mark.parametrize(
    ("hidden", "rows", "cut"), [(2, 5, None), (listings.MISSING_MAX + 1, 3, Cut.FAILED)]
)
async def test_rows_that_are_counted_but_not_sent(
    music: Any, hidden: int, rows: int, cut: Cut | None
) -> None:
    """A few are lost rows; many are a part that did not come."""
    page = shapes.playlist_page(LIST.id, "Mix", [video(at) for at in range(3)])
    text = json.dumps(page).replace("3 tracks", f"{3 + hidden} tracks")
    listing = await music(browse=Said(json.loads(text))).ask(lambda client: read_list(client, LIST))
    assert (rows, cut, 3 + hidden) == (len(listing.tracks), listing.cut, listing.total)


async def test_a_number_of_rows_that_is_none(music: Any) -> None:
    """A number that MongoDB could not keep says nothing of the rows."""
    page = json.dumps(shapes.playlist_page(LIST.id, "Mix", [video()]))
    said = Said(json.loads(page.replace("1 tracks", f"{'9' * 30} tracks")))
    listing = await music(browse=said).ask(lambda client: read_list(client, LIST))
    assert (1, 1, None) == (len(listing.tracks), listing.total, listing.cut)


async def test_titles_that_nothing_takes(music: Any) -> None:
    """Halves of characters are replaced and endless names cut, as MongoDB and addresses ask."""
    page = shapes.playlist_page(LIST.id, "Cut \ud83d", [video(), "Lost \ud83d" + "x" * 60_000])
    listing = await music(browse=Said(page)).ask(lambda client: read_list(client, LIST))
    assert ("Cut ?", "Lost ?") == (listing.title, listing.tracks[1].title[:6])
    assert NAME_CHARS == len(listing.tracks[1].title)

    named = {"title": "x" * 60_000, "tracks": [], "artists": [{"name": "Cut \ud83d"}, {}]}
    listing = listings._listing(LIST, named, "", named["artists"])
    assert (NAME_CHARS, "Cut ?") == (len(listing.title), listing.owner)


async def test_an_albums_page(music: Any) -> None:
    """An album is a list like any other."""
    link = Elsewhere(ElsewhereKind.YOUTUBE_PLAYLIST, "MPREb_ferry")
    page = shapes.album_page("Night Ferry", "Nine Lanterns", 2021, [video(1), video(2)])
    listing = await music(browse=Said(page)).ask(lambda client: read_list(client, link))
    assert ("Night Ferry", "Nine Lanterns", 2021, 2) == (
        listing.title,
        listing.owner,
        listing.year,
        len(listing.tracks),
    )
    assert "https://music.youtube.com/browse/MPREb_ferry" == listing.url


@pytest.mark.parametrize("page", [{}, {"contents": {}}])
async def test_a_list_of_another_shape(music: Any, page: Any) -> None:
    with pytest.raises(Unreadable):
        await music(browse=Said(page)).ask(lambda client: read_list(client, LIST))


@recorded
async def test_recorded_playlist(music: Any) -> None:
    """A real page, with its own header: all five rows are songs with their videos."""
    page = json.loads((RECORDED / "get_playlist_20240624.json").read_text())
    listing = await music(browse=Said(page)).ask(lambda client: read_list(client, LIST))
    assert 5 == len(listing.tracks)
    assert all(track.video for track in listing.tracks if track.row is RowKind.SONG)
    assert "Drive My Car (Remastered 2009)" in [track.title for track in listing.tracks]


@pytest.mark.parametrize(
    ("seen", "title", "artists"),
    [
        (video(), "Glass Harbour 1", ("Nine Lanterns", "Ada Quill")),
        (
            video(kind=CandidateKind.UPLOAD, title="Nine Lanterns - Glass Harbour (lyrics)"),
            "Glass Harbour",
            ("Nine Lanterns",),
        ),
        (
            video(kind=CandidateKind.UNKNOWN, title="Nine Lanterns – Glass - Live"),
            "Glass - Live",
            ("Nine Lanterns",),
        ),
        (
            video(kind=CandidateKind.UPLOAD, title="My holidays", artists=("fan",)),
            "My holidays",
            ("fan",),
        ),
        (
            video(kind=CandidateKind.VIDEO, title="A - B", artists=("C",)),
            "A - B",
            ("C",),
        ),
        (video(kind=CandidateKind.UPLOAD, title=" - ", artists=()), " - ", ()),
    ],
)
def test_what_a_video_is_of(seen: Candidate, title: str, artists: tuple[str, ...]) -> None:
    """Uploads name artist and song in their titles; of others the fields are believed."""
    track = track_of(seen)
    assert (title, artists, seen) == (track.title, track.artists, track.video)


def test_an_episode_keeps_its_place() -> None:
    """A podcast in a playlist is named, and not looked up."""
    row = {"videoId": "a" * 11, "title": "Talk", "artists": [], "videoType": listings.EPISODE}
    assert RowKind.EPISODE is listings._row(row).row


def test_tracks_of_videos_are_told_apart() -> None:
    """Two videos with the same words are two songs to the memory; Spotify's id goes first."""
    first, second = track_of(video(1, title="A")), track_of(video(2, title="A"))
    assert first.key != second.key
    named = Track(title="A", spotify_id="1" * 22, video=video(1))
    assert "1" * 22 == named.key
