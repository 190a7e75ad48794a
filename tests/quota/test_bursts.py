"""Bursts in MongoDB: the policy's arithmetic, whoever and however many ask."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.quota.bursts import COLLECTION, Bursts
from bot.quota.policy import BURST, burst_wait
from tests.quota.arrivals import burst_arrival

if TYPE_CHECKING:
    from bot.storage.database import Database
    from tests.conftest import SetClock


async def test_six_at_once(db: Database, now: SetClock) -> None:
    """Six listings of a user pass at once and the seventh waits; others are not held up."""
    bursts = Bursts(db, clock=now)
    waits = await asyncio.gather(*(bursts.take(1) for _ in range(20)))
    assert BURST == waits.count(0.0)
    assert {0.0, 10.0} == set(waits)
    assert 0.0 == await bursts.take(2)
    now.forward(seconds=9.5)
    assert 0.5 == await bursts.take(1)
    now.forward(seconds=0.5)
    assert 0.0 == await bursts.take(1)


async def test_agrees_with_the_policy(db: Database, now: SetClock) -> None:
    """At any times, the statement in MongoDB decides as the arithmetic in policy does."""
    bursts = Bursts(db, clock=now)
    arrival = None
    for step_ms in [0, 0, 3000, 0, 100, 0, 0, 0, 9000, 0, 45_000, 1, 0, 70_000, 0, 0, 0, 0, 0, 0]:
        now.forward(milliseconds=step_ms)
        at = round(now().timestamp() * 1000)
        wait = burst_wait(arrival, at)
        assert wait == await bursts.take(1)
        if not wait:
            arrival = burst_arrival(arrival, at)


async def test_first_listings_at_once(db: Database, now: SetClock) -> None:
    """First listings of many users at once, several of each, are all counted."""
    bursts = Bursts(db, clock=now)
    await asyncio.gather(*(bursts.take(user) for user in range(20) for _ in range(3)))
    assert 20 == await db[COLLECTION].count_documents({})
    assert [0.0, 0.0, 0.0, 10.0] == [await bursts.take(5) for _ in range(4)]


async def test_groups_share_a_burst(db: Database, now: SetClock) -> None:
    """A group costs nothing to make, so it brings no burst, unless the operator says so."""
    bursts, groups = Bursts(db, clock=now), [-100 - number for number in range(BURST)]
    assert [0.0] * BURST == [await bursts.take(group) for group in groups]
    assert (10.0, 0.0) == (await bursts.take(-7), await bursts.take(7))
    own = Bursts(db, clock=now, groups=True)
    assert [0.0] * BURST == [await own.take(-7) for _ in range(BURST)]
    assert (10.0, 0.0) == (await own.take(-7), await own.take(-8))


async def test_what_is_kept_does_not_tell_whose_it_is(db: Database, now: SetClock) -> None:
    """It outlives what is kept about a person, and goes a minute later."""
    await Bursts(db, clock=now, pepper=b"secret").take(4321)
    [kept] = [document async for document in db[COLLECTION].find({})]
    assert {"_id", "arrival_ms", "expires_at"} == kept.keys()
    assert "4321" not in str(kept["_id"])
    assert now() + timedelta(minutes=1) == kept["expires_at"]


async def test_what_is_let_through_here_is_counted_for_all(db: Database, now: SetClock) -> None:
    """A process waits for no answer about what is within the burst here.

    Where others let as many through, it hears so, and asks first from then on.
    """
    here, there = Bursts(db, clock=now), Bursts(db, clock=now)
    for _ in range(BURST - 1):
        assert 0.0 == await there.take(1)
    assert 0.0 == here.take_here(1)
    assert await here.note(1)
    assert 10.0 == await there.take(1)
    assert 0.0 == here.take_here(1)
    assert await here.note(1)
    assert 9 < here.take_here(1) <= 10
