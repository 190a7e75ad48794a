"""spotDL's own ordering and choice on the cases, where it is installed: the tool to be better than.

Its search is left out, as for everyone here: songs first, of which one above 80 is taken at once,
then all results together (`spotdl.providers.audio.base.AudioProvider.search`).
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.models import CandidateKind

if TYPE_CHECKING:
    from bot.models import Candidate, Track
    from tests.benchmarks.match_cases import Case

GOOD = 80.0
BAND = 8  # points within which views decide


@dataclass(frozen=True, slots=True)
class SpotDL:
    matching: Any
    song: Any
    result: Any

    @classmethod
    def installed(cls) -> SpotDL | None:
        """None where it is not; it is no dependency of ours."""
        try:
            return cls(
                importlib.import_module("spotdl.utils.matching"),
                importlib.import_module("spotdl.types.song").Song,
                importlib.import_module("spotdl.types.result").Result,
            )
        except ImportError:
            return None

    def pick(self, case: Case) -> str | None:
        song = self._song(case.track)
        found: dict[Any, float] = {}
        for songs in (True, False):
            results = [self._result(c) for c in case.candidates if _is_song(c) is songs]
            ordered = self.matching.order_results(results, song, None)
            if not ordered:
                continue
            first, score = self._best(ordered)
            if score >= GOOD and first.verified:
                return str(first.result_id)
            found |= ordered
        return str(self._best(found)[0].result_id) if found else None

    def _best(self, ordered: dict[Any, float]) -> tuple[Any, float]:
        best = self.matching.get_best_matches(ordered, BAND)
        if len(best) == 1 or best[0][1] > GOOD:
            return best[0][0], best[0][1]
        most: tuple[Any, float] = max(best, key=lambda one: one[0].views or 0)
        return most

    def _song(self, track: Track) -> Any:
        return self.song(
            name=track.title,
            artists=list(track.artists),
            artist=(*track.artists, "")[0],
            genres=[],
            disc_number=1,
            disc_count=1,
            album_name=track.album or "",
            album_artist=(*track.artists, "")[0],
            duration=(track.duration_ms or 0) / 1000,
            year=0,
            date="",
            track_number=1,
            tracks_count=1,
            song_id="",
            explicit=bool(track.explicit),
            publisher="",
            url="",
            isrc=track.isrc,
            cover_url=None,
            copyright_text=None,
        )

    def _result(self, candidate: Candidate) -> Any:
        return self.result(
            source="YouTubeMusic",
            url=candidate.url,
            verified=_is_song(candidate),
            name=candidate.title,
            duration=candidate.duration_s or 0.0,
            author=candidate.channel or "",
            result_id=candidate.video_id,
            artists=tuple(candidate.artists) or None,
            views=candidate.views,
            explicit=candidate.explicit,
            album=candidate.album,
        )


def _is_song(candidate: Candidate) -> bool:
    return candidate.kind is CandidateKind.AUDIO
