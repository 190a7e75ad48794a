"""Deezer's short links followed, from Deezer's hosts and to Deezer's hosts only."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

import structlog
from cachetools import LRUCache

from bot.clock import Timing, loop_s
from bot.errors import NotFound, Service, Unavailable, Unreadable, UnsupportedLink
from bot.models.links import Elsewhere, ElsewhereKind
from bot.net.hosts import DEEZER_HOSTS
from bot.net.http import fetch
from bot.platforms.links import find_elsewhere

if TYPE_CHECKING:
    import httpx

    from bot.net.circuit import CircuitBreaker

HOPS = 5
MAX_BYTES = 256 * 1024
MOST = 1000  # remembered, some 200 KB

log = structlog.get_logger()


class ShortLinks:
    """Raises NotFound, UnsupportedLink where it leads away, Unavailable, Unreadable."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        circuit: CircuitBreaker,
        *,
        most: int = MOST,
        timing: Timing = Timing(),
    ) -> None:
        self._http = http
        self._circuit = circuit
        self._timing = timing
        self._known: LRUCache[str, Elsewhere] = LRUCache(most)

    async def follow(self, link: Elsewhere) -> Elsewhere:
        """The link that a short one stands for, followed once as long as it is remembered."""
        if known := self._known.get(link.id):
            return known
        ends = loop_s() + self._timing.short_link_s

        async def attempt() -> Elsewhere:
            try:
                async with asyncio.timeout_at(ends):
                    return await self._walk(f"https://{link.id}")
            except ValueError:
                raise Unreadable(Service.DEEZER, "a short link to no address") from None
            except TimeoutError:
                raise Unavailable(Service.DEEZER, "the short link takes too long") from None

        found = await self._circuit.call(attempt)
        self._known[link.id] = found
        return found

    async def _walk(self, url: str) -> Elsewhere:
        for _ in range(HOPS):
            _check(url)
            page = await fetch(
                self._http,
                url,
                max_bytes=MAX_BYTES,
                within_s=self._timing.short_link_s,
                service=Service.DEEZER,
            )
            if page.location is None:
                raise _ended(page.status)
            url = urljoin(url, page.location)
            if found := _at(url):
                return found
        raise Unreadable(Service.DEEZER, f"a short link of more than {HOPS} hops")


def _check(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme != "https" or parts.netloc.lower() not in DEEZER_HOSTS:
        log.warning("short_link_leads_away", host=parts.hostname, scheme=parts.scheme)
        raise UnsupportedLink(ElsewhereKind.DEEZER_SHORT)


def _at(url: str) -> Elsewhere | None:
    """The link that `url` itself is, as far as it needs no further hop."""
    if urlsplit(url).netloc.lower() not in DEEZER_HOSTS:
        return None
    found = next((link for _, link in find_elsewhere(url)), None)
    return found if found and found.kind is not ElsewhereKind.DEEZER_SHORT else None


def _ended(status: int) -> NotFound | Unreadable:
    if status in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE):
        return NotFound(Service.DEEZER, f"status {status}")
    return Unreadable(Service.DEEZER, f"a short link that leads nowhere: status {status}")
