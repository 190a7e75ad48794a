from __future__ import annotations

import threading
import tracemalloc
from typing import TYPE_CHECKING, Any

import pytest
import requests

from bot.errors import NotFound, Unavailable, Unreadable
from bot.models import Cut, ListingKind, RowKind
from bot.net.circuit import ATTEMPTS
from bot.spotify.faults import KEPT, RowsRefused
from tests.spotify.webapi import (
    FORBIDDEN,
    NO_USER,
    FakeSpotify,
    error,
    row,
    song,
)

if TYPE_CHECKING:
    from bot.spotify.api import WebApi
    from tests.conftest import SetClock

ID = "4uLU6hMCjMI75M1A2tKUQC"
LIST = "3cEYpjA9oz9GiPac4AsH4n"
ITEMS, TRACKS = f"playlists/{LIST}/items", f"playlists/{LIST}/tracks"


async def test_a_playlist_of_100_takes_one_round_trip(api: WebApi, spotify: FakeSpotify) -> None:
    """Name and both pages are on their way at the same time: each waits for the others here."""
    await api.warm_up()
    spotify.add_playlist(LIST, [row(number) for number in range(100)])
    spotify.together = threading.Barrier(3)
    listing = await api.listing(ListingKind.PLAYLIST, LIST)
    assert ("Road trip", "Ada", "https://i.scdn.test/small", 100, None) == (
        listing.title,
        listing.owner,
        listing.cover_url,
        listing.total,
        listing.cut,
    )
    assert [f"Song {number}" for number in range(100)] == [t.title for t in listing.tracks]
    assert {"/api/token": 1, f"playlists/{LIST}": 1, ITEMS: 2} == spotify.counts


async def test_a_huge_playlist_comes_whole_and_in_order(api: WebApi, spotify: FakeSpotify) -> None:
    """Every page is asked for once, with the fields that are used and no others."""
    spotify.add_playlist(LIST, [row(number) for number in range(1013)])
    listing = await api.listing(ListingKind.PLAYLIST, LIST)
    assert [f"Song {number}" for number in range(1013)] == [t.title for t in listing.tracks]
    assert {"/api/token": 1, f"playlists/{LIST}": 1, ITEMS: 21} == spotify.counts
    asked = [query for path, query in spotify.asked if path == ITEMS]
    assert {("50", "US", "track,episode")} == {
        (query["limit"], query["market"], query["additional_types"]) for query in asked
    }
    assert all("external_ids(isrc)" in query["fields"] for query in asked)


async def test_the_json_of_pages_does_not_pile_up(api: WebApi, spotify: FakeSpotify) -> None:
    """Of 100 pages of half a megabyte, only those under way are in memory."""
    spotify.add_playlist(LIST, [row(number) for number in range(5000)])
    small = spotify.routes[ITEMS]
    spotify.routes[ITEMS] = lambda query: {**small(query), "markets": "x" * 500_000}
    tracemalloc.start()
    try:
        listing = await api.listing(ListingKind.PLAYLIST, LIST)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert 5000 == len(listing.tracks)
    assert peak < 40_000_000


ODD_ROWS: list[tuple[Any, RowKind, str]] = [
    ({"item": song(1)}, RowKind.SONG, "Song 1"),
    ({"track": song(2)}, RowKind.SONG, "Song 2"),
    ({"item": None, "track": song(3, track=True)}, RowKind.SONG, "Song 3"),
    ({"item": song(4, external_ids=None, album=None)}, RowKind.SONG, "Song 4"),
    ({"item": None}, RowKind.GONE, ""),
    ({"track": None}, RowKind.GONE, ""),
    (None, RowKind.GONE, ""),
    ({"item": {"id": None, "name": "Lost"}}, RowKind.GONE, "Lost"),
    ({"is_local": True, "item": song(5, id=None)}, RowKind.LOCAL, "Song 5"),
    ({"item": song(6, id=None, is_local=True)}, RowKind.LOCAL, "Song 6"),
    (
        {"item": song(7, type="episode", artists=None, show={"name": "Talk"})},
        RowKind.EPISODE,
        "Song 7",
    ),
]


