"""Songs by words, from whichever source answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.errors import Refused, Service, SourceError, Unavailable
from bot.models import Candidate, CandidateKind, Track
from bot.resolve.search import SongSearch
from bot.spotify.api import WebApi
from bot.youtube.music import YouTubeMusic

if TYPE_CHECKING:
    from bot.youtube.queries import SearchFilter

REFUSED = Refused(Service.SPOTIFY_API, "Forbidden")
DOWN = Unavailable(Service.YOUTUBE_MUSIC, "no answer in time")
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)
MOTHS = Track(title="Paper Moths", artists=("Brack",), duration_ms=227_000, spotify_id="1" * 22)
SONG = Candidate(
    video_id="mWQIzeMqdwA",
    title="Paper Moths",
    artists=("Brack",),
    duration_s=227.0,
    kind=CandidateKind.AUDIO,
)
UPLOAD = Candidate(video_id="aaaaaaaaaaa", title="Paper Moths", kind=CandidateKind.UPLOAD)
NAMELESS = Candidate(video_id="bbbbbbbbbbb", title="Moths", kind=CandidateKind.AUDIO)


@dataclass
class Spotify(WebApi):
    answer: list[Track] | SourceError

    async def search(self, query: str) -> list[Track]:
        if isinstance(self.answer, SourceError):
            raise self.answer
        return self.answer


@dataclass
class Music(YouTubeMusic):
    answer: list[Candidate] | SourceError

    async def search(
        self, query: str, among: SearchFilter, *, again: bool = True
    ) -> list[Candidate]:
        if isinstance(self.answer, SourceError):
            raise self.answer
        return self.answer


SPOTIFYS = ["track:" + "1" * 22]
YOUTUBES = ["youtube_video:mWQIzeMqdwA", "youtube_video:bbbbbbbbbbb"]


@pytest.mark.parametrize(
    ("spotify", "music", "links"),
    [
        (Spotify([MOTHS]), Music([SONG]), SPOTIFYS),
        (Spotify([MOTHS]), None, SPOTIFYS),
        (Spotify(REFUSED), Music([SONG, UPLOAD, NAMELESS]), YOUTUBES),
        (Spotify([]), Music([SONG, NAMELESS]), YOUTUBES),
        (None, Music([SONG, NAMELESS]), YOUTUBES),
        (Spotify([]), Music([]), []),
        (Spotify([]), Music(DOWN), []),
        (Spotify(REFUSED), Music([]), []),
        (Spotify([MOTHS, MOTHS]), None, SPOTIFYS),
    ],
)
async def test_who_is_asked(spotify: Spotify | None, music: Music | None, links: list[str]) -> None:
    """Spotify goes first; YouTube Music where it finds nothing, refuses, or is not there."""
    songs = await SongSearch(spotify, music).find("paper moths", most=8)

    assert links == [f"{song.link.kind}:{song.link.id}" for song in songs]


@pytest.mark.parametrize(
    ("spotify", "music", "error"),
    [(Spotify(REFUSED), Music(DOWN), Unavailable), (None, None, Refused)],
)
async def test_nobody_answers(
    spotify: Spotify | None, music: Music | None, error: type[SourceError]
) -> None:
    """Where no source answers, that is an error and not an empty list."""
    with pytest.raises(error):
        await SongSearch(spotify, music).find("paper moths", most=8)


@pytest.mark.parametrize("first", [True, False])
async def test_the_first_that_is_asked_again(first: bool) -> None:
    """Of two that are closed for a known time, the one that opens first is told."""
    soon, late = (Unavailable(Service.SPOTIFY_API, retry_at=at) for at in (NOON, LATER))
    spotify, music = (soon, late) if first else (late, soon)
    with pytest.raises(Unavailable) as caught:
        await SongSearch(Spotify(spotify), Music(music)).find("paper moths", most=8)
    assert soon is caught.value

    with pytest.raises(Unavailable) as caught:
        await SongSearch(Spotify(soon if first else REFUSED), Music(DOWN if first else soon)).find(
            "paper moths", most=8
        )
    assert soon is caught.value


async def test_at_most_so_many() -> None:
    """No more songs than are asked for, each with its length."""
    found = [
        Track(title=f"Song {n}", duration_ms=1000 * n, spotify_id=f"{n:022d}") for n in range(10)
    ]
    songs = await SongSearch(Spotify(found), None).find("song", most=8)

    assert [f"Song {n}" for n in range(8)] == [song.track.title for song in songs]
    assert 7000 == songs[7].track.duration_ms
