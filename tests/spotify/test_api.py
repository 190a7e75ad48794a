from __future__ import annotations

import asyncio
import logging
import threading
import tracemalloc
from typing import TYPE_CHECKING, Any

import pytest
import requests

from bot.errors import NotFound, RateLimited, Refused, SourceError, Unavailable, Unreadable
from bot.models import Cut, ListingKind, RowKind, Source
from bot.spotify.api import WebApi
from bot.spotify.faults import QUOTA_EXCEEDED_S, AppRefused, TokenRefused
from bot.spotify.refusals import APP_KEPT, KEPT, RowsRefused
from bot.spotify.rights import PROBE_ALBUM, PROBE_PLAYLIST, PROBE_TRACK, Right
from bot.upstream import ATTEMPTS
from tests.spotify.webapi import API_URL, SECRET, TOKEN_URL, FakeSpotify, Reply, error, row, song

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.upstream import Upstream
    from tests.conftest import SetClock

ID = "4uLU6hMCjMI75M1A2tKUQC"
LIST = "3cEYpjA9oz9GiPac4AsH4n"
ITEMS, TRACKS = f"playlists/{LIST}/items", f"playlists/{LIST}/tracks"
NO_USER = error(401, "Valid user authentication required")
FORBIDDEN = error(403, "Forbidden")
PREMIUM = Reply(403, "Active premium subscription required for the owner of the app.")


@pytest.fixture
def spotify() -> FakeSpotify:
    return FakeSpotify()


@pytest.fixture
def api(spotify: FakeSpotify, api_upstream: Upstream, now: SetClock) -> Iterator[WebApi]:
    api = WebApi(
        "client-id",
        SECRET,
        market="US",
        api_url=API_URL,
        token_url=TOKEN_URL,
        upstream=api_upstream,
        adapter=spotify,
        clock=now,
    )
    yield api
    api.close()


async def test_a_track_keeps_the_id_that_was_asked_for(api: WebApi, spotify: FakeSpotify) -> None:
    """One call gives the card's facts; relinking does not change the link that people get."""
    relinked = song(1, id="0" * 22, linked_from={"id": "1" * 22}, explicit=True)
    relinked["album"]["images"] = [
        {"url": "https://i.scdn.test/300", "width": 300},
        {"url": "https://i.scdn.test/640", "width": 640},
    ]
    spotify.routes[f"tracks/{ID}"] = lambda _: relinked
    listing = await api.listing(ListingKind.TRACK, ID)
    track = listing.tracks[0]
    assert (ListingKind.TRACK, ID, "Song 1", Source.WEB_API, 1, None) == (
        listing.kind,
        listing.id,
        listing.title,
        listing.source,
        listing.total,
        listing.cut,
    )
    assert ("Daft Punk, Romanthony", 2001, "https://i.scdn.test/640") == (
        listing.owner,
        listing.year,
        listing.cover_url,
    )
    assert (ID, ("Daft Punk", "Romanthony"), "Discovery", 200_001, "GBDUW0000001", True) == (
        track.spotify_id,
        track.artists,
        track.album,
        track.duration_ms,
        track.isrc,
        track.explicit,
    )
    assert [("/api/token", {}), (f"tracks/{ID}", {"market": "US"})] == spotify.asked


async def test_a_short_album_takes_one_call(api: WebApi, spotify: FakeSpotify) -> None:
    """The album's own answer holds its first 50 tracks, so no more is asked for."""
    rows = [song(number, album=None, external_ids=None) for number in range(14)]
    spotify.add_album(ID, rows)
    listing = await api.listing(ListingKind.ALBUM, ID)
    assert ("Discovery", "Daft Punk", 2001, 14, None) == (
        listing.title,
        listing.owner,
        listing.year,
        listing.total,
        listing.cut,
    )
    assert [f"Song {number}" for number in range(14)] == [t.title for t in listing.tracks]
    assert {("Discovery", None)} == {(track.album, track.isrc) for track in listing.tracks}
    assert {"/api/token": 1, f"albums/{ID}": 1} == spotify.counts


async def test_a_long_album_is_paged(api: WebApi, spotify: FakeSpotify) -> None:
    """All tracks of a box set come, in order, with no call for a single track."""
    spotify.add_album(ID, [song(number) for number in range(121)])
    listing = await api.listing(ListingKind.ALBUM, ID)
    assert [f"Song {number}" for number in range(121)] == [t.title for t in listing.tracks]
    assert 121 == listing.total
    assert ["50", "100"] == sorted(
        (query["offset"] for path, query in spotify.asked if path.endswith("tracks")), key=int
    )


async def test_an_album_without_tracks_is_not_there(api: WebApi, spotify: FakeSpotify) -> None:
    """An album that the market does not have is left to the next source."""
    spotify.add_album(ID, [])
    with pytest.raises(NotFound):
        await api.listing(ListingKind.ALBUM, ID)


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


