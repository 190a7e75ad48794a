"""Which searches are sent for a track, in which order, and when to stop.

One request answers most tracks, so each further one must be earned by what the earlier brought:

1. "artist title" among songs; "title album" where no artist is known.
2. "artist title" among videos, for recordings that have no art track.
3. The ISRC where it is known, else "title album" where no answer is by the artist.

The first accepted match ends it.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol

from bot.errors import NotFound, SourceError, Unreadable
from bot.models import CandidateKind, Finding
from bot.youtube.match import MAYBE, best, rank

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.models import Candidate, Match, Track

SearchFilter = Literal["songs", "videos"]

REQUESTS = 3  # to YouTube Music, at most, for one track
OTHERS = 5  # next best candidates kept for corrections
QUERY_CHARS = 150  # of a longer one the last words only lead away


class MusicSearch(Protocol):
    """What the finder needs of YouTube Music."""

    async def search(
        self, query: str, among: SearchFilter, *, again: bool = True
    ) -> list[Candidate]: ...

    async def album(self, browse_id: str) -> list[Candidate]: ...


class VideoSearch(Protocol):
    """What the finder needs of the YouTube Data API."""

    async def search(self, query: str) -> list[Candidate]: ...


@dataclass(frozen=True, slots=True)
class Query:
    """A search. `again`: an empty answer is asked for once more, which counts as a request."""

    text: str
    among: SearchFilter
    again: bool = False


@dataclass(slots=True)
class Case:
    """A track, and what was found for it so far."""

    track: Track
    prefer: CandidateKind
    pool: dict[str, Candidate] = field(default_factory=dict)
    match: Match | None = None
    answers: int = 0
    failures: list[SourceError] = field(default_factory=list)

    def add(self, candidates: Sequence[Candidate]) -> None:
        for candidate in candidates:
            self.pool.setdefault(candidate.video_id, candidate)
        self.match = best(self.track, list(self.pool.values()), prefer=self.prefer)

    def finding(self) -> Finding:
        ranked = rank(self.track, list(self.pool.values()), prefer=self.prefer)
        maybes = [match for match in ranked if match.score >= MAYBE and match != self.match]
        return Finding(
            match=self.match, others=maybes[:OTHERS], partial=bool(self.failures) and not self.match
        )

    def names_artist(self) -> bool:
        """Whether anything found is by one of the artists, as far as letters tell."""
        names = [_fold(name) for name in self.track.artists]
        told = [
            _fold(" ".join((*found.artists, found.channel or "", found.title)))
            for found in self.pool.values()
        ]
        return any(name in text for name in names for text in told)


class Finder:
    """YouTube Music, then the Data API; either may be missing."""

    def __init__(
        self,
        *,
        music: MusicSearch | None,
        videos: VideoSearch | None = None,
        prefer: CandidateKind = CandidateKind.AUDIO,
    ) -> None:
        self._music = music
        self._videos = videos
        self._prefer = prefer

    async def find(self, track: Track, *, known: Sequence[Candidate] = ()) -> Finding:
        """Look for the recording. `known` candidates are judged before anything is asked.

        Raises the first SourceError when no source answered.
        """
        case = Case(track, self._prefer)
        if known:
            case.add(known)
        if case.match is None and self._music is not None:
            await self._ask_music(self._music, case)
        if case.match is None and self._videos is not None:
            await self._ask_videos(self._videos, case)
        if case.match is None and case.failures and not case.answers:
            raise case.failures[0]
        return case.finding()

    async def album(self, album_id: str) -> list[Candidate]:
        """The rows of an album's page. Raises SourceError."""
        return await self._music.album(album_id) if self._music is not None else []

    async def _ask_music(self, music: MusicSearch, case: Case) -> None:
        for query in queries(case):
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

    async def _ask_videos(self, videos: VideoSearch, case: Case) -> None:
        try:
            found = await videos.search(search_text(case.track))
        except SourceError as error:
            case.failures.append(error)
        else:
            case.answers += 1
            case.add(found)


def queries(case: Case) -> Iterator[Query]:
    """The searches in YouTube Music; each is decided when it is asked for.

    Three requests at most: an empty first answer is asked for twice, and leaves one.
    """
    track = case.track
    main, other = _filters(case.prefer)
    known = len(case.pool)
    yield Query(search_text(track), main, again=True)
    left = REQUESTS - (1 if len(case.pool) > known else 2)
    if left > 1 or not track.isrc:
        yield Query(search_text(track), other)
        left -= 1
    if left and track.isrc:
        yield Query(track.isrc, "songs")
    elif left and track.artists and track.album and not case.names_artist():
        yield Query(_clip(f"{track.title} {track.album}"), "songs")


def search_text(track: Track) -> str:
    """The first artist and the title; the title and the album where no artist is known."""
    if track.artists:
        return _clip(f"{track.artists[0]} {track.title}")
    return _clip(f"{track.title} {track.album or ''}")


def _filters(prefer: CandidateKind) -> tuple[SearchFilter, SearchFilter]:
    return ("videos", "songs") if prefer is CandidateKind.VIDEO else ("songs", "videos")


def _clip(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= QUERY_CHARS else words[:QUERY_CHARS].rsplit(" ", 1)[0]


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
