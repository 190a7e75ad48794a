from __future__ import annotations

import asyncio
import json
import signal
import socket
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from structlog.testing import capture_logs

from bot.cli import check_health
from bot.clock import Timing
from bot.config import load
from bot.errors import IndexesMissing, NotTaken, SettingError, StoreUnavailable
from bot.ops.server import build, serve
from bot.telegram.webhook import BODY_LIMIT, SECRET_HEADER, Webhook
from tests.e2e.process import free_port

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from telegram import Bot, Update

    from bot.config import Settings
    from bot.ops import server

SECRET = {SECRET_HEADER: "hush-hush-hush-1"}
SOON = Timing(ping_s=0.02, body_s=0.02)
UPDATE: dict[str, Any] = {
    "update_id": 7,
    "message": {"message_id": 1, "date": 0, "chat": {"id": 1, "type": "private"}, "text": "hi"},
}


async def well() -> None:
    """A part that answers."""


async def down() -> None:
    raise StoreUnavailable("MongoDB does not answer: secret-host:27017")


async def unindexed() -> None:
    raise IndexesMissing({"jobs.a": "duplicate key: secret", "usage.b": "not authorized"})


async def hanging() -> None:
    await asyncio.Event().wait()


class Bag:
    """An application that keeps the updates it is given."""

    def __init__(self, fault: Exception | None = None) -> None:
        self.updates: list[Update] = []
        self.fault = fault

    async def __call__(self, update: Update) -> None:
        if self.fault:
            raise self.fault
        self.updates.append(update)


@pytest.fixture
def bag() -> Bag:
    return Bag()


@pytest.fixture
def bot() -> Bot:
    from telegram import Bot

    return Bot("123456789:" + "A" * 35)


def hook(bot: Bot, bag: Bag, **values: Any) -> Webhook:
    whole: dict[str, Any] = {"url": "https://x.org/in", "secret": "hush-hush-hush-1", "store": well}
    return Webhook(bot=bot, accept=bag, **whole | values)


