"""One bounded GET of a public page: size, time, no cookies, no redirect followed."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

import httpx

from bot.errors import RateLimited, Service, Unavailable, Unreadable
from bot.net.payload import seconds

if TYPE_CHECKING:
    from collections.abc import Mapping

WEB = Service.SPOTIFY_WEB
LANGUAGE = {"Accept-Language": "en"}
RATE_LIMIT_S = 30.0  # the wait where a 429 names none


@dataclass(frozen=True, slots=True)
class Page:
    """An answer that is no failure of the server; `location` is where a redirect points."""

    status: int
    body: bytes
    location: str | None = None

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


async def fetch(
    http: httpx.AsyncClient,
    url: str,
    *,
    max_bytes: int,
    within_s: float,
    service: Service = WEB,
    headers: Mapping[str, str] | None = None,
    any_status: bool = False,
) -> Page:
    """GET `url`. Raises Unavailable, RateLimited, or Unreadable for an oversized answer.

    `any_status`: a failure of the server is a page too, for whoever reads what it says.
    """
    try:
        async with asyncio.timeout(within_s):
            request = http.build_request("GET", url, headers={**LANGUAGE, **(headers or {})})
            request.headers.pop("Cookie", None)
            sent = await http.send(request, stream=True, follow_redirects=False)
            async with aclosing(sent) as answer:
                if not any_status:
                    _check(answer, service)
                body = await _read(answer, max_bytes, service)
    except (TimeoutError, httpx.TimeoutException):
        raise Unavailable(service, "no answer in time") from None
    except httpx.InvalidURL:
        raise Unreadable(service, "not an address") from None
    except httpx.HTTPError as error:
        raise Unavailable(service, type(error).__name__) from None
    location = answer.headers.get("Location") if answer.is_redirect else None
    return Page(answer.status_code, body, location)


async def _read(answer: httpx.Response, max_bytes: int, service: Service) -> bytes:
    body = bytearray()
    async for part in answer.aiter_bytes():
        body += part
        if len(body) > max_bytes:
            raise Unreadable(service, f"an answer of more than {max_bytes} bytes")
    return bytes(body)


def _check(answer: httpx.Response, service: Service) -> None:
    status = answer.status_code
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        wait = seconds(answer.headers.get("Retry-After"), default=RATE_LIMIT_S)
        raise RateLimited(service, f"429, again in {wait:.0f} s", retry_after_s=wait)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise Unavailable(service, f"status {status}")
