from __future__ import annotations

import threading
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Self

import pytest
import requests
from requests.adapters import HTTPAdapter
from werkzeug import Response

from bot.errors import Unavailable, Unreadable
from bot.spotify.client import Client, Credentials
from tests.spotify.webapi import SECRET, TOKEN_URL, FakeSpotify, song

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytest_httpserver import HTTPServer

ID = "4uLU6hMCjMI75M1A2tKUQC"
THREADS = 8


class CountedLock:
    """A lock that tells how many came to it."""

    def __init__(self) -> None:
        self.came = threading.Semaphore(0)
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        self.came.release()
        self._lock.acquire()
        return self

    def __exit__(self, *_: object) -> None:
        self._lock.release()


def test_threads_that_wait_for_a_token_share_its_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    """A token service that hangs is waited for once, not once more by every thread in turn."""
    spotify, lock = FakeSpotify(), CountedLock()
    credentials = Credentials("id", SECRET, token_url=TOKEN_URL, adapter=spotify)
    monkeypatch.setattr(credentials, "_lock", lock)

    def hang() -> requests.ReadTimeout:
        assert all(lock.came.acquire(timeout=10) for _ in range(THREADS))
        return requests.ReadTimeout()

    spotify.token = hang
    with ThreadPoolExecutor(THREADS) as pool:
        calls = [pool.submit(credentials.get_access_token) for _ in range(THREADS)]
    assert {Unavailable} == {type(call.exception()) for call in calls}
    assert {"/api/token": 1} == spotify.counts
    spotify.token = None
    assert "token-1" == credentials.get_access_token()


def test_only_the_token_that_was_refused_is_dropped() -> None:
    """A thread that comes late with the old token does not throw the new one away."""
    spotify = FakeSpotify()
    credentials = Credentials("id", SECRET, token_url=TOKEN_URL, adapter=spotify)
    credentials.forget("none yet")
    old = credentials.get_access_token()
    credentials.forget(old)
    new = credentials.get_access_token()
    credentials.forget(old)
    assert ("token-1", "token-2", new) == (old, new, credentials.get_access_token())


@pytest.fixture
def client(httpserver: HTTPServer) -> Iterator[Client]:
    """A client with the real transport, against a server on loopback."""
    adapter = HTTPAdapter()
    httpserver.expect_request("/token").respond_with_json(
        {"access_token": "token", "expires_in": 3600}
    )
    credentials = Credentials("id", SECRET, token_url=httpserver.url_for("/token"), adapter=adapter)
    yield Client(credentials, api_url=httpserver.url_for("/v1"), adapter=adapter)
    adapter.close()


def test_asks_over_the_wire(client: Client, httpserver: HTTPServer) -> None:
    """The request carries the token and the market, and no slash at the end of its path."""
    httpserver.expect_request(
        f"/v1/tracks/{ID}",
        query_string={"market": "US"},
        headers={"Authorization": "Bearer token"},
    ).respond_with_json(song(1))
    assert "Song 1" == client.ask(f"tracks/{ID}", market="US")["name"]


def test_netrc_replaces_no_token(
    client: Client, httpserver: HTTPServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What ~/.netrc says of a host, or of all, is neither the app's secret nor its token."""
    (tmp_path / "netrc").write_text("default login mallory password pwned")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    httpserver.expect_request(f"/v1/tracks/{ID}").respond_with_json(song(1))
    client.ask(f"tracks/{ID}", market="US")

    token, track = (request.headers["Authorization"] for request, _ in httpserver.log)
    assert (f"Basic {b64encode(f'id:{SECRET}'.encode()).decode()}", "Bearer token") == (
        token,
        track,
    )


def test_by_the_proxy_of_the_environment(
    client: Client, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the environment names a proxy, requests go there, and with the token."""
    monkeypatch.setenv("http_proxy", httpserver.url_for("/"))
    client.prefix = "http://api.test/v1/"
    httpserver.expect_request(
        f"/v1/tracks/{ID}", headers={"Host": "api.test", "Authorization": "Bearer token"}
    ).respond_with_json(song(1))
    assert "Song 1" == client.ask(f"tracks/{ID}", market="US")["name"]


def test_an_answer_that_ends_early_is_an_error(client: Client, httpserver: HTTPServer) -> None:
    """A connection that is cut in the middle of the JSON may do better at the next try."""
    answer = Response('{"name": "cut', content_type="application/json")
    answer.headers["Content-Length"] = "400"
    httpserver.expect_request(f"/v1/tracks/{ID}").respond_with_response(answer)
    with pytest.raises(Unavailable):
        client.ask(f"tracks/{ID}", market="US")


def test_a_redirect_is_not_followed(client: Client, httpserver: HTTPServer) -> None:
    """The token goes to the configured host and nowhere else."""
    answer = Response("", 302, {"Location": httpserver.url_for("/elsewhere")})
    httpserver.expect_request(f"/v1/tracks/{ID}").respond_with_response(answer)
    with pytest.raises(Unreadable):
        client.ask(f"tracks/{ID}", market="US")
    assert ["/token", f"/v1/tracks/{ID}"] == [request.path for request, _ in httpserver.log]
