"""The server's own part: ways to pass parameters, the webhook, delays, and its control side."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from bot.sandbox.telegram.core import TOKEN
from tests.e2e import telegram_server
from tests.e2e.telegram_server import SECRET_HEADER, TelegramServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from pytest_httpserver import HTTPServer

BOT = f"/bot{TOKEN}"


@pytest.fixture
async def server() -> AsyncIterator[TelegramServer]:
    async with TelegramServer() as server:
        yield server


@pytest.fixture
async def client(server: TelegramServer) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=server.url, trust_env=False) as client:
        yield client


async def control(client: httpx.AsyncClient, name: str, /, **order: Any) -> Any:
    return (await client.post(f"/control/{name}", json=order)).json()


async def test_ways_to_pass(server: TelegramServer, client: httpx.AsyncClient) -> None:
    """Parameters come in the query, as a form, as JSON or in parts."""
    alice = server.telegram.user("Alice")
    server.telegram.send_text(alice, "hi")
    path = f"{BOT}/sendMessage"
    params: dict[str, str | int] = {"chat_id": alice.id, "text": "x"}
    answers = [
        await client.get(path, params=params),
        await client.post(path, data=params),
        await client.post(path, json=params),
        await client.post(path, data=params, files={"part": ("name", b"x")}),
    ]
    assert [200] * 4 == [answer.status_code for answer in answers]
    assert ["x"] * 4 == [message["text"] for message in server.telegram.sent(alice)]


async def test_refused(client: httpx.AsyncClient) -> None:
    """Errors have Telegram's status and body, for files too."""
    unauthorized = {"ok": False, "error_code": 401, "description": "Unauthorized"}
    for path in ("/bot1:x/getMe", "/file/bot1:x/documents/a"):
        answer = await client.get(path)
        assert (401, unauthorized) == (answer.status_code, answer.json())
    assert 404 == (await client.post(f"{BOT}/sendNothing")).status_code


async def test_webhook(
    server: TelegramServer, client: httpx.AsyncClient, httpserver: HTTPServer
) -> None:
    """Updates are posted with the secret, and again until they are taken."""
    httpserver.expect_ordered_request("/hook").respond_with_data(status=500)
    httpserver.expect_ordered_request("/hook", headers={SECRET_HEADER: "s"}).respond_with_data()
    params = {"url": httpserver.url_for("/hook"), "secret_token": "s"}
    await client.post(f"{BOT}/setWebhook", json=params)
    server.telegram.send_text(server.telegram.user("Alice"), "hi")
    await server.telegram.until(lambda: server.telegram.idle)
    bodies = [request.get_json() for request, _ in httpserver.log]
    assert ["hi", "hi"] == [body["message"]["text"] for body in bodies]


async def test_no_webhook(server: TelegramServer, client: httpx.AsyncClient) -> None:
    """While nobody listens there, updates wait; without a secret none is sent."""
    params = {"url": "http://127.0.0.1:1/hook"}
    await client.post(f"{BOT}/setWebhook", json=params)
    server.telegram.send_text(server.telegram.user("Alice"), "hi")
    with pytest.raises(TimeoutError):
        await server.telegram.until(lambda: server.telegram.idle, timeout_s=0.2)


async def test_delay() -> None:
    """Every call but polling takes at least the delay."""
    async with (
        TelegramServer(delay_s=600) as server,
        httpx.AsyncClient(base_url=server.url, trust_env=False) as client,
    ):
        assert (await client.post(f"{BOT}/getUpdates")).is_success
        with pytest.raises(httpx.ReadTimeout):
            await client.post(f"{BOT}/getMe", timeout=httpx.Timeout(10, read=0.2))


async def test_control(client: httpx.AsyncClient) -> None:
    """Another process can be the people, await messages, and look at the calls."""
    alice = (await control(client, "user", name="Alice"))["id"]
    assert "hi" == (await control(client, "send", user=alice, text="hi"))["text"]
    keyboard = {"inline_keyboard": [[{"text": "▶", "callback_data": "next"}]]}
    params = {"chat_id": alice, "text": "page 1", "reply_markup": keyboard}
    waiting = asyncio.create_task(control(client, "wait", user=alice, pattern=r"page \d"))
    await client.post(f"{BOT}/sendMessage", json=params)
    seen = await waiting
    message = seen["message"]
    assert ("page 1", True) == (message["text"], seen["at"] <= (await control(client, "now"))["at"])
    order = {"user": alice, "message_id": message["message_id"], "button": "▶"}
    assert (await control(client, "press", **order))["query"]
    assert "no button" in (await control(client, "press", **order | {"button": "◀"}))["error"]
    assert ["sendMessage"] == [call["method"] for call in await control(client, "calls")]
    assert ["hi", "page 1"] == [m["text"] for m in await control(client, "messages", user=alice)]
    assert [] == await control(client, "violations")
    late = await control(client, "wait", user=alice, pattern="page 3", timeout_s=0.01)
    assert {"error": "TimeoutError()"} == late


async def test_controlled_faults(client: httpx.AsyncClient) -> None:
    """Faults are ordered by name."""
    await control(client, "fail", method="getMe", kind="429", retry_after=9)
    await control(client, "fail", method="getMe", kind="502", count=2)
    answers = [await client.post(f"{BOT}/getMe") for _ in range(4)]
    assert [429, 502, 502, 200] == [answer.status_code for answer in answers]
    assert {"retry_after": 9} == answers[0].json()["parameters"]


def test_as_process() -> None:
    """Started as a program, it tells where it listens and answers there."""
    program = [sys.executable, str(Path(telegram_server.__file__)), "--delay-ms", "1"]
    with subprocess.Popen(program, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            url = process.stdout.readline().strip()
            answer = httpx.get(f"{url}{BOT}/getMe", trust_env=False)
            assert answer.json()["ok"]
        finally:
            process.terminate()
