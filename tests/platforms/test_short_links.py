from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import httpx
import pytest

from bot.clock import Timing
from bot.errors import NotFound, Service, SourceError, Unavailable, Unreadable, UnsupportedLink
from bot.models.links import Elsewhere, ElsewhereKind
from bot.net.circuit import CircuitBreaker
from bot.net.short_links import HOPS
from bot.platforms.deezer import MOST_KNOWN, ShortLinks

if TYPE_CHECKING:
    from tests.conftest import SetClock

LINK = Elsewhere(ElsewhereKind.DEEZER_SHORT, "link.deezer.com/s/abc")
TARGET = Elsewhere(ElsewhereKind.DEEZER_TRACK, "3135556")
START = "https://link.deezer.com/s/abc"


class Net:
    """Redirects by address; every address that is asked for is noted."""

    def __init__(self, **leads: str | int) -> None:
        self.leads: dict[str, str | int] = {}
        self.asked: list[str] = []

    def lead(self, url: str, to: str | int) -> Net:
        self.leads[url] = to
        return self

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(str(request.url))
        to = self.leads.get(str(request.url), 404)
        if isinstance(to, int):
            return httpx.Response(to)
        return httpx.Response(302, headers={"Location": to})

    def links(self, now: SetClock, most: int = MOST_KNOWN) -> ShortLinks:
        http = httpx.AsyncClient(transport=httpx.MockTransport(self))
        return ShortLinks(http, CircuitBreaker(Service.DEEZER, clock=now), most=most)


@pytest.mark.parametrize(
    "to",
    [
        "https://www.deezer.com/track/3135556?utm_source=x",
        "https://deezer.com/fr/track/3135556",
    ],
)
async def test_it_is_followed(now: SetClock, to: str) -> None:
    """The target itself is not asked for."""
    net = Net().lead(START, to)
    assert TARGET == await net.links(now).follow(LINK)
    assert [START] == net.asked


async def test_it_is_followed_once(now: SetClock) -> None:
    """Turning a list's pages asks nobody again, and what is remembered is bounded."""
    other = Elsewhere(ElsewhereKind.DEEZER_SHORT, "link.deezer.com/s/b")
    net = Net().lead(START, "https://www.deezer.com/track/3135556")
    net.lead("https://link.deezer.com/s/b", "https://www.deezer.com/album/7")
    links = net.links(now, most=1)
    assert TARGET == await links.follow(LINK) == await links.follow(LINK)
    assert "7" == (await links.follow(other)).id
    assert TARGET == await links.follow(LINK)
    assert 3 == len(net.asked)


async def test_what_leads_to_nothing_is_asked_for_once(now: SetClock) -> None:
    """As long as it is remembered."""
    net = Net()
    links = net.links(now)
    for _ in range(2):
        with pytest.raises(NotFound):
            await links.follow(LINK)
    assert [START] == net.asked


async def test_hops(now: SetClock) -> None:
    """Through several addresses of Deezer, also relative ones."""
    net = Net().lead(START, "https://deezer.page.link/x")
    net.lead("https://deezer.page.link/x", "/y").lead(
        "https://deezer.page.link/y", "https://www.deezer.com/track/3135556"
    )
    assert TARGET == await net.links(now).follow(LINK)


@pytest.mark.parametrize(
    "to",
    [
        "http://www.deezer.com/x",
        "https://evil.test/track/3135556",
        "https://evil.test/https://www.deezer.com/track/3135556",
        "https://www.deezer.com.evil.test/track/1",
        "https://www.deezer.com@evil.test/track/1",
        "https://user:pass@www.deezer.com/x",
        "https://www.deezer.com:8443/x",
        "https://169.254.169.254/latest",
        "file:///etc/passwd",
    ],
)
async def test_it_never_leads_away(now: SetClock, to: str) -> None:
    """Another host, port or scheme is not asked at all."""
    net = Net().lead(START, to)
    with pytest.raises(UnsupportedLink):
        await net.links(now).follow(LINK)
    assert [START] == net.asked


@pytest.mark.parametrize(
    ("status", "expected"),
    [(404, NotFound), (410, NotFound), (200, Unreadable), (500, Unavailable)],
)
async def test_it_ends_without_a_target(
    now: SetClock, status: int, expected: type[SourceError]
) -> None:
    """A dead link is told apart from a service that fails."""
    with pytest.raises(expected):
        await Net().lead(START, status).links(now).follow(LINK)


async def test_a_ring(now: SetClock) -> None:
    """A few hops, not one more."""
    net = Net().lead(START, START)
    with pytest.raises(Unreadable):
        await net.links(now).follow(LINK)
    assert HOPS == len(net.asked)


async def test_no_address(now: SetClock) -> None:
    """What cannot be an address is no target."""
    with pytest.raises((SourceError, UnsupportedLink)):
        await Net().lead(START, "https://[::1").links(now).follow(LINK)


async def test_too_slow(now: SetClock) -> None:
    """All hops together have five seconds."""

    async def hang(_: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        raise AssertionError

    http = httpx.AsyncClient(transport=httpx.MockTransport(hang))
    circuit, timing = CircuitBreaker(Service.DEEZER, clock=now), Timing(short_link_s=0.01)
    with pytest.raises(Unavailable):
        await ShortLinks(http, circuit, timing=timing).follow(LINK)
