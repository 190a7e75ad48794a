"""Where links of other platforms lead: each kind to its listing. See bot.resolve.catalog."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Protocol

import structlog

from bot.errors import SourceError, UnsupportedLink
from bot.models import Cut, Listing, ListingKind, Source
from bot.models.links import Elsewhere, ElsewhereKind
from bot.youtube.listings import read_list, read_video, track_of

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from bot.models import Candidate, Track
    from bot.models.links import Link
    from bot.platforms.apple import Apple
    from bot.platforms.deezer import Deezer
    from bot.youtube.music import YouTubeMusic

log = structlog.get_logger()


class Place(Protocol):
    """Where some kinds of links lead. Both methods raise UnsupportedLink or SourceError."""

    async def resolve(self, link: Elsewhere) -> Link:
        """The link to read: itself, or Spotify's for the same."""

    async def listing(self, link: Elsewhere) -> Listing:
        """A Listing of `link.listing_kind` and `link.listing_id`."""


class Videos(Protocol):
    """What is needed of bot.youtube.data_api."""

    async def video(self, video_id: str) -> Candidate: ...


class OnSpotify(Protocol):
    """What is needed of bot.resolve.spotify_finder."""

    async def find(self, wanted: Track) -> Track | None: ...
    async def of_video(self, video: Candidate) -> Track | None: ...


class YouTubePlace:
    """Videos and playlists, from YouTube Music; a video also from the Data API where that fails."""

    def __init__(
        self, music: YouTubeMusic | None, videos: Videos | None, spotify: OnSpotify | None
    ) -> None:
        self._music = music
        self._videos = videos
        self._spotify = spotify

    @property
    def kinds(self) -> tuple[ElsewhereKind, ...]:
        """What can be read: playlists by YouTube Music alone."""
        lists = (ElsewhereKind.YOUTUBE_PLAYLIST,) if self._music else ()
        single = (ElsewhereKind.YOUTUBE_VIDEO,) if self._music or self._videos else ()
        return (*single, *lists)

    async def resolve(self, link: Elsewhere) -> Elsewhere:
        return link

    async def listing(self, link: Elsewhere) -> Listing:
        if link.kind is ElsewhereKind.YOUTUBE_PLAYLIST and self._music:
            return await self._music.ask(partial(read_list, link=link))
        video = await self._video(link.id)
        found = self._spotify.of_video(video) if self._spotify else None
        return await single(link, track_of(video), found, source=Source.YOUTUBE, page=video.url)

    async def _video(self, video_id: str) -> Candidate:
        failure: SourceError | None = None
        if self._music:
            try:
                return await self._music.ask(partial(read_video, video_id=video_id))
            except SourceError as error:
                failure = error
        if self._videos:
            return await self._videos.video(video_id)
        raise failure or UnsupportedLink(ElsewhereKind.YOUTUBE_VIDEO)


class ApplePlace:
    """Songs and albums of Apple Music."""

    kinds = (ElsewhereKind.APPLE_TRACK, ElsewhereKind.APPLE_ALBUM)

    def __init__(self, apple: Apple, spotify: OnSpotify | None) -> None:
        self._apple = apple
        self._spotify = spotify

    async def resolve(self, link: Elsewhere) -> Elsewhere:
        return link

    async def listing(self, link: Elsewhere) -> Listing:
        if link.kind is ElsewhereKind.APPLE_ALBUM:
            return await self._apple.album(link)
        song = await self._apple.track(link)
        found = self._spotify.find(song.track) if self._spotify else None
        return await single(link, song.track, found, source=Source.APPLE, page=song.url)


class Follower(Protocol):
    """Finds out what a short link stands for."""

    async def follow(self, link: Elsewhere) -> Elsewhere: ...


class DeezerPlace:
    """Tracks, albums and playlists of Deezer, and its short links."""

    kinds = (
        ElsewhereKind.DEEZER_TRACK,
        ElsewhereKind.DEEZER_ALBUM,
        ElsewhereKind.DEEZER_PLAYLIST,
        ElsewhereKind.DEEZER_SHORT,
    )

    def __init__(self, deezer: Deezer, short: Follower, spotify: OnSpotify | None) -> None:
        self._deezer = deezer
        self._short = short
        self._spotify = spotify

    async def resolve(self, link: Elsewhere) -> Elsewhere:
        if link.kind is not ElsewhereKind.DEEZER_SHORT:
            return link
        target = await self._short.follow(link)
        if target.listing_kind is None:
            raise UnsupportedLink(target.kind)
        return target

    async def listing(self, link: Elsewhere) -> Listing:
        if link.kind is ElsewhereKind.DEEZER_ALBUM:
            return await self._deezer.album(link)
        if link.kind is ElsewhereKind.DEEZER_PLAYLIST:
            return await self._deezer.playlist(link)
        song = await self._deezer.track(link)
        found = self._spotify.find(song.track) if self._spotify else None
        return await single(link, song.track, found, source=Source.DEEZER, page=song.url)


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
