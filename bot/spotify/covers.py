"""Covers from Spotify's image hosts, as they are, for pages that ask nobody for anything."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import structlog

from bot.errors import SourceError
from bot.models.view import Picture
from bot.net.hosts import COVER_HOSTS
from bot.net.http import fetch

if TYPE_CHECKING:
    import httpx

    from bot.net.circuit import CircuitBreaker

log = structlog.get_logger()

MAX_BYTES = 1024 * 1024  # a cover of 640 pixels has at most some 200 KB
WITHIN_S = 5.0  # a person waits for the file
_MAGIC = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}


class Covers:
    def __init__(self, http: httpx.AsyncClient, circuit: CircuitBreaker) -> None:
        self._http = http
        self._circuit = circuit

    async def picture(self, url: str | None) -> Picture | None:
        """The cover at that address; None when it is not Spotify's, no picture, or out of reach."""
        if url is None or not is_cover(url):
            return None
        try:
            page = await self._circuit.call(
                partial(fetch, self._http, url, max_bytes=MAX_BYTES, within_s=WITHIN_S)
            )
        except SourceError as error:
            log.info("no cover", error=str(error))
            return None
        mime = next((mime for magic, mime in _MAGIC.items() if page.body.startswith(magic)), None)
        return Picture(mime, page.body) if mime and page.status == HTTPStatus.OK else None


def is_cover(url: str | None) -> bool:
    """Whether an address is one of Spotify's image hosts'."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return False
    return parts.scheme == "https" and parts.netloc in COVER_HOSTS
