"""Health and Telegram's updates over HTTP, inside the bot's event loop."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import json
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import structlog
import uvicorn
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from telegram import Update

from bot.errors import NotTaken, SettingError, StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Mapping

    from telegram import Bot

    from bot.config import Settings

    Ping = Callable[[], Awaitable[object]]
    Accept = Callable[[Update], Awaitable[None]]

HEALTH = "/health"
READY = "/ready"
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - a header's name
BODY_LIMIT = 1024 * 1024  # bytes; a message with all its entities and buttons stays far below
BODY_S = 10.0  # for an update to arrive in full
PING_S = 2.0  # for one ping, so that /health answers before its caller gives up
STOP_S = 5  # for requests in flight when the bot stops

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
            body = await _body(request)
        except (ClientDisconnect, TimeoutError):
            return Response(status_code=400)
        if body is None:
            return Response(status_code=413)
        update = self._read(body)
        return Response(status_code=200) if update is None else await self._take(update)

    def _read(self, body: bytes) -> Update | None:
        """None for what cannot be read: sent again it would be the same, and hold up the rest."""
        try:
            return Update.de_json(json.loads(body), self.bot)
        except Exception as error:  # noqa: BLE001 - whatever Telegram thinks of next
            log.warning("update not read, it is dropped", reason=type(error).__name__)
            return None

    async def _take(self, update: Update) -> Response:
        try:
            async with asyncio.timeout(PING_S):
                await self.store()
            await self.accept(update)
        except (NotTaken, StoreUnavailable, TimeoutError) as error:
            log.warning("update not taken, Telegram sends it again", reason=str(error))
            return Response(status_code=503)
        return Response(status_code=200)


async def _body(request: Request) -> bytes | None:
    """The whole body, or None when it is longer than any update."""
    body = bytearray()
    async with asyncio.timeout(BODY_S):
        async for chunk in request.stream():
            body += chunk
            if len(body) > BODY_LIMIT:
                return None
    return bytes(body)


def build(
    pings: Mapping[str, Ping], webhook: Webhook | None = None, *, ready: Ping | None = None
) -> Starlette:
    """`/health`, `/ready`, and the webhook when there is one. `pings` and `ready` fail by raising.

    /health tells whether the process does its work, /ready whether a proxy should send it updates.
    """

    async def health(_: Request) -> JSONResponse:
        states = await asyncio.gather(*(_state(name, ping) for name, ping in pings.items()))
        well = all(state == "ok" for state in states)
        parts = dict(zip(pings, states, strict=True))
        return JSONResponse(
            {"status": "ok" if well else "failing", **parts}, status_code=200 if well else 503
        )

    async def readiness(_: Request) -> JSONResponse:
        state = await _state("readiness", ready) if ready else "ok"
        well = state == "ok"
        return JSONResponse(
            {"status": "ready" if well else "not ready"}, status_code=200 if well else 503
        )

    routes = [Route(HEALTH, health), Route(READY, readiness)]
    if webhook is not None:
        routes.append(Route(webhook.path, webhook.receive, methods=["POST"]))
    return Starlette(routes=routes)


async def _state(name: str, ping: Ping) -> str:
    """Without the reason: /health may be public. The reason is in the log."""
    try:
        async with asyncio.timeout(PING_S):
            await ping()
    except Exception as error:  # noqa: BLE001 - whatever fails, /health still answers
        log.warning("not healthy", part=name, reason=str(error) or type(error).__name__)
        return "failing"
    return "ok"


@contextlib.asynccontextmanager
async def serve(
    settings: Settings,
    pings: Mapping[str, Ping],
    webhook: Webhook | None = None,
    *,
    ready: Ping | None = None,
) -> AsyncIterator[None]:
    """Answer on `PORT` while the block runs; with port 0 there is nothing to answer.

    Raises SettingError when the port is taken. Only a bot that polls and that nobody told which
    port to use goes on without one.
    """
    listener = _listen(settings, needed=webhook is not None)
    if listener is None:
        yield
        return
    server = _Server(_config(build(pings, webhook, ready=ready)))
    running = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield
    finally:
        server.should_exit = True
        await running


def _listen(settings: Settings, *, needed: bool) -> socket.socket | None:
    if settings.port == 0:
        return None
    try:
        return socket.create_server((settings.web_host, settings.port))
    except OSError as error:
        why = str(error.strerror).partition(" (while")[0]
        reason = f"PORT {settings.port} on {settings.web_host} cannot be used ({why})"
        if needed or "port" in settings.model_fields_set:
            raise SettingError(f"{reason}: free it, or set PORT to another one.") from None
        log.warning("no /health: set PORT to another port to have it", reason=reason)
        return None


def _config(application: Starlette) -> uvicorn.Config:
    return uvicorn.Config(
        application,
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=STOP_S,
    )


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        """The bot itself handles signals."""
        yield
