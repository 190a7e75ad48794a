"""What a listing costs its user: reserved before the look-ups, settled after them.

A listing costs a unit for each song that its user has not paid for yet: what was paid by earlier
openings stays free as long as their jobs are kept. So a list longer than the day's allowance goes
on where it stopped the next day, and what failed or was stopped is paid when it comes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.outcome import Shortfall
from bot.quota.policy import Allowance, Plans, Standing, allowance, standing

if TYPE_CHECKING:
    from datetime import datetime

    from bot.clock import Clock
    from bot.quota.ledger import Ledger
    from bot.storage.jobs import Jobs
    from bot.storage.users import Users


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """What one opening of a listing may look up. Numbers in tracks.

    `paid` was paid by earlier openings, `reserved` is what this one was given, `job` its name in
    the ledger.
    """

    user_id: int
    job: str
    allowance: Allowance
    paid: int
    reserved: int
    shortfall: Shortfall | None

    @property
    def granted(self) -> int:
        """How many of the listing's songs may be shown with their links."""
        return self.paid + self.reserved

    def spent(self, looked_up: int) -> int:
        """What this opening costs in the end, when so many of the listing's songs have a result."""
        return min(max(0, looked_up - self.paid), self.reserved)


class Meter:
    """Opens and closes tabs, and tells users where they stand."""

    def __init__(
        self, ledger: Ledger, users: Users, jobs: Jobs, plans: Plans, *, clock: Clock
    ) -> None:
        self._ledger = ledger
        self._users = users
        self._jobs = jobs
        self._plans = plans
        self._clock = clock

    async def allowance(self, user_id: int, at: datetime) -> Allowance:
        """What the user's plan gives on the day of `at`. Raises StoreUnavailable."""
        user = await self._users.get(user_id)
        if user is None:
            return allowance(self._plans, user_id, at)
        return allowance(self._plans, user_id, at, user.plan, user.plan_until)

    async def paid(self, user_id: int, listing: str) -> int:
        """How many songs of a listing the user has paid for already. Raises StoreUnavailable."""
        return await self._jobs.spent(user_id, listing)

    async def open(self, user_id: int, job: str, *, songs: int, paid: int, given: Allowance) -> Tab:
        """Reserve what a listing of so many songs still costs, on the day it was asked for.

        Raises StoreUnavailable. Asked again after a crash, it reserves nothing twice.
        """
        paid = min(paid, songs)
        reserved = 0
        if paid < songs:
            grant = await self._ledger.reserve(
                user_id, job=job, cost=songs - paid, limit=given.limit, period=given.period
            )
            reserved = grant.granted
        return Tab(
            user_id=user_id,
            job=job,
            allowance=given,
            paid=paid,
            reserved=reserved,
            shortfall=self._shortfall(given, paid + reserved, songs),
        )

    async def close(self, tab: Tab, *, looked_up: int) -> None:
        """Settle: so many of the listing's songs have a result, earlier openings included."""
        if tab.reserved:
            await self._ledger.settle(
                tab.user_id,
                job=tab.job,
                spent=tab.spent(looked_up),
                period=tab.allowance.period,
            )

    async def standing(self, user_id: int) -> tuple[Allowance, Standing]:
        """Where a user stands now."""
        now = self._clock()
        given = await self.allowance(user_id, now)
        used = await self._ledger.used(user_id, period=given.period)
        return given, standing(given, used, now)

    async def forget(self, user_id: int) -> None:
        """Forget what the user used on other days; today's number stays: the limit holds."""
        given = await self.allowance(user_id, self._clock())
        await self._ledger.forget(user_id, given.period)

    def _shortfall(self, given: Allowance, granted: int, wanted: int) -> Shortfall | None:
        if granted >= wanted or given.limit is None:
            return None
        return Shortfall(
            granted=granted,
            wanted=wanted,
            limit=given.limit,
            seconds=(given.resets_at - self._clock()).total_seconds(),
            zone=str(self._plans.zone),
        )
