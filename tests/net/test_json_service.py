from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from requests.adapters import HTTPAdapter

from bot.clock import Timing, utc_now
from bot.config import load
from bot.errors import (
    NotFound,
    OutOfBudget,
    RateLimited,
    Refused,
    Service,
    SourceError,
    Unavailable,
    Unreadable,
)
from bot.net.circuit import ATTEMPTS, FAILURES_TO_OPEN
from bot.net.json_service import MAX_BYTES, JsonClient
from bot.net.network import Network, Transports
from bot.net.service_budget import rolling
from bot.platforms import apple, deezer

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.clock import Clock
    from bot.net.service_budget import Quota
    from tests.conftest import SetClock

BASE = "https://api.deezer.test"


def serve(
    answer: Callable[[httpx.Request], httpx.Response],
    now: Clock,
    *,
    rate: Quota = deezer.RATE,
    service: Service = Service.DEEZER,
    timing: Timing = Timing(),
) -> JsonClient:
    fault = deezer.fault if service is Service.DEEZER else apple.fault
    settings = load(_env_file=None).model_copy(update={"deezer_api_url": BASE})
    transports = Transports(http=httpx.MockTransport(answer), requests=HTTPAdapter())
    net = Network(settings, clock=now, transports=transports, timing=timing)
    return JsonClient(net, service, base_url=BASE, rate=rate, fault=fault)


def failing(status: int, body: object, **headers: str) -> Callable[[httpx.Request], httpx.Response]:
    if isinstance(body, str):
        return lambda _: httpx.Response(status, text=body, headers=headers)
    return lambda _: httpx.Response(status, json=body, headers=headers)


async def test_an_answer_is_read(now: SetClock) -> None:
    """Parameters are written so that any title can be asked for."""
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, json={"data": []})

    assert {"data": []} == await serve(answer, now).get("search", q="a&b=ü #1", limit=3)
    assert "/search" == asked[0].url.path
    assert {"q": "a&b=ü #1", "limit": "3"} == dict(asked[0].url.params)
    assert "cookie" not in asked[0].headers


def error(code: int) -> dict[str, Any]:
    return {"error": {"type": "Exception", "message": "said", "code": code}}


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (200, error(4), RateLimited),
        (200, error(700), Unavailable),
        (200, error(800), NotFound),
        (200, error(200), Refused),
        (200, error(600), Unreadable),
        (200, {"error": {}}, Unreadable),
        (200, [], Unreadable),
        (200, "<html>", Unreadable),
        (200, "[" * 100_000, Unreadable),
        (200, "x" * (MAX_BYTES + 1), Unreadable),
        (301, "", Refused),
        (403, "", Refused),
        (404, "", NotFound),
        (429, "", RateLimited),
        (500, "", Unavailable),
    ],
)
async def test_each_failure_of_deezer(
    now: SetClock, status: int, body: object, expected: type[SourceError]
) -> None:
    """Errors that come with HTTP 200 are errors, and so is what is no JSON object."""
    with pytest.raises(expected) as caught:
        await serve(failing(status, body), now).get("track/1")
    assert expected is type(caught.value)
    assert Service.DEEZER == caught.value.service


async def test_apple_refuses_who_asks_too_often(now: SetClock) -> None:
    """Its 403 opens the circuit for a minute."""
    service = serve(failing(403, ""), now, service=Service.APPLE)
    with pytest.raises(RateLimited):
        await service.get("lookup", id=1)
    with pytest.raises(Unavailable, match="circuit open"):
        await service.get("lookup", id=1)
    now.forward(seconds=apple.REFUSED_S + 1)
    with pytest.raises(RateLimited):
        await service.get("lookup", id=1)


@pytest.mark.parametrize(
    "failure", [httpx.ConnectError("refused"), httpx.ReadTimeout("slow"), httpx.ReadError("cut")]
)
async def test_out_of_reach(now: SetClock, failure: Exception) -> None:
    """Each call is tried again, a bounded number of times, and a sick service is spared."""
    calls = 0

    def answer(_: httpx.Request) -> httpx.Response:
        nonlocal calls
        calls += 1
        raise failure

    service = serve(answer, now)
    for _ in range(FAILURES_TO_OPEN):
        with pytest.raises(Unavailable):
            await service.get("track/1")
    assert ATTEMPTS * FAILURES_TO_OPEN == calls
    with pytest.raises(Unavailable):
        await service.get("track/1")
    assert ATTEMPTS * FAILURES_TO_OPEN == calls


async def test_the_own_rate_is_kept(now: SetClock) -> None:
    """Who would have to wait too long for a turn is told so, and nothing is sent."""
    service = serve(failing(200, {}), now, rate=rolling(Service.DEEZER, 1, timedelta(minutes=1)))
    await service.get("track/1")
    with pytest.raises(OutOfBudget):
        await service.get("track/1")


async def test_a_turn_that_comes_soon_is_waited_for(now: SetClock) -> None:
    """As a list's pages come faster than Deezer allows."""
    window = timedelta(milliseconds=20)
    service = serve(failing(200, {}), utc_now, rate=rolling(Service.DEEZER, 1, window))

    assert [{}, {}] == [*await asyncio.gather(service.get("track/1"), service.get("track/2"))]
