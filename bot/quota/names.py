"""Names of songs that people sent as bare links: how many Spotify is asked for, for a person.

A name finds no recording, so it costs none of the day's tracks. But each is a request, also of a
link behind which there is nothing, so a person may have as many a day as the plan has tracks.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.errors import StoreUnavailable

if TYPE_CHECKING:
    from bot.clock import Clock
    from bot.quota.meter import Meter
    from bot.storage.service_state import ServiceBudgets

DAY = timedelta(days=1)


class NameAllowance:
    def __init__(self, meter: Meter, counted: ServiceBudgets, *, clock: Clock) -> None:
        self._meter = meter
        self._counted = counted
        self._clock = clock

    async def take(self, person: int, names: int) -> int:
        """How many of so many names may be asked for now. Without a store, which counts, none."""
        try:
            given, _ = await self._meter.stands(person)
            if given.limit is None:
                return names
            return await self._counted.take_own(
                "names",
                self._meter.payer(person),
                calls=names,
                limit=given.limit,
                since=self._clock() - DAY,
            )
        except StoreUnavailable:
            return 0
