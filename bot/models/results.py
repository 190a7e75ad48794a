"""Which rows of a listing are looked up, and how they ended. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from bot.errors import OF_SPOTIFY, OutOfBudget, SourceError
from bot.models import SPOTIFY_WEB, Chooser, Finding, Listing, RowKind, Track

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from bot.models import Match

# By position in the listing, from 0: what was found, or what kept the song from being looked up
Results = Mapping[int, Finding | SourceError]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How the rows of a listing ended."""

    official: int = 0
    chosen: int = 0  # by people; not surely official
    search: int = 0
    failed: int = 0  # a service did not answer for these
    unnamed: int = 0  # of the failed: Spotify did not
    spared: int = 0  # of the failed: they were beyond this program's own share of a service's quota
    withheld: int = 0  # beyond what the day's allowance gave
    local: int = 0
    episode: int = 0
    gone: int = 0
    nameless: int = 0  # links whose song is not known

    @classmethod
    def of(cls, kept: Mapping[str, int]) -> Counts:
        """Counts as `asdict` keeps them, by this version or by another one beside it."""
        known = {each.name for each in fields(cls)}
        return cls(**{name: number for name, number in kept.items() if name in known})

    @property
    def looked_up(self) -> int:
        """The songs whose search came to an end, in units of the quota."""
        return self.official + self.chosen + self.search

    @property
    def is_gapless(self) -> bool:
        """Whether every row before the last one that was looked up was looked up as well."""
        others = self.local or self.episode or self.gone or self.nameless
        return not (self.failed or self.withheld or others)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortfall:
    """What the day's allowance could not give. Numbers in tracks.

    `seconds` until the day turns: none are left where it has turned since. `shared`: by all who
    ask without a name.
    """

    granted: int
    wanted: int
    limit: int
    seconds: float
    zone: str
    shared: bool = False


def spotify_id(track: Track, result: object) -> str | None:
    """Spotify's id of a row: its own, or the one that was found for it."""
    if track.spotify_id or track.row is not RowKind.SONG:
        return track.spotify_id
    return result.spotify_id if isinstance(result, Finding) else None


def spotify_url(track: Track, result: object) -> str | None:
    """The row's page at Spotify; None for a song that was not found there."""
    if track.url or track.row is not RowKind.SONG:
        return track.url
    found = spotify_id(track, result)
    return f"{SPOTIFY_WEB}/track/{found}" if found else None


def is_unnamed(result: object) -> bool:
    """Whether Spotify did not answer for a song, so that YouTube was not even asked."""
    return isinstance(result, SourceError) and result.service in OF_SPOTIFY


def songs(listing: Listing) -> list[int]:
    """The positions of the rows that are looked up."""
    return [at for at, track in enumerate(listing.tracks) if track.row is RowKind.SONG]


def allowed_songs(listing: Listing, allowed: Collection[int] | None) -> list[int]:
    """The songs at the positions `allowed`, in the listing's order; None is all."""
    found = songs(listing)
    if allowed is None:
        return found
    among = frozenset(allowed)  # a list of thousands would be searched for each of them
    return [at for at in found if at in among]


def count(listing: Listing, results: Results, allowed: Collection[int] | None) -> Counts:
    """Count how the rows ended; songs without a result yet are not counted."""
    rows = [track.row for track in listing.tracks]
    found = [result for result in results.values() if isinstance(result, Finding)]
    official = sum(finding.official for finding in found)
    chosen = sum(finding.match is not None for finding in found) - official
    return Counts(
        official=official,
        chosen=chosen,
        search=len(found) - official - chosen,
        failed=len(results) - len(found),
        unnamed=sum(map(is_unnamed, results.values())),
        spared=sum(isinstance(result, OutOfBudget) for result in results.values()),
        withheld=len(songs(listing)) - len(allowed_songs(listing, allowed)),
        local=rows.count(RowKind.LOCAL),
        episode=rows.count(RowKind.EPISODE),
        gone=rows.count(RowKind.GONE),
        nameless=rows.count(RowKind.NAMELESS),
    )


def recounted(
    counts: Counts, key: str, listing: Listing, before: Results, after: Results
) -> Counts:
    """The counts of a listing after the track of that key came to something else.

    Only rows that both results hold are counted anew.
    """
    known = [at for at in before if at in after and listing.tracks[at].key == key]
    was = count(listing, {at: before[at] for at in known}, None)
    now = count(listing, {at: after[at] for at in known}, None)
    return replace(
        counts,
        official=max(0, counts.official + now.official - was.official),
        chosen=max(0, counts.chosen + now.chosen - was.chosen),
        search=max(0, counts.search + now.search - was.search),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A person's choice for a track, whose names are as they were then. No match: none is right."""

    key: str
    title: str
    artists: Sequence[str]
    match: Match | None
    official: bool
    at: datetime


class Choice(StrEnum):
    """What can be said of a track in place of a video's id, which is longer than these."""

    NONE = "none"  # no candidate is right
    UNDO = "undo"  # the person's own choice falls


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternatives:
    """What a person can choose for a track in place of what is shown."""

    shown: Finding
    candidates: Sequence[Match]

    @property
    def mine(self) -> bool:
        """Whether what is shown is the person's own choice."""
        return self.shown.chosen is Chooser.YOU
