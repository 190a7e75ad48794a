"""Covers come from Spotify's image hosts alone, bounded, and never hold a file back for long."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

from bot.net.hosts import COVER_HOSTS
from bot.spotify.covers import MAX_BYTES, Covers, is_cover

if TYPE_CHECKING:
    from bot.net.circuit import CircuitBreaker

COVER = f"https://{COVER_HOSTS[0]}/image/ab67616d0000b273"
JPEG = b"\xff\xd8\xff\xe0 a picture"
PNG = b"\x89PNG\r\n\x1a\n a picture"


class Host:
    """An image host that gives the same answer each time; an error is raised."""

    def __init__(self, answer: httpx.Response | Exception) -> None:
        self.answer = answer
        self.asked: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(str(request.url))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


async def picture(
    host: Host, circuit: CircuitBreaker, url: str | None = COVER
) -> tuple[str, bytes] | None:
    async with httpx.AsyncClient(transport=httpx.MockTransport(host)) as http:
        found = await Covers(http, circuit).picture(url)
    return (found.mime, found.content) if found else None


@pytest.mark.parametrize(("content", "mime"), [(JPEG, "image/jpeg"), (PNG, "image/png")])
async def test_a_cover(content: bytes, mime: str, web_upstream: CircuitBreaker) -> None:
    """The picture as it is, with the kind that its first bytes say."""
    host = Host(httpx.Response(200, content=content, headers={"content-type": "text/html"}))
    assert (mime, content) == await picture(host, web_upstream)
    assert [COVER] == host.asked


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(404, content=JPEG),
        httpx.Response(302, headers={"location": "https://elsewhere.example/"}),
        httpx.Response(500),
        httpx.Response(429, headers={"retry-after": "3600"}),
        httpx.Response(200, content=b"<svg onload='alert(1)'>"),
        httpx.Response(200, content=b""),
        httpx.Response(200, content=JPEG + b"x" * MAX_BYTES),
        httpx.ConnectError("no route"),
        httpx.ReadTimeout("slow"),
    ],
    ids=["404", "redirect", "500", "429", "no picture", "empty", "large", "no route", "slow"],
)
async def test_no_cover(answer: httpx.Response | Exception, web_upstream: CircuitBreaker) -> None:
    """Whatever else comes is no cover, and no failure; no redirect is followed."""
    host = Host(answer)
    assert None is await picture(host, web_upstream)
    assert {COVER} == set(host.asked)


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "http://i.scdn.co/image/x",
        "https://i.scdn.co:8443/image/x",
        "https://user@i.scdn.co/image/x",
        "https://i.scdn.co.evil.example/x",
        "https://evil.example/i.scdn.co",
        "https://scdn.co/x",
        "https://169.254.169.254/latest",
        "https://[::1",
        "data:image/png;base64,AA",
    ],
)
async def test_other_hosts_are_not_asked(url: str | None, web_upstream: CircuitBreaker) -> None:
    """Only https, only the known hosts, no port, no user name."""
    host = Host(httpx.Response(200, content=JPEG))
    assert None is await picture(host, web_upstream, url)
    assert [] == host.asked
    assert not is_cover(url)
