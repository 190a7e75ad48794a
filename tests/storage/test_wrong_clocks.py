"""What a clock that was a day ahead left behind: nobody has to wait for that day."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.clock import Timing
from bot.errors import RateLimited, Service, Unavailable
from bot.net.circuit import CircuitBreaker
from bot.quota.bursts import Bursts
from bot.quota.policy import BURST
from bot.storage.exports import Exports
from bot.storage.jobs import Jobs
from bot.storage.listings import Listings
from bot.storage.seen_updates import Claim, SeenUpdates
from bot.storage.service_state import Circuits, ServiceBudgets
from tests.conftest import SetClock
from tests.stage import listing
from tests.storage.test_shapes import job

if TYPE_CHECKING:
    from bot.storage.database import Database

DAY = timedelta(days=1)


@pytest.fixture
def ahead(now: SetClock) -> SetClock:
    """The clock of the process that was wrong."""
    return SetClock(now() + DAY)


async def test_bursts(db: Database, now: SetClock, ahead: SetClock) -> None:
    """A person who used up the minute there has the minute's here."""
    for _ in range(BURST + 1):
        await Bursts(db, clock=ahead).take(1)
    waits = [await Bursts(db, clock=now).take(1) for _ in range(BURST + 1)]
    assert [0.0] * BURST + [10.0] == waits


async def test_updates(db: Database, now: SetClock, ahead: SetClock) -> None:
    """Its lease is nobody's."""
    await SeenUpdates(db, bot_id="7", clock=ahead).claim(1, "dead", lease_s=8.0)
    claimed = await SeenUpdates(db, bot_id="7", clock=now).claim(1, "me", lease_s=8.0)
    assert Claim.OURS == claimed.claim


@pytest.mark.parametrize("began", [True, False])
async def test_jobs(db: Database, now: SetClock, ahead: SetClock, *, began: bool) -> None:
    """What a dead process held, or put off, is taken over, and its user's next one runs."""
    dead, jobs = Jobs(db, clock=ahead, owner="dead"), Jobs(db, clock=now, owner="me")
    await dead.start(job(now))
    if not began:
        await dead.put_off("odd", at_least_s=30)
    claimed = await jobs.claim()
    assert claimed
    assert ("odd", "me") == (claimed.id, claimed.owner)
    await jobs.finish("odd", {})
    assert await jobs.start(replace(job(now), id="next"))


async def test_leases_that_may_be_are_kept(db: Database, now: SetClock) -> None:
    """Clocks of two processes never agree to the millisecond."""
    other = SetClock(now() + timedelta(seconds=2))
    await Jobs(db, clock=other, owner="other").start(job(now))
    assert None is await Jobs(db, clock=now, owner="me").claim()
    now.forward(seconds=Timing().lease_s + 3)
    assert await Jobs(db, clock=now, owner="me").claim()


async def test_what_waits_for_a_service_waits(db: Database, now: SetClock) -> None:
    """Up to a day after the link came."""
    later = now() + timedelta(hours=20)
    await Jobs(db, clock=now).accept(replace(job(now), again=1, lease_until=later))
    assert None is await Jobs(db, clock=now).claim()


async def test_shared_circuits(db: Database, now: SetClock, ahead: SetClock) -> None:
    """A wait that was told there holds nobody here, and a new one counts from now."""
    here = Circuits(db, clock=now)
    await Circuits(db, clock=ahead).open("s", ahead() + timedelta(seconds=30))
    assert {} == await here.all()
    assert None is await here.claim("s", "me", within_s=5.0)
    until = now() + timedelta(seconds=30)
    await here.open("s", until)
    assert {"s": until} == await here.all()


async def test_a_circuit_of_ones_own(now: SetClock) -> None:
    """The clock was put right meanwhile."""
    circuit = CircuitBreaker(Service.YOUTUBE_MUSIC, clock=now)
    now.time += DAY

    async def refuse() -> None:
        raise RateLimited(Service.YOUTUBE_MUSIC, retry_after_s=30.0)

    with pytest.raises(Unavailable):
        await circuit.call(refuse)
    held = circuit.retry_at
    now.time -= DAY
    assert (True, None) == (held is not None, circuit.retry_at)


async def test_budgets(db: Database, now: SetClock, ahead: SetClock) -> None:
    """Calls that were counted there do not count for a day."""
    window = timedelta(seconds=30)
    granted = [
        await ServiceBudgets(db, clock=clock).take("s", 1, calls=9, limit=9, since=clock() - window)
        for clock in (ahead, now)
    ]
    assert granted[0][0] == granted[1][0]
    assert now() == granted[1][1]


async def test_errands_and_listings(db: Database, now: SetClock, ahead: SetClock) -> None:
    """A file is made again, and a playlist read again."""
    await Exports(db, clock=ahead).claim("errand")
    await Listings(db, clock=ahead).put(listing(2))
    assert await Exports(db, clock=now).claim("errand")
    assert None is await Listings(db, clock=now).get(listing(2).kind, listing(2).id)
