"""Telegram's updates over HTTP: who may bring one, and what becomes of it."""

from __future__ import annotations

import asyncio
import hmac
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import structlog
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from telegram import Update

from bot.clock import Timing
from bot.errors import NotTaken, StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request
    from telegram import Bot

    from bot.config import Settings

    Ping = Callable[[], Awaitable[object]]
    Accept = Callable[[Update], Awaitable[None]]

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - a header's name
BODY_LIMIT = 1024 * 1024  # bytes; a message with all its entities and buttons stays far below
NUMBERS = 2**63  # update_id: a positive whole number, which MongoDB holds in 64 bits

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """Where Telegram's updates come in. `store` is pinged before an update is taken.

    An update for which `accept` raises NotTaken is sent again by Telegram, as is one that finds
    the store down.
    """

    url: str
    secret: str
    bot: Bot
    accept: Accept
    store: Ping
    timing: Timing = Timing()

    def __post_init__(self) -> None:
        if not self.secret:
            raise ValueError("a webhook without a secret is open to everybody")

    @classmethod
    def of(cls, settings: Settings, *, bot: Bot, accept: Accept, store: Ping) -> Webhook | None:
        """The webhook that the settings ask for; they hold a secret whenever they hold a URL."""
        if settings.webhook_url is None or settings.webhook_secret is None:
            return None
        secret = settings.webhook_secret.get_secret_value()
        return cls(url=settings.webhook_url, secret=secret, bot=bot, accept=accept, store=store)

    @property
    def path(self) -> str:
        return urlsplit(self.url).path or "/"

    async def receive(self, request: Request) -> Response:
        given = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode(), self.secret.encode()):
            return Response(status_code=403)
        try:
            body = await _body(request, self.timing.body_s)
        except (ClientDisconnect, TimeoutError):
            return Response(status_code=400)
        if body is None:
            return Response(status_code=413)
        data = _update(body)
        if data is None:
            log.warning("no update, it is refused", size=len(body))
            return Response(status_code=400)
        update = self._read(data)
        return Response(status_code=200) if update is None else await self._take(update)

    def _read(self, data: dict[str, Any]) -> Update | None:
        """None for what cannot be read: sent again it would be the same, and hold up the rest."""
        try:
            return Update.de_json(data, self.bot)
        except Exception as error:  # noqa: BLE001 - whatever Telegram thinks of next
            log.warning("update not read, it is dropped", reason=type(error).__name__)
            return None

    async def _take(self, update: Update) -> Response:
        try:
            async with asyncio.timeout(self.timing.ping_s):
                await self.store()
            await self.accept(update)
        except (NotTaken, StoreUnavailable, TimeoutError) as error:
            log.warning("update not taken, Telegram sends it again", reason=str(error))
            return Response(status_code=503)
        return Response(status_code=200)


def _update(body: bytes) -> dict[str, Any] | None:
    """The object that was sent, or None for what no Telegram sends: all that it numbers is one.

    What has a number is an update, of whatever kind; refused, it would be sent again for ever.
    """
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return None
    number = data.get("update_id") if isinstance(data, dict) else None
    return data if type(number) is int and 0 <= number < NUMBERS else None


async def _body(request: Request, within_s: float) -> bytes | None:
    """The whole body, or None when it is longer than any update."""
    body = bytearray()
    async with asyncio.timeout(within_s):
        async for chunk in request.stream():
            body += chunk
            if len(body) > BODY_LIMIT:
                return None
    return bytes(body)
