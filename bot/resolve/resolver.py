"""The one use case: a link becomes a listing, and its tracks get their YouTube links.

Nothing here knows Telegram, MongoDB or HTTP. The chat, the terminal and the tests call it.
"""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

import structlog

from bot.clock import Timing, in_turn
from bot.errors import (
    NotFound,
    Service,
    SourceError,
    StoreUnavailable,
    Unavailable,
    Unstorable,
    UnsupportedLink,
)
from bot.models import Finding, Listing, ListingKind, Match, Source
from bot.models.links import Elsewhere, ElsewhereKind
from bot.models.results import Counts, allowed_songs, count, songs
from bot.resolve.corrections import corrected

if TYPE_CHECKING:
    from collections.abc import (
        Awaitable,
        Callable,
        Collection,
        Coroutine,
        Iterable,
        Mapping,
        Sequence,
    )

    from bot.models import Track
    from bot.models.links import Link
    from bot.resolve.catalog import Catalog
    from bot.resolve.scheduler import LookupScheduler, Order

# While the store is away, of all that was found: some 30 MB, and as much again for the listings.
MOST_UNSAVED = 10_000
MOST_UNSAVED_LISTINGS = 20
KNOWN_AT_ONCE = 500  # tracks in a query: with reasons, what it brings is unpacked in 20 ms
JUDGED_AT_ONCE = 10  # by the matcher, at half a millisecond each

log = structlog.get_logger()

NOTHING: Mapping[int, Finding] = MappingProxyType({})


def as_it_was(_: Track, finding: Finding) -> Finding:
    return finding


Known: TypeAlias = tuple[dict[str, Finding], dict[str, Finding]]
Song: TypeAlias = tuple[Listing | None, Known]


class Listings(Protocol):
    """Listings kept for a while."""

    async def get(
        self,
        kind: ListingKind,
        listing_id: str,
        *,
        fresh: bool = True,
        rows: range | None = None,
    ) -> Listing | None:
        """See bot.storage.listings. Raises NotFound for what is known not to be there."""

    async def put(self, listing: Listing) -> None: ...
    async def remember(self, found: Mapping[str, Listing | NotFound]) -> None: ...


class Findings(Protocol):
    """What was found for tracks, by `Track.key`."""

    async def known(self, keys: Sequence[str], user_id: int, *, reasons: bool = True) -> Known:
        """Also what people put right, for this user: their own choices, then everybody's."""

    async def put_many(self, findings: Mapping[str, Finding]) -> None: ...


class Resolution:
    """A listing whose tracks are being looked up. `results` grows by position, from 0.

    A position ends with a Finding, or with the SourceError that kept it from being looked up.
    """

    def __init__(
        self,
        listing: Listing,
        known: Mapping[int, Finding] = NOTHING,
        fixes: Mapping[int, Finding] = NOTHING,
    ) -> None:
        """`fixes` are what people say of its tracks, which holds for what is found too."""
        self.listing = listing
        self.allowed: frozenset[int] | None = None
        self.results: dict[int, Finding | SourceError] = dict(known)
        self._known = known
        self.fixes = fixes
        self.changed = asyncio.Event()  # set at each result; whoever waits clears it
        self.order: Order | None = None
        self._first: list[int] = []

    @property
    def wanted(self) -> list[int]:
        return allowed_songs(self.listing, self.allowed)

    @property
    def missing(self) -> list[int]:
        return [at for at in self.wanted if at not in self.results]

    @property
    def counts(self) -> Counts:
        return count(self.listing, self.results, self.allowed)

    def allow(self, positions: Iterable[int]) -> None:
        """Resolve only the songs there; what is known of the others is not shown."""
        self.allowed = frozenset(positions)
        wanted = set(self.wanted)
        results = {**self._known, **self.results}
        self.results = {at: result for at, result in results.items() if at in wanted}

    def first(self, positions: Iterable[int]) -> None:
        """Look these up before the others from now on: the page on screen."""
        self._first = list(positions)
        if self.order:
            self.order.first(self._first)

    def begin(self, order: Order, first: Iterable[int]) -> None:
        """From now on `order` looks up; `first` goes first, unless a page was asked for already."""
        self.order = order
        order.first(self._first or first)

    def cancel(self) -> None:
        if self.order:
            self.order.cancel()


