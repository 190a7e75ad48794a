"""Inline mode: what to offer for the text behind the bot's name, within a few seconds.

A query comes with every letter that is typed, so it is answered from what is at hand: what is
stored, and one search once the typing pauses. Nothing is looked up on YouTube and nothing is paid
before a result is chosen. So what is stored is offered, as anywhere, to whoever has paid for it;
another card is filled in when it is chosen.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog
from cachetools import LRUCache, TLRUCache

from bot.clock import Timing
from bot.errors import SourceError, StoreUnavailable, UnsupportedLink
from bot.models import Listing, ListingKind, RowKind, Source, Track
from bot.models.links import Elsewhere, ElsewhereKind, LinkKind, SpotifyLink
from bot.models.shares import share
from bot.models.view import Song, Suggestion
from bot.platforms.links import find_all_links
from bot.platforms.urls import cover_url

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.clock import Clock
    from bot.models.links import Link
    from bot.quota.meter import Meter
    from bot.resolve.resolver import Resolver
    from bot.resolve.search import SongSearch

log = structlog.get_logger()

SHORTEST = 3  # letters that can mean a song
MOST = 50  # https://core.telegram.org/bots/api#answerinlinequery
SEARCHES = 20  # questions to services outside that one person may cause in a minute
MINUTE = timedelta(minutes=1)
REMEMBERED = timedelta(minutes=5)  # how long the songs found for words are good for
WORDS_KEPT = 500
READINGS = 16  # listings being read at once for inline queries; a person has a share of these
SEARCHES_AT_ONCE = 2  # of the eight that YouTube takes, so that links find room there
PEOPLE_KEPT = 1000


class Suggestions:
    """The offers of one process."""

    def __init__(
        self,
        listings: Resolver,
        search: SongSearch,
        meter: Meter,
        *,
        clock: Clock,
        timing: Timing = Timing(),
        words_kept: int = WORDS_KEPT,
        readings: int = READINGS,
        searches: int = SEARCHES_AT_ONCE,
    ) -> None:
        self._listings = listings
        self._search = search
        self._meter = meter
        self._clock = clock
        self._timing = timing
        # Each user's newest query, by its number; the one before has ended.
        self._asking: dict[int, tuple[int, asyncio.Task[Suggestion]]] = {}
        self._asked_at: LRUCache[int, deque[datetime]] = LRUCache(PEOPLE_KEPT)
        self._found: TLRUCache[str, Sequence[Song], datetime] = TLRUCache(
            words_kept, lambda _words, _songs, now: now + REMEMBERED, timer=clock
        )
        self._searching = asyncio.Semaphore(searches)
        self._most_readings = readings
        self._readings: dict[Link, asyncio.Task[Listing]] = {}
        self._readers: dict[Link, int] = {}  # for whom

    async def offer(self, user_id: int, number: int, text: str) -> Suggestion | None:
        """What to offer; None when the user has typed on, so that nobody waits for an answer.

        `number` grows with each query: they are handled side by side, not always in their order.
        """
        newest, older = self._asking.get(user_id, (number, None))
        if number < newest:
            return None
        if older:
            older.cancel()
        asking = asyncio.create_task(self._offer(user_id, " ".join(text.split())))
        mine = self._asking[user_id] = (number, asking)
        try:
            return await asking
        except asyncio.CancelledError:
            if self._asking.get(user_id) is mine:
                raise
            return None
        finally:
            if self._asking.get(user_id) is mine:
                del self._asking[user_id]

    async def _offer(self, user_id: int, text: str) -> Suggestion:
        if len(text) < SHORTEST:
            return Suggestion(asked=False)
        links = find_all_links(text)
        if not links and "://" in text:
            return Suggestion()
        if not links and text.casefold() not in self._found:
            await asyncio.sleep(self._timing.typing_pause_s)
        link = links[0] if links else None
        try:
            async with asyncio.timeout(self._timing.inline_s):
                offer = await (
                    self._of_link(link, user_id) if link else self._of_words(text, user_id)
                )
                offer = await self._with_paid(offer, user_id)
        except (TimeoutError, SourceError) as error:
            log.info("inline query not answered in full", reason=type(error).__name__)
            offer = Suggestion(link=link, whole=False)
        except UnsupportedLink:
            offer = Suggestion(link=link)
        return offer

    async def _of_words(self, text: str, user_id: int) -> Suggestion:
        words = text.casefold()
        songs = self._found.get(words)
        if songs is None:
            if not self._may_ask(user_id):
                return Suggestion(whole=False)
            async with self._searching:
                songs = self._found[words] = await self._search.find(text, most=MOST)
        return Suggestion(songs=songs)

    async def _of_link(self, link: Link, user_id: int) -> Suggestion:
        reading = self._readings.get(link)
        if reading is None:
            if not self._may_read(user_id) or not self._may_ask(user_id):
                return Suggestion(link=link, whole=False)
            reading = self._readings[link] = asyncio.create_task(self._listings.listing(link))
            self._readers[link] = user_id
            reading.add_done_callback(lambda _: self._read(link))
            reading.add_done_callback(lambda task: task.cancelled() or task.exception())
        # It goes on when the time is up: the same link is there the next time.
        listing = await asyncio.shield(reading)
        if listing.kind is ListingKind.TRACK and listing.tracks:
            track = listing.tracks[0]
            return Suggestion(
                link=link, songs=[Song(link=link, track=track, cover_url=listing.cover_url)]
            )
        return Suggestion(link=link, listing=listing, songs=_songs_of(listing))

    async def _with_paid(self, offer: Suggestion, user_id: int) -> Suggestion:
        """With the links that are stored, of the tracks that this person has paid for."""
        if not offer.songs:
            return offer
        tracks = [song.track for song in offer.songs]
        rows = Listing(
            kind=ListingKind.LIST, id="inline", title="", source=Source.UPLOAD, tracks=tracks
        )
        try:
            paid = await self._meter.paid(user_id, [track.key for track in tracks])
            mine = [at for at, track in enumerate(tracks) if track.key in paid]
            if not mine:
                return offer
            known = await self._listings.known(rows, mine, lane=user_id, reasons=True)
        except StoreUnavailable:
            return offer
        songs = [replace(song, finding=known.get(at)) for at, song in enumerate(offer.songs)]
        return replace(offer, songs=songs)

    def _may_read(self, user_id: int) -> bool:
        mine = sum(reader == user_id for reader in self._readers.values())
        left = self._most_readings - (len(self._readers) - mine)
        return mine < min(left, share(left, shared=True))

    def _read(self, link: Link) -> None:
        del self._readings[link], self._readers[link]

    def _may_ask(self, user_id: int) -> bool:
        now = self._clock()
        asked_at = self._asked_at.setdefault(user_id, deque(maxlen=SEARCHES))
        if len(asked_at) == SEARCHES and timedelta() <= now - asked_at[0] < MINUTE:
            return False
        asked_at.append(now)
        return True

    async def stop(self) -> None:
        """End what is still being read for nobody."""
        for reading in list(self._readings.values()):
            reading.cancel()
            with contextlib.suppress(asyncio.CancelledError, SourceError, UnsupportedLink):
                await reading


def _songs_of(listing: Listing) -> list[Song]:
    """Its songs, each once, as many as fit beside the listing itself."""
    songs: dict[str, Song] = {}
    for track in listing.tracks:
        link = _link_of(track)
        if track.row is RowKind.SONG and link:
            cover = cover_url(track.video.video_id) if track.video else listing.cover_url
            songs.setdefault(track.key, Song(link=link, track=track, cover_url=cover))
    return list(songs.values())[: MOST - 1]


def _link_of(track: Track) -> Link | None:
    if track.spotify_id:
        return SpotifyLink(LinkKind.TRACK, track.spotify_id)
    if track.video:
        return Elsewhere(ElsewhereKind.YOUTUBE_VIDEO, track.video.video_id)
    return None
