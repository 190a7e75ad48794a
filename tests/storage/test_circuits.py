from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.storage.circuits import Circuits

if TYPE_CHECKING:
    from bot.storage.database import Database
    from tests.conftest import SetClock

HOUR = timedelta(hours=1)
PROBE_S = 25.0


@pytest.fixture
def circuits(db: Database, now: SetClock) -> Circuits:
    return Circuits(db, clock=now)


async def test_the_longest_wait_stands(circuits: Circuits, now: SetClock) -> None:
    """Processes that meet the same wall at once agree on the longest time it was told for."""
    waits = [timedelta(seconds=30), HOUR, timedelta(seconds=60)]
    await asyncio.gather(*(circuits.open("spotify_api", now() + wait) for wait in waits * 10))

    assert {"spotify_api": now() + HOUR} == await circuits.all()


async def test_nobody_probes_before_its_time(circuits: Circuits, now: SetClock) -> None:
    """Until the wait is over nobody is let through."""
    await circuits.open("spotify_api", now() + HOUR)

    assert now() + HOUR == await circuits.claim("spotify_api", "a", within_s=PROBE_S)


async def test_one_of_many_probes(circuits: Circuits, now: SetClock) -> None:
    """Of twenty processes that ask at once, one may; the others are told how long it has."""
    await circuits.open("spotify_api", now() + HOUR)
    now.forward(hours=1)
    answers = await asyncio.gather(
        *(circuits.claim("spotify_api", str(n), within_s=PROBE_S) for n in range(20))
    )

    assert [now() + timedelta(seconds=PROBE_S)] * 19 == [each for each in answers if each]


async def test_a_probe_of_a_dead_process_is_taken_over(circuits: Circuits, now: SetClock) -> None:
    """Whoever claimed may ask again at once; the others after the probe's time."""
    await circuits.open("spotify_api", now())
    assert await circuits.claim("spotify_api", "dead", within_s=PROBE_S) is None
    assert await circuits.claim("spotify_api", "dead", within_s=PROBE_S) is None
    assert await circuits.claim("spotify_api", "b", within_s=PROBE_S)
    now.forward(seconds=PROBE_S)

    assert await circuits.claim("spotify_api", "b", within_s=PROBE_S) is None
    assert await circuits.claim("spotify_api", "dead", within_s=PROBE_S)


async def test_a_good_probe_closes_it(circuits: Circuits, now: SetClock) -> None:
    """Then everybody may call; not when a longer wait was told meanwhile."""
    await circuits.open("spotify_api", now())
    await circuits.close("spotify_api")
    assert {} == await circuits.all()
    assert await circuits.claim("spotify_api", "a", within_s=PROBE_S) is None

    await circuits.open("spotify_api", now() + HOUR)
    await circuits.close("spotify_api")
    assert {"spotify_api": now() + HOUR} == await circuits.all()


async def test_a_failed_probe_frees_the_next_one(circuits: Circuits, now: SetClock) -> None:
    """The next probe is anybody's, not only after the failed one's time."""
    await circuits.open("spotify_api", now())
    await circuits.claim("spotify_api", "a", within_s=PROBE_S)
    await circuits.open("spotify_api", now() + timedelta(seconds=1))
    now.forward(seconds=1)

    assert await circuits.claim("spotify_api", "b", within_s=PROBE_S) is None