class Resolver:
    """Resolves links into listings and listings into findings, reading what is stored first."""

    def __init__(
        self,
        catalog: Catalog,
        lookups: LookupScheduler,
        *,
        listings: Listings,
        findings: Findings,
        song: Callable[[str, int], Coroutine[Any, Any, Song]] | None = None,
        judge_again: Callable[[Track, Finding], Finding] = as_it_was,
        timing: Timing = Timing(),
    ) -> None:
        """`song` reads what is stored of a Spotify track, for a user, in one query.

        `judge_again` turns a stale finding into one of today's matcher, without a search.
        """
        self._song = song
        self._judge_again = judge_again
        self._catalog = catalog
        self._lookups = lookups
        self._listings = listings
        self._findings = findings
        self._new_listings: deque[Listing] = deque(maxlen=MOST_UNSAVED_LISTINGS)
        self._new_gone: dict[str, NotFound] = {}
        self._new_findings: dict[str, Finding] = {}
        self._leaving: dict[str, Finding] = {}  # findings that are being written
        self._saving: asyncio.Task[bool] | None = None
        self._hurry = asyncio.Event()  # somebody waits for what is to be stored
        self._timing = timing

    async def listing(
        self, link: Link, *, stored: bool = True, song: Awaitable[Song] | None = None
    ) -> Listing:
        """The listing behind a link; not from the store without `stored`, which is known to fail.

        That there is none is kept as well, but not where a source failed that may know of one.
        `song` is what `song` began to read of the link. Raises UnsupportedLink or SourceError.
        """
        target = await self._catalog.resolve(link)
        if stored and (kept := await self._stored(target, song)):
            return kept
        try:
            listing = await self._catalog.listing(target)
        except NotFound as error:
            if error.sure and target.listing_kind:
                self._new_gone[f"{target.listing_kind}:{target.listing_id}"] = error
                self._save_behind()
            raise
        if listing.source is not Source.UPLOAD:  # that is kept as it was sent
            self._keep(listing)
        return listing

    async def shown(self, key: str, rows: range | None = None) -> Listing:
        """A listing that was sent, by its `Listing.key`, as it was then: nobody is asked for it.

        With `rows`, of a long listing no others are read; see `bot.models.outline`. Raises
        UnsupportedLink for one that is no longer kept, NotFound, StoreUnavailable.
        """
        kind, _, name = key.partition(":")
        place, _, upload = name.partition(":")
        if place == ElsewhereKind.UPLOAD:
            sent = await self._catalog.sent(Elsewhere(ElsewhereKind.UPLOAD, upload), rows)
        else:
            sent = await self._listings.get(ListingKind(kind), name, fresh=False, rows=rows)
            if sent is None:  # it may be on its way
                await self.saved()
                sent = await self._listings.get(ListingKind(kind), name, fresh=False, rows=rows)
        if sent is None:
            raise UnsupportedLink(kind)
        return sent

    async def _stored(self, target: Link, song: Awaitable[Song] | None) -> Listing | None:
        """Raises NotFound for what is known not to be there."""
        if target.listing_kind is None:
            return None
        key = f"{target.listing_kind}:{target.listing_id}"
        for unsaved in self._new_listings:
            if unsaved.key == key and unsaved.complete:
                return unsaved
        try:
            if song:
                return (await song)[0]
            return await self._listings.get(target.listing_kind, target.listing_id)
        except StoreUnavailable:
            return None

    async def begin(
        self, listing: Listing, *, lane: int = 0, song: Awaitable[Song] | None = None
    ) -> Resolution:
        """Start resolving all songs, with all that is stored. `lane` is the user's id.

        `song` is what `song` began to read of the link, where it is this listing's only one.
        """
        if [track.key for track in listing.tracks] != [listing.id]:
            song = None
        found, fixes = await self._said(listing, songs(listing), lane, asked=song)
        return Resolution(listing, found, fixes)

    def song(self, track_id: str, *, lane: int) -> Coroutine[Any, Any, Song] | None:
        """Read what is stored of a Spotify track before its listing is; None where it cannot.

        Raises StoreUnavailable, and NotFound for one that is known not to be there.
        """
        return self._song(track_id, lane) if self._song else None

    async def known(
        self,
        listing: Listing,
        positions: Collection[int],
        *,
        lane: int = 0,
        reasons: bool = False,
    ) -> dict[int, Finding]:
        """What is stored for these positions, as it is for the user `lane`.

        Why, only for a track or with `reasons`. Raises StoreUnavailable.
        """
        return (await self._said(listing, positions, lane, reasons=reasons))[0]

    async def _said(
        self,
        listing: Listing,
        positions: Collection[int],
        lane: int,
        *,
        reasons: bool = False,
        asked: Awaitable[Song] | None = None,
    ) -> tuple[dict[int, Finding], dict[int, Finding]]:
        """What is known by position, and what people said of it, which is in it."""
        # A listing shows no reasons, and they are most of the reading.
        reasons = reasons or listing.kind is ListingKind.TRACK
        found: dict[int, Finding] = {}
        fixes: dict[int, Finding] = {}
        wanted = list(positions)
        for start in range(0, len(wanted), KNOWN_AT_ONCE):
            tracks = {at: listing.tracks[at] for at in wanted[start : start + KNOWN_AT_ONCE]}
            known, fixed = await self._said_of(tracks, lane, reasons=reasons, asked=asked)
            found |= known
            fixes |= fixed
        return found, fixes

    async def _said_of(
        self,
        rows: Mapping[int, Track],
        lane: int,
        *,
        reasons: bool,
        asked: Awaitable[Song] | None,
    ) -> tuple[dict[int, Finding], dict[int, Finding]]:
        keys = {at: track.key for at, track in rows.items()}
        tracks = {keys[at]: track for at, track in rows.items()}
        if asked:
            _, (found, fixed) = await asked
        else:
            found, fixed = await self._findings.known(list(tracks), lane, reasons=reasons)
        found |= {
            key: new[key]
            for new in (self._leaving, self._new_findings)
            for key in new.keys() & tracks
        }
        stale = [key for key, finding in found.items() if finding.stale]
        if stale:
            judged = {
                key: self._judge_again(tracks[key], found[key])
                async for key in in_turn(stale, at_once=JUDGED_AT_ONCE)
            }
            self._keep(judged)
            found |= judged
        found |= {key: own for key, track in tracks.items() if (own := self._own(track))}
        for key, fix in fixed.items():
            if known := corrected(found.get(key), fix):
                found[key] = known
        return (
            {at: found[key] for at, key in keys.items() if key in found},
            {at: fixed[key] for at, key in keys.items() if key in fixed},
        )

    def _own(self, track: Track) -> Finding | None:
        """The video by whose link a Spotify track was asked for, where it is right and official."""
        if track.video is None or track.spotify_id is None:
            return None
        sent = Finding(others=[Match(candidate=track.video, score=0.0)])
        judged = self._judge_again(track, sent)
        return judged if judged.match else None

    async def run(self, resolution: Resolution, *, lane: int, first: Iterable[int] = ()) -> None:
        """Look up what is missing, the positions of `first` before the others.

        `lane` is the user's id: users share the look-ups fairly. Ends when every position has
        its result or the resolution was cancelled.
        """
        tracks = resolution.listing.tracks
        missing = [(at, tracks[at]) for at in resolution.missing]
        if not missing:
            return
        order = self._lookups.order(missing, lane=lane)
        resolution.begin(order, first)
        try:
            async for at, result in order:
                ended = _ended(result)
                if isinstance(ended, Finding):
                    self._keep({tracks[at].key: ended})
                    fix = resolution.fixes.get(at)
                    ended = (corrected(ended, fix) if fix else None) or ended
                resolution.results[at] = ended
                resolution.changed.set()
        finally:
            order.cancel()
            self._hurry.set()  # from now on pages and corrections are read from the store

    async def saved(self) -> None:
        """Try to store what is not stored yet, and wait until it is, or could not be again.

        Not what comes meanwhile: under a steady load there is always more, and leases wait.
        """
        for _ in range(2):  # what is on its way, and what came behind it
            self._hurry.set()
            self._save_behind()
            if self._saving and not await self._saving:
                return

    def _keep(self, new: Listing | Mapping[str, Finding]) -> None:
        """Store behind the caller's back: an answer never waits for a write.

        One writer at a time takes all that has come meanwhile and lets a little more come first, so
        a long listing needs few writes; of a process that is killed a third of a second is lost.
        What the store does not take is given to it again with what comes next.
        """
        if isinstance(new, Listing):
            self._new_listings.append(new)
            self._hurry.set()  # it is one statement, now or later
        else:
            self._new_findings.update(new)
        self._save_behind()

    def _save_behind(self) -> None:
        unsaved = self._new_listings or self._new_findings or self._new_gone
        if unsaved and (self._saving is None or self._saving.done()):
            self._saving = asyncio.create_task(self._save())

    async def _save(self) -> bool:
        """Store what there is, and begin anew where more has come; False where nothing answers."""
        listings, findings = list[Listing](), dict[str, Finding]()
        try:
            await self._more()
            listings, findings = [*self._new_listings], self._new_findings
            self._new_listings.clear()
            self._leaving, self._new_findings = findings, {}
            while listings:
                with suppress(Unstorable):
                    await self._listings.put(listings[-1])
                listings.pop()
            gone, self._new_gone = self._new_gone, {}  # asked for again where this fails
            if gone:
                with suppress(Unstorable):
                    await self._listings.remember(gone)
            await self._put(findings)
        except StoreUnavailable as error:
            log.warning("not stored yet", error=str(error))
            self._new_listings.extend(listings)
            newest = [*{**findings, **self._new_findings}.items()][-MOST_UNSAVED:]
            self._new_findings = dict(newest)
            return False
        finally:
            self._leaving = {}
        if self._new_listings or self._new_findings or self._new_gone:
            self._saving = asyncio.create_task(self._save())
        return True

    async def _more(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(self._timing.write_behind_s):
                await self._hurry.wait()
        self._hurry.clear()

    async def _put(self, findings: Mapping[str, Finding]) -> None:
        """What can't be stored keeps nothing else from it."""
        try:
            if findings:
                await self._findings.put_many(findings)
        except Unstorable as error:
            if len(findings) == 1:
                log.warning("never stored", track=next(iter(findings)), error=str(error))
                return
            for key, finding in findings.items():
                await self._put({key: finding})


def _ended(result: Finding | SourceError) -> Finding | SourceError:
    """A search cut short that found nothing is no answer: it is neither stored nor charged."""
    if isinstance(result, Finding) and result.partial and result.match is None:
        return Unavailable(Service.YOUTUBE_MUSIC, "a search on the way failed")
    return result
