from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from bot.errors import Service, Unavailable
from bot.models import Candidate, CandidateKind, Track
from bot.resolve.song_finder import SpotifyFinder
from bot.spotify.api import WebApi

WANTED = Track(title="Song 1", artists=("Daft Punk", "Romanthony"), duration_ms=200_000)
RIGHT = Track(
    title="Song 1", artists=("Daft Punk", "Romanthony"), duration_ms=200_001, spotify_id="1" * 22
)
WRONG = Track(title="Song 1", artists=("Others",), duration_ms=90_000, spotify_id="2" * 22)


@dataclass
class Search(WebApi):
    """A search that knows the answers to some queries."""

    answers: dict[str, list[Track]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    async def search(self, query: str) -> list[Track]:
        self.asked.append(query)
        return self.answers.get(query, [])


async def test_the_code_is_asked_first() -> None:
    """Where there is an ISRC one search is enough."""
    search = Search({"isrc:X1": [RIGHT]})
    wanted = Track(title="Song 1", artists=("Daft Punk",), isrc="X1", duration_ms=200_000)

    assert RIGHT == await SpotifyFinder(search).find(wanted)
    assert ["isrc:X1"] == search.asked


async def test_a_code_alone_is_not_believed() -> None:
    """What an ISRC finds is judged like everything else, and words are asked after it."""
    search = Search({"isrc:X1": [WRONG], "Daft Punk Song 1": [WRONG, RIGHT]})
    wanted = Track(title="Song 1", artists=("Daft Punk",), isrc="X1", duration_ms=200_000)

    assert RIGHT == await SpotifyFinder(search).find(wanted)
    assert ["isrc:X1", "Daft Punk Song 1"] == search.asked


async def test_nothing_surely_the_same() -> None:
    """None rather than something like it."""
    search = Search({"Daft Punk Song 1": [WRONG]})
    assert None is await SpotifyFinder(search).find(WANTED)


@pytest.mark.parametrize("kind", [CandidateKind.VIDEO, CandidateKind.AUDIO])
async def test_a_video_finds_its_track(kind: CandidateKind) -> None:
    """The artist and the bare title are searched for."""
    search = Search({"Daft Punk Song 1": [WRONG, RIGHT]})
    video = Candidate(
        video_id="v" * 11,
        title="Song 1 (Official Video)",
        artists=("Daft Punk",),
        channel="Daft Punk",
        duration_s=200,
        kind=kind,
    )
    assert RIGHT == await SpotifyFinder(search).of_video(video)


async def test_an_upload_finds_its_track_by_its_title() -> None:
    """The uploader's name leads nowhere, so that the title is searched for alone as well."""
    search = Search({"Daft Punk - Song 1": [RIGHT]})
    video = Candidate(
        video_id="v" * 11,
        title="Daft Punk - Song 1 (lyrics)",
        artists=("fan17",),
        channel="fan17",
        duration_s=200,
        kind=CandidateKind.UPLOAD,
    )
    assert RIGHT == await SpotifyFinder(search).of_video(video)
    assert ["fan17 Daft Punk - Song 1", "Daft Punk - Song 1"] == search.asked


async def test_a_failed_search_is_told() -> None:
    """Whoever asks hears that it failed, not that nothing was found."""

    class Down(WebApi):
        def __init__(self) -> None:
            """Stands on nothing."""

        async def search(self, query: str) -> list[Track]:
            raise Unavailable(Service.SPOTIFY_API, query)

    with pytest.raises(Unavailable):
        await SpotifyFinder(Down()).find(WANTED)
