from __future__ import annotations

import gzip
import threading
import time
from typing import TYPE_CHECKING

import pytest
import requests
from werkzeug import Response

from bot.clock import Timing
from bot.errors import Service, Unavailable, Unreadable
from bot.net.bounded import MAX_BYTES, Bounded, KeptConnections
from tests.drip import HEAD_200, dripping

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_httpserver import HTTPServer

CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
SILENCE_S = 30.0


@pytest.fixture
def session() -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.trust_env = False
        mount(session)
        yield session


def mount(session: requests.Session, *, timing: Timing = Timing(), most: int = MAX_BYTES) -> None:
    under = KeptConnections(1, timing=timing)
    session.mount("http://", Bounded(Service.SPOTIFY_API, under=under, timing=timing, most=most))


@pytest.mark.parametrize(
    ("begin", "drop", "error"),
    [
        (b"H", b"T", requests.RequestException),
        (b"HTTP/1.1 200 OK\r\nX-Long: ", b"a", requests.Timeout),
        (b"HTTP/1.1 200 OK\r\n", b"X-More: a\r\n", requests.Timeout),
        (HEAD_200, b" ", Unavailable),
        (CHUNKED, b"0", Unavailable),
        (CHUNKED + b"ffff\r\n", b" ", Unavailable),
        (CHUNKED, b"1\r\n \r\n", Unavailable),
    ],
)
def test_a_drip_ends_with_its_time(
    session: requests.Session,
    *,
    begin: bytes,
    drop: bytes,
    error: type[Exception],
) -> None:
    """Wherever an answer drips, in its head or its body, the thread that reads it is freed."""
    mount(session, timing=Timing(whole_answer_s=0.1))
    started = time.monotonic()

    with dripping(begin, drop) as address, pytest.raises(error):
        session.get(address, timeout=SILENCE_S)

    assert time.monotonic() - started < SILENCE_S / 2


@pytest.mark.parametrize("packed", [False, True])
def test_what_is_too_large_is_not_read(
    session: requests.Session,
    httpserver: HTTPServer,
    *,
    packed: bool,
) -> None:
    """What counts is the size once unpacked: few bytes on the wire can stand for very many."""
    mount(session, most=100_000)
    body = b"x" * 100_001
    answer = Response(gzip.compress(body) if packed else body)
    if packed:
        answer.headers["Content-Encoding"] = "gzip"
    httpserver.expect_request("/").respond_with_response(answer)

    with pytest.raises(Unreadable, match="more than 100000 bytes"):
        session.get(httpserver.url_for("/"))


def test_what_is_in_bounds_comes_whole(session: requests.Session, httpserver: HTTPServer) -> None:
    """Status, headers and body are those that were sent."""
    answer = Response("ü" * 50_000, 404, {"X-Told": "yes"})
    httpserver.expect_request("/").respond_with_response(answer)

    found = session.get(httpserver.url_for("/"))

    assert (404, "yes", "ü" * 50_000) == (found.status_code, found.headers["X-Told"], found.text)


@pytest.mark.parametrize("encoding", ["gzip, gzip", "deflate", "br"])
def test_answers_come_packed_once(
    session: requests.Session, httpserver: HTTPServer, encoding: str
) -> None:
    """Layers of packing make gigabytes of hundreds of bytes; what was not asked for is not read."""
    answer = Response(gzip.compress(gzip.compress(b"x")))
    answer.headers["Content-Encoding"] = encoding
    httpserver.expect_request("/").respond_with_response(answer)

    with pytest.raises(Unreadable, match="not asked for"):
        session.get(httpserver.url_for("/"))
    [(request, _)] = httpserver.log
    assert "gzip" == request.headers["Accept-Encoding"]


def test_without_a_thread_for_its_time(
    session: requests.Session, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer whose time nobody can watch is given up, as one that may pass."""
    httpserver.expect_request("/").respond_with_data("x")

    def start(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    url = httpserver.url_for("/")
    monkeypatch.setattr(threading.Timer, "start", start)
    with pytest.raises(Unavailable, match="no thread"):
        session.get(url)
