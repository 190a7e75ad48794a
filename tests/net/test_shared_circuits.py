"""Processes that share what they know of a service, over a real MongoDB."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.errors import NotFound, OutOfBudget, RateLimited, Service, StoreUnavailable, Unavailable
from bot.net.circuit import FAILURES_TO_OPEN, OPEN_S, CircuitBreaker
from bot.net.shared_circuits import SharedCircuits
from bot.storage.service_state import Circuits
from tests.conftest import PATIENT

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.clock import Timing
    from bot.storage.database import Database
    from tests.conftest import SetClock

HOUR_S = 3600.0
SOON = replace(PATIENT, verdict_asked_every_s=0.02, verdict_s=0.1)


class Source:
    """A service outside that is well or not, and counts its calls."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.calls = 0
        self.begun = asyncio.Event()
        self.gate = asyncio.Event()
        self.gate.set()

    async def __call__(self) -> str:
        self.calls += 1
        self.begun.set()
        await self.gate.wait()
        if self.error:
            raise self.error
        return "yes"


class Replica:
    """One process: its circuit, and what it heard of the others."""

    def __init__(self, db: Database, clock: SetClock, timing: Timing = SOON) -> None:
        self.shared = SharedCircuits(Circuits(db, clock=clock), timing=timing)
        self.circuit = CircuitBreaker(Service.SPOTIFY_API, clock=clock, shared=self.shared)

    async def call(self, attempt: Callable[[], Awaitable[str]]) -> str:
        return await self.circuit.call(attempt)


@pytest.fixture
def fleet(db: Database, now: SetClock) -> list[Replica]:
    return [Replica(db, now) for _ in range(10)]


async def hear(fleet: list[Replica]) -> None:
    """What happens within `circuits_read_every_s`."""
    for replica in fleet:
        await replica.shared.close()
    for replica in fleet:
        await replica.shared.refresh()


async def open_all(fleet: list[Replica], seconds: float = HOUR_S) -> None:
    error = RateLimited(Service.SPOTIFY_API, "429", retry_after_s=seconds)
    with pytest.raises(RateLimited):
        await fleet[0].call(Source(error))
    await hear(fleet)


async def outcomes(fleet: list[Replica], service: Source) -> list[object]:
    return await asyncio.gather(*(each.call(service) for each in fleet), return_exceptions=True)


async def test_one_replica_meets_the_wall_for_all(fleet: list[Replica], now: SetClock) -> None:
    """What one is told, the others know: none of them calls, and all say until when."""
    until = now() + timedelta(hours=1)
    await open_all(fleet)
    service = Source()
    answers = await outcomes(fleet, service)

    assert 0 == service.calls
    assert [until] * 10 == [each.retry_at for each in answers if isinstance(each, Unavailable)]


async def test_a_restarted_process_knows_it_too(
    fleet: list[Replica], db: Database, now: SetClock
) -> None:
    """A day's Retry-After is not forgotten by a restart."""
    await open_all(fleet, seconds=80_000)
    fresh = Replica(db, now)
    await fresh.shared.refresh()

    assert now() + timedelta(seconds=80_000) == fresh.circuit.retry_at


async def test_only_one_probes_and_all_follow_its_verdict(db: Database, now: SetClock) -> None:
    """After the wait one call goes out; when it came back well, all others go too."""
    fleet = [Replica(db, now, replace(SOON, verdict_s=30.0)) for _ in range(10)]
    await open_all(fleet)
    now.forward(seconds=HOUR_S)
    service = Source()
    service.gate.clear()
    calls = [asyncio.create_task(each.call(service)) for each in fleet * 3]
    await service.begun.wait()
    await asyncio.sleep(0.03)
    assert 1 == service.calls
    service.gate.set()

    assert ["yes"] * 30 == await asyncio.gather(*calls)
    await hear(fleet)
    assert [None] * 10 == [each.circuit.retry_at for each in fleet]


