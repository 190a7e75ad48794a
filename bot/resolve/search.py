"""Songs by words: Spotify's search where it answers this program, else YouTube Music's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

import structlog

from bot.errors import Refused, Service, SourceError
from bot.models import CandidateKind
from bot.models.links import Elsewhere, ElsewhereKind, LinkKind, SpotifyLink
from bot.platforms.urls import cover_url

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.models import Candidate, Track
    from bot.models.links import Link
    from bot.youtube.queries import SearchFilter

log = structlog.get_logger()

NEVER = datetime.max.replace(tzinfo=UTC)  # when a source is asked again that told no time


class SpotifySearch(Protocol):
    """See bot.spotify.api. Raises SourceError."""

    async def search(self, query: str) -> Sequence[Track]: ...


class MusicSearch(Protocol):
    """See bot.youtube.music. Raises SourceError."""

    async def search(
        self, query: str, among: SearchFilter, *, again: bool = True
    ) -> Sequence[Candidate]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A song that words may mean, and the link that opens its card."""

    link: Link
    title: str
    artists: Sequence[str] = ()
    duration_ms: int | None = None
    cover_url: str | None = None


class SongSearch:
    """Either source may be missing."""

    def __init__(self, spotify: SpotifySearch | None, music: MusicSearch | None) -> None:
        self._spotify = spotify
        self._music = music

    async def find(self, words: str, *, most: int) -> list[Hit]:
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

    async def _ask_spotify(self, words: str) -> list[Hit] | None:
        if self._spotify is None:
            return None
        found = await self._spotify.search(words)
        return [_of_spotify(track, track.spotify_id) for track in found if track.spotify_id]

    async def _ask_music(self, words: str) -> list[Hit] | None:
        if self._music is None:
            return None
        found = await self._music.search(words, "songs")
        return [_of_youtube(song) for song in found if song.kind is CandidateKind.AUDIO]


def _of_spotify(track: Track, spotify_id: str) -> Hit:
    return Hit(
        link=SpotifyLink(LinkKind.TRACK, spotify_id),
        title=track.title,
        artists=track.artists,
        duration_ms=track.duration_ms,
        cover_url=track.cover_url,
    )


def _of_youtube(song: Candidate) -> Hit:
    return Hit(
        link=Elsewhere(ElsewhereKind.YOUTUBE_VIDEO, song.video_id),
        title=song.title,
        artists=song.artists,
        duration_ms=round(song.duration_s * 1000) if song.duration_s else None,
        cover_url=cover_url(song.video_id),
    )


def _each_once(hits: Sequence[Hit]) -> list[Hit]:
    """One of those that nobody could tell apart by their buttons."""
    unlike: dict[tuple[str, tuple[str, ...], int], Hit] = {}
    for hit in hits:
        seconds = round((hit.duration_ms or 0) / 1000)
        unlike.setdefault((hit.title.casefold(), tuple(hit.artists), seconds), hit)
    return list(unlike.values())
