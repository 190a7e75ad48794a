"""A keyless JSON service: bounded answers, a rate that it allows, errors of `bot.errors`."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from bot.clock import loop_s
from bot.errors import NotFound, OutOfBudget, Refused, SourceError, Unreadable
from bot.net.http import fetch
from bot.net.payload import parsed

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.errors import Service
    from bot.net.network import Network
    from bot.net.service_budget import Quota

SOON_S = 0.1  # until the next question for a turn
MAX_BYTES = 2_000_000  # a hundred rows are 150 KB


class JsonClient:
    """GETs below `base_url`, at the `rate` that all processes keep together.

    `fault` tells an error that is sent as an answer.

    Raises NotFound, Refused, Unavailable, OutOfBudget, Unreadable.
    """

    def __init__(
        self,
        net: Network,
        service: Service,
        *,
        base_url: str,
        rate: Quota,
        fault: Callable[[int, Any], SourceError | None],
    ) -> None:
        self.service = service
        self._http = net.http
        self._circuit = net.circuit(service)
        self._timing = net.timing
        self._base_url = base_url
        self._budget = net.budget(rate)
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
        ends = loop_s() + self._timing.own_rate_s
        while refused := await self._refused():
            if loop_s() + refused.retry_after_s > ends:
                raise refused
            # Never less: what is free at that very moment is asked for by all who waited.
            await asyncio.sleep(max(SOON_S, refused.retry_after_s))

    async def _refused(self) -> OutOfBudget | None:
        try:
            await self._budget.take()
        except OutOfBudget as error:
            return error
        return None

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
