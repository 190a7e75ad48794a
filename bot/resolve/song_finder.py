"""A song that came without Spotify's id: Spotify's track first, then the recording of that one.

What Spotify says of a song (length, album, ISRC) tells its recording on YouTube far better than
the words somebody wrote.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import structlog
from aiolimiter import AsyncLimiter

from bot.errors import SourceError, Unavailable
from bot.models import Candidate, Finding, Track
from bot.youtube.matching.same_song import query, same, same_as_video

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from bot.spotify.api import WebApi
    from bot.youtube.finder import Finder

log = structlog.get_logger()

# Spotify does not publish its limit for a window of 30 s; an app was locked out for a day after
# some 600 calls in a row (platforms' facts, 2026-11). Far below that, with room for one page.
SEARCHES, SEARCHES_IN_S = 50, 10.0


class SongFinder:
    """Finds songs on Spotify, as far as that is there, and on YouTube."""

    def __init__(self, youtube: Finder, spotify: SpotifyFinder | None) -> None:
        self._youtube = youtube
        self._spotify = spotify
        self._pace = AsyncLimiter(SEARCHES, SEARCHES_IN_S)

    async def find(
        self, track: Track, *, known: Sequence[Candidate] = (), alone: bool = False
    ) -> Finding:
        """What YouTube has; of a song without Spotify's id also that id. Raises SourceError.

        Without Spotify's answer a finding is partial, and one without a match is none.
        """
        if track.spotify_id:
            finding = await self._youtube.find(track, known=known, alone=alone)
            return replace(finding, spotify_id=track.spotify_id) if track.claimed else finding
        try:
            found = await self._on_spotify(track)
        except Unavailable as error:
            finding = await self._by_words(track, known, alone=alone)
            if finding.match is None:
                raise error from None  # not looked up on both sides: no answer yet
            return replace(finding, partial=True)
        if found is None:
            return await self._by_words(track, known, alone=alone)
        named = replace(found, video=track.video)
        finding = await self._youtube.find(named, known=known, alone=alone)
        return replace(finding, spotify_id=found.spotify_id)

    async def album(self, album_id: str) -> list[Candidate]:
        return await self._youtube.album(album_id)

    async def _on_spotify(self, track: Track) -> Track | None:
        """Raises Unavailable where Spotify may answer later. Refused, the song gets a search."""
        if self._spotify is None:
            return None
        try:
            if track.video:
                async with self._pace:
                    return await self._spotify.of_video(track.video)
            for reading in readings(track):
                async with self._pace:
                    if found := await self._spotify.find(reading):
                        return found
        except Unavailable:
            raise
        except SourceError as error:
            log.info("not searched on Spotify", error=str(error))
        return None

    async def _by_words(self, track: Track, known: Sequence[Candidate], *, alone: bool) -> Finding:
        first: Finding | None = None
        for reading in readings(track):
            finding = await self._youtube.find(reading, known=known, alone=alone)
            if finding.match:
                return finding
            first = first or finding
        return first or Finding()


class SpotifyFinder:
    """Which track of Spotify's a name from elsewhere means: searched for, judged by the matcher.

    Asks one search, two where there is an ISRC that is not found or not believed.
    """

    def __init__(self, search: WebApi) -> None:
        self._search = search

    async def find(self, wanted: Track) -> Track | None:
        """Spotify's track for one named elsewhere, None when none surely is. Raises SourceError.

        An ISRC alone is not trusted: title, artist and length have to agree as well.
        """
        asked = [f"isrc:{wanted.isrc}"] if wanted.isrc else []
        return await self._first([*asked, query(wanted)], lambda found: same(wanted, found))

    async def of_video(self, video: Candidate) -> Track | None:
        """Spotify's track that a video is the recording of. Raises SourceError."""
        named = Track(title=video.title, artists=video.artists)
        asked = [query(named)]
        if (alone := query(Track(title=video.title))) not in asked:
            asked.append(alone)
        return await self._first(asked, lambda found: same_as_video(video, found))

    async def _first(
        self, queries: Sequence[str], choose: Callable[[Sequence[Track]], Track | None]
    ) -> Track | None:
        for words in queries:
            if words and (track := choose(await self._search.search(words))):
                return track
        return None


def readings(track: Track) -> Iterable[Track]:
    """The song as it was written; and, where that is a pair of names, the other way round."""
    yield track
    bare = not (track.album or track.duration_ms or track.isrc or track.video)
    if bare and len(track.artists) == 1:
        yield replace(track, title=track.artists[0], artists=[track.title])