def client(application: Any) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(application, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://bot")


def settings(**values: Any) -> Settings:
    return load(_env_file=None, **values)


@pytest.mark.parametrize(
    ("pings", "status", "body"),
    [
        ({"mongodb": well}, 200, {"status": "ok", "mongodb": "ok"}),
        (
            {"mongodb": down, "telegram": well},
            503,
            {"status": "failing", "mongodb": "failing", "telegram": "ok"},
        ),
        (
            {"mongodb": well, "indexes": unindexed},
            503,
            {"status": "failing", "mongodb": "ok", "indexes": "failing: jobs.a, usage.b"},
        ),
        ({"mongodb": hanging}, 503, {"status": "failing", "mongodb": "failing"}),
        ({}, 200, {"status": "ok"}),
    ],
)
async def test_health_is_what_every_part_answers_in_time(
    pings: dict[str, server.Ping],
    status: int,
    body: dict[str, str],
) -> None:
    """One part that fails or hangs is enough for 503, and is named without its secrets."""
    async with client(build(pings, timing=SOON)) as http:
        answer = await http.get("/health")

    assert (status, body) == (answer.status_code, answer.json())


@pytest.mark.parametrize(
    ("ready", "status", "said"),
    [(None, 200, "ready"), (well, 200, "ready"), (down, 503, "not ready")],
)
async def test_readiness_is_apart_from_health(
    ready: server.Ping | None, status: int, said: str
) -> None:
    """A bot that starts or stops is well, and should be sent nothing."""
    async with client(build({"mongodb": well}, ready=ready)) as http:
        answer, health = await http.get("/ready"), await http.get("/health")

    assert (status, {"status": said}) == (answer.status_code, answer.json())
    assert 200 == health.status_code


async def test_an_update_with_the_secret_is_handed_over(bot: Bot, bag: Bag) -> None:
    """It arrives as the Update that the handlers know."""
    async with client(build({}, hook(bot, bag))) as http:
        answer = await http.post("/in", json=UPDATE, headers=SECRET)

    assert (200, [7]) == (answer.status_code, [update.update_id for update in bag.updates])
    assert bag.updates[0].message is not None
    assert "hi" == bag.updates[0].message.text


@pytest.mark.parametrize("headers", [{}, {SECRET_HEADER: "hush-hush-hush-2"}, {SECRET_HEADER: ""}])
async def test_whoever_does_not_know_the_secret_is_refused(
    bot: Bot, bag: Bag, headers: dict[str, str]
) -> None:
    """Otherwise anyone could speak in anyone's name."""
    async with client(build({}, hook(bot, bag))) as http:
        answer = await http.post("/in", json=UPDATE, headers=headers)

    assert (403, []) == (answer.status_code, bag.updates)


def test_a_webhook_without_a_secret_is_none(bot: Bot, bag: Bag) -> None:
    """An empty header equals an empty secret: everybody would be let in."""
    with pytest.raises(ValueError, match="open to everybody"):
        hook(bot, bag, secret="")


@pytest.mark.parametrize(
    "body",
    [
        b'{"update_id": 1, "poll_answer": {"poll_id": "1"}, "message": {"date": 1e300}}',
        json.dumps(UPDATE | {"message": UPDATE["message"] | {"date": 99999999999999999}}).encode(),
        b'{"update_id": 1, "message": 3}',
    ],
)
async def test_what_cannot_be_read_is_not_sent_again(bot: Bot, bag: Bag, body: bytes) -> None:
    """It knew the secret: Telegram would send it for ever, and nothing of it is in the log."""
    with capture_logs() as logged:
        async with client(build({}, hook(bot, bag))) as http:
            answer = await http.post("/in", content=body, headers=SECRET)

    assert (200, []) == (answer.status_code, bag.updates)
    assert ["update not read, it is dropped"] == [entry["event"] for entry in logged]
    assert logged[0]["reason"].isidentifier()


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff", b"null", b"3", b'"7"', b"[]", b"[7]", b"{}", b"NaN", b"[" * 100_000]
    + [
        json.dumps(UPDATE | {"update_id": number}).encode()
        for number in ("7", "x", None, True, 7.0, float("nan"), [7], {"update_id": 7}, -1, 2**63)
    ],
)
async def test_what_is_no_update_is_refused(bot: Bot, bag: Bag, body: bytes) -> None:
    """Telegram numbers all that it sends: without a number of its form nothing is taken."""
    with capture_logs() as logged:
        async with client(build({}, hook(bot, bag))) as http:
            answer = await http.post("/in", content=body, headers=SECRET)

    assert (400, []) == (answer.status_code, bag.updates)
    assert ["no update, it is refused"] == [entry["event"] for entry in logged]


async def test_what_is_larger_than_any_update_is_refused(bot: Bot, bag: Bag) -> None:
    """Whoever sends it."""
    async with client(build({}, hook(bot, bag))) as http:
        answer = await http.post("/in", content=b" " * (BODY_LIMIT + 1), headers=SECRET)

    assert (413, []) == (answer.status_code, bag.updates)


async def test_a_body_that_does_not_arrive_is_not_waited_for(bot: Bot, bag: Bag) -> None:
    """A sender that stops in the middle holds nothing up."""

    async def stuck() -> AsyncIterator[bytes]:
        yield b"{"
        await hanging()

    async with client(build({}, hook(bot, bag, timing=SOON))) as http:
        answer = await http.post("/in", content=stuck(), headers=SECRET)

    assert 400 == answer.status_code


@pytest.mark.parametrize("store", [down, hanging])
async def test_an_update_that_finds_the_store_down_is_left_with_telegram(
    bot: Bot, bag: Bag, store: server.Ping
) -> None:
    """503 makes Telegram send it again, so it is not lost."""
    async with client(build({}, hook(bot, bag, store=store, timing=SOON))) as http:
        answer = await http.post("/in", json=UPDATE, headers=SECRET)

    assert (503, []) == (answer.status_code, bag.updates)


@pytest.mark.parametrize(
    ("fault", "status"),
    [(StoreUnavailable("gone"), 503), (NotTaken("its handler failed"), 503), (RuntimeError(), 500)],
)
async def test_an_update_that_is_not_taken_is_left_with_telegram(
    bot: Bot, fault: Exception, status: int
) -> None:
    """Only what was taken is acknowledged."""
    async with client(build({}, hook(bot, Bag(fault)))) as http:
        answer = await http.post("/in", json=UPDATE, headers=SECRET)

    assert status == answer.status_code


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/in", 405), ("POST", "/health", 405), ("GET", "/", 404), ("HEAD", "/health", 200)],
)
async def test_there_is_nothing_else(
    bot: Bot, bag: Bag, method: str, path: str, status: int
) -> None:
    """Two routes, each with its method."""
    async with client(build({}, hook(bot, bag))) as http:
        assert status == (await http.request(method, path, headers=SECRET)).status_code


