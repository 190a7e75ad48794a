"""What inline mode offers: in time, from what is at hand, and nothing for what was typed over."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.clock import Timing
from bot.errors import Service, StoreUnavailable, Unavailable
from bot.models import Candidate, Listing, ListingKind, Source, Track
from bot.models.links import Elsewhere, ElsewhereKind, LinkKind, SpotifyLink
from bot.models.view import Song
from bot.quota.meter import Meter
from bot.resolve.resolver import Resolver
from bot.resolve.search import SongSearch
from bot.resolve.suggestions import REMEMBERED, SEARCHES, Suggestions
from tests.stage import finding, listing, spotify_id

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from bot.models import Finding
    from bot.models.links import Link
    from tests.conftest import SetClock

ANNA, BELA = 7, 8
MINE = "PL" + "x" * 32
SOON = Timing(typing_pause_s=0.01)
PLAYLIST = f"https://open.spotify.com/playlist/{spotify_id(1)}"


@dataclass
class Shelf(Resolver):
    """Listings and findings; `gate` holds a reading back, `down` as when MongoDB is away."""

    listings: dict[str, Listing] = field(default_factory=dict)
    gate: asyncio.Event | None = None
    down: bool = False
    read: int = 0

    async def listing(self, link: Link, **_: Any) -> Listing:
        self.read += 1
        if self.gate:
            await self.gate.wait()
        return self.listings[link.id]

    async def known(
        self, listing: Listing, positions: Collection[int], **_: Any
    ) -> dict[int, Finding]:
        if self.down:
            raise StoreUnavailable("MongoDB does not answer")
        return {at: finding(listing.tracks[at]) for at in positions}


@dataclass
class Songs(SongSearch):
    asked: list[str] = field(default_factory=list)
    gate: asyncio.Event | None = None
    error: Exception | None = None

    async def find(self, words: str, *, most: int) -> list[Song]:
        self.asked.append(words)
        if self.gate:
            await self.gate.wait()
        if self.error:
            raise self.error
        link = SpotifyLink(LinkKind.TRACK, spotify_id(len(self.asked)))
        track = Track(title=words, spotify_id=link.id)
        return [Song(link=link, track=track, cover_url="https://i.scdn.co/image/x")]


@dataclass
class Purse(Meter):
    """What people have paid for; None is all."""

    tracks: frozenset[str] | None = None

    async def paid(self, user_id: int, tracks: Sequence[str]) -> frozenset[str]:
        return frozenset(tracks) if self.tracks is None else self.tracks.intersection(tracks)


@pytest.fixture
def shelf() -> Shelf:
    return Shelf({spotify_id(1): listing(3, local=1)})


@pytest.fixture
def songs() -> Songs:
    return Songs()


@pytest.fixture
def meter() -> Purse:
    return Purse()


@pytest.fixture
def inline(shelf: Shelf, songs: Songs, meter: Purse, now: SetClock) -> Suggestions:
    return Suggestions(shelf, songs, meter, clock=now, timing=SOON)


@pytest.fixture
def hasty(shelf: Shelf, songs: Songs, meter: Purse, now: SetClock) -> Suggestions:
    """One that reads one listing at a time, and has no time for that."""
    timing = replace(SOON, inline_s=0.02)
    return Suggestions(shelf, songs, meter, clock=now, timing=timing, readings=1)


async def test_words_are_searched_once(inline: Suggestions, songs: Songs, now: SetClock) -> None:
    """The same words, however they are written, cost one search in five minutes."""
    for number, text in enumerate(("One more", " one   MORE ", "one more")):
        offer = await inline.offer(ANNA + number, number, text)
        assert offer is not None
        assert ["One more"] == [song.track.title for song in offer.songs]
    assert 1 == len(songs.asked)
    now.forward(seconds=REMEMBERED / timedelta(seconds=1))
    await inline.offer(ANNA, 9, "one more")
    assert 2 == len(songs.asked)


async def test_what_was_found_for_words_is_bounded(
    shelf: Shelf, songs: Songs, meter: Purse, now: SetClock
) -> None:
    """The oldest words are forgotten first."""
    inline = Suggestions(shelf, songs, meter, clock=now, timing=SOON, words_kept=1)
    for number, text in enumerate(("first words", "other words", "first words")):
        await inline.offer(ANNA, number, text)

    assert ["first words", "other words", "first words"] == songs.asked


async def test_one_person_does_not_hold_up_all_readings(
    shelf: Shelf, songs: Songs, meter: Purse, now: SetClock
) -> None:
    """Of the listings that are read at once there are some for who comes next."""
    shelf.gate = asyncio.Event()
    timing = replace(SOON, inline_s=0.01)
    inline = Suggestions(shelf, songs, meter, clock=now, timing=timing, readings=4)
    for number in range(4):
        await inline.offer(ANNA, number, PLAYLIST[:-1] + str(number))
    await inline.offer(BELA, 9, PLAYLIST[:-1] + "9")

    assert 2 + 1 == shelf.read
    await inline.stop()


async def test_one_person_asks_so_much(inline: Suggestions, songs: Songs, now: SetClock) -> None:
    """Twenty searches a minute for one person; others are not held up."""
    for number in range(SEARCHES):
        await inline.offer(ANNA, number, f"song {number}")
    refused = await inline.offer(ANNA, 50, "one too many")
    unread = await inline.offer(ANNA, 51, PLAYLIST)
    other = await inline.offer(BELA, 52, "one of another")
    now.forward(seconds=60)
    later = await inline.offer(ANNA, 53, "a minute later")

    assert [(0, False), (0, False)] == [
        (len(offer.songs), offer.whole) for offer in (refused, unread) if offer
    ]
    assert [1, 1] == [len(offer.songs) for offer in (other, later) if offer]


async def test_typed_over(inline: Suggestions, songs: Songs) -> None:
    """Only the newest query is searched for, in whichever order they are handled."""
    late = asyncio.create_task(inline.offer(ANNA, 2, "one more time"))
    await asyncio.sleep(0)
    early = await inline.offer(ANNA, 1, "one more")

    assert early is None
    assert await late is not None
    assert ["one more time"] == songs.asked


async def test_typed_over_words_of_before(inline: Suggestions, songs: Songs, now: SetClock) -> None:
    """Words whose songs are no longer remembered wait for the typing to pause like new ones."""
    await inline.offer(ANNA, 1, "one more")
    now.forward(seconds=REMEMBERED / timedelta(seconds=1))
    early = asyncio.create_task(inline.offer(ANNA, 2, "one more"))
    await asyncio.sleep(0)
    await inline.offer(ANNA, 3, "one more time")

    assert None is await early
    assert ["one more", "one more time"] == songs.asked


async def test_typed_over_while_it_waits(inline: Suggestions, songs: Songs) -> None:
    """Who types on within the pause is not answered for the letters before."""
    first = asyncio.create_task(inline.offer(ANNA, 1, "one more"))
    await asyncio.sleep(0)
    second = await inline.offer(ANNA, 2, "one more time")

    assert second is not None
    assert await first is None
    assert ["one more time"] == songs.asked


async def test_a_slow_reading_goes_on(hasty: Suggestions, shelf: Shelf) -> None:
    """Past the deadline the offer says so; the reading is not begun a second time."""
    shelf.gate = asyncio.Event()
    first = await hasty.offer(ANNA, 1, PLAYLIST)
    second = await hasty.offer(BELA, 2, PLAYLIST)
    shelf.gate.set()
    third = await hasty.offer(ANNA, 3, PLAYLIST)

    assert [False, False, True] == [o.whole for o in (first, second, third) if o]
    assert third is not None
    assert third.listing is not None
    assert ["Song 0", "Song 1", "Song 2"] == [song.track.title for song in third.songs]
    assert 1 == shelf.read


async def test_so_many_readings_at_once(hasty: Suggestions, shelf: Shelf) -> None:
    """A reading more than that is not begun; those that run end with the program."""
    shelf.gate = asyncio.Event()
    await hasty.offer(ANNA, 1, PLAYLIST)
    offer = await hasty.offer(BELA, 2, PLAYLIST.replace(spotify_id(1), spotify_id(2)))
    await hasty.stop()

    assert offer is not None
    assert not offer.whole
    assert 1 == shelf.read


async def test_a_newer_query_ends_the_one_before(inline: Suggestions, songs: Songs) -> None:
    """Of one person one query goes on, and only that one is answered."""
    songs.gate = asyncio.Event()
    older = asyncio.create_task(inline.offer(ANNA, 1, "one more"))
    while not songs.asked:  # noqa: ASYNC110 - it has no event for it
        await asyncio.sleep(0.001)
    newer = asyncio.create_task(inline.offer(ANNA, 2, "one more time"))
    async with asyncio.timeout(10):
        assert await older is None
    assert not newer.done()
    songs.gate.set()
    offer = await newer
    assert offer is not None
    assert 1 == len(offer.songs)


async def test_known_links_for_who_paid(inline: Suggestions, meter: Purse, shelf: Shelf) -> None:
    """Stored links are offered of what a person has looked up, and none without the store."""
    known = await inline.offer(ANNA, 1, PLAYLIST)
    meter.tracks = frozenset({shelf.listings[spotify_id(1)].tracks[2].key})
    one = await inline.offer(ANNA, 2, PLAYLIST)
    meter.tracks = frozenset()
    none = await inline.offer(ANNA, 3, PLAYLIST)
    meter.tracks, shelf.down = None, True
    without = await inline.offer(ANNA, 4, PLAYLIST)

    assert [3, 1, 0, 0] == [
        sum(song.finding is not None for song in offer.songs)
        for offer in (known, one, none, without)
        if offer
    ]


async def test_a_search_that_fails(inline: Suggestions, songs: Songs) -> None:
    """When no source answers, the offer is not whole."""
    songs.error = Unavailable(Service.YOUTUBE_MUSIC, "down")
    offer = await inline.offer(ANNA, 1, "one more")

    assert offer is not None
    assert (0, False) == (len(offer.songs), offer.whole)


async def test_songs_of_other_places(inline: Suggestions, shelf: Shelf) -> None:
    """A list of YouTube's offers its videos; rows that nothing leads to are left out."""
    video = Candidate(video_id="dQw4w9WgXcQ", title="Song")
    shelf.listings[MINE] = Listing(
        kind=ListingKind.LIST,
        id=f"youtube_playlist:{MINE}",
        title="Mine",
        source=Source.YOUTUBE,
        tracks=[Track(title="Song", video=video), Track(title="Words alone")],
    )
    offer = await inline.offer(ANNA, 1, f"https://www.youtube.com/playlist?list={MINE}")

    assert offer is not None
    expected = Elsewhere(ElsewhereKind.YOUTUBE_VIDEO, "dQw4w9WgXcQ")
    assert [expected] == [song.link for song in offer.songs]
    assert ["https://i.ytimg.com/vi/dQw4w9WgXcQ/mqdefault.jpg"] == [
        song.cover_url for song in offer.songs
    ]


async def test_an_address_is_no_song(inline: Suggestions, songs: Songs) -> None:
    """A link that leads nowhere known is not searched for."""
    offer = await inline.offer(ANNA, 1, "https://example.org/one-more-time")

    assert offer is not None
    assert (0, []) == (len(offer.songs), songs.asked)
