"""Putting a wrong match right: what can be chosen for a track, and what a choice comes to.

Only what the search itself returned can be chosen. A choice stands for the person at once, and
for everybody when several people make the same one; neither makes anything official. What the
search itself is sure of gives way only to many, so it is searched for all the same.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from enum import Enum
from typing import TYPE_CHECKING

import structlog

from bot.errors import SourceError
from bot.models import Chooser, Finding
from bot.models.results import Alternatives, Choice
from bot.youtube.match import Outcome, outcome

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.models import Match, Track
    from bot.storage.corrections import CorrectionStore
    from bot.storage.matches import Matches, Stored
    from bot.youtube.finder import Finder

log = structlog.get_logger()

OFFERED = 5  # issue 5: other candidates for a track
WIDER_S = 6.0  # a toast has to answer the button within 15 s
WIDER_AT_ONCE = 2  # of the process: those who correct never hold up those who listen
_EMPTY = Finding()


class Verdict(Enum):
    """What a choice came to."""

    CHOSEN = "chosen"
    UNDONE = "undone"
    UNKNOWN = "unknown"  # the search did not return that candidate, or it is no longer stored
    TOO_MANY = "too many"


def corrected(found: Finding | None, fix: Finding) -> Finding | None:
    """A finding with what people say in its place. Where both agree, the matcher's word counts.

    None where it is still to be found out whether what a few people say holds.
    """
    few = fix.chosen is Chooser.LISTENERS
    if few and found is None:
        return None
    found = found or Finding(spotify_id=fix.spotify_id)
    if found.match and fix.match and _video(found.match) == _video(fix.match):
        return replace(found, chosen=fix.chosen)
    if few and found.official:
        return found
    return replace(found, match=fix.match, chosen=fix.chosen, unproven=fix.unproven, partial=False)


class Corrections:
    """The choices of people, kept in `store`, over what the search returned for a track."""

    def __init__(
        self,
        matches: Matches,
        store: CorrectionStore,
        *,
        judge_again: Callable[[Track, Finding], Finding],
        finder: Finder,
        is_regular: Callable[[int], Awaitable[bool]],
    ) -> None:
        """`is_regular` tells whose choices count for others."""
        self._is_regular = is_regular
        self._finder = finder
        self._searching = asyncio.Semaphore(WIDER_AT_ONCE)
        self._matches = matches
        self.store = store
        self._judge_again = judge_again

    async def offer(self, track: Track, shown: Finding | None) -> Alternatives:
        """What can be chosen for a track. Raises StoreUnavailable."""
        shown = shown or _EMPTY
        now = shown.match and _video(shown.match)
        found = await self._widened(track)
        others = [match for match in _returned(found) if _video(match) != now]
        return Alternatives(shown=shown, candidates=others[:OFFERED])

    async def choose(self, user_id: int, track: Track, wanted: str) -> Verdict:
        """Make a candidate, by its video's id, or a `Choice` the person's word on a track.

        Raises StoreUnavailable.
        """
        if wanted == Choice.UNDO:
            undone = await self.store.undo(user_id, track.key)
            return Verdict.UNDONE if undone else Verdict.UNKNOWN
        found = await self._found(track)
        match = next((each for each in _returned(found) if _video(each) == wanted), None)
        if match is None and wanted != Choice.NONE:
            return Verdict.UNKNOWN
        kept = await self.store.choose(
            user_id,
            track,
            match,
            official=match is not None and outcome(match) is Outcome.ACCEPT,
            spotify_id=found.spotify_id,
            counts=await self._is_regular(user_id),
        )
        return Verdict.CHOSEN if kept else Verdict.TOO_MANY

    async def _found(self, track: Track) -> Finding:
        stored = await self._matches.read(track.key)
        return self._today(track, stored) if stored else _EMPTY

    def _today(self, track: Track, stored: Stored) -> Finding:
        found = stored.finding
        return self._judge_again(track, found) if found.stale else found

    async def _widened(self, track: Track) -> Finding:
        """What is stored, after one wider search: the first one ended at the first right answer.

        Without an answer in time it is what is stored already.
        """
        stored = await self._matches.read(track.key)
        if stored is None:
            return _EMPTY
        found = self._today(track, stored)
        if stored.wide or len(found.others) >= OFFERED:
            return found
        try:
            async with asyncio.timeout(WIDER_S), self._searching:
                known = [match.candidate for match in _returned(found)]
                ranked = await self._finder.wider(track, known)
        except (SourceError, TimeoutError) as error:
            log.info("no wider search", error=str(error))
            return found
        now = found.match and _video(found.match)
        found = replace(found, others=[match for match in ranked if _video(match) != now][:OFFERED])
        await self._matches.widen(track.key, found.others)
        return found


def _returned(finding: Finding) -> list[Match]:
    """All that the search returned and that may be right, best first."""
    return [finding.match, *finding.others] if finding.match else list(finding.others)


def _video(match: Match) -> str:
    return match.candidate.video_id