async def test_odd_rows_are_named_and_keep_their_place(api: WebApi, spotify: FakeSpotify) -> None:
    """Null rows, local files and episodes stay in the count, in both shapes of a row."""
    spotify.add_playlist(LIST, [odd for odd, _, _ in ODD_ROWS])
    listing = await api.listing(ListingKind.PLAYLIST, LIST)
    assert [(kind, title) for _, kind, title in ODD_ROWS] == [
        (track.row, track.title) for track in listing.tracks
    ]
    assert len(ODD_ROWS) == listing.total
    assert ("Talk",) == listing.tracks[-1].artists
    assert [True] * 4 + [False] * 6 + [True] == [bool(track.url) for track in listing.tracks]


async def test_rows_that_spotify_counts_but_does_not_send_keep_their_number(
    api: WebApi, spotify: FakeSpotify
) -> None:
    """A short page does not move the rows of the next one."""
    rows = [row(number) for number in range(60)]

    def short(query: dict[str, str]) -> dict[str, Any]:
        offset = int(query["offset"])
        shown = rows[offset : offset + 50]
        return {"items": shown[:48] if offset == 0 else shown, "total": 60, "limit": 50}

    spotify.add_playlist(LIST, rows)
    spotify.routes[ITEMS] = short
    listing = await api.listing(ListingKind.PLAYLIST, LIST)
    assert 60 == len(listing.tracks)
    assert [RowKind.GONE] * 2 == [track.row for track in listing.tracks[48:50]]
    assert "Song 50" == listing.tracks[50].title


async def test_pages_follow_the_size_that_spotify_gives(api: WebApi, spotify: FakeSpotify) -> None:
    """Where an answer holds fewer rows to a page than asked for, no row is missed or doubled."""
    rows = [row(number) for number in range(95)]

    def small(query: dict[str, str]) -> dict[str, Any]:
        offset = int(query["offset"])
        return {"items": rows[offset : offset + 20], "total": 95, "limit": 20}

    spotify.add_playlist(LIST, rows)
    spotify.routes[ITEMS] = small
    listing = await api.listing(ListingKind.PLAYLIST, LIST)
    assert [f"Song {number}" for number in range(95)] == [t.title for t in listing.tracks]


@pytest.mark.parametrize(("failing", "kept"), [(50, 50), (150, 150)])
async def test_when_a_later_page_fails_the_rows_before_it_are_kept(
    api: WebApi, spotify: FakeSpotify, failing: int, kept: int
) -> None:
    """After all retries the listing says that it is cut, and how many rows there are."""
    rows = [row(number) for number in range(230)]
    spotify.add_playlist(LIST, rows)
    whole = spotify.routes[ITEMS]
    spotify.routes[ITEMS] = lambda query: (
        error(502, "Bad gateway") if query["offset"] == str(failing) else whole(query)
    )
    listing = await api.listing(ListingKind.PLAYLIST, LIST)
    assert (kept, 230, Cut.FAILED) == (len(listing.tracks), listing.total, listing.cut)
    tries = [query for path, query in spotify.asked if query.get("offset") == str(failing)]
    assert ATTEMPTS == len(tries)


async def test_a_page_that_fails_once_is_asked_for_again(api: WebApi, spotify: FakeSpotify) -> None:
    """A passing fault leaves no trace in the listing."""
    spotify.add_playlist(LIST, [row(1)])
    spotify.once[ITEMS] = [error(503, "Later"), requests.ReadTimeout()]
    listing = await api.listing(ListingKind.PLAYLIST, LIST)
    assert (1, None) == (len(listing.tracks), listing.cut)


async def test_a_restricted_app_learns_a_playlists_name_and_length(
    api: WebApi, spotify: FakeSpotify
) -> None:
    """Both routes of rows are refused; what the API told all the same is in the error."""
    spotify.add_playlist(LIST, [], items={"total": 145})
    spotify.always |= {ITEMS: NO_USER, TRACKS: FORBIDDEN}
    with pytest.raises(RowsRefused) as caught:
        await api.listing(ListingKind.PLAYLIST, LIST)
    assert ("Road trip", 145) == (caught.value.head.title, caught.value.head.total)
    assert {"/api/token": 1, f"playlists/{LIST}": 1, ITEMS: 2, TRACKS: 1} == spotify.counts


