from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

import pytest
import requests

from bot.clock import Timing
from bot.errors import NotFound, RateLimited, Refused, SourceError, Unavailable, Unreadable
from bot.models import ListingKind
from bot.net.circuit import ATTEMPTS
from bot.spotify.api import WebApi
from bot.spotify.faults import APP_KEPT, QUOTA_EXCEEDED_S, AppRefused, TokenRefused
from tests.drip import HEAD_200, dripping
from tests.spotify.webapi import (
    FORBIDDEN,
    NO_USER,
    PREMIUM,
    SECRET,
    FakeSpotify,
    Reply,
    error,
    row,
    song,
)

if TYPE_CHECKING:
    from pytest_httpserver import HTTPServer

    from bot.net.circuit import CircuitBreaker
    from tests.conftest import SetClock

ID = "4uLU6hMCjMI75M1A2tKUQC"
LIST = "3cEYpjA9oz9GiPac4AsH4n"
ITEMS, TRACKS = f"playlists/{LIST}/items", f"playlists/{LIST}/tracks"


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
        (Reply(429, "", {"Retry-After": "soon"}), 1, 30.0),
        (error(429, "Quota", reason="QUOTA_EXCEEDED"), 1, QUOTA_EXCEEDED_S),
        (Reply(429, {"error": "Quota", "reason": "QUOTA_EXCEEDED"}), 1, QUOTA_EXCEEDED_S),
        (Reply(429, {"error": {}, "reason": "QUOTA_EXCEEDED"}), 1, QUOTA_EXCEEDED_S),
        (Reply(429, {"error": "QUOTA_EXCEEDED"}), 1, QUOTA_EXCEEDED_S),
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


@pytest.mark.parametrize("dripping_token", [False, True])
async def test_an_answer_that_drips_frees_its_thread(
    httpserver: HTTPServer,
    api_upstream: CircuitBreaker,
    *,
    dripping_token: bool,
) -> None:
    """Be it a page or the token: whoever comes next finds the only thread free."""
    token = {"access_token": "token", "expires_in": 3600}
    httpserver.expect_request("/token").respond_with_json(token)
    with dripping(HEAD_200) as address:
        api = WebApi(
            "client-id",
            SECRET,
            market="US",
            api_url=address,
            token_url=address if dripping_token else httpserver.url_for("/token"),
            circuit=api_upstream,
            width=1,
            timing=Timing(whole_answer_s=0.5),  # its head comes within that on a busy machine
        )
        async with asyncio.timeout(10):
            for _ in range(2):
                with pytest.raises(Unavailable, match="too slow"):
                    await api.listing(ListingKind.TRACK, ID)
    api.close()
