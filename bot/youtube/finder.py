"""Track → finding: YouTube Music first, the Data API where that has no answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from bot.errors import NotFound, Service, SourceError, Unreadable
from bot.models import CandidateKind, Finding
from bot.youtube.match import Outcome, outcome, rank
from bot.youtube.matching import evidence, reasons
from bot.youtube.queries import queries, search_text

if TYPE_CHECKING:
    from bot.models import Candidate, Match, Track
    from bot.youtube.data_api import DataApi
    from bot.youtube.music import YouTubeMusic
    from bot.youtube.queries import SearchFilter

_OTHER_TITLE = reasons.detail(*evidence.OTHER, None)
OTHERS = 5  # next best candidates kept for corrections


Hearing = Callable[["Track", Sequence["Match"]], None]


@dataclass(slots=True)
class Case:
    """A track, and what was found for it so far."""

    track: Track
    prefer: CandidateKind
    pool: dict[str, Candidate] = field(default_factory=dict)
    ranked: list[Match] = field(default_factory=list)
    answers: int = 0
    failures: list[SourceError] = field(default_factory=list)

    def add(self, candidates: Sequence[Candidate]) -> None:
        for candidate in candidates:
            self.pool.setdefault(candidate.video_id, candidate)
        self.ranked = rank(self.track, list(self.pool.values()), prefer=self.prefer)

    @property
    def match(self) -> Match | None:
        """What `best` gives, without ranking once more."""
        is_right = self.ranked and outcome(self.ranked[0]) is Outcome.ACCEPT
        return self.ranked[0] if is_right else None

    def finding(self) -> Finding:
        behind = self.ranked[1:] if self.match else self.ranked
        maybes = [match for match in behind if outcome(match) is not Outcome.NONE]
        cut_short = any(error.service is Service.YOUTUBE_MUSIC for error in self.failures)
        return Finding(
            match=self.match,
            others=maybes[:OTHERS],
            partial=cut_short and self.match is None,
        )


class Finder:
    """YouTube Music, then the Data API; either may be missing."""

    def __init__(
        self,
        *,
        music: YouTubeMusic | None,
        videos: DataApi | None = None,
        prefer: CandidateKind = CandidateKind.AUDIO,
        heard: Hearing | None = None,
    ) -> None:
        """`heard` is told of every candidate that was judged, best first: to explain choices."""
        self._music = music
        self._videos = videos
        self._prefer = prefer
        self._heard = heard

    async def find(
        self, track: Track, *, known: Sequence[Candidate] = (), alone: bool = False
    ) -> Finding:
        """Look for the recording. `known` candidates and the track's own video are judged first.

        `alone`: nothing else was asked for. Raises the first SourceError when no source answered.
        """
        case = Case(track, self._prefer)
        if first := [*known, *([track.video] if track.video else [])]:
            case.add(first)
        if case.match is None and self._music is not None:
            await self._ask_music(self._music, case)
        if case.match is None and self._videos is not None:
            await self._ask_videos(self._videos, case, alone=alone)
        if case.match is None and case.failures and not case.answers:
            raise case.failures[0]
        if self._heard:
            self._heard(track, case.ranked)
        return case.finding()

    async def wider(self, track: Track, known: Sequence[Candidate]) -> list[Match]:
        """Whatever may be the song, best first, among songs and videos: for who corrects.

        Raises the first SourceError when neither search answered.
        """
        case = Case(track, self._prefer)
        case.add(known)
        if self._music is not None:
            await self._ask_both(self._music, case)
        return [match for match in case.ranked if not _has_other_title(match)]

    async def album(self, album_id: str) -> list[Candidate]:
        """The rows of an album's page. Raises SourceError."""
        return await self._music.album(album_id) if self._music is not None else []

    async def _ask_music(self, music: YouTubeMusic, case: Case) -> None:
        for query in queries(
            case.track, case.pool, videos_first=self._prefer is CandidateKind.VIDEO
        ):
            try:
                found = await music.search(query.text, query.among, again=query.again)
            except (Unreadable, NotFound) as error:
                case.failures.append(error)  # this answer; the next may be well
            except SourceError as error:
                case.failures.append(error)
                return
            else:
                case.answers += 1
                case.add(found)
            if case.match is not None:
                return

    async def _ask_both(self, music: YouTubeMusic, case: Case) -> None:
        both: tuple[SearchFilter, ...] = ("songs", "videos")
        for among in both:
            try:
                case.add(await music.search(search_text(case.track), among))
            except SourceError as error:
                case.failures.append(error)
        if len(case.failures) == len(both):
            raise case.failures[0]

    async def _ask_videos(self, videos: DataApi, case: Case, *, alone: bool) -> None:
        try:
            found = await videos.search(search_text(case.track), alone=alone)
        except SourceError as error:
            case.failures.append(error)
        else:
            case.answers += 1
            case.add(found)


def _has_other_title(match: Match) -> bool:
    return any(reason.detail == _OTHER_TITLE for reason in match.reasons)


def judged_again(track: Track, finding: Finding, *, prefer: CandidateKind) -> Finding:
    """What another version of the matcher makes of the candidates that a finding kept."""
    case = Case(track, prefer)
    kept = [finding.match, *finding.others] if finding.match else finding.others
    case.add([match.candidate for match in kept])
    return replace(case.finding(), spotify_id=finding.spotify_id)
