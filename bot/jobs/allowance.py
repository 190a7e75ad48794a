"""A listing and what may be looked up of it: reserved at first, settled in the end."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeVar

from bot.errors import StoreUnavailable, UnsupportedLink
from bot.models import CandidateKind, Cut, Finding, ListingKind
from bot.models.links import LinkKind
from bot.models.results import songs
from bot.models.view import page_rows
from bot.resolve.resolver import Resolution

if TYPE_CHECKING:
    from collections.abc import Awaitable, Coroutine, Mapping

    from bot.models import Listing
    from bot.models.job import Job
    from bot.quota.ledger import Account
    from bot.quota.meter import Meter, Tab
    from bot.quota.policy import Allowance
    from bot.resolve.resolver import Resolver, Song

T = TypeVar("T")

OFFICIAL = (CandidateKind.AUDIO, CandidateKind.VIDEO, CandidateKind.OFFICIAL)
GROUPS = ("group", "supergroup")  # of Telegram's types of chats


@dataclass(frozen=True, slots=True)
class Ahead:
    """What a job asks of the store and of a service at once, also while it is being stored.

    `standing` and `song`, what is stored of it, are of a Spotify track, whose link tells all.
    """

    listing: asyncio.Task[Listing]
    standing: asyncio.Task[tuple[Allowance, Account]] | None = None
    song: asyncio.Task[Song] | None = None

    @classmethod
    def of(cls, job: Job, resolver: Resolver, meter: Meter, *, stored: bool) -> Ahead:
        """`stored` as `open_listing` has it."""
        if not stored:
            return cls(_begin(read_for(job, resolver, stored=False)))
        standing = song = None
        if job.link_kind == LinkKind.TRACK:
            standing = _begin(meter.standing(job.user_id, [job.link_id], job.id))
            reading = resolver.song(job.link_id, lane=job.user_id)
            song = _begin(reading) if reading else None
        return cls(_begin(read_for(job, resolver, song=song)), standing, song)

    def cancel(self) -> None:
        for task in (self.listing, self.standing, self.song):
            if task:
                task.cancel()


def _begin(work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
    task = asyncio.create_task(work)
    # What ends before somebody looks leaves nothing behind that nobody asked for.
    task.add_done_callback(lambda done: done.cancelled() or done.exception())
    return task


@dataclass(slots=True)
class JobAllowance:
    """What one job opened.

    `tab` is None without a store, where nothing can be counted: then a single track may be `lent`,
    and all else waits until it is back (design §8). `unsure`: whether the ledger gave something is
    not known, or could not be asked. What the ledger will surely give is not waited for: `taking`
    brings what it gave. `keys` are the tracks' own, by position.
    """

    resolution: Resolution
    meter: Meter
    tab: Tab | None = None
    lent: bool = False
    unsure: bool = False
    keys: Mapping[int, str] = field(default_factory=dict)
    taking: asyncio.Task[Tab] | None = None

    def __post_init__(self) -> None:
        granted = self.tab.granted if self.tab else frozenset()
        allowed = [at for at, key in self.keys.items() if key in granted]
        self.resolution.allow(songs(self.resolution.listing) if self.lent else allowed)

    @property
    def waits(self) -> bool:
        """Whether it goes on when the store is back."""
        return self.unsure and not self.lent

    @property
    def spent(self) -> int:
        """What this opening cost, in tracks."""
        lent = self.resolution.counts.looked_up if self.lent else 0
        return self.tab.spent(self._found) if self.tab else lent

    @property
    def _found(self) -> set[str]:
        """The tracks that were looked up."""
        results = self.resolution.results.items()
        return {self.keys[at] for at, result in results if isinstance(result, Finding)}

    async def settle(self) -> None:
        """Pay what was looked up and give back the rest. Raises StoreUnavailable.

        Also where nothing could be counted: a job that ended all the same would leave what it may
        have reserved taken for the day. Claimed again it reserves the same, once, and goes on.
        """
        if self.waits:
            raise StoreUnavailable("the ledger could not be asked")
        if self.taking:
            self.tab = await self.taking
        if self.tab:
            await self.meter.close(self.tab, self._found)


async def read_for(
    job: Job,
    resolver: Resolver,
    *,
    stored: bool = True,
    song: Awaitable[Song] | None = None,
) -> Listing:
    """The job's listing, as much of it as its chat is shown.

    Raises UnsupportedLink, also for what is no music and nobody asked for, and SourceError.
    """
    listing = await resolver.listing(job.link, stored=stored, song=song)
    if job.unasked and not _is_music(listing):
        raise UnsupportedLink(job.link_kind)
    return as_shown(job, listing)


def as_shown(job: Job, listing: Listing) -> Listing:
    """As much of a listing as the job's chat is shown: a group has no use for ten pages."""
    most = page_rows(job.platforms)
    if job.chat_type not in GROUPS or len(listing.tracks) <= most:
        return listing
    total = max(listing.total or 0, len(listing.tracks))
    return replace(listing, tracks=listing.tracks[:most], total=total, cut=Cut.BRIEF, outline=None)


def _is_music(listing: Listing) -> bool:
    """Whether a song of it is at Spotify, or official music at YouTube."""
    return any(
        track.spotify_id or (track.video and track.video.kind in OFFICIAL)
        for track in listing.tracks
    )


async def open_listing(
    job: Job, ahead: Ahead, resolver: Resolver, meter: Meter, *, stored: bool
) -> JobAllowance:
    """Read the listing, reserve what it costs, and take what is stored.

    Without `stored` the store is known to be down, and does not know the job.
    Raises UnsupportedLink and SourceError.
    """
    if stored:
        with suppress(StoreUnavailable):
            return await _open_stored(job, ahead, resolver, meter)
    resolution = Resolution(await ahead.listing)
    single = resolution.listing.kind is ListingKind.TRACK
    lent = single and (not resolution.missing or meter.lend(job.user_id))
    return JobAllowance(resolution, meter, lent=lent, unsure=True)


async def _open_stored(job: Job, ahead: Ahead, resolver: Resolver, meter: Meter) -> JobAllowance:
    """Each step asks all it can at once: the person waits for every one of them."""
    listing = await ahead.listing
    keys = {at: listing.tracks[at].key for at in songs(listing)}
    tracks = list(keys.values())
    alone = tracks == [job.link_id]  # else another id stands for it in this market
    standing = await ahead.standing if alone and ahead.standing else None

    async def opened() -> Tab:
        now = standing or await meter.standing(job.user_id, tracks, job.id)
        return await meter.open(job, now, tracks)

    taking = _begin(opened())
    tab = meter.expected(job, standing, tracks) if standing else None

    async def known() -> None:
        if tab is None:
            await asyncio.wait({taking})

    # Whichever fails, the other ends first: what comes next gives back what was reserved by then.
    resolution, _ = await asyncio.gather(
        resolver.begin(listing, lane=job.user_id, song=ahead.song), known(), return_exceptions=True
    )
    if isinstance(resolution, BaseException):
        await asyncio.wait({taking})
        raise resolution
    return JobAllowance(resolution, meter, tab or await taking, keys=keys, taking=taking)
