"""The stand-in services under httpx and requests, in place of a network."""

from __future__ import annotations

import struct
import zlib
from http.client import responses
from io import BytesIO
from typing import TYPE_CHECKING, Any

import httpx
from requests import Response
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict

from bot.sandbox.services.messages import Answer, Request
from bot.sandbox.services.music import Music
from bot.sandbox.services.platforms import Apple, Deezer
from bot.sandbox.services.spotify import Spotify

if TYPE_CHECKING:
    from collections.abc import Mapping

    from requests import PreparedRequest

    from bot.sandbox.services.world import World


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


class Services:
    """All that the bot asks when it answers from one world; 404 for any other address."""

    def __init__(self, world: World) -> None:
        self._spotify = Spotify(world)
        self._music = Music(world)
        self._apple = Apple(world)
        self._deezer = Deezer(world)

    def answer(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        request = Request.of(method, url, headers, body)
        match request.host:
            case "accounts.spotify.com":
                return self._spotify.token(request)
            case "api.spotify.com":
                return self._spotify.api(request)
            case "open.spotify.com":
                return self._spotify.web(request)
            case "spotify.link" | "spotify.app.link":
                return self._spotify.web(request.at(f"/s{request.path}"))
            case "music.youtube.com":
                return self._music.answer(request)
            case "itunes.apple.com":
                return self._apple.answer(request)
            case "api.deezer.com":
                return self._deezer.answer(request)
            case "link.deezer.com" | "deezer.page.link":
                return self._deezer.short(request)
            case "i.scdn.co":
                return Answer(200, cover(), {"content-type": "image/png"})
            case _:
                return Answer(404)


SIDE = 300
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_SKY, _HORIZON, _SEA = (24, 32, 84), (255, 176, 120), (18, 84, 110)


def cover() -> bytes:
    head = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 2, 0, 0, 0)  # 8 bits, red green blue
    lines = b"".join(b"\0" + bytes(_colour(at / SIDE)) * SIDE for at in range(SIDE))
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(lines)), (b"IEND", b""))
    return _SIGNATURE + b"".join(_chunk(kind, content) for kind, content in parts)


def _colour(height: float) -> tuple[int, ...]:
    """From the sky, at 0, over the horizon down to the sea."""
    begin, end = (_SKY, _HORIZON) if height < 0.5 else (_HORIZON, _SEA)  # noqa: PLR2004 - the middle
    share = height * 2 % 1
    return tuple(round(b + (e - b) * share) for b, e in zip(begin, end, strict=True))


def _chunk(kind: bytes, content: bytes) -> bytes:
    crc = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", crc)
