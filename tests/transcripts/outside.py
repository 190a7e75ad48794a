"""The services outside: made-up music behind their real addresses, and what may be wrong there."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING
from unittest.mock import patch
from urllib.parse import urlsplit

import httpx
from requests.adapters import HTTPAdapter

from tests.transcripts.seams import (
    Answer,
    DataApi,
    Request,
    SampleAdapter,
    SampleTransport,
    sample_services,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

TOKENS = "accounts.spotify.com"
WEB_API = "api.spotify.com"
SHORT_LINKS = "link.deezer.com"
PAGES = "open.spotify.com"
COVERS = "i.scdn.co"
MUSIC = "music.youtube.com"
VIDEOS = "www.googleapis.com"
APPLE = "itunes.apple.com"
DEEZER = "api.deezer.com"


class Outside:
    """What every request of the bot meets.

    `broken` are answers in place of a host's own. Answers of the hosts in `held` stay away until
    `release`; those of the hosts in `slow` take so many seconds.
    """

    def __init__(self) -> None:
        self.broken: dict[str, Answer] = {}
        self.slow: dict[str, float] = {}
        self.held: set[str] = set()
        self._kept: list[Callable[[], None]] = []
        self._asked: set[str] = set()  # by the thread that works at the moment
        self._services = sample_services()
        self._videos = DataApi()

    def answer(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        host = urlsplit(url).hostname or ""
        if host in self.broken:
            return self.broken[host]
        if host == VIDEOS:
            return self._videos.answer(Request.of(method, url, headers, body))
        return self._services.answer(method, url, headers, body)

    def deliver(self, answer: Callable[[], None], loop: asyncio.AbstractEventLoop) -> None:
        """Hand over what a thread has fetched, when the hosts that it asked let it."""
        asked, self._asked = self._asked, set()
        self._hand_over(answer, asked, loop)

    def release(self) -> None:
        self.held.clear()
        kept, self._kept = self._kept, []
        for answer in kept:
            answer()

    def heal(self) -> None:
        self.broken.clear()

    @contextmanager
    def in_place_of_the_network(self) -> Iterator[None]:
        transport, adapter = SampleTransport(self), SampleAdapter(self)

        async def handle(_: object, request: httpx.Request) -> httpx.Response:
            loop = asyncio.get_running_loop()
            may_go: asyncio.Future[None] = loop.create_future()
            host = request.url.host
            self._hand_over(partial(_go, may_go), {host}, loop)
            await may_go
            return await transport.handle_async_request(request)

        def send(_: object, request: object, **__: object) -> object:
            self._asked.add(urlsplit(str(getattr(request, "url", ""))).hostname or "")
            return adapter.send(request)  # type: ignore[arg-type]

        with (
            patch.object(httpx.AsyncHTTPTransport, "handle_async_request", handle),
            patch.object(HTTPAdapter, "send", send),
        ):
            yield

    def _hand_over(
        self, answer: Callable[[], None], hosts: set[str], loop: asyncio.AbstractEventLoop
    ) -> None:
        if self.held & hosts:
            self._kept.append(answer)
        elif wait := max((self.slow.get(host, 0.0) for host in hosts), default=0.0):
            loop.call_later(wait, answer)
        else:
            answer()


def _go(waiting: asyncio.Future[None]) -> None:
    if not waiting.done():
        waiting.set_result(None)
