from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from bot.config import load
from bot.errors import NotFound, Service, SourceError, Unavailable, UnsupportedLink
from bot.models import Candidate, CandidateKind, Cut, Listing, ListingKind, Source, Track
from bot.models.links import Elsewhere, ElsewhereKind
from bot.net.network import Network
from bot.platforms.deezer import Deezer, ShortLinks
from bot.platforms.listings import make_platforms, readers
from bot.resolve.catalog import Catalog
from bot.youtube.data_api import DataApi
from bot.youtube.music import YouTubeMusic
from tests.platforms.conftest import Table
from tests.platforms.test_deezer import track
from tests.resolve.test_catalog import Spotify

if TYPE_CHECKING:
    from tests.conftest import SetClock

VIDEO = Candidate(
    video_id="video000001",
    title="Glass Harbour",
    artists=("Nine Lanterns",),
    duration_s=212,
    kind=CandidateKind.VIDEO,
)
LINK = Elsewhere(ElsewhereKind.YOUTUBE_VIDEO, VIDEO.video_id)
SONG = Elsewhere(ElsewhereKind.DEEZER_TRACK, "3135556")
SPOTIFY = Track(title="Glass Harbour", artists=("Nine Lanterns",), spotify_id="1" * 22)


@dataclass
class OnSpotify:
    """Finds one track, or fails."""

    answer: Track | SourceError | None = None
    asked: list[object] = field(default_factory=list)

    async def find(self, wanted: Track) -> Track | None:
        return self._said(wanted)

    async def of_video(self, video: Candidate) -> Track | None:
        return self._said(video)

    def _said(self, asked: object) -> Track | None:
        self.asked.append(asked)
        if isinstance(self.answer, SourceError):
            raise self.answer
        return self.answer


@dataclass
class Videos(DataApi):
    """The Data API, knowing one video."""

    asked: int = 0

    async def video(self, video_id: str) -> Candidate:
        self.asked += 1
        assert VIDEO.video_id == video_id
        return VIDEO


class Away(YouTubeMusic):
    """YouTube Music, not answering."""

    def __init__(self) -> None:
        """Stands on nothing."""

    async def ask(self, work: Any) -> Any:
        raise Unavailable(Service.YOUTUBE_MUSIC)


class Nowhere(ShortLinks):
    def __init__(self) -> None:
        """Stands on nothing."""

    async def follow(self, link: Elsewhere) -> Elsewhere:
        return Elsewhere(ElsewhereKind.DEEZER_OTHER, link.id)


async def read(
    link: Elsewhere,
    *,
    spotify: OnSpotify | None = None,
    music: YouTubeMusic | None = None,
    videos: DataApi | None = None,
    deezer: Deezer | None = None,
) -> Listing:
    return await readers(spotify, music=music, videos=videos, deezer=deezer)[link.kind](link)


async def test_a_video_that_is_on_spotify() -> None:
    """The listing is Spotify's track with the video that was sent."""
    listing = await read(LINK, videos=Videos(), spotify=OnSpotify(SPOTIFY))

    assert (ListingKind.TRACK, LINK.listing_id, Source.YOUTUBE, VIDEO.url) == (
        listing.kind,
        listing.id,
        listing.source,
        listing.url,
    )
    assert (SPOTIFY.spotify_id, VIDEO) == (listing.tracks[0].spotify_id, listing.tracks[0].video)
    assert listing.complete


@pytest.mark.parametrize("spotify", [None, OnSpotify()])
async def test_a_video_that_is_not(spotify: OnSpotify | None) -> None:
    """Without credentials, or when nothing is surely the same, it is a song by its own name."""
    listing = await read(LINK, videos=Videos(), spotify=spotify)
    assert (None, "Glass Harbour", VIDEO) == (
        listing.tracks[0].spotify_id,
        listing.title,
        listing.tracks[0].video,
    )
    assert listing.complete


async def test_a_search_that_failed_is_not_kept() -> None:
    """A listing without Spotify's page because Spotify failed is asked for again next time."""
    spotify = OnSpotify(Unavailable(Service.SPOTIFY_API))
    listing = await read(LINK, videos=Videos(), spotify=spotify)
    assert (Cut.FAILED, None) == (listing.cut, listing.tracks[0].spotify_id)


async def test_the_data_api_stands_in() -> None:
    """Where YouTube Music fails and there is a key, the Data API is asked."""
    videos = Videos()
    assert await read(LINK, music=Away(), videos=videos)
    assert 1 == videos.asked


async def test_without_a_key_the_failure_is_told() -> None:
    with pytest.raises(Unavailable):
        await read(LINK, music=Away())


async def test_nothing_to_ask() -> None:
    """Without both nothing can be read."""
    assert {} == readers(None)


async def test_playlists_need_youtube_music() -> None:
    """The Data API alone reads single videos."""
    assert [ElsewhereKind.YOUTUBE_VIDEO] == list(readers(None, videos=Videos()))


async def test_a_code_of_the_platform_is_kept() -> None:
    """An ISRC that Spotify does not tell is known from where the link led."""
    deezer = Deezer(Table({"track/3135556": track()}))
    listing = await read(SONG, deezer=deezer, spotify=OnSpotify(SPOTIFY))
    assert "GBDUW0000059" == listing.tracks[0].isrc


async def test_a_short_link_to_nothing() -> None:
    """What it leads to is refused by its own name."""
    catalog = Catalog(Spotify(), readers(None, deezer=Deezer(Table())), Nowhere())
    with pytest.raises(UnsupportedLink) as caught:
        await catalog.resolve(Elsewhere(ElsewhereKind.DEEZER_SHORT, "link.deezer.com/s/a"))
    assert ElsewhereKind.DEEZER_OTHER == caught.value.kind


async def test_a_track_that_is_gone() -> None:
    deezer = Deezer(Table({"track/3135556": NotFound(Service.DEEZER)}))
    with pytest.raises(NotFound):
        await read(SONG, deezer=deezer)


async def test_everything_can_be_turned_off(now: SetClock) -> None:
    """Of a platform that is off nothing is read, and no page is found."""
    settings = load(_env_file=None, apple_music=False, deezer=False)
    async with Network(settings, clock=now) as net:
        platforms = make_platforms(net)
    assert ({}, {}, None) == (platforms.readers, platforms.seekers, platforms.short)