async def test_an_artist_is_the_top_ten(api: WebApi, spotify: FakeSpotify) -> None:
    """The old route still answers apps made before 2026-02-11."""
    spotify.routes[f"artists/{ID}"] = lambda _: {"name": "Daft Punk", "images": []}
    spotify.routes[f"artists/{ID}/top-tracks"] = lambda _: {"tracks": [song(n) for n in range(10)]}
    listing = await api.listing(ListingKind.ARTIST, ID)
    assert ("Daft Punk", None, 10, 10) == (
        listing.title,
        listing.owner,
        listing.total,
        len(listing.tracks),
    )


async def test_a_refused_top_ten_is_not_asked_for_at_every_link(
    api: WebApi, spotify: FakeSpotify, now: SetClock
) -> None:
    """What the class of the app forbids is remembered for a while."""
    spotify.routes[f"artists/{ID}"] = lambda _: {"name": "Daft Punk"}
    spotify.always[f"artists/{ID}/top-tracks"] = FORBIDDEN
    for _ in range(2):
        with pytest.raises(Refused):
            await api.listing(ListingKind.ARTIST, ID)
    assert 1 == spotify.counts[f"artists/{ID}/top-tracks"]
    now.time += KEPT
    with pytest.raises(Refused):
        await api.listing(ListingKind.ARTIST, ID)
    assert 2 == spotify.counts[f"artists/{ID}/top-tracks"]


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


FAULTS: list[tuple[Reply | Exception, type[SourceError], int]] = [
    (error(400, "Invalid base62 id"), NotFound, 1),
    (error(400, "Invalid limit"), Unreadable, 1),
    (NO_USER, Refused, 1),
    (error(401, "Invalid access token"), TokenRefused, 2),
    (FORBIDDEN, Refused, 1),
    (PREMIUM, AppRefused, 1),
    (error(404, "Resource not found"), NotFound, 1),
    (error(500, "Server error"), Unavailable, ATTEMPTS),
    (Reply(502, "<html><body>Bad gateway</body></html>"), Unavailable, ATTEMPTS),
    (Reply(503, ["not", "an", "object"]), Unavailable, ATTEMPTS),
    (Reply(503, {"error": "a text"}), Unavailable, ATTEMPTS),
    (Reply(503, ""), Unavailable, ATTEMPTS),
    (Reply(503, "[" * 100_000), Unavailable, ATTEMPTS),
    (Reply(408, ""), Unavailable, ATTEMPTS),
    (Reply(302, "", {"Location": "https://evil.test/"}), Unreadable, 1),
    (Reply(418, {"error": {"message": 5}}), Unreadable, 1),
    (Reply(200, "<html>blocked</html>"), Unreadable, 1),
    (Reply(200, '{"name": "cut sh'), Unreadable, 1),
    (Reply(200, ["a", "list"]), Unreadable, 1),
    (Reply(200, "null"), Unreadable, 1),
    (Reply(200, {}), Unreadable, 1),
    (Reply(200, {"name": None}), Unreadable, 1),
    (requests.ConnectTimeout(), Unavailable, ATTEMPTS),
    (requests.ReadTimeout(), Unavailable, ATTEMPTS),
    (requests.ConnectionError(), Unavailable, ATTEMPTS),
    (requests.exceptions.ChunkedEncodingError(), Unavailable, ATTEMPTS),
    (SystemError(), Unreadable, 1),
    (AssertionError(), Unreadable, 1),
]


@pytest.mark.parametrize("case", FAULTS)
@pytest.mark.parametrize("kind", [ListingKind.TRACK, ListingKind.ALBUM, ListingKind.ARTIST])
async def test_each_fault_has_its_meaning(
    api: WebApi,
    spotify: FakeSpotify,
    kind: ListingKind,
    case: tuple[Reply | Exception, type[SourceError], int],
) -> None:
    """Only what may pass is tried again, and nothing but the errors of this program comes out."""
    fault, expected, calls = case
    spotify.routes[f"artists/{ID}/top-tracks"] = lambda _: {"tracks": []}
    spotify.always[f"{kind}s/{ID}"] = fault
    with pytest.raises(SourceError) as caught:
        await api.listing(kind, ID)
    assert expected is caught.type
    assert calls == spotify.counts[f"{kind}s/{ID}"]


