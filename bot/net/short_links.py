"""Short links followed hop by hop, from a service's own hosts and to these only."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar
from urllib.parse import urljoin

from bot.clock import Timing, loop_s
from bot.errors import Unavailable, Unreadable
from bot.net.http import fetch

if TYPE_CHECKING:
    import httpx

    from bot.net.circuit import CircuitBreaker
    from bot.net.http import Page

L = TypeVar("L")
L_co = TypeVar("L_co", covariant=True)

HOPS = 5
MAX_BYTES = 256 * 1024


class Rules(Protocol[L_co]):
    """What a service's short links may lead to. What it refuses it raises: see `bot.errors`."""

    def address(self, url: str) -> str:
        """Where `url` is asked for, once it is sure that this is one of the service's hosts."""

    def at(self, url: str) -> L_co | None:
        """The link that `url` itself is, as far as it needs no further hop."""

    def named(self, page: Page) -> L_co:
        """The link that a page without a redirect stands for."""


class Walk(Generic[L]):
    """Follows the short links of one service, all hops and tries of a link within one time."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        circuit: CircuitBreaker,
        rules: Rules[L],
        *,
        timing: Timing = Timing(),
    ) -> None:
        self._http = http
        self._circuit = circuit
        self._rules = rules
        self._within_s = timing.short_link_s

    async def follow(self, url: str) -> L:
        """What the link stands for. Raises what the rules say, Unavailable, Unreadable."""
        ends, service = loop_s() + self._within_s, self._circuit.service

        async def attempt() -> L:
            try:
                async with asyncio.timeout_at(ends):
                    return await self._walk(url)
            except ValueError:
                raise Unreadable(service, "a short link that leads to no address") from None
            except TimeoutError:
                raise Unavailable(service, "the short link takes too long") from None

        return await self._circuit.call(attempt)

    async def _walk(self, url: str) -> L:
        service = self._circuit.service
        for _ in range(HOPS):
            address = self._rules.address(url)
            page = await fetch(
                self._http, address, max_bytes=MAX_BYTES, within_s=self._within_s, service=service
            )
            if page.location is None:
                return self._rules.named(page)
            url = urljoin(address, page.location)
            if found := self._rules.at(url):
                return found
        raise Unreadable(service, f"a short link of more than {HOPS} hops")
