from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from bot.config import load
from bot.errors import NotFound, Service, SourceError, Unavailable, UnsupportedLink
from bot.models import Candidate, CandidateKind, Cut, ListingKind, Source, Track
from bot.models.links import Elsewhere, ElsewhereKind
from bot.net.network import open_network
from bot.platforms.deezer import Deezer
from bot.platforms.from_settings import make_platforms
from bot.platforms.listings import DeezerPlace, YouTubePlace
from tests.platforms.conftest import Table
from tests.platforms.test_deezer import track

if TYPE_CHECKING:
    from bot.youtube.music import YouTubeMusic
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
class Videos:
    """The Data API, knowing one video."""

    asked: int = 0

    async def video(self, video_id: str) -> Candidate:
        self.asked += 1
        assert VIDEO.video_id == video_id
        return VIDEO


class Away:
    """YouTube Music, not answering."""

    async def ask(self, _: Any) -> Any:
        raise Unavailable(Service.YOUTUBE_MUSIC)


class Nowhere:
    async def follow(self, link: Elsewhere) -> Elsewhere:
        return Elsewhere(ElsewhereKind.DEEZER_OTHER, link.id)


def away() -> YouTubeMusic:
    return Away()  # type: ignore[return-value]  # all that is asked of it


async def test_a_video_that_is_on_spotify() -> None:
    """The listing is Spotify's track with the video that was sent."""
    place = YouTubePlace(None, Videos(), OnSpotify(SPOTIFY))
    listing = await place.listing(await place.resolve(LINK))

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
    listing = await YouTubePlace(None, Videos(), spotify).listing(LINK)
    assert (None, "Glass Harbour", VIDEO) == (
        listing.tracks[0].spotify_id,
        listing.title,
        listing.tracks[0].video,
    )
    assert listing.complete


async def test_a_search_that_failed_is_not_kept() -> None:
    """A listing without Spotify's page because Spotify failed is asked for again next time."""
    spotify = OnSpotify(Unavailable(Service.SPOTIFY_API))
    listing = await YouTubePlace(None, Videos(), spotify).listing(LINK)
    assert (Cut.FAILED, None) == (listing.cut, listing.tracks[0].spotify_id)


async def test_the_data_api_stands_in() -> None:
    """Where YouTube Music fails and there is a key, the Data API is asked."""
    videos = Videos()
    assert await YouTubePlace(away(), videos, None).listing(LINK)
    assert 1 == videos.asked


async def test_without_a_key_the_failure_is_told() -> None:
    with pytest.raises(Unavailable):
        await YouTubePlace(away(), None, None).listing(LINK)


async def test_nothing_to_ask() -> None:
    """Without both nothing can be read."""
    place = YouTubePlace(None, None, None)
    assert () == place.kinds
    with pytest.raises(UnsupportedLink):
        await place.listing(LINK)


async def test_playlists_need_youtube_music() -> None:
    """The Data API alone reads single videos."""
    assert (ElsewhereKind.YOUTUBE_VIDEO,) == YouTubePlace(None, Videos(), None).kinds


async def test_a_code_of_the_platform_is_kept() -> None:
    """An ISRC that Spotify does not tell is known from where the link led."""
    deezer = Deezer(Table({"track/3135556": track()}))
    listing = await DeezerPlace(deezer, Nowhere(), OnSpotify(SPOTIFY)).listing(SONG)
    assert "GBDUW0000059" == listing.tracks[0].isrc


async def test_a_short_link_to_nothing() -> None:
    """What it leads to is refused by its own name."""
    place = DeezerPlace(Deezer(Table()), Nowhere(), None)
    with pytest.raises(UnsupportedLink) as caught:
        await place.resolve(Elsewhere(ElsewhereKind.DEEZER_SHORT, "link.deezer.com/s/a"))
    assert ElsewhereKind.DEEZER_OTHER == caught.value.kind


async def test_a_track_that_is_gone() -> None:
    deezer = Deezer(Table({"track/3135556": NotFound(Service.DEEZER)}))
    with pytest.raises(NotFound):
        await DeezerPlace(deezer, Nowhere(), None).listing(SONG)


async def test_everything_can_be_turned_off(now: SetClock) -> None:
    """A platform that is off has no place and no pages."""
    settings = load(_env_file=None, apple_music=False, deezer=False)
    async with open_network(settings, clock=now) as net:
        platforms = make_platforms(net)
    assert {} == platforms.places
    pages = platforms.pages(None, market="US")
    assert not pages.can("deezer", single=True)
    assert not pages.can("apple_music", single=True)