@pytest.mark.parametrize(
    ("reply", "calls", "waits"),
    [
        (Reply(429, "", {"Retry-After": "2"}), ATTEMPTS, 2.0),
        (Reply(429, "", {"Retry-After": "86236"}), 1, 86_236.0),
        (Reply(429, {"error": {"status": 429, "message": "API rate limit exceeded"}}), 1, 30.0),
        (Reply(429, "", {"Retry-After": "Fri, 20 Nov 2026 19:00:00 GMT"}), 1, 30.0),
        (error(429, "Quota", reason="QUOTA_EXCEEDED"), 1, QUOTA_EXCEEDED_S),
    ],
)
async def test_a_rate_limit_is_waited_for_only_when_it_is_short(
    api: WebApi, spotify: FakeSpotify, reply: Reply, calls: int, waits: float
) -> None:
    """A long Retry-After opens the circuit, and nobody asks until it is over."""
    spotify.always[f"tracks/{ID}"] = reply
    with pytest.raises(RateLimited) as caught:
        await api.listing(ListingKind.TRACK, ID)
    assert waits == caught.value.retry_after_s
    assert calls == spotify.counts[f"tracks/{ID}"]
    if calls == 1:
        with pytest.raises(Unavailable):
            await api.listing(ListingKind.TRACK, ID)
        assert 1 == spotify.counts[f"tracks/{ID}"]


TOKEN_FAULTS: list[tuple[Reply | Exception, type[SourceError]]] = [
    (Reply(400, {"error": "invalid_client", "error_description": "Invalid client"}), AppRefused),
    (Reply(401, {"error": {"message": "No"}}), AppRefused),
    (Reply(403, PREMIUM.body), AppRefused),
    (Reply(400, "<html>"), AppRefused),
    (Reply(429, "", {"Retry-After": "60"}), RateLimited),
    (Reply(500, ""), Unavailable),
    (Reply(404, "gone"), Unreadable),
    (Reply(200, "<html>"), Unreadable),
    (Reply(200, ["a", "list"]), Unreadable),
    (Reply(200, {"access_token": "no end"}), Unreadable),
    (requests.ReadTimeout(), Unavailable),
    (requests.ConnectionError(), Unavailable),
]


@pytest.mark.parametrize(("fault", "expected"), TOKEN_FAULTS)
async def test_each_fault_of_the_token_service_has_its_meaning(
    api: WebApi, spotify: FakeSpotify, fault: Reply | Exception, expected: type[SourceError]
) -> None:
    """Wrong credentials are told from a token service that is down."""
    spotify.token = fault
    with pytest.raises(SourceError) as caught:
        await api.warm_up()
    assert expected is caught.type


async def test_wrong_credentials_name_the_settings_and_not_the_secret(
    api: WebApi, spotify: FakeSpotify
) -> None:
    """The operator reads which variables are wrong."""
    spotify.token = Reply(400, {"error": "invalid_client"})
    with pytest.raises(AppRefused, match=r"SPOTIFY_CLIENT_SECRET.*invalid_client") as caught:
        await api.listing(ListingKind.TRACK, ID)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("fault", [PREMIUM, error(401, "Bad token")])
async def test_an_app_that_is_refused_altogether_stops_asking(
    api: WebApi, spotify: FakeSpotify, now: SetClock, fault: Reply
) -> None:
    """Calls that must fail are spared for some minutes, with the operator's reason kept."""
    spotify.always[f"tracks/{ID}"] = fault
    with pytest.raises(AppRefused) as first:
        await api.listing(ListingKind.TRACK, ID)
    calls = len(spotify.asked)
    with pytest.raises(AppRefused) as second:
        await api.listing(ListingKind.ALBUM, ID)
    assert first.value.detail == second.value.detail
    assert calls == len(spotify.asked)
    now.time += APP_KEPT
    spotify.routes[f"tracks/{LIST}"] = lambda _: song(1)
    assert "Song 1" == (await api.listing(ListingKind.TRACK, LIST)).title


async def test_an_app_refused_at_a_playlist_is_no_refusal_of_playlists(
    api: WebApi, spotify: FakeSpotify, now: SetClock
) -> None:
    """When Premium is paid again, playlists are read again at once."""
    spotify.add_playlist(LIST, [row(1)])
    spotify.always |= {ITEMS: PREMIUM, f"playlists/{LIST}": PREMIUM}
    with pytest.raises(AppRefused):
        await api.listing(ListingKind.PLAYLIST, LIST)
    now.time += APP_KEPT
    spotify.always.clear()
    assert 1 == len((await api.listing(ListingKind.PLAYLIST, LIST)).tracks)


async def test_an_app_refused_between_two_routes_is_told_as_such(
    api: WebApi, spotify: FakeSpotify
) -> None:
    """A refusal of the app while the old route is tried is not taken for one of the rows."""
    spotify.add_playlist(LIST, [])
    spotify.always |= {ITEMS: FORBIDDEN, TRACKS: PREMIUM}
    with pytest.raises(AppRefused):
        await api.listing(ListingKind.PLAYLIST, LIST)


