"""What a listing costs its user: reserved before the look-ups, settled after them.

Opened again the same day, a listing costs only what it did not pay for the first time. Each
opening that still has something to pay takes a slice of its own in the ledger: `album:X`,
`album:X#1`, … A slice is settled once, so that a crash between the two charges nothing twice.
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
    from bot.storage.users import Users

MOST_SLICES = 20  # a listing that failed this often in one day gets no further look-ups that day


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """What one listing may look up today. Numbers in tracks.

    `paid` was settled by earlier openings; `job` is the slice of this one, None when nothing is
    left to reserve.
    """

    user_id: int
    allowance: Allowance
    wanted: int
    paid: int
    reserved: int
    job: str | None
    shortfall: Shortfall | None

    @property
    def granted(self) -> int:
        return self.paid + self.reserved


class Meter:
    """Opens and closes tabs, and tells users where they stand."""

    def __init__(self, ledger: Ledger, users: Users, plans: Plans, *, clock: Clock) -> None:
        self._ledger = ledger
        self._users = users
        self._plans = plans
        self._clock = clock

    async def allowance(self, user_id: int, at: datetime) -> Allowance:
        """What the user's plan gives on the day of `at`. Raises StoreUnavailable."""
        user = await self._users.get(user_id)
        if user is None:
            return allowance(self._plans, user_id, at)
        return allowance(self._plans, user_id, at, user.plan, user.plan_until)

    async def open(self, user_id: int, listing: str, *, cost: int, given: Allowance) -> Tab:
        """Reserve what a listing still costs of what is given on the day it was asked for.

        Raises StoreUnavailable. Asked again after a crash, it reserves nothing twice.
        """
        paid, reserved, job = 0, 0, None
        for number in range(MOST_SLICES):
            if paid >= cost:
                break
            job = f"{listing}#{number}" if number else listing
            grant = await self._ledger.reserve(
                user_id, job=job, cost=cost - paid, limit=given.limit, period=given.period
            )
            if grant.spent is None:
                reserved = grant.granted
                break
            paid, job = paid + grant.spent, None
        short = self._shortfall(given, paid + reserved, cost)
        return Tab(
            user_id=user_id,
            allowance=given,
            wanted=cost,
            paid=paid,
            reserved=reserved,
            job=job,
            shortfall=short,
        )

    async def close(self, tab: Tab, *, spent: int) -> None:
        """Settle: `spent` of the listing's songs were looked up, earlier openings included."""
        if tab.job:
            await self._ledger.settle(
                tab.user_id,
                job=tab.job,
                spent=max(0, spent - tab.paid),
                period=tab.allowance.period,
            )

    async def standing(self, user_id: int) -> tuple[Allowance, Standing]:
        """Where a user stands now."""
        now = self._clock()
        given = await self.allowance(user_id, now)
        used = await self._ledger.used(user_id, period=given.period)
        return given, standing(given, used, now)

    async def forget(self, user_id: int) -> None:
        """Remove which listings the user opened; only today's number stays."""
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
