"""Cached listings come back as they were, until their time is over."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from bson import encode

from bot.errors import NotFound, Service
from bot.models import (
    LOST_ROW,
    Candidate,
    CandidateKind,
    Cut,
    Finding,
    Listing,
    ListingKind,
    Match,
    RowKind,
    Source,
    Track,
)
from bot.models.outline import READ_WHOLE, length_ms
from bot.storage.listings import (
    GONE_KEPT,
    HIDDEN_KEPT,
    KEPT,
    SHOWN,
    Listings,
    _document,
    _listing,
)
from bot.storage.matches import Matches

if TYPE_CHECKING:
    from datetime import timedelta

    from bot.storage.database import Database
    from tests.conftest import SetClock

ROWS = (
    Track(
        title="Où va-t-on",
        artists=["Zaz", "Ayo"],
        album="Isa",
        duration_ms=201_000,
        isrc="FRZ031300001",
        explicit=False,
        spotify_id="1" * 22,
    ),
    Track(
        title="Clip",
        video=Candidate(
            video_id="a" * 11,
            title="Clip",
            channel="Zaz",
            artists=("Zaz",),
            duration_s=200,
            kind=CandidateKind.VIDEO,
            views=7,
            explicit=True,
        ),
    ),
    Track(title="demo.mp3", row=RowKind.LOCAL),
    Track(title="", row=RowKind.GONE),
    Track(title="Talk", artists=["Host"], spotify_id="2" * 22, row=RowKind.EPISODE),
)


def listing(kind: ListingKind = ListingKind.PLAYLIST, rows: int = 0) -> Listing:
    return Listing(
        kind=kind,
        id="37i9dQZF1DX0XUsuxWHRQd",
        title="Road trip",
        source=Source.WEB_API,
        tracks=ROWS * (rows // len(ROWS) or 1),
        owner="anna",
        year=2024,
        cover_url="https://i.scdn.co/image/x",
        total=120,
        cut=Cut.LIMIT,
    )


async def test_comes_back_as_it_was(db: Database, now: SetClock) -> None:
    """Every field of a listing and of its rows survives the store."""
    listings = Listings(db, clock=now)
    whole = listing()
    bare = Listing(kind=ListingKind.TRACK, id="x", title="y", source=Source.EMBED)
    for each in (whole, bare):
        await listings.put(each)
        assert each == await listings.get(each.kind, each.id, fresh=False)


async def test_put_again_replaces(db: Database, now: SetClock) -> None:
    """The newer reading of a listing takes the place of the older."""
    listings = Listings(db, clock=now)
    await listings.put(listing(rows=8))
    await listings.put(listing(rows=4))
    found = await listings.get(ListingKind.PLAYLIST, listing().id, fresh=False)
    assert listing(rows=4) == found


@pytest.mark.parametrize("kind", ListingKind)
async def test_expires(db: Database, now: SetClock, kind: ListingKind) -> None:
    """A link has it read anew after a while; what was sent shows it for a day."""
    listings = Listings(db, clock=now)
    await listings.put(replace(listing(kind), cut=None))
    now.forward(seconds=KEPT[kind].total_seconds() - 1)
    assert await listings.get(kind, listing().id) is not None
    now.forward(seconds=1)
    assert await listings.get(kind, listing().id) is None
    now.forward(seconds=(SHOWN - KEPT[kind]).total_seconds() - 2)
    if KEPT[kind] < SHOWN:
        assert await listings.get(kind, listing().id, fresh=False) is not None
    now.forward(seconds=2)
    assert await listings.get(kind, listing().id, fresh=False) is None


async def test_a_cut_one_is_for_what_was_sent(db: Database, now: SetClock) -> None:
    """What failed to arrive, or stands beyond a limit, may come when the link comes again."""
    listings = Listings(db, clock=now)
    await listings.put(listing())

    assert await listings.get(ListingKind.PLAYLIST, listing().id) is None
    assert listing() == await listings.get(ListingKind.PLAYLIST, listing().id, fresh=False)


@pytest.mark.parametrize(
    ("key", "kept"),
    [("track:x", GONE_KEPT), ("album:x", GONE_KEPT), ("playlist:x", HIDDEN_KEPT)],
)
async def test_what_is_not_there_is_remembered(
    db: Database, now: SetClock, key: str, kept: timedelta
) -> None:
    """In all processes; a playlist less long, whose owner may make it public."""
    kind = ListingKind(key.partition(":")[0])
    await Listings(db, clock=now).remember({key: NotFound(Service.SPOTIFY_WEB)})
    now.forward(seconds=kept.total_seconds() - 1)
    for fresh in (True, False):
        with pytest.raises(NotFound) as caught:
            await Listings(db, clock=now).get(kind, "x", fresh=fresh)
        assert Service.SPOTIFY_WEB is caught.value.service
    now.forward(seconds=1)
    assert await Listings(db, clock=now).get(kind, "x") is None


async def test_songs_come_in_one_query(db: Database, now: SetClock) -> None:
    """By the links under which they were asked for; what is not there has its place too."""
    listings = Listings(db, clock=now)
    track = replace(listing(ListingKind.TRACK), tracks=ROWS[:1], cut=None)
    gone = NotFound(Service.SPOTIFY_WEB)
    await listings.remember({"track:a": track, "short:b": track, "short:c": gone})

    assert {"track:a": ROWS[0], "short:b": ROWS[0], "short:c": LOST_ROW} == await listings.songs(
        ["track:a", "short:b", "short:c", "track:d"]
    )


async def test_unknown(db: Database) -> None:
    """What was never stored is None, also where another kind has that id."""
    listings = Listings(db)
    await listings.put(listing())
    assert await listings.get(ListingKind.ALBUM, listing().id) is None


async def test_long_playlist_is_cached(db: Database, now: SetClock) -> None:
    """11,000 tracks, the longest that Spotify allows and more, fit a document."""
    listings = Listings(db, clock=now)
    long = listing(rows=11_000)
    await listings.put(long)
    assert long == await listings.get(long.kind, long.id, fresh=False)


async def test_of_a_long_listing_a_page_is_read(db: Database, now: SetClock) -> None:
    """Its rows are whole, the others have their kinds alone; lengths are those of the listing."""
    listings = Listings(db, clock=now)
    long = replace(listing(), tracks=[*ROWS, *ROWS[:1] * READ_WHOLE])
    await listings.put(long)
    page = await listings.get(long.kind, long.id, fresh=False, rows=range(2, 7))

    assert page
    assert page.outline
    assert long.tracks[2:7] == page.tracks[2:7]
    assert [track.row for track in long.tracks] == [track.row for track in page.tracks]
    assert {""} == {track.title for track in (*page.tracks[:2], *page.tracks[7:])}
    assert length_ms(long.tracks) == page.outline.length_ms
    assert replace(long, tracks=()) == replace(page, tracks=(), outline=None)
    beyond = await listings.get(long.kind, long.id, fresh=False, rows=range(9000, 9020))
    assert beyond
    assert len(long.tracks) == len(beyond.tracks)


async def test_what_is_short_or_of_an_older_version_comes_whole(db: Database) -> None:
    """Where a page would save nothing, or nobody noted what the other rows are."""
    listings = Listings(db)
    short = replace(listing(), tracks=ROWS[:1] * READ_WHOLE)
    await listings.put(short)
    assert short == await listings.get(short.kind, short.id, fresh=False, rows=range(20, 40))

    old = replace(listing(), tracks=ROWS[:1] * (READ_WHOLE + 1))
    await listings.put(old)
    await db["listings"].update_one({"_id": old.key}, {"$unset": {"outline": 1}})
    assert old == await listings.get(old.kind, old.id, fresh=False, rows=range(20, 40))


async def test_too_large_is_not_cached(db: Database, now: SetClock) -> None:
    """A listing beyond 16 MB is left out, and does not leave an older reading behind."""
    listings = Listings(db, clock=now)
    await listings.put(listing())
    huge = Listing(
        kind=ListingKind.PLAYLIST,
        id=listing().id,
        title="huge",
        source=Source.WEB_API,
        tracks=[Track(title="x", isrc="x" * 1_000_000)] * 17,
    )
    await listings.put(huge)
    assert await listings.get(huge.kind, huge.id) is None


async def test_is_compact() -> None:
    """5,000 full rows stay far below the 16 MB of a document, and 100 are read in an instant."""
    full = [*ROWS[:1]] * 5000
    whole = Listing(
        kind=ListingKind.PLAYLIST, id="x", title="y", source=Source.WEB_API, tracks=full
    )
    assert len(encode(_document(whole))) < 2_000_000
    stored = _document(listing(rows=100))
    started = time.process_time()
    for _ in range(100):
        await _listing(stored, None)
    assert (time.process_time() - started) / 100 < 0.005


async def test_a_song_in_one_query(db: Database, now: SetClock) -> None:
    """A track's listing comes with what is known of its song, each also without the other."""
    matches, listings = Matches(db, clock=now), Listings(db, clock=now)
    single = Listing(
        kind=ListingKind.TRACK,
        id=ROWS[0].key,
        title="Où va-t-on",
        source=Source.EMBED,
        tracks=ROWS[:1],
    )
    found = Finding(match=Match(candidate=Candidate(video_id="a" * 11, title="x"), score=0.9))
    assert (None, ({}, {})) == await listings.song(matches, single.id, 1)
    await matches.put(single.id, found)
    assert (None, ({single.id: found}, {})) == await listings.song(matches, single.id, 1)
    await listings.put(single)
    assert (single, ({single.id: found}, {})) == await listings.song(matches, single.id, 1)
    now.forward(days=1)
    assert (None, ({single.id: found}, {})) == await listings.song(matches, single.id, 1)
