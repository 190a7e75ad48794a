from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.errors import OutOfBudget, StoreUnavailable
from bot.net.service_budget import ServiceBudget, asker
from bot.spotify.api import calls
from bot.storage.service_state import ServiceBudgets
from bot.youtube.data_api import FOR_SINGLE_TRACKS, OFFLINE, SEARCHES_A_DAY, searches

if TYPE_CHECKING:
    from datetime import datetime

    from bot.net.service_budget import Quota
    from bot.storage.database import Database
    from tests.conftest import SetClock

ANNA, BELA = 7, 8
FOR_LISTS = SEARCHES_A_DAY - FOR_SINGLE_TRACKS


class Store:
    """A store that is away, or slow; `asked` counts the statements."""

    def __init__(self, answer: tuple[int, datetime] | None = None) -> None:
        self.answer = answer
        self.asked: list[int] = []

    async def take(
        self, name: str, person: int, *, calls: int, limit: int, since: datetime
    ) -> tuple[int, datetime]:
        self.asked.append(calls)
        await asyncio.sleep(0)
        if self.answer is None:
            raise StoreUnavailable("away")
        left, oldest = self.answer
        return min(calls, left), oldest


async def granted(
    *budgets: ServiceBudget, times: int, person: int = ANNA, alone: bool = False
) -> int:
    """How many of so many calls for a person, spread over the budgets, are granted at once."""
    asker.set(person)
    asked = (budgets[n % len(budgets)].take(alone=alone) for n in range(times))
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert all(each is None or isinstance(each, OutOfBudget) for each in answers)
    return answers.count(None)


def fleet(quota: Quota, db: Database, now: SetClock) -> list[ServiceBudget]:
    """What several processes have of one budget."""
    return [ServiceBudget(quota, clock=now, store=ServiceBudgets(db, clock=now)) for _ in range(3)]


async def test_nobody_empties_the_day(db: Database, now: SetClock) -> None:
    """Whoever is alone has seven eighths, of single tracks too; a guest finds half of the rest."""
    processes = fleet(searches(), db, now)

    assert FOR_LISTS * 7 // 8 == await granted(*processes, times=150)
    assert 87 - 70 == await granted(*processes, times=50, alone=True)
    assert (100 - 87) // 2 == await granted(*processes, times=50, person=BELA, alone=True)
    assert 0 == await granted(*processes, times=50, alone=True)
    now.forward(hours=20, minutes=1)
    assert FOR_LISTS // 2 == await granted(*processes, times=150, person=BELA)


async def test_processes_share_the_window(db: Database, now: SetClock) -> None:
    """Calls to Spotify are free again 30 s after they were made, and the refusal says so."""
    processes = fleet(calls(70), db, now)
    assert 60 * 7 // 8 == await granted(*processes, times=100)
    now.forward(seconds=10)
    with pytest.raises(OutOfBudget) as caught:
        await processes[0].take()

    assert 20 == caught.value.retry_after_s
    assert 70 * 7 // 8 - 52 == await granted(*processes, times=20, alone=True)
    now.forward(seconds=20.001)
    assert 52 - 9 == await granted(*processes, times=100)


@pytest.mark.parametrize("shared", [True, False], ids=["in the store", "without a store"])
async def test_the_more_come_the_more_even_it_gets(
    db: Database, now: SetClock, *, shared: bool
) -> None:
    """Each takes at most half of what the others have left, in whatever order they come."""
    store = ServiceBudgets(db, clock=now) if shared else None
    budget = ServiceBudget(calls(70), clock=now, store=store)
    for person in (BELA, ANNA):
        await granted(budget, times=1, person=person)
    now.forward(minutes=1)
    took = [await granted(budget, times=100, person=person) for person in (1, 2, 3, 4, 5, 6, 7, 8)]
    now.forward(hours=25)
    alone = await granted(budget, times=100)

    assert [30, 15, 7, 4, 2, 1, 1, 0] == took
    assert 52 == alone


async def test_groups_and_channels_are_nobody(now: SetClock) -> None:
    """Anybody can make as many as they like: all of them together have one share."""
    budget = ServiceBudget(calls(70), clock=now)

    assert 52 == await granted(budget, times=100, person=-100_1)
    assert 0 == await granted(budget, times=100, person=-100_2)


async def test_without_a_store_one_process_has_all(now: SetClock) -> None:
    """`tracklink show` counts for itself."""
    budget = ServiceBudget(searches(), clock=now)

    assert FOR_LISTS * 7 // 8 == await granted(budget, times=150)
    now.forward(hours=24)
    assert FOR_LISTS * 7 // 8 == await granted(budget, times=150)


async def test_with_the_store_down_each_process_takes_little(now: SetClock) -> None:
    """Nobody knows then how many others there are; and the store is not asked for each call."""
    store = Store()
    budget = ServiceBudget(searches(), clock=now, store=store)

    assert OFFLINE * 7 // 8 == await granted(budget, times=50)
    assert 1 == len(store.asked)


class Broken(Store):
    """A store with an error that nobody foresaw."""

    async def take(self, *_: object, **__: object) -> tuple[int, datetime]:
        raise KeyError("calls")


async def test_an_unforeseen_error_is_a_store_that_is_away(now: SetClock) -> None:
    """All that ask are answered, those who come later too."""
    budget = ServiceBudget(searches(), clock=now, store=Broken())

    async with asyncio.timeout(1):
        assert OFFLINE * 7 // 8 == await granted(budget, times=50)
        assert 0 == await granted(budget, times=1)


class Stuck(Store):
    """A store that does not answer its first call."""

    def __init__(self, answer: tuple[int, datetime]) -> None:
        super().__init__(answer)
        self.stuck = asyncio.Event()

    async def take(
        self, name: str, person: int, *, calls: int, limit: int, since: datetime
    ) -> tuple[int, datetime]:
        if not self.stuck.is_set():
            self.stuck.set()
            await asyncio.Event().wait()
        return await super().take(name, person, calls=calls, limit=limit, since=since)


async def test_nobody_waits_for_a_count_that_ended(now: SetClock) -> None:
    """Neither who asked meanwhile nor who comes next."""
    store = Stuck((100, now()))
    budget = ServiceBudget(calls(140), clock=now, store=store)
    async with asyncio.timeout(0.5):
        first = asyncio.create_task(granted(budget, times=2))
        await store.stuck.wait()
        second = asyncio.create_task(granted(budget, times=2))
        await asyncio.sleep(0.01)
        [counting] = budget._serving
        counting.cancel()

        assert (0, 0) == tuple(await asyncio.gather(first, second))
        assert 1 == await granted(budget, times=1)


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
