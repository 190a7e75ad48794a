"""Songs by words: Spotify's search where it answers this program, else YouTube Music's."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import structlog

from bot.errors import Refused, Service, SourceError
from bot.models import Candidate, CandidateKind, Track
from bot.models.links import Elsewhere, ElsewhereKind, LinkKind, SpotifyLink
from bot.models.view import Song
from bot.platforms.urls import cover_url

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.spotify.api import WebApi
    from bot.youtube.music import YouTubeMusic

log = structlog.get_logger()

NEVER = datetime.max.replace(tzinfo=UTC)  # when a source is asked again that told no time


class SongSearch:
    """Either source may be missing."""

    def __init__(self, spotify: WebApi | None, music: YouTubeMusic | None) -> None:
        self._spotify = spotify
        self._music = music

    async def find(self, words: str, *, most: int) -> list[Song]:
        """The songs that are meant, likeliest first, each once.

        YouTube Music is asked where Spotify finds nothing or refuses. Where none answered, raises
        the SourceError of the one that is the first to be asked again, as far as that is known.
        """
        failures = list[SourceError]()
        answered = False
        for ask in (self._ask_spotify, self._ask_music):
            try:
                found = await ask(words)
            except SourceError as error:
                log.warning("search failed", service=str(error.service), detail=error.detail)
                failures.append(error)
                continue
            if found:
                return _each_once(found)[:most]
            answered = answered or found is not None
        if answered:
            return []
        if not failures:
            raise Refused(Service.YOUTUBE_MUSIC, "no search is turned on")
        raise min(reversed(failures), key=lambda error: error.retry_at or NEVER)

    async def _ask_spotify(self, words: str) -> list[Song] | None:
        if self._spotify is None:
            return None
        found = await self._spotify.search(words)
        return [_of_spotify(track, track.spotify_id) for track in found if track.spotify_id]

    async def _ask_music(self, words: str) -> list[Song] | None:
        if self._music is None:
            return None
        found = await self._music.search(words, "songs")
        return [_of_youtube(song) for song in found if song.kind is CandidateKind.AUDIO]


def _of_spotify(found: Track, spotify_id: str) -> Song:
    track = Track(
        title=found.title,
        artists=found.artists,
        duration_ms=found.duration_ms,
        spotify_id=spotify_id,
    )
    link = SpotifyLink(LinkKind.TRACK, spotify_id)
    return Song(link=link, track=track, cover_url=found.cover_url)


def _of_youtube(found: Candidate) -> Song:
    track = Track(
        title=found.title,
        artists=found.artists,
        duration_ms=round(found.duration_s * 1000) if found.duration_s else None,
        video=Candidate(video_id=found.video_id, title=found.title, kind=CandidateKind.AUDIO),
    )
    link = Elsewhere(ElsewhereKind.YOUTUBE_VIDEO, found.video_id)
    return Song(link=link, track=track, cover_url=cover_url(found.video_id))


def _each_once(songs: Sequence[Song]) -> list[Song]:
    """One of those that nobody could tell apart by their buttons."""
    unlike: dict[tuple[str, tuple[str, ...], int], Song] = {}
    for song in songs:
        track = song.track
        seconds = round((track.duration_ms or 0) / 1000)
        unlike.setdefault((track.title.casefold(), tuple(track.artists), seconds), song)
    return list(unlike.values())
