from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.storage.service_budgets import ServiceBudgets

if TYPE_CHECKING:
    from bot.storage.database import Database
    from tests.conftest import SetClock

WINDOW = timedelta(seconds=30)


@pytest.fixture
def budgets(db: Database, now: SetClock) -> ServiceBudgets:
    return ServiceBudgets(db, clock=now)


async def test_many_at_once_get_no_more_than_there_is(
    budgets: ServiceBudgets, now: SetClock
) -> None:
    """However many processes ask at once, the limit holds to the last call."""
    since = now() - WINDOW
    took = await asyncio.gather(
        *(budgets.take("spotify", calls=3, limit=50, since=since) for _ in range(40))
    )

    assert 50 == sum(granted for granted, _ in took)


async def test_the_window_rolls(budgets: ServiceBudgets, now: SetClock) -> None:
    """A call counts for as long as the window is, and the oldest one's time is told."""
    began = now()
    for _ in range(3):
        await budgets.take("spotify", calls=1, limit=3, since=now() - WINDOW)
        now.forward(seconds=10)
    assert (1, began + timedelta(seconds=10)) == await budgets.take(
        "spotify", calls=2, limit=3, since=now() - WINDOW
    )
    assert 0 == (await budgets.take("spotify", calls=1, limit=3, since=now() - WINDOW))[0]


async def test_what_is_kept_for_some_is_refused_to_others(
    budgets: ServiceBudgets, now: SetClock
) -> None:
    """Both count together; the lower limit ends first."""
    since = now() - WINDOW
    assert 8 == (await budgets.take("youtube", calls=9, limit=8, since=since))[0]
    assert 0 == (await budgets.take("youtube", calls=1, limit=8, since=since))[0]
    assert 2 == (await budgets.take("youtube", calls=9, limit=10, since=since))[0]