async def test_a_refused_app_is_not_taken_for_a_refused_top_ten(
    api: WebApi, spotify: FakeSpotify, now: SetClock
) -> None:
    """The artist is asked for again as soon as the app is let in."""
    path = f"artists/{ID}/top-tracks"
    spotify.routes |= {f"artists/{ID}": lambda _: {"name": "A"}, path: lambda _: {"tracks": []}}
    spotify.always[path] = PREMIUM
    with pytest.raises(AppRefused):
        await api.listing(ListingKind.ARTIST, ID)
    now.time += APP_KEPT
    spotify.always.clear()
    assert "A" == (await api.listing(ListingKind.ARTIST, ID)).title


async def test_top_tracks_without_a_list_are_unreadable(api: WebApi, spotify: FakeSpotify) -> None:
    """An artist page in an unknown shape is not an artist without songs."""
    spotify.routes[f"artists/{ID}"] = lambda _: {"name": "A"}
    spotify.routes[f"artists/{ID}/top-tracks"] = lambda _: {"tracks": None}
    with pytest.raises(Unreadable):
        await api.listing(ListingKind.ARTIST, ID)


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


async def test_eight_cold_threads_ask_for_one_token(api: WebApi, spotify: FakeSpotify) -> None:
    """The token is fetched once however many calls wait for it."""
    spotify.routes[f"tracks/{ID}"] = lambda _: song(1)
    spotify.together = threading.Barrier(8)
    await asyncio.gather(*(api.listing(ListingKind.TRACK, ID) for _ in range(8)))
    assert {"/api/token": 1, f"tracks/{ID}": 8} == spotify.counts


async def test_an_expired_token_is_renewed_once(api: WebApi, spotify: FakeSpotify) -> None:
    """Calls that meet the old token together renew it together."""
    spotify.routes[f"tracks/{ID}"] = lambda _: song(1)
    await api.listing(ListingKind.TRACK, ID)
    spotify.revoke()
    await asyncio.gather(*(api.listing(ListingKind.TRACK, ID) for _ in range(4)))
    assert 2 == spotify.counts["/api/token"]


async def test_a_demand_for_a_user_never_renews_the_token(
    api: WebApi, spotify: FakeSpotify
) -> None:
    """A fresh token would be refused the same way, for ever."""
    spotify.always[f"tracks/{ID}"] = NO_USER
    for _ in range(3):
        with pytest.raises(Refused):
            await api.listing(ListingKind.TRACK, ID)
    assert {"/api/token": 1, f"tracks/{ID}": 3} == spotify.counts


async def test_no_secret_is_logged(
    api: WebApi, spotify: FakeSpotify, caplog: pytest.LogCaptureFixture
) -> None:
    """Even at DEBUG, neither the secret nor the token nor what encodes them is written."""
    caplog.set_level(logging.DEBUG)
    spotify.routes[f"tracks/{ID}"] = lambda _: song(1)
    await api.listing(ListingKind.TRACK, ID)
    spotify.always[f"tracks/{ID}"] = error(500, "Server error")
    with pytest.raises(Unavailable):
        await api.listing(ListingKind.TRACK, ID)
    written = caplog.text.lower()
    assert not [word for word in ("bearer", "basic ", "token-1", SECRET) if word in written]


@pytest.mark.parametrize("odd", ["../me", "a?b=c", "a b"])
async def test_an_odd_id_cannot_reach_another_route(
    api: WebApi, spotify: FakeSpotify, odd: str
) -> None:
    """Ids come from outside: they stay one step of the path."""
    with pytest.raises(NotFound):
        await api.listing(ListingKind.TRACK, odd)
    path, query = spotify.asked[-1]
    assert ({"market": "US"}, 1) == (query, path.count("/"))


async def test_probe_tells_what_a_restricted_app_may_do(api: WebApi, spotify: FakeSpotify) -> None:
    """Each kind of call is tried once; a refusal is an answer with its reason."""
    spotify.routes[f"tracks/{PROBE_TRACK}"] = lambda _: song(1)
    spotify.routes["search"] = lambda _: {"tracks": {"items": []}}
    spotify.add_album(PROBE_ALBUM, [song(1)])
    spotify.add_playlist(PROBE_PLAYLIST, [])
    spotify.always |= {ITEMS: NO_USER, TRACKS: FORBIDDEN}
    rights = await api.probe()
    assert [True, True, True, False] == [
        bool(right) for right in (rights.track, rights.album, rights.search, rights.playlist_items)
    ]
    assert "user's consent" in rights.playlist_items.reason


async def test_probe_answers_when_nothing_does(api: WebApi, spotify: FakeSpotify) -> None:
    """With wrong credentials every right is refused with the reason, and nothing is raised."""
    spotify.token = Reply(400, {"error": "invalid_client"})
    rights = await api.probe()
    assert {False} == {bool(rights.track), bool(rights.album), bool(rights.search)}
    assert "invalid_client" in rights.search.reason
    assert Right(allowed=True) != rights.playlist_items
