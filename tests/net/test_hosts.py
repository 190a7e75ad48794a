"""No client of the program sends a request to a host that is not in the one list."""

from __future__ import annotations

import ast
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

import bot
from bot.config import load
from bot.errors import HostNotAllowed
from bot.net.hosts import GuardedAdapter, check, origin, outgoing
from bot.net.network import Network, Transports
from bot.sandbox.services.messages import Answer
from bot.sandbox.services.transports import SampleAdapter
from bot.telegram.request import TelegramRequest

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.config import Settings

ELSEWHERE = [
    "https://evil.test/",
    "https://api.spotify.com.evil.test/v1",
    "https://api.spotify.com@evil.test/v1",
    "https://user:pass@api.spotify.com/v1",
    "https://evil.test#@api.spotify.com/",
    "https://evil.test?api.spotify.com/",
    "https://evil.test\\@api.spotify.com/",
    "https://api.spotify.com:8443/v1",
    "https://api.spotify.com./v1",
    "https://api.spotify.com%2eevil.test/v1",
    "http://api.spotify.com/v1",
    "ftp://api.spotify.com/v1",
    "file:///etc/passwd",
    "gopher://127.0.0.1:6379/_",
    "http://127.0.0.1/",
    "http://127.1/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://169.254.169.254/latest/meta-data",
    "http://10.0.0.1/",
    "http://localhost:27017/",
    "https://spotify\u3002link/x",  # an ideographic full stop
    "https://\u0455potify.link/x",  # a Cyrillic s
    "https://spotif\u0443.link/x",
    "https://spot\u0131fy.link/x",
    "https://xn--potify-g4e.link/x",
    "https://:443/",
    "https://api.spotify.com:99999/",
    "//api.spotify.com/v1",
    "",
]


@pytest.fixture
def settings() -> Settings:
    return load(_env_file=None)


class Everywhere:
    """A network in which every host answers, and leads on to `location` where there is one."""

    def __init__(self, location: str = "") -> None:
        self.location = location
        self.asked: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(str(request.url))
        return httpx.Response(302, headers={"Location": self.location})

    def answer(self, method: str, url: str, *_: object) -> Answer:
        self.asked.append(url)
        return Answer(302, headers={"Location": self.location})


def test_the_list(settings: Settings) -> None:
    """The services of the settings and the short links' hosts, and nothing that asks us."""
    own = settings.model_copy(
        update={"webhook_url": "https://bot.test/hook", "spotify_api_url": "http://127.0.0.1:9/v1"}
    )
    hosts = {host for _, host, _ in outgoing(own)}

    assert ("http", "127.0.0.1", 9) in outgoing(own)
    assert {"api.telegram.org", "music.youtube.com", "spotify.link", "link.deezer.com"} <= hosts
    assert hosts.isdisjoint({"bot.test", "api.spotify.com"})


@pytest.mark.parametrize("url", ELSEWHERE)
def test_look_alikes(settings: Settings, url: str) -> None:
    """What only looks like an address of the list is none."""
    with pytest.raises(HostNotAllowed):
        check(url, outgoing(settings))


@asynccontextmanager
async def reaching(net: Everywhere, settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """The client of a network that answers from everywhere."""
    transports = Transports(http=httpx.MockTransport(net), requests=SampleAdapter(net))  # type: ignore[arg-type]  # a stand-in
    async with Network(settings, transports=transports) as network:
        yield network.http


@pytest.mark.parametrize("url", ELSEWHERE)
async def test_nothing_is_sent_elsewhere(settings: Settings, url: str) -> None:
    """Whatever a client makes of such an address, directly or by redirect, leads into the list."""
    net = Everywhere(url)
    async with reaching(net, settings) as http:
        for address in (url, "https://open.spotify.com/x"):
            with suppress(HostNotAllowed, httpx.HTTPError, httpx.InvalidURL, ValueError):
                await http.get(address, follow_redirects=True)
    with requests.Session() as session:
        for scheme in ("http://", "https://"):
            session.mount(scheme, GuardedAdapter(settings, SampleAdapter(net)))  # type: ignore[arg-type]  # a stand-in
        for address in (url, "https://open.spotify.com/x"):
            with suppress(HostNotAllowed, requests.RequestException, ValueError):
                session.get(address)

    for asked in net.asked:
        check(asked, outgoing(settings))
    assert 2 <= net.asked.count("https://open.spotify.com/x")


async def test_what_is_in_the_list_is_sent(settings: Settings) -> None:
    """The guard stands in nobody's way."""
    net = Everywhere()
    async with reaching(net, settings) as http:
        await http.get("https://open.spotify.com:443/embed/track/x")
        await http.get("HTTPS://OPEN.spotify.com/embed/track/x")

    assert 2 == len(net.asked)


async def test_telegram_is_guarded_too(settings: Settings) -> None:
    """The way to Telegram leads nowhere else."""
    request = TelegramRequest(settings)
    async with request:
        with pytest.raises(Exception, match="not in the list of hosts"):
            await request.do_request("https://evil.test/bot123:abc/getMe", "POST")


@given(st.text() | st.from_regex(r"\A[a-z]{2,6}://.{0,40}\Z"))
def test_any_text_is_judged(url: str) -> None:
    """What is no address is refused, not stumbled over."""
    try:
        check(url, frozenset({("https", "open.spotify.com", 443)}))
    except HostNotAllowed:
        return
    assert ("https", "open.spotify.com", 443) == origin(url)


def test_no_client_goes_without_a_guard() -> None:
    """Clients are made in these rooms only, each with a guard or with a guarded transport."""
    makers = {"AsyncClient", "Client", "Session", "HTTPXRequest", "urlopen", "ClientSession"}
    root = Path(bot.__file__).parent
    found = {
        (str(path.relative_to(root)), name)
        for path in root.rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call)
        and (name := ast.unparse(call.func).rpartition(".")[2]) in makers
    }

    assert {
        ("net/network.py", "AsyncClient"),
        ("spotify/client.py", "Session"),  # mounts the adapter it is given
        ("telegram/request.py", "ClientSession"),  # asks the guard before each request
        ("youtube/music.py", "Session"),  # as above
        ("youtube/transport.py", "Session"),  # reads the environment, sends nothing
    } == {(path, name) for path, name in found if (path, name) != ("spotify/api.py", "Client")}
