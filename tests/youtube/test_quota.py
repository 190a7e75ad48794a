from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from bot.youtube.quota import DailySearches, next_midnight, pacific_day

if TYPE_CHECKING:
    from tests.conftest import SetClock


@pytest.mark.parametrize(
    ("now", "day", "midnight"),
    [
        ("2026-11-20T07:59:59", "2026-11-19", "2026-11-20T08:00:00"),
        ("2026-11-20T08:00:00", "2026-11-20", "2026-11-21T08:00:00"),
        ("2026-07-01T12:00:00", "2026-07-01", "2026-07-02T07:00:00"),  # summer
        ("2026-03-08T09:00:00", "2026-03-08", "2026-03-09T07:00:00"),  # a day of 23 hours
        ("2026-11-01T08:30:00", "2026-11-01", "2026-11-02T08:00:00"),  # a day of 25 hours
    ],
)
def test_day(now: str, day: str, midnight: str) -> None:
    """The day turns at midnight Pacific, in summer and in winter."""
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)

    assert day == pacific_day(moment)
    assert datetime.fromisoformat(midnight).replace(tzinfo=UTC) == next_midnight(moment)
    assert UTC is next_midnight(moment).tzinfo


async def test_budget(now: SetClock) -> None:
    """So many searches a day, and as many again when the day turns."""
    budget = DailySearches(clock=now, limit=2)

    assert [True, True, False] == [await budget.take() for _ in range(3)]
    now.forward(hours=24)
    assert await budget.take()
