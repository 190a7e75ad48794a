"""The stand-in services under httpx and requests, in place of a network."""

from __future__ import annotations

from http.client import responses
from io import BytesIO
from typing import TYPE_CHECKING, Any

import httpx
from requests import Response
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict

if TYPE_CHECKING:
    from requests import PreparedRequest

    from bot.sandbox.services.services import Services


class SampleTransport(httpx.AsyncBaseTransport):
    def __init__(self, services: Services) -> None:
        self._services = services

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        body = await request.aread()
        answer = self._services.answer(request.method, str(request.url), request.headers, body)
        return httpx.Response(
            answer.status, headers=dict(answer.headers), content=answer.content, request=request
        )


class SampleAdapter(BaseAdapter):
    def __init__(self, services: Services) -> None:
        super().__init__()
        self._services = services

    def send(self, request: PreparedRequest, *_: Any, **__: Any) -> Response:
        body = request.body or b""
        answer = self._services.answer(
            request.method or "GET",
            request.url or "",
            request.headers,
            body.encode() if isinstance(body, str) else body,
        )
        response = Response()
        response.request = request
        response.url = request.url or ""
        response.status_code = answer.status
        response.reason = responses.get(answer.status, "")
        response.headers = CaseInsensitiveDict(answer.headers)
        response.encoding = "utf-8"
        response.raw = BytesIO(answer.content)
        return response

    def close(self) -> None:
        """Nothing is held open."""