async def test_a_failed_probe_leaves_all_closed(fleet: list[Replica], now: SetClock) -> None:
    """One call finds out for all that it is still down."""
    await open_all(fleet)
    now.forward(seconds=HOUR_S)
    service = Source(Unavailable(Service.SPOTIFY_API, "502"))
    answers = await outcomes(fleet, service)
    await hear(fleet)

    assert 1 == service.calls
    assert 10 == sum(isinstance(each, Unavailable) for each in answers)
    assert {now() + timedelta(seconds=OPEN_S)} == {each.circuit.retry_at for each in fleet}


async def test_a_probe_that_was_given_up_is_made_by_the_next(
    fleet: list[Replica], now: SetClock
) -> None:
    """A cancelled probe has no verdict: the same process may ask again at once."""
    await open_all(fleet)
    now.forward(seconds=HOUR_S)
    service = Source()
    service.gate.clear()
    probe = asyncio.create_task(fleet[1].call(service))
    await service.begun.wait()
    probe.cancel()
    await asyncio.gather(probe, return_exceptions=True)
    service.gate.set()

    with pytest.raises(Unavailable, match="circuit open"):
        await fleet[2].call(service)
    assert "yes" == await fleet[1].call(service)


async def test_a_definite_answer_is_a_good_probe(fleet: list[Replica], now: SetClock) -> None:
    """A service that says 404 is back."""
    await open_all(fleet)
    now.forward(seconds=HOUR_S)
    with pytest.raises(NotFound):
        await fleet[1].call(Source(NotFound(Service.SPOTIFY_API, "404")))
    await hear(fleet)

    assert [None] * 10 == [each.circuit.retry_at for each in fleet]


async def test_our_own_budget_opens_no_circuit(fleet: list[Replica], now: SetClock) -> None:
    """What this program allows itself says nothing of the service; its wait is told."""
    error = OutOfBudget(Service.SPOTIFY_API, "used up", retry_after_s=HOUR_S)
    for _ in range(FAILURES_TO_OPEN):
        with pytest.raises(OutOfBudget):
            await fleet[0].call(Source(error))

    assert fleet[0].circuit.retry_at is None
    assert now() + timedelta(hours=1) == error.retry_at


class Away:
    """A store that is down."""

    async def _fail(self, *_: object, **__: object) -> None:
        raise StoreUnavailable("away")

    all = open = close = claim = _fail


async def test_without_the_store_each_goes_by_what_it_met(now: SetClock) -> None:
    """A process whose store is down keeps its own circuit, and probes by itself."""
    shared = SharedCircuits(Away())  # type: ignore[arg-type]  # a stand-in
    circuit = CircuitBreaker(Service.SPOTIFY_API, clock=now, shared=shared)
    with pytest.raises(RateLimited):
        await circuit.call(Source(RateLimited(Service.SPOTIFY_API, "429", retry_after_s=HOUR_S)))
    await shared.close()
    with pytest.raises(Unavailable, match="circuit open"):
        await circuit.call(Source())
    now.forward(seconds=HOUR_S)

    assert "yes" == await circuit.call(Source())
    assert circuit.retry_at is None
    await shared.close()


async def test_it_hears_of_others_for_as_long_as_it_runs(
    db: Database, now: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Again and again, also after the store was away."""
    store = Circuits(db, clock=now)
    hearing = SharedCircuits(store, timing=replace(PATIENT, circuits_read_every_s=0.005))
    answers = [StoreUnavailable("away"), None]
    heard, ask = asyncio.Event(), store.all

    async def sometimes() -> dict[str, object]:
        if not answers:
            heard.set()
        elif error := answers.pop(0):
            raise error
        return {**await ask()}

    monkeypatch.setattr(store, "all", sometimes)
    await store.open("youtube_music", now())
    keeping = asyncio.create_task(hearing.keep())
    async with asyncio.timeout(5):
        await heard.wait()
    keeping.cancel()

    assert now() == hearing.closed_until("youtube_music")
