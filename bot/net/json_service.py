"""A keyless JSON service: bounded answers, a rate that it allows, errors of `bot.errors`."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from bot.errors import NotFound, Refused, SourceError, Unavailable, Unreadable
from bot.net.http import fetch
from bot.net.payload import parsed

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiolimiter import AsyncLimiter

    from bot.errors import Service
    from bot.net.network import Network

MAX_BYTES = 2_000_000  # a hundred rows are 150 KB


class JsonClient:
    """GETs below `base_url`. `fault` tells an error that is sent as an answer.

    Raises NotFound, Refused, Unavailable (also where the own rate is used up), Unreadable.
    """

    def __init__(
        self,
        net: Network,
        service: Service,
        *,
        base_url: str,
        rate: AsyncLimiter,
        fault: Callable[[int, Any], SourceError | None],
    ) -> None:
        self.service = service
        self._http = net.http
        self._circuit = net.circuit(service)
        self._timing = net.timing
        self._base_url = base_url
        self._rate = rate
        self._fault = fault

    async def get(self, path: str, **asked: str | int) -> Any:
        """The JSON of an answer without an error."""
        url = f"{self._base_url}/{path}"
        if asked:
            url = f"{url}?{urlencode(asked)}"
        await self._turn()
        return await self._circuit.call(lambda: self._get(url))

    async def _turn(self) -> None:
        if self._circuit.retry_at:
            return  # fails at once, without taking a turn
        try:
            async with asyncio.timeout(self._timing.own_rate_s):
                await self._rate.acquire()
        except TimeoutError:
            raise Unavailable(self.service, "this program's own rate is used up") from None

    async def _get(self, url: str) -> Any:
        within_s = self._timing.platform_answer_s
        page = await fetch(
            self._http, url, max_bytes=MAX_BYTES, within_s=within_s, service=self.service
        )
        data = parsed(page.text)
        if fault := self._fault(page.status, data):
            raise fault
        if page.status != HTTPStatus.OK:
            raise _by_status(page.status)(self.service, f"HTTP {page.status}")
        if not isinstance(data, dict):
            raise Unreadable(self.service, "not a JSON object")
        return data


def _by_status(status: int) -> type[SourceError]:
    return NotFound if status == HTTPStatus.NOT_FOUND else Refused
