"""What stand-in services know: listings on Spotify's side, candidates on YouTube's."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from bot.models import RowKind
from bot.sandbox.services.ids import album_browse_id

if TYPE_CHECKING:
    from collections.abc import Collection, Container, Iterable, Mapping, Sequence

    from bot.models import Candidate, CandidateKind, Listing, Track

ANSWERS = 20  # rows in YouTube Music's first answer
SHARE = 0.6  # of a query's words that a result must hold
TYPO_FROM = 4  # letters of a word from which services look past a wrong one
WORDS_KEPT = 4096  # texts: each search reads those of the whole world
_WORD = re.compile(r"\w+")
_BARE = str.maketrans("ıøłđ", "iold")  # letters whose marks are part of them


@dataclass(frozen=True, slots=True, kw_only=True)
class Find:
    """A candidate, and under what it is found besides its title, artists and album."""

    candidate: Candidate
    also: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Everything that can be asked for.

    `refused` holds the ids of playlists whose rows the Web API keeps from apps; `short` leads
    from the code of a short link to a page's address.
    """

    listings: Mapping[str, Listing]
    finds: Sequence[Find]
    refused: Container[str] = ()
    short: Mapping[str, str] = field(default_factory=dict)

    def tracks(self) -> dict[str, Track]:
        rows = (track for listing in self.listings.values() for track in listing.tracks)
        return {
            track.spotify_id: track
            for track in rows
            if track.spotify_id and track.row is RowKind.SONG
        }

    def albums(self) -> dict[str, list[Candidate]]:
        """The candidates that name an album, by that album's id on YouTube Music."""
        albums: dict[str, list[Candidate]] = defaultdict(list)
        for find in self.finds:
            found = find.candidate
            if found.album and found.artists:
                albums[album_browse_id(found.album, found.artists[0])].append(found)
        return dict(albums)


@lru_cache(WORDS_KEPT)
def words(text: str) -> frozenset[str]:
    """The words of a text, without case and marks above or below letters."""
    plain = unicodedata.normalize("NFKD", text).casefold().translate(_BARE)
    bare = "".join(sign for sign in plain if unicodedata.category(sign)[0] != "M")
    return frozenset(_WORD.findall(bare))


def meant(word: str, known: Collection[str]) -> Collection[str]:
    """The words that services take `word` for: itself, else what it begins or misspells."""
    if word in known:
        return (word,)
    return [other for other in known if _begins(word, other) or _misspells(word, other)]


def _begins(word: str, other: str) -> bool:
    """Names written without spaces are found by any part."""
    return other.startswith(word) if word.isascii() else word in other


def _misspells(word: str, other: str) -> bool:
    """Whether one letter is missing, too many, wrong, or changed places with the next."""
    if min(len(word), len(other)) < TYPO_FROM or abs(len(word) - len(other)) > 1:
        return False
    pairs = enumerate(zip(word, other, strict=False))
    at = next((at for at, (one, two) in pairs if one != two), min(len(word), len(other)))
    mine, theirs = word[at:], other[at:]
    swapped = mine[1::-1] + mine[2:] == theirs
    return swapped or mine[1:] in (theirs, theirs[1:]) or mine == theirs[1:]


class Search:
    """Finds candidates by a share of the query's words; what shares too little stays away."""

    def __init__(self, finds: Iterable[Find]) -> None:
        self._finds = tuple(finds)
        self._index: dict[str, list[int]] = defaultdict(list)
        for number, find in enumerate(self._finds):
            found = find.candidate
            text = (found.title, *found.artists, found.channel or "", found.album or "", find.also)
            for word in words(" ".join(text)):
                self._index[word].append(number)

    def find(self, query: str, kinds: Collection[CandidateKind]) -> list[Candidate]:
        """The best `ANSWERS` candidates of these kinds, most of the query's words first."""
        asked = words(query)
        hits = Counter(number for word in asked for number in self._holding(word))
        enough = [number for number, count in hits.items() if count >= SHARE * len(asked)]
        ranked = sorted(enough, key=lambda number: (-hits[number], number))
        found = (self._finds[number].candidate for number in ranked)
        return [candidate for candidate in found if candidate.kind in kinds][:ANSWERS]

    def _holding(self, word: str) -> set[int]:
        return {number for known in meant(word, self._index) for number in self._index[known]}
