"""What a listing costs its user: reserved before the look-ups, settled after them.

A listing costs a unit for each song that its user has not paid for yet: what was paid by earlier
openings stays free as long as their jobs are kept. So a list longer than the day's allowance goes
on where it stopped the next day, and what failed or was stopped is paid when it comes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.models.results import Shortfall, songs
from bot.quota.policy import Allowance, Plans, Standing, allowance, period, standing
from bot.quota.unstored import LOOKUPS, LOOKUPS_S, Rate

if TYPE_CHECKING:
    from datetime import datetime

    from bot.clock import Clock
    from bot.models import Listing
    from bot.models.job import Job
    from bot.quota.ledger import Account, Ledger


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """What one opening of a listing may look up. Numbers in tracks.

    `paid` was paid by earlier openings, `reserved` is what this one was given on the day `period`,
    `job` its name in the ledger.
    """

    user_id: int
    job: str
    period: str
    paid: int
    reserved: int
    shortfall: Shortfall | None = None

    @property
    def granted(self) -> int:
        """How many of the listing's songs may be shown with their links."""
        return self.paid + self.reserved

    def spent(self, looked_up: int) -> int:
        """What this opening costs in the end, when so many of the listing's songs have a result."""
        return min(max(0, looked_up - self.paid), self.reserved)


class Meter:
    """Opens and closes tabs, and tells users where they stand."""

    def __init__(self, ledger: Ledger, plans: Plans, *, clock: Clock) -> None:
        self._ledger = ledger
        self._plans = plans
        self._clock = clock
        self._here = Rate(min(LOOKUPS, plans.free), LOOKUPS_S)

    def lend(self, user_id: int) -> bool:
        """Whether a single track may be looked up without the store. `charge` counts it later."""
        return self._here.take(user_id) == 0

    async def charge(self, job: Job, listing: Listing) -> None:
        """Count what was lent, as far as the day's allowance reaches. Raises StoreUnavailable."""
        standing = await self.standing(job.user_id, job.created_at, listing.key)
        await self.open(job, standing, songs=len(songs(listing)))

    async def standing(
        self, user_id: int, at: datetime, listing: str | None = None
    ) -> tuple[Allowance, Account]:
        """What the user's plan gives on the day of `at`, and how much of that is used.

        With the key of a listing, also how much of it is paid already. Raises StoreUnavailable.
        """
        day = period(at, self._plans.zone)
        account = await self._ledger.account(user_id, period=day, listing=listing)
        return allowance(self._plans, user_id, at, account.plan, account.plan_until), account

    async def open(self, job: Job, standing: tuple[Allowance, Account], *, songs: int) -> Tab:
        """Reserve what a listing of so many songs still costs, on the day it was asked for.

        Raises StoreUnavailable. Asked again after a crash, it reserves nothing twice.
        """
        given, account = standing
        paid, reserved = min(account.paid, songs), 0
        if paid < songs:
            grant = await self._ledger.reserve(
                job.user_id, job=job.id, cost=songs - paid, limit=given.limit, period=given.period
            )
            reserved = grant.granted
        return Tab(
            user_id=job.user_id,
            job=job.id,
            period=given.period,
            paid=paid,
            reserved=reserved,
            shortfall=self._shortfall(given, paid + reserved, songs),
        )

    async def close(self, tab: Tab, *, looked_up: int) -> None:
        """Settle: so many of the listing's songs have a result, earlier openings included."""
        spent = tab.spent(looked_up)
        if spent < tab.reserved:
            await self._ledger.settle(tab.user_id, job=tab.job, spent=spent, period=tab.period)

    async def give_back(self, job: Job) -> None:
        """Settle for nothing what a job of its day may have reserved. Raises StoreUnavailable."""
        day = period(job.created_at, self._plans.zone)
        await self._ledger.settle(job.user_id, job=job.id, spent=0, period=day)

    async def stands(self, user_id: int) -> tuple[Allowance, Standing]:
        """Where a user stands now, in the facts of every quota message."""
        now = self._clock()
        given, account = await self.standing(user_id, now)
        return given, standing(given, account.used, now)

    async def forget(self, user_id: int) -> None:
        """Forget what the user used on other days; today's number stays: the limit holds."""
        await self._ledger.forget(user_id, period(self._clock(), self._plans.zone))

    def _shortfall(self, given: Allowance, granted: int, songs: int) -> Shortfall | None:
        if granted >= songs or given.limit is None:
            return None
        return Shortfall(
            granted=granted,
            wanted=songs,
            limit=given.limit,
            seconds=(given.resets_at - self._clock()).total_seconds(),
            zone=str(self._plans.zone),
        )
