"""A song by its words: found on Spotify first, and on YouTube by what Spotify says."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from bot.errors import Service, SourceError, Unavailable
from bot.models import Candidate, Finding, Track
from bot.resolve.song_finder import SongFinder, SpotifyFinder
from bot.youtube.finder import Finder
from tests.stage import finding

if TYPE_CHECKING:
    from collections.abc import Sequence

DOWN = Unavailable(Service.SPOTIFY_API, "no answer in time")
WORDS = Track(title="One More Time", artists=("Daft Punk",))
SWAPPED = Track(title="Daft Punk", artists=("One More Time",))
REAL = Track(
    title="One More Time", artists=("Daft Punk",), duration_ms=320_000, spotify_id="1" * 22
)
VIDEO = Candidate(video_id="FGBhQbmPwH8", title="Daft Punk - One More Time (Official Video)")


@dataclass
class YouTube(Finder):
    """Knows the songs of these titles."""

    titles: tuple[str, ...] = ("One More Time",)
    asked: list[Track] = field(default_factory=list)

    async def find(
        self, track: Track, *, known: Sequence[Candidate] = (), alone: bool = False
    ) -> Finding:
        self.asked.append(track)
        return finding(track) if track.title in self.titles else Finding()

    async def album(self, album_id: str) -> list[Candidate]:
        return [VIDEO]


@dataclass
class Spotify(SpotifyFinder):
    """Knows one song, by its title or as a video."""

    error: SourceError | None = None
    asked: list[str] = field(default_factory=list)

    async def find(self, wanted: Track) -> Track | None:
        self.asked.append(wanted.title)
        if self.error:
            raise self.error
        return REAL if wanted.title == REAL.title else None

    async def of_video(self, video: Candidate) -> Track | None:
        self.asked.append(video.title)
        return REAL if video == VIDEO else None


@pytest.mark.parametrize("written", [WORDS, SWAPPED])
async def test_spotify_says_what_is_meant(written: Track) -> None:
    """Whichever way round it was written, YouTube is asked for what Spotify has."""
    youtube, spotify = YouTube(), Spotify()
    found = await SongFinder(youtube, spotify).find(written)

    assert REAL.spotify_id == found.spotify_id
    assert found.match
    assert [REAL] == youtube.asked
    assert [written.title, "One More Time"][: len(spotify.asked)] == spotify.asked


async def test_a_song_with_an_id_is_only_looked_up() -> None:
    """Spotify is not asked for what it has named itself."""
    spotify = Spotify()
    found = await SongFinder(YouTube(), spotify).find(REAL)

    assert None is found.spotify_id
    assert [] == spotify.asked


async def test_a_claim_is_looked_up_by_its_words() -> None:
    """What a table says of an id is looked up as it says, and stays with that id."""
    claim = Track(title="One More Time", spotify_id="2" * 22, claimed=True)
    found = await SongFinder(YouTube(), Spotify()).find(claim)

    assert "2" * 22 == found.spotify_id


async def test_a_video_is_found_by_itself() -> None:
    """A row of a YouTube list is found on Spotify by its video, which stays the first candidate."""
    youtube = YouTube()
    found = await SongFinder(youtube, Spotify()).find(Track(title="x", video=VIDEO))

    assert REAL.spotify_id == found.spotify_id
    assert [VIDEO] == [track.video for track in youtube.asked]


@pytest.mark.parametrize("spotify", [None, Spotify(DOWN)])
@pytest.mark.parametrize("written", [WORDS, SWAPPED])
async def test_without_spotify(spotify: Spotify | None, written: Track) -> None:
    """Where Spotify does not answer, the words are read in both ways on YouTube."""
    youtube = YouTube()
    found = await SongFinder(youtube, spotify).find(written)

    assert found.match
    assert None is found.spotify_id


async def test_spotify_may_answer_later() -> None:
    """What YouTube has is shown, but not for long; without it the song is not looked up yet."""
    songs = SongFinder(YouTube(), Spotify(error=DOWN))

    assert (await songs.find(WORDS)).partial
    with pytest.raises(Unavailable) as failed:
        await songs.find(Track(title="Nobody", artists=("Knows",)))
    assert Service.SPOTIFY_API is failed.value.service


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        (Track(title="Voyager"), 1),
        (Track(title="Voyager", artists=("a", "b")), 1),
        (Track(title="Voyager", artists=("a",), duration_ms=1000), 1),
        (Track(title="Voyager", artists=("a",)), 2),
    ],
)
async def test_nobody_has_it(written: Track, asked: int) -> None:
    """Only a bare pair of names is worth reading the other way round."""
    youtube = YouTube()

    assert Finding() == await SongFinder(youtube, Spotify()).find(written)
    assert asked == len(youtube.asked)


async def test_albums_are_youtubes() -> None:
    assert [VIDEO] == await SongFinder(YouTube(), None).album("MPREb_1")
