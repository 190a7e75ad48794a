"""The way to Telegram on aiohttp: sockets, proxies, times, and what it says of a failure."""

from __future__ import annotations

import asyncio
import socket
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from telegram.error import NetworkError, TimedOut
from telegram.request import RequestData
from telegram.request._requestparameter import RequestParameter

from bot.config import load
from bot.telegram import request as way
from bot.telegram.request import TelegramRequest

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

TOKEN = "bot123:abcdefghijklmnopqrstuvwxyz"
WELL = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


class Raw:
    """Answers each request with `says`, and keeps their heads; nothing to say is silence."""

    def __init__(self, says: bytes) -> None:
        self.says = says
        self.heads: list[str] = []
        self.sockets = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.sockets += 1
        try:
            while True:
                self.heads.append((await reader.readuntil(b"\r\n\r\n")).decode())
                writer.write(self.says)
                if not self.says:
                    await asyncio.sleep(60)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # whoever asked has gone
        finally:
            writer.close()


@asynccontextmanager
async def raw(says: bytes = WELL) -> AsyncIterator[tuple[Raw, str]]:
    there = Raw(says)
    serving = set[asyncio.Task[None]]()

    def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving.add(asyncio.create_task(there.serve(reader, writer)))

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield there, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for task in serving:
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)


async def ask(url: str, *, answer_s: float = 5.0, base: str | None = None, times: int = 1) -> bytes:
    settings = load(_env_file=None, telegram_base_url=base or url)
    async with TelegramRequest(settings, answer_s=answer_s, connections=1) as request:
        calls = (request.do_request(f"{base or url}/{TOKEN}/getMe", "POST") for _ in range(times))
        return (await asyncio.gather(*calls))[0][1]


async def test_sockets_are_kept_and_few() -> None:
    """Calls beyond the connections wait for one of them, and no call needs a new one."""
    async with raw() as (there, url):
        await ask(url, times=5)

    assert (5, 1) == (len(there.heads), there.sockets)


async def test_a_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """With its name and password; Telegram itself is not asked."""
    async with raw() as (there, url):
        monkeypatch.setenv("HTTP_PROXY", url.replace("//", "//me:secret@"))
        monkeypatch.setenv("http_proxy", url.replace("//", "//me:secret@"))
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        await ask(url, base="http://telegram.test")

    [head] = there.heads
    assert head.startswith(f"POST http://telegram.test/{TOKEN}/getMe")
    assert "Proxy-Authorization: Basic bWU6c2VjcmV0" in head


async def test_a_host_may_be_left_out_of_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """NO_PROXY holds for Telegram too: a local Bot API server is asked directly."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    async with raw() as (_, url):
        assert b"{}" == await ask(url)


async def test_silence_ends() -> None:
    """A call without an answer is given up after its time."""
    async with raw(b"") as (_, url):
        with pytest.raises(TimedOut):
            await ask(url, answer_s=0.05)


async def test_what_nobody_reads_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also a file whose receiver stands still, in the time that its size may take."""
    monkeypatch.setattr(way, "SLOWEST", 10**9)
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        url = f"http://127.0.0.1:{deaf.getsockname()[1]}"
        settings = load(_env_file=None, telegram_base_url=url)
        large = RequestData([RequestParameter("text", "x" * 20_000_000, None)])
        async with TelegramRequest(settings, answer_s=0.02, connect_s=0.02) as request:
            with pytest.raises(TimedOut):
                await request.do_request(f"{url}/{TOKEN}/sendMessage", "POST", large)


@pytest.mark.parametrize(
    "says", [b"no HTTP\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n"]
)
async def test_a_failure_does_not_tell_the_token(says: bytes) -> None:
    """What Telegram's server got wrong is said without the address, which holds the token."""
    async with raw(says) as (_, url):
        with pytest.raises(NetworkError) as failure:
            await ask(url)

    assert TOKEN not in str(failure.value)


@pytest.mark.parametrize(
    "says",
    [
        WELL.replace(b"\r\n\r\n", b"\r\nContent-Encoding: gzip\r\n\r\n"),
        WELL.replace(b"2\r", b"99\r") + b"x" * 97,
    ],
    ids=["packed", "long"],
)
async def test_what_was_not_asked_for_is_not_taken(
    says: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer that is packed all the same, or that does not end, is none."""
    monkeypatch.setattr(way, "MOST_BYTES", 50)
    async with raw(says) as (_, url):
        with pytest.raises(NetworkError, match=r"packed|more than"):
            await ask(url)


async def test_a_closed_port_is_a_network_error() -> None:
    """As the library knows it: it may pass."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
    with pytest.raises(NetworkError):
        await ask(url)
