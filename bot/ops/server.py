"""The web server inside the bot's event loop: health, readiness, and the webhook's route."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from typing import TYPE_CHECKING

import structlog
import uvicorn
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

from bot.clock import Timing
from bot.errors import IndexesMissing, SettingError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Mapping

    from starlette.requests import Request

    from bot.config import Settings
    from bot.telegram.webhook import Webhook

    Ping = Callable[[], Awaitable[object]]

HEALTH = "/health"
READY = "/ready"
STOP_S = 5  # for requests in flight when the bot stops

log = structlog.get_logger()


def build(
    pings: Mapping[str, Ping],
    webhook: Webhook | None = None,
    *,
    ready: Ping | None = None,
    timing: Timing = Timing(),
) -> Starlette:
    """`/health`, `/ready`, and the webhook when there is one. `pings` and `ready` fail by raising.

    /health tells whether the process does its work, /ready whether a proxy should send it updates.
    """

    async def health(_: Request) -> JSONResponse:
        states = await asyncio.gather(*(_state(name, ping, timing) for name, ping in pings.items()))
        well = all(state == "ok" for state in states)
        parts = dict(zip(pings, states, strict=True))
        return JSONResponse(
            {"status": "ok" if well else "failing", **parts}, status_code=200 if well else 503
        )

    async def readiness(_: Request) -> JSONResponse:
        state = await _state("readiness", ready, timing) if ready else "ok"
        well = state == "ok"
        return JSONResponse(
            {"status": "ready" if well else "not ready"}, status_code=200 if well else 503
        )

    routes = [Route(HEALTH, health), Route(READY, readiness)]
    if webhook is not None:
        routes.append(Route(webhook.path, webhook.receive, methods=["POST"]))
    return Starlette(routes=routes)


async def _state(name: str, ping: Ping, timing: Timing) -> str:
    """Without the reason: /health may be public. The reason is in the log, and names of indexes."""
    try:
        async with asyncio.timeout(timing.ping_s):
            await ping()
    except IndexesMissing as error:
        log.warning("not healthy", part=name, reason=str(error))
        return f"failing: {', '.join(error.reasons)}" if error.reasons else "failing"
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
