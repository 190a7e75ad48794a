from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.errors import OutOfBudget, StoreUnavailable
from bot.net.service_budget import ServiceBudget
from bot.spotify.api import calls
from bot.storage.service_state import ServiceBudgets
from bot.youtube.data_api import FOR_SINGLE_TRACKS, OFFLINE, SEARCHES_A_DAY, searches

if TYPE_CHECKING:
    from datetime import datetime

    from bot.storage.database import Database
    from tests.conftest import SetClock

FOR_LISTS = SEARCHES_A_DAY - FOR_SINGLE_TRACKS


class Store:
    """A store that is away, or slow; `asked` counts the statements."""

    def __init__(self, answer: tuple[int, datetime] | None = None) -> None:
        self.answer = answer
        self.asked: list[int] = []

    async def take(
        self, name: str, *, calls: int, limit: int, since: datetime
    ) -> tuple[int, datetime]:
        self.asked.append(calls)
        await asyncio.sleep(0)
        if self.answer is None:
            raise StoreUnavailable("away")
        left, oldest = self.answer
        return min(calls, left), oldest


async def granted(*budgets: ServiceBudget, times: int, alone: bool = False) -> int:
    """How many of so many calls, spread over the budgets, are granted at once."""
    asked = (budgets[n % len(budgets)].take(alone=alone) for n in range(times))
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert all(each is None or isinstance(each, OutOfBudget) for each in answers)
    return answers.count(None)


async def test_processes_share_the_day(db: Database, now: SetClock) -> None:
    """Lists end where the share of single tracks begins; these end with the day's last search."""
    fleet = [
        ServiceBudget(searches(), clock=now, store=ServiceBudgets(db, clock=now)) for _ in range(5)
    ]

    assert FOR_LISTS == await granted(*fleet, times=150)
    assert FOR_SINGLE_TRACKS == await granted(*fleet, times=50, alone=True)
    now.forward(hours=19, minutes=59)
    assert 0 == await granted(*fleet, times=5, alone=True)
    now.forward(minutes=2)
    assert FOR_LISTS == await granted(*fleet, times=150)


async def test_processes_share_the_window(db: Database, now: SetClock) -> None:
    """Calls to Spotify are free again 30 s after they were made, and the refusal says so."""
    fleet = [
        ServiceBudget(calls(70), clock=now, store=ServiceBudgets(db, clock=now)) for _ in range(3)
    ]
    assert 60 == await granted(*fleet, times=100)
    now.forward(seconds=10)
    with pytest.raises(OutOfBudget) as caught:
        await fleet[0].take()

    assert 20 == caught.value.retry_after_s
    assert 10 == await granted(*fleet, times=20, alone=True)
    now.forward(seconds=20.001)
    assert 50 == await granted(*fleet, times=100)


async def test_without_a_store_one_process_has_all(now: SetClock) -> None:
    """`tracklink show` counts for itself."""
    budget = ServiceBudget(searches(), clock=now)

    assert FOR_LISTS == await granted(budget, times=150)
    now.forward(hours=24)
    assert FOR_LISTS == await granted(budget, times=150)


async def test_with_the_store_down_each_process_takes_little(now: SetClock) -> None:
    """Nobody knows then how many others there are; and the store is not asked for each call."""
    store = Store()
    budget = ServiceBudget(searches(), clock=now, store=store)

    assert OFFLINE == await granted(budget, times=50)
    assert 1 == len(store.asked)


async def test_calls_that_come_together_cost_one_statement(now: SetClock) -> None:
    """While one statement is under way, all that ask wait for the next: 100 pages need two."""
    store = Store((100, now()))
    budget = ServiceBudget(calls(140), clock=now, store=store)
    asked = [asyncio.create_task(budget.take()) for _ in range(100)]
    await asyncio.gather(*asked)

    assert [100] == store.asked


async def test_calls_of_the_past_are_forgotten(now: SetClock) -> None:
    """A process that runs for weeks remembers the calls of its window alone."""
    budget = ServiceBudget(calls(140), clock=now, store=Store((140, now())))
    for _ in range(100):
        await budget.take()
        now.forward(seconds=1)
    assert 30 >= len(budget._own)


async def test_whoever_gives_up_takes_nobody_with_them(now: SetClock) -> None:
    """A caller that is cancelled while it waits leaves the others their answers."""
    store = Store((1, now() - timedelta(seconds=1)))
    budget = ServiceBudget(calls(140), clock=now, store=store)
    first, second = asyncio.create_task(budget.take()), asyncio.create_task(budget.take())
    await asyncio.sleep(0)
    first.cancel()

    with pytest.raises(OutOfBudget):
        await second