@pytest.mark.parametrize(("url", "path"), [("https://x.org", "/"), ("https://x.org/a/b", "/a/b")])
def test_the_webhook_stands_where_its_address_says(bot: Bot, bag: Bag, url: str, path: str) -> None:
    """What Telegram is told is what is served."""
    given = settings(webhook_url=url, webhook_secret="hush-hush-hush-1")
    webhook = Webhook.of(given, bot=bot, accept=bag, store=well)

    assert webhook is not None
    assert (path, "hush-hush-hush-1") == (webhook.path, webhook.secret)


def test_without_an_address_there_is_no_webhook(bot: Bot, bag: Bag) -> None:
    """The bot polls."""
    assert Webhook.of(settings(), bot=bot, accept=bag, store=well) is None


async def test_health_is_served_while_the_block_runs(capsys: pytest.CaptureFixture[str]) -> None:
    """The container's health check gets its answer from the running bot, and none afterwards."""
    port = free_port()
    async with serve(settings(port=port), {"mongodb": well}):
        healthy = await asyncio.to_thread(check_health, port)
    told = json.loads(capsys.readouterr().out)
    gone = await asyncio.to_thread(check_health, port)

    assert (0, {"status": "ok", "mongodb": "ok"}) == (healthy, told)
    assert 1 == gone
    assert f"No bot answers on port {port}" in capsys.readouterr().out


async def test_a_bot_that_is_not_well_fails_its_check(capsys: pytest.CaptureFixture[str]) -> None:
    """The check says what fails."""
    port = free_port()
    async with serve(settings(port=port), {"mongodb": down}):
        assert 1 == await asyncio.to_thread(check_health, port)

    assert "failing" == json.loads(capsys.readouterr().out.splitlines()[-1])["mongodb"]


async def test_signals_stay_with_the_bot() -> None:
    """The server runs in the bot's loop and leaves stopping to the bot."""
    before = [signal.getsignal(sign) for sign in (signal.SIGTERM, signal.SIGINT)]
    async with serve(settings(port=free_port()), {}):
        await asyncio.sleep(0)
        during = [signal.getsignal(sign) for sign in (signal.SIGTERM, signal.SIGINT)]

    assert before == during


async def test_port_0_serves_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """The health check then says why it has nothing to ask."""
    async with serve(settings(port=0), {}):
        assert 1 == check_health(0)

    assert "PORT is 0: the bot serves no /health.\n" == capsys.readouterr().out


async def test_a_taken_port_that_was_asked_for_is_refused() -> None:
    """The sentence names the variable and what to do."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(SettingError, match=rf"^PORT {port} on 127.0.0.1 cannot be used .*: fr"):
            async with serve(settings(port=port), {}):
                pass


async def test_a_taken_port_that_nobody_asked_for_stops_nobody() -> None:
    """A trial run beside another program on the default port still answers on Telegram."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        given = settings(port=other.getsockname()[1])
        given.model_fields_set.clear()
        reached = False
        async with serve(given, {}):
            reached = True

    assert reached


async def test_an_address_that_is_not_this_machines_is_refused() -> None:
    """A name that does not resolve is no traceback."""
    with pytest.raises(
        SettingError, match=r"^PORT 8080 on nowhere\.invalid cannot be used \([^(]+\): "
    ):
        async with serve(settings(port=8080, web_host="nowhere.invalid"), {}):
            pass
