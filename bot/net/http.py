"""One bounded GET of a public page: size, time, no cookies, no redirect followed.

And the bounds of every client of httpx: whom it asks, and how much an answer may unpack to.
"""

from __future__ import annotations

import asyncio
import zlib
from contextlib import aclosing
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import httpx

from bot.errors import RateLimited, Service, Unavailable, Unreadable
from bot.net import hosts
from bot.net.payload import PACKING, is_packed, seconds

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping

    from bot.config import Settings

WEB = Service.SPOTIFY_WEB
LANGUAGE = {"Accept-Language": "en"}
RATE_LIMIT_S = 30.0  # the wait where a 429 names none
MOST_BYTES = 24 * 1024 * 1024  # of any answer, unpacked: Telegram hands out files of up to 20 MB
PIECE_BYTES = 65_536


def hooks(settings: Settings) -> dict[str, list[Callable[..., Awaitable[None]]]]:
    """For httpx's `event_hooks`, with which proxies and certificates of the environment hold.

    Before each request, also of a redirect: HostNotAllowed for another host than the list's. After
    its head: an answer that is packed otherwise than asked, or larger than `MOST_BYTES`, is a
    DecodingError. httpx itself would unpack any number of layers, each as a whole.
    """
    allowed = hosts.outgoing(settings)

    async def guard(request: httpx.Request) -> None:
        hosts.check(str(request.url), allowed)
        request.headers["Accept-Encoding"] = PACKING

    async def bound(answer: httpx.Response) -> None:
        try:
            packed = is_packed(answer.headers.pop("Content-Encoding", None))
        except ValueError as error:
            raise httpx.DecodingError(str(error), request=answer.request) from None
        answer.stream = _Bounded(answer.stream, packed=packed)

    return {"request": [guard], "response": [bound]}


class _Bounded(httpx.AsyncByteStream):
    """A body in pieces of at most `PIECE_BYTES`, unpacked here and counted once it is."""

    def __init__(self, body: Any, *, packed: bool) -> None:
        self._body = body
        self._unpack = zlib.decompressobj(zlib.MAX_WBITS | 16) if packed else None

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size = 0
        async for part in self._body:
            for piece in self._pieces(part):
                size += len(piece)
                if size > MOST_BYTES:
                    raise httpx.DecodingError(f"an answer of more than {MOST_BYTES} bytes")
                yield piece
        if size and self._unpack and not self._unpack.eof:
            raise httpx.DecodingError("a packed answer without its end")

    def _pieces(self, part: bytes) -> Iterator[bytes]:
        if self._unpack is None:
            yield part
            return
        if self._unpack.eof:
            raise httpx.DecodingError("more than one packed answer")
        try:
            piece = self._unpack.decompress(part, PIECE_BYTES)
            while piece:
                yield piece
                piece = self._unpack.decompress(self._unpack.unconsumed_tail, PIECE_BYTES)
        except zlib.error:
            raise httpx.DecodingError("an answer that cannot be unpacked") from None

    async def aclose(self) -> None:
        await self._body.aclose()


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
    except httpx.DecodingError as error:
        raise Unreadable(service, str(error)) from None
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