async def test_a_restricted_app_does_not_ask_for_rows_again(
    api: WebApi, spotify: FakeSpotify, now: SetClock
) -> None:
    """The second playlist costs one call, until the refusal is old."""
    spotify.add_playlist(LIST, [])
    spotify.always |= {ITEMS: NO_USER, TRACKS: FORBIDDEN}
    for _ in range(2):
        with pytest.raises(RowsRefused):
            await api.listing(ListingKind.PLAYLIST, LIST)
    assert {"/api/token": 1, f"playlists/{LIST}": 2, ITEMS: 2, TRACKS: 1} == spotify.counts
    now.time += KEPT
    spotify.always.clear()
    assert "Road trip" == (await api.listing(ListingKind.PLAYLIST, LIST)).title


async def test_an_older_app_reads_playlists_by_the_old_route(
    api: WebApi, spotify: FakeSpotify
) -> None:
    """The route that answered is used from then on."""
    spotify.add_playlist(LIST, [row(number) for number in range(70)], route="tracks")
    spotify.always[ITEMS] = FORBIDDEN
    for _ in range(2):
        listing = await api.listing(ListingKind.PLAYLIST, LIST)
        assert [f"Song {number}" for number in range(70)] == [t.title for t in listing.tracks]
    assert (2, 4) == (spotify.counts[ITEMS], spotify.counts[TRACKS])


async def test_one_refused_playlist_does_not_close_the_others(
    api: WebApi, spotify: FakeSpotify
) -> None:
    """Once a playlist was read, a refusal is about the one playlist alone."""
    spotify.add_playlist(LIST, [row(1)])
    spotify.add_playlist(ID, [])
    spotify.always[f"playlists/{ID}/items"] = FORBIDDEN
    await api.listing(ListingKind.PLAYLIST, LIST)
    with pytest.raises(RowsRefused):
        await api.listing(ListingKind.PLAYLIST, ID)
    assert 1 == len((await api.listing(ListingKind.PLAYLIST, LIST)).tracks)


async def test_spotifys_own_playlists_are_not_found(api: WebApi, spotify: FakeSpotify) -> None:
    """Editorial playlists answer 404 to apps; the next source may have them."""
    with pytest.raises(NotFound):
        await api.listing(ListingKind.PLAYLIST, "37i9dQZF1DXcBWIGoYBM5M")


async def test_a_playlist_without_its_name_is_left_to_the_next_source(
    api: WebApi, spotify: FakeSpotify
) -> None:
    """Rows alone make no listing."""
    spotify.add_playlist(LIST, [row(1)])
    spotify.always[f"playlists/{LIST}"] = error(503, "Later")
    with pytest.raises(Unavailable):
        await api.listing(ListingKind.PLAYLIST, LIST)


async def test_a_route_that_fails_while_the_other_is_tried_is_no_refusal(
    api: WebApi, spotify: FakeSpotify
) -> None:
    """Only two refusals show that the app may not read playlists."""
    spotify.add_playlist(LIST, [row(1)])
    spotify.once[ITEMS] = [FORBIDDEN, FORBIDDEN]
    spotify.always[TRACKS] = error(503, "Later")
    with pytest.raises(Unavailable):
        await api.listing(ListingKind.PLAYLIST, LIST)
    assert "Road trip" == (await api.listing(ListingKind.PLAYLIST, LIST)).title


@pytest.mark.parametrize(
    "page",
    [{}, {"items": []}, {"items": None, "total": 3}, {"items": [], "total": 10**9}],
)
async def test_pages_without_rows_or_with_an_absurd_number_are_unreadable(
    api: WebApi, spotify: FakeSpotify, page: dict[str, Any]
) -> None:
    """A playlist whose items are left out is not an empty playlist."""
    spotify.add_playlist(LIST, [])
    spotify.routes[ITEMS] = lambda _: page
    with pytest.raises(Unreadable):
        await api.listing(ListingKind.PLAYLIST, LIST)


async def test_an_empty_playlist_is_a_listing(api: WebApi, spotify: FakeSpotify) -> None:
    """A playlist may hold nothing yet."""
    spotify.add_playlist(LIST, [])
    listing = await api.listing(ListingKind.PLAYLIST, LIST)
    assert ((), 0, None) == (listing.tracks, listing.total, listing.cut)
