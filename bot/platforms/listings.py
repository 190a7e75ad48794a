"""What reads the links of other platforms, each kind its own way. See bot.resolve.catalog."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Protocol

import structlog

from bot.errors import Service, SourceError, UnsupportedLink
from bot.models import Cut, Listing, ListingKind, Platform, Source
from bot.models.links import Elsewhere, ElsewhereKind
from bot.platforms.apple import make_apple
from bot.platforms.deezer import ShortLinks, make_deezer
from bot.platforms.page_finder import apple_page, deezer_page
from bot.youtube.listings import read_list, read_video, track_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.models import Candidate, Track
    from bot.models.music import PlatformTrack
    from bot.net.network import Network
    from bot.platforms.apple import Apple
    from bot.platforms.deezer import Deezer
    from bot.platforms.page_finder import Seeker
    from bot.youtube.data_api import DataApi
    from bot.youtube.music import YouTubeMusic

# A Listing of the link's `listing_kind` and `listing_id`; raises UnsupportedLink or SourceError.
Reader = Callable[[Elsewhere], Awaitable[Listing]]

log = structlog.get_logger()


class OnSpotify(Protocol):
    """What is needed of `SpotifyFinder`, which stands above."""

    async def find(self, wanted: Track) -> Track | None: ...
    async def of_video(self, video: Candidate) -> Track | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Platforms:
    """What is turned on. `seekers` find tracks' pages, `short` follows Deezer's short links."""

    readers: Mapping[ElsewhereKind, Reader]
    seekers: Mapping[Platform, Seeker]
    short: ShortLinks | None


def make_platforms(
    net: Network,
    *,
    spotify: OnSpotify | None = None,
    music: YouTubeMusic | None = None,
    videos: DataApi | None = None,
) -> Platforms:
    """`spotify` finds Spotify's tracks for those of other places."""
    apple, deezer = make_apple(net), make_deezer(net)
    seekers: dict[Platform, Seeker] = {}
    if apple:
        country = net.settings.spotify_market.lower()
        seekers[Platform.APPLE_MUSIC] = partial(apple_page, apple, country=country)
    if deezer:
        seekers[Platform.DEEZER] = partial(deezer_page, deezer)
    # Their short links have a circuit of their own: their hosts are not the API's.
    circuit = net.circuit(Service.DEEZER, "deezer_short_links")
    return Platforms(
        readers=readers(spotify, music=music, videos=videos, apple=apple, deezer=deezer),
        seekers=seekers,
        short=ShortLinks(net.http, circuit, timing=net.timing) if deezer else None,
    )


def readers(
    spotify: OnSpotify | None,
    *,
    music: YouTubeMusic | None = None,
    videos: DataApi | None = None,
    apple: Apple | None = None,
    deezer: Deezer | None = None,
) -> dict[ElsewhereKind, Reader]:
    """What reads each kind of link. Playlists of YouTube are read by YouTube Music alone."""
    found: dict[ElsewhereKind, Reader] = {}
    if music:
        found[ElsewhereKind.YOUTUBE_PLAYLIST] = lambda link: music.ask(
            partial(read_list, link=link)
        )
    if music or videos:
        found[ElsewhereKind.YOUTUBE_VIDEO] = partial(_video, music, videos, spotify)
    if apple:
        found[ElsewhereKind.APPLE_ALBUM] = apple.album
        found[ElsewhereKind.APPLE_TRACK] = partial(_song, apple.track, spotify, Source.APPLE)
    if deezer:
        found[ElsewhereKind.DEEZER_ALBUM] = deezer.album
        found[ElsewhereKind.DEEZER_PLAYLIST] = deezer.playlist
        found[ElsewhereKind.DEEZER_TRACK] = partial(_song, deezer.track, spotify, Source.DEEZER)
    return found


async def _video(
    music: YouTubeMusic | None,
    videos: DataApi | None,
    spotify: OnSpotify | None,
    link: Elsewhere,
) -> Listing:
    video = await _watched(music, videos, link)
    found = spotify.of_video(video) if spotify else None
    return await single(link, track_of(video), found, source=Source.YOUTUBE, page=video.url)


async def _watched(
    music: YouTubeMusic | None, videos: DataApi | None, link: Elsewhere
) -> Candidate:
    """From YouTube Music; from the Data API where that fails."""
    if music:
        try:
            return await music.ask(partial(read_video, video_id=link.id))
        except SourceError:
            if videos is None:
                raise
    if videos is None:
        raise UnsupportedLink(link.kind)
    return await videos.video(link.id)


async def _song(
    ask: Callable[[Elsewhere], Awaitable[PlatformTrack]],
    spotify: OnSpotify | None,
    source: Source,
    link: Elsewhere,
) -> Listing:
    song = await ask(link)
    found = spotify.find(song.track) if spotify else None
    return await single(link, song.track, found, source=source, page=song.url)


async def single(
    link: Elsewhere,
    track: Track,
    finding: Awaitable[Track | None] | None,
    *,
    source: Source,
    page: str | None,
) -> Listing:
    """A track's listing: as Spotify has it where it was found there, else as its own place does.

    A search at Spotify that failed makes it a cut one, so that it is not kept.
    """
    cut = None
    try:
        found = await finding if finding else None
    except SourceError as error:
        log.warning("spotify search failed", link=link.listing_id, error=str(error))
        found, cut = None, Cut.FAILED
    shown = replace(found, video=track.video, isrc=found.isrc or track.isrc) if found else track
    return Listing(
        kind=ListingKind.TRACK,
        id=link.listing_id,
        title=shown.title,
        source=source,
        tracks=(shown,),
        owner=", ".join(shown.artists) or None,
        total=1,
        cut=cut,
        page_url=page,
    )
