"""What is sent packed is unpacked piece by piece, once, and counted: for every client of httpx."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib
from typing import TYPE_CHECKING

import pytest
from telegram.error import NetworkError
from werkzeug import Response

from bot.config import load
from bot.errors import Unreadable
from bot.net.http import MOST_BYTES, fetch
from bot.net.network import Network
from bot.telegram.request import TelegramRequest

if TYPE_CHECKING:
    from pytest_httpserver import HTTPServer

    from bot.config import Settings

HUGE = 128 * 1024 * 1024  # what 128 KB unpack to


@pytest.fixture
def settings(httpserver: HTTPServer) -> Settings:
    url = httpserver.url_for("/").rstrip("/")
    return load(_env_file=None, spotify_web_url=url, telegram_base_url=url)


@pytest.fixture(scope="session")
def bomb() -> bytes:
    pack = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    zeros = bytes(HUGE // 64)
    return b"".join([*(pack.compress(zeros) for _ in range(64)), pack.flush()])


def send(httpserver: HTTPServer, body: bytes, encoding: str = "gzip") -> None:
    answer = Response(body)
    answer.headers["Content-Encoding"] = encoding
    httpserver.expect_request("/page").respond_with_response(answer)


async def read(settings: Settings, most: int = 1000) -> str:
    async with Network(settings) as net:
        url = f"{settings.spotify_web_url}/page"
        return (await fetch(net.http, url, max_bytes=most, within_s=20)).text


async def test_a_packed_page(settings: Settings, httpserver: HTTPServer) -> None:
    """Only the way in which answers may be packed is asked for; what came so is the page."""
    send(httpserver, gzip.compress("Ä page".encode()))

    assert "Ä page" == await read(settings)
    [(request, _)] = httpserver.log
    assert "gzip" == request.headers["Accept-Encoding"]


@pytest.mark.parametrize(
    ("body", "encoding", "why"),
    [
        (gzip.compress(gzip.compress(b"page")), "gzip, gzip", "not asked for"),
        (zlib.compress(b"page"), "deflate", "not asked for"),
        (b"page", "br", "not asked for"),
        (b"page", "gzip", "cannot be unpacked"),
        (gzip.compress(b"page" * 100)[:-9], "gzip", "without its end"),
        (gzip.compress(b"x" * 1001), "gzip", "more than 1000 bytes"),
    ],
    ids=["layers", "deflate", "brotli", "not packed", "cut short", "too large"],
)
async def test_what_is_packed_otherwise(
    settings: Settings, httpserver: HTTPServer, body: bytes, encoding: str, why: str
) -> None:
    """Layers, other ways, broken ends and what is too large once unpacked cannot be read."""
    send(httpserver, body, encoding)
    with pytest.raises(Unreadable, match=why):
        await read(settings)


async def test_a_bomb_takes_no_room(
    settings: Settings, httpserver: HTTPServer, bomb: bytes
) -> None:
    """Of 128 MB little more is unpacked than may be read."""
    send(httpserver, bomb)
    tracemalloc.start()
    with pytest.raises(Unreadable, match="more than 1000 bytes"):
        await read(settings)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < MOST_BYTES


@pytest.mark.parametrize("encoding", ["gzip", "gzip, gzip"])
async def test_telegram_is_no_exception(
    settings: Settings, httpserver: HTTPServer, bomb: bytes, encoding: str
) -> None:
    """An answer or a file of Telegram's is bounded too, once unpacked."""
    send(httpserver, bomb, encoding)
    async with TelegramRequest(settings) as request:
        with pytest.raises(NetworkError, match=r"packed answer"):
            await request.do_request(f"{settings.telegram_base_url}/page", "GET")
