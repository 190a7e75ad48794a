"""Albums as a whole: a few tracks tell which page holds the rest. Pure bookkeeping.

Of the tracks of one order that share an album only the leaders are searched for. When their
matches agree on an album of YouTube Music, its page (one request) answers the others, each judged
by the same matcher; what the page does not hold is searched for after all. Twelve tracks of an
album so take three requests, four when the leaders disagree at first.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.youtube.queries import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.models import Match, Track

SMALLEST = 3  # tracks that share an album before its page can save a request
LEADERS = 3  # tracks searched for, at most, before an album's page is given up
SURE = 2  # votes that open a page


@dataclass(frozen=True, slots=True)
class Ask:
    """Look these tracks up."""

    keys: Sequence[str]


@dataclass(frozen=True, slots=True)
class OpenPage:
    """Read this album's page for those that wait."""

    album_id: str


Step = Ask | OpenPage


class AlbumGroup:
    """The tracks of one order that share an album, by their keys."""

    def __init__(self, keys: Iterable[str]) -> None:
        self._waiting = dict.fromkeys(keys)
        self._leading: set[str] = set()
        self._led = 0
        self._votes: Counter[str] = Counter()
        self._decided = False

    @property
    def waiting(self) -> tuple[str, ...]:
        """Tracks that are not looked up yet, in their order."""
        return tuple(self._waiting)

    def begin(self) -> Ask:
        """The first leaders: two at once, or one where two would leave nothing to save."""
        return self._lead(2 if len(self._waiting) > SMALLEST else 1)

    def ahead_of(self, key: str) -> tuple[str, ...]:
        """What has to be looked up before this track can be: its leaders, or itself."""
        return tuple(self._leading) if key in self._waiting else (key,)

    def heard(self, key: str, votes: tuple[str, int] | None) -> Step | None:
        """A member was answered, by whomever. What to do next, if anything."""
        self._leading.discard(key)
        self._waiting.pop(key, None)
        if self._decided:
            return None
        if votes is not None:
            album_id, weight = votes
            self._votes[album_id] += weight
            if self._votes[album_id] >= SURE:
                return self._decide(album_id)
        if self._leading:
            return None
        return self._lead(1) if self._led < LEADERS else self.release()

    def release(self) -> Ask:
        """Nothing to wait for any more: everybody is looked up alone."""
        self._decided = True
        keys = self.waiting
        self._waiting.clear()
        return Ask(keys)

    def _decide(self, album_id: str) -> Step:
        if len(self._waiting) < SURE:
            return self.release()  # a search costs no more than the page
        self._decided = True
        return OpenPage(album_id)

    def _lead(self, count: int) -> Ask:
        keys = self.waiting[:count]
        self._led += len(keys)
        self._leading.update(keys)
        for key in keys:
            del self._waiting[key]
        return Ask(keys)


def group_by_album(tracks: Iterable[Track]) -> list[tuple[str, ...]]:
    """Keys of tracks that share an album's name, where enough of them do.

    The name alone, for an album of many artists is one too; where two albums share a name, the
    page of one answers nothing for the other, and that one's tracks are searched for.
    """
    albums: dict[str, dict[str, None]] = {}
    for track in tracks:
        if track.album and (name := fold(track.album)):
            albums.setdefault(name, {})[track.key] = None
    return [tuple(keys) for keys in albums.values() if len(keys) >= SMALLEST]


def votes_of(track: Track, match: Match | None) -> tuple[str, int] | None:
    """The album a match speaks for: one vote, or two where it also has the album's name."""
    if match is None or match.candidate.album_id is None:
        return None
    named = fold(track.album or "") == fold(match.candidate.album or "")
    return match.candidate.album_id, SURE if named else 1
