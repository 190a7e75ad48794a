from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.storage.service_state import Circuits, ServiceBudgets

if TYPE_CHECKING:
    from bot.storage.database import Database
    from tests.conftest import SetClock

HOUR = timedelta(hours=1)
PROBE_S = 25.0
WINDOW = timedelta(seconds=30)


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


@pytest.mark.parametrize("odd", ["x", 5, [], {}, True])
async def test_an_odd_time_is_none(
    circuits: Circuits, db: Database, now: SetClock, odd: object
) -> None:
    """Whoever asks to probe is told the other time, or that somebody else has the turn."""
    soon = now() + timedelta(seconds=5)
    for closed, probe in ((soon, odd), (odd, soon)):
        times = {"closed_until": closed, "opened_at": now(), "probe_until": probe}
        await db["circuits"].replace_one({"_id": "s"}, times | {"prober": "b"}, upsert=True)

        assert soon == await circuits.claim("s", "a", within_s=PROBE_S)


@pytest.fixture
def budgets(db: Database, now: SetClock) -> ServiceBudgets:
    return ServiceBudgets(db, clock=now)


async def test_many_at_once_get_no_more_than_there_is(
    budgets: ServiceBudgets, now: SetClock
) -> None:
    """However many people ask at once, by however many processes, the limit holds."""
    since = now() - WINDOW
    took = await asyncio.gather(
        *(budgets.take("spotify", who, calls=3, limit=50, since=since) for who in range(40))
    )

    assert 50 == sum(granted for granted, _ in took)


async def test_the_window_rolls(budgets: ServiceBudgets, now: SetClock) -> None:
    """A call counts for as long as the window is, and the oldest one's time is told."""
    began = now()
    for who in (7, 8, 9):
        await budgets.take("spotify", who, calls=1, limit=3, since=now() - WINDOW)
        now.forward(seconds=10)
    assert (1, began + timedelta(seconds=10)) == await budgets.take(
        "spotify", 7, calls=2, limit=3, since=now() - WINDOW
    )
    assert 0 == (await budgets.take("spotify", 7, calls=1, limit=3, since=now() - WINDOW))[0]


async def test_whose_share_is_used_up_hears_when_that_passes(
    budgets: ServiceBudgets, now: SetClock
) -> None:
    """The oldest call of their own is told, not that of somebody else."""
    await budgets.take("spotify", 7, calls=1, limit=30, since=now() - WINDOW)
    now.forward(seconds=10)
    took = await budgets.take("spotify", 8, calls=30, limit=30, since=now() - WINDOW)

    assert (14, now()) == took


async def test_what_is_kept_for_some_is_refused_to_others(
    budgets: ServiceBudgets, now: SetClock
) -> None:
    """Both count together; the lower limit ends first."""
    since = now() - WINDOW
    assert 7 == (await budgets.take("youtube", 7, calls=9, limit=8, since=since))[0]
    assert 0 == (await budgets.take("youtube", 7, calls=1, limit=8, since=since))[0]
    assert 1 == (await budgets.take("youtube", 7, calls=9, limit=10, since=since))[0]


@pytest.mark.parametrize(
    "odd", [{}, {"calls": "x"}, {"calls": True}, {"calls": None}, {"at": "x", "calls": 2}]
)
async def test_an_odd_entry_counts_for_nothing(
    budgets: ServiceBudgets, db: Database, now: SetClock, odd: dict[str, Any]
) -> None:
    """It is forgotten at the next call, and the others count."""
    good = {"at": now(), "calls": 2, "who": "b"}
    await db["budgets"].insert_one({"_id": "s", "taken": [{"at": now()} | odd, good]})

    assert (1, now()) == await budgets.take("s", 7, calls=9, limit=4, since=now() - WINDOW)
    [kept] = await db["budgets"].find().to_list(None)
    assert [2, 1] == [each["calls"] for each in kept["taken"]]


async def test_who_asked_is_not_told(db: Database, now: SetClock) -> None:
    """What is stored names nobody: a digest stands there, which the bot's token keys."""
    budgets = ServiceBudgets(db, clock=now, pepper=b"token")
    await budgets.take("spotify", 7_000_000, calls=1, limit=3, since=now() - WINDOW)

    [kept] = await db["budgets"].find().to_list(None)
    assert "7000000" not in str(kept)
    assert 16 == len(kept["who"])
