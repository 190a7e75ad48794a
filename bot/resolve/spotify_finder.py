"""Which track of Spotify's a name from elsewhere means: found by search, judged by the matcher."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.models import Track
from bot.youtube.matching.same_song import query, same, same_as_video

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.models import Candidate
    from bot.resolve.search import SpotifySearch


class SpotifyFinder:
    """Asks one search, two where there is an ISRC that is not found or not believed."""

    def __init__(self, search: SpotifySearch) -> None:
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
