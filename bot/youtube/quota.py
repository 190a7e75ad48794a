"""The Data API's searches: 100 a day for all users together, from midnight to midnight Pacific."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Protocol
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from bot.clock import Clock

# https://developers.google.com/youtube/v3/determine_quota_cost; its own bucket since 2026-06-01.
SEARCHES_A_DAY = 100
ZONE = "America/Los_Angeles"


class SearchBudget(Protocol):
    """Who may still search today."""

    async def take(self) -> bool:
        """Use up one search; False when none is left until the day turns."""
        ...


class DailySearches:
    """The budget of a single process."""

    def __init__(self, *, clock: Clock, limit: int = SEARCHES_A_DAY) -> None:
        self._clock = clock
        self._limit = limit
        self._day = ""
        self._used = 0

    async def take(self) -> bool:
        day = pacific_day(self._clock())
        if day != self._day:
            self._day, self._used = day, 0
        if self._used >= self._limit:
            return False
        self._used += 1
        return True


def pacific_day(now: datetime) -> str:
    """The budget's period, such as 2026-11-20."""
    return now.astimezone(ZoneInfo(ZONE)).date().isoformat()


def next_midnight(now: datetime) -> datetime:
    """When the budget is renewed, in the zone of `now`."""
    tomorrow = now.astimezone(ZoneInfo(ZONE)).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), ZoneInfo(ZONE)).astimezone(now.tzinfo)
