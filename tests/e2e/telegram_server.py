"""The Telegram in memory behind HTTP, for bots that run as processes.

In a test: `async with TelegramServer() as server`, give the bot `server.url`, act and look
through `server.telegram`. As a process: `python -m tests.e2e.telegram_server --port 8081`, then
POST JSON to /control/NAME (see CONTROLS).
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import io
import json
import re
import socket
import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qsl

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from werkzeug.formparser import parse_form_data

from bot.sandbox.telegram.core import TOKEN
from bot.sandbox.telegram.errors import ApiError, forbidden, unauthorized
from bot.sandbox.telegram.state import Message, Upload, User
from tests.e2e.serving import let_go
from tests.staged.faults import NoAnswer, NoResult, RawAnswer, bad_gateway, server_error, too_many
from tests.staged.telegram import Telegram

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import TracebackType

    from starlette.requests import Request

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
WEBHOOK_RETRY_S = 0.1
WEBHOOK_TIMEOUT_S = 10.0
WEBHOOK_CONNECTIONS = 40  # https://core.telegram.org/bots/api#setwebhook: max_connections
FAULTS: dict[str, Callable[[], NoResult]] = {
    "500": server_error,
    "502": bad_gateway,
    "blocked": lambda: forbidden("bot was blocked by the user"),
    "silence": NoAnswer,
}


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals to the program that runs this server."""
        yield


class TelegramServer:
    """Serves a Telegram on loopback. Every call but getUpdates takes `delay_s` first.

    A file takes `download_s` to come.
    """

    def __init__(
        self, telegram: Telegram | None = None, *, delay_s: float = 0.0, port: int = 0
    ) -> None:
        self.telegram = telegram or Telegram()
        self.delay_s = delay_s
        self.download_s = 0.0
        self._socket = socket.create_server(("127.0.0.1", port))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        config = uvicorn.Config(
            self._app(), log_level="critical", timeout_graceful_shutdown=0, lifespan="off"
        )
        self._server = _Server(config)
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        serving = asyncio.create_task(self._server.serve(sockets=[self._socket]))
        self._tasks = [serving, asyncio.create_task(self._deliver())]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        serving, delivering = self._tasks
        delivering.cancel()
        self._server.should_exit = True
        await asyncio.gather(serving, delivering, return_exceptions=True)
        await let_go(self._server)

    async def serve_forever(self) -> None:
        await asyncio.gather(*self._tasks)

    def _app(self) -> Starlette:
        verbs = ["GET", "POST"]
        return Starlette(
            routes=[
                Route("/bot{token}/{method}", self._call, methods=verbs),
                Route("/file/bot{token}/{path:path}", self._download),
                Route("/control/{name}", self._control, methods=["POST"]),
            ]
        )

    async def _call(self, request: Request) -> Response:
        try:
            result = await self._result(request)
        except ApiError as error:
            return JSONResponse(error.payload(), error.error_code)
        except RawAnswer as answer:
            return Response(answer.body, answer.status, media_type="text/html")
        except NoAnswer:
            while (await request.receive())["type"] != "http.disconnect":
                pass
            return Response(status_code=504)
        return JSONResponse({"ok": True, "result": result})

    async def _result(self, request: Request) -> Any:
        self._check(request)
        method = request.path_params["method"]
        params, files = await _read(request)
        if self.delay_s and method.lower() != "getupdates":
            await asyncio.sleep(self.delay_s)
        return await self.telegram.call(method, params, files)

    async def _download(self, request: Request) -> Response:
        try:
            self._check(request)
            await asyncio.sleep(self.download_s)
            return Response(self.telegram.download(request.path_params["path"]))
        except ApiError as error:
            return JSONResponse(error.payload(), error.error_code)

    def _check(self, request: Request) -> None:
        if request.path_params["token"] != self.telegram.token:
            raise unauthorized()

    async def _control(self, request: Request) -> Response:
        order = json.loads(await request.body() or b"{}")
        control = CONTROLS[request.path_params["name"]]
        try:
            result = control(self.telegram, order)
            return JSONResponse(await result if asyncio.iscoroutine(result) else result)
        except (LookupError, TimeoutError) as error:
            return JSONResponse({"error": repr(error)}, 409)

    async def _deliver(self) -> None:
        """Post updates to the webhook until it takes them: each chat's in order, chats at once."""
        updates = self.telegram.world.updates
        busy: set[int] = set()  # chats with an update on its way

        def due() -> dict[str, Any] | None:
            if not updates.webhook.get("url") or len(busy) >= WEBHOOK_CONNECTIONS:
                return None
            return next((each for each in updates.pending if _chat_of(each) not in busy), None)

        async with _client() as client, asyncio.TaskGroup() as posts:
            while True:
                update = await self.telegram.until(due, timeout_s=None)
                busy.add(_chat_of(update))
                posts.create_task(self._bring(client, update, busy))

    async def _bring(
        self, client: httpx.AsyncClient, update: dict[str, Any], busy: set[int]
    ) -> None:
        updates = self.telegram.world.updates
        is_taken = await _post(client, dict(updates.webhook), update)
        if is_taken and update in updates.pending:
            updates.pending.remove(update)
        if not is_taken:
            await asyncio.sleep(WEBHOOK_RETRY_S)
        busy.discard(_chat_of(update))
        updates.changes.tell()


