"""The stand-in services under httpx and requests, in place of a network."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

import httpx
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3 import HTTPResponse

if TYPE_CHECKING:
    from requests import PreparedRequest, Response

    from bot.samples.services import Services


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
        raw = HTTPResponse(
            body=BytesIO(answer.content),
            headers=dict(answer.headers),
            status=answer.status,
            preload_content=False,
        )
        return HTTPAdapter().build_response(request, raw)

    def close(self) -> None:
        """Nothing is held open."""