def _client() -> httpx.AsyncClient:
    return httpx.AsyncClient(timeout=WEBHOOK_TIMEOUT_S, trust_env=False)


def _chat_of(update: dict[str, Any]) -> int:
    """Whose turn an update waits for: the chat, or the person where there is none."""
    content = next(value for name, value in update.items() if name != "update_id")
    message = content.get("message", content)
    return int(message.get("chat", content.get("from", {})).get("id", 0))


async def _post(client: httpx.AsyncClient, hook: dict[str, Any], update: dict[str, Any]) -> bool:
    headers = {SECRET_HEADER: hook["secret_token"]} if hook.get("secret_token") else {}
    if not hook.get("url"):
        return False
    try:
        return (await client.post(hook["url"], json=update, headers=headers)).is_success
    except httpx.HTTPError:
        return False


async def _read(request: Request) -> tuple[dict[str, Any], dict[str, Upload]]:
    body, kind = await request.body(), request.headers.get("content-type", "")
    params: dict[str, Any] = dict(request.query_params)
    if kind.startswith("application/json"):
        return params | json.loads(body), {}
    if kind.startswith("multipart/form-data"):
        return _multipart(params, body, kind)
    return params | dict(parse_qsl(body.decode(), keep_blank_values=True)), {}


def _multipart(
    params: dict[str, Any], body: bytes, kind: str
) -> tuple[dict[str, Any], dict[str, Upload]]:
    environ = {
        "REQUEST_METHOD": "POST",
        "CONTENT_TYPE": kind,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
    }
    _, form, files = parse_form_data(environ)
    uploads = {}
    for name, part in files.items():
        with contextlib.closing(part):
            uploads[name] = Upload(part.filename or name, part.read(), part.mimetype)
    return params | form.to_dict(), uploads


def links(message: Message) -> list[tuple[str, str]]:
    """The text and the address of each link under a text, in order."""
    units = message["text"].encode("utf-16-le")
    return [
        (units[2 * e["offset"] : 2 * (e["offset"] + e["length"])].decode("utf-16-le"), e["url"])
        for e in message.get("entities", [])
        if e["type"] == "text_link"
    ]


def _person(telegram: Telegram, user_id: int) -> User:
    return telegram.world.chats[user_id].members[user_id]


def _add_user(telegram: Telegram, order: dict[str, Any]) -> dict[str, Any]:
    return asdict(telegram.user(order["name"], language=order.get("language", "en")))


def _send(telegram: Telegram, order: dict[str, Any]) -> Message:
    return telegram.send_text(_person(telegram, order["user"]), order["text"])


def _press(telegram: Telegram, order: dict[str, Any]) -> dict[str, str]:
    user = _person(telegram, order["user"])
    message = telegram.chat(user).messages[order["message_id"]]
    return {"query": telegram.press(user, message, order["button"])}


def _messages(telegram: Telegram, order: dict[str, Any]) -> list[Message]:
    return telegram.messages(_person(telegram, order["user"]))


def _calls(telegram: Telegram, order: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "method": call.method,
            "params": call.params,
            "at": call.at,
            "error": str(call.error or ""),
        }
        for call in telegram.calls[order.get("after", 0) :]
    ]


async def _wait(telegram: Telegram, order: dict[str, Any]) -> dict[str, Any]:
    """The bot's newest message whose text or caption the pattern is found in, and when."""
    pattern = re.compile(order["pattern"], re.DOTALL)
    after = order.get("after", 0)
    message = await telegram.message(
        _person(telegram, order["user"]),
        lambda m: bool(
            m["message_id"] > after and pattern.search(m.get("text", m.get("caption", "")))
        ),
        order.get("timeout_s", 10.0),
    )
    return {"message": message, "at": telegram.world.timer()}


def _fail(telegram: Telegram, order: dict[str, Any]) -> dict[str, bool]:
    """`kind`: a key of FAULTS, or 429 with `retry_after`; `count` calls meet it."""
    kind = str(order["kind"])
    for _ in range(order.get("count", 1)):
        error = too_many(order.get("retry_after", 1)) if kind == "429" else FAULTS[kind]()
        telegram.fail(order.get("method", "*"), error, applied=order.get("applied", False))
    return {"ok": True}


CONTROLS: dict[str, Any] = {
    "user": _add_user,
    "send": _send,
    "press": _press,
    "messages": _messages,
    "calls": _calls,
    "wait": _wait,
    "fail": _fail,
    "violations": lambda telegram, _: telegram.violations,
    "now": lambda telegram, _: {"at": telegram.world.timer()},
}


async def _main(arguments: argparse.Namespace) -> None:
    telegram = Telegram(
        token=arguments.token, group_limit=arguments.group_limit, first_id=int(time.time())
    )
    server = TelegramServer(telegram, delay_s=arguments.delay_ms / 1000, port=arguments.port)
    async with server:
        print(server.url, flush=True)
        await server.serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--token", default=TOKEN)
    parser.add_argument("--delay-ms", type=float, default=0.0)
    parser.add_argument("--group-limit", type=int)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_main(parser.parse_args()))
