"""What a listing costs its user: reserved before the look-ups, settled after them.

A listing costs a unit for each track that its user has not paid for yet: what was paid stays free
for 30 days, in whatever listing it stands. So a list longer than the day's allowance goes on where
it stopped the next day, and what failed or was stopped is paid when it comes.

The day that counts is the one on which a track is reserved. What a job has reserved it keeps, also
where it goes on behind midnight; what it wants beyond that is the new day's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.models.results import Shortfall, songs
from bot.quota.policy import (
    REGULAR_DAYS,
    Allowance,
    Plans,
    Standing,
    allowance,
    payer,
    period,
    standing,
)
from bot.quota.unstored import LOOKUPS, LOOKUPS_S, Rate

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from bot.clock import Clock
    from bot.models import Listing
    from bot.models.job import Job
    from bot.quota.ledger import Account, Ledger


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """What one opening of a listing may look up. Tracks are `Track.key`.

    `paid` were paid by earlier openings, `reserved` is what this one, which is `job` in the ledger,
    was given, by day. `wanted` are the tracks of all its songs, and `given` is what the day's
    allowance was, in which `zone`.
    """

    payer: int
    job: str
    given: Allowance
    zone: str
    wanted: Sequence[str]
    paid: frozenset[str]
    reserved: Mapping[str, frozenset[str]]

    @property
    def granted(self) -> frozenset[str]:
        """The tracks that may be shown with their links."""
        return self.paid.union(*self.reserved.values())

    @property
    def limited(self) -> bool:
        """Whether the ledger knows each track that was paid: see `bot.quota.ledger`."""
        return self.given.limit is not None

    def shortfall(self, now: datetime) -> Shortfall | None:
        """What the allowance could not give, if anything."""
        granted = self.granted
        count = sum(track in granted for track in self.wanted)
        if count == len(self.wanted) or self.given.limit is None:
            return None
        return Shortfall(
            granted=count,
            wanted=len(self.wanted),
            limit=self.given.limit,
            seconds=(self.given.resets_at - now).total_seconds(),
            zone=self.zone,
            shared=self.given.shared,
        )

    def spent(self, found: Collection[str]) -> int:
        """What this opening costs in the end, when these tracks have a result."""
        return sum(len(tracks.intersection(found)) for tracks in self.reserved.values())


class Meter:
    """Opens and closes tabs, and tells those who ask where they stand.

    A group is an asker too, behind which its administrators stay anonymous; the policy says who
    pays for it.
    """

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
        tracks = [listing.tracks[at].key for at in songs(listing)]
        standing = await self.standing(job.user_id, tracks, job.id, at=job.created_at)
        await self.open(job, standing, tracks)

    def payer(self, asker: int) -> int:
        return payer(asker, groups=self._plans.groups)

    async def standing(
        self,
        asker: int,
        tracks: Sequence[str] = (),
        job: str | None = None,
        *,
        at: datetime | None = None,
    ) -> tuple[Allowance, Account]:
        """What the payer's plan gives today, how much of that is used, and which tracks are paid.

        Or on the day of `at`. Raises StoreUnavailable.
        """
        now, user_id = at or self._clock(), self.payer(asker)
        # Whoever has no limit pays for nothing, which need not be looked for.
        tracks = () if user_id in self._plans.admins else tracks
        account = await self._ledger.account(
            user_id, period=period(now, self._plans.zone), tracks=tracks, job=job
        )
        return allowance(self._plans, user_id, now, account.plan, account.plan_until), account

    async def open(
        self, job: Job, standing: tuple[Allowance, Account], tracks: Sequence[str]
    ) -> Tab:
        """Reserve what a listing still costs, where `standing` knows of all its tracks.

        Raises StoreUnavailable. Asked again after a crash, it reserves nothing twice.
        """
        (given, account), who = standing, self.payer(job.user_id)
        reserved = dict(account.own)
        had = account.paid.union(*reserved.values())
        if wanted := [track for track in dict.fromkeys(tracks) if track not in had]:
            grant = await self._ledger.reserve(
                who, job=job.id, tracks=wanted, limit=given.limit, period=given.period
            )
            reserved[given.period] = grant.tracks
        return Tab(
            payer=who,
            job=job.id,
            given=given,
            zone=str(self._plans.zone),
            wanted=tracks,
            paid=account.paid,
            reserved=reserved,
        )

    def expected(
        self, job: Job, standing: tuple[Allowance, Account], tracks: Sequence[str]
    ) -> Tab | None:
        """What `open` will give a job that has nothing yet; None where that is not sure.

        As the jobs of a person run in turn, nobody takes it meanwhile.
        """
        given, account = standing
        wanted = frozenset(tracks) - account.paid
        fits = given.limit is None or account.used + len(wanted) <= given.limit
        if given.shared or account.own or not fits:
            return None
        return Tab(
            payer=self.payer(job.user_id),
            job=job.id,
            given=given,
            zone=str(self._plans.zone),
            wanted=tracks,
            paid=account.paid,
            reserved={given.period: wanted} if wanted else {},
        )

    async def close(self, tab: Tab, found: Collection[str]) -> None:
        """Settle: these tracks have a result, those that were paid before included."""
        for day, tracks in tab.reserved.items():
            spent = tracks.intersection(found)
            if len(spent) < len(tracks):
                await self._ledger.settle(tab.payer, job=tab.job, spent=list(spent), period=day)

    async def give_back(self, job: Job) -> None:
        """Settle for nothing what a job may have reserved. Raises StoreUnavailable."""
        await self._ledger.settle(self.payer(job.user_id), job=job.id, spent=(), period=None)

    async def paid(self, asker: int, tracks: Sequence[str]) -> frozenset[str]:
        """Which of these tracks the asker has paid for, or need not. Raises StoreUnavailable."""
        given, account = await self.standing(asker, tracks)
        return frozenset(tracks) if given.limit is None else account.paid

    async def stands(self, asker: int) -> tuple[Allowance, Standing]:
        """Where somebody stands now, in the facts of every quota message."""
        given, account = await self.standing(asker)
        return given, standing(given, account.used, self._clock())

    async def is_regular(self, asker: int) -> bool:
        """Whether that is a person of some use of the bot. Raises StoreUnavailable."""
        return asker > 0 and await self._ledger.days(asker, REGULAR_DAYS) == REGULAR_DAYS

    async def forget(self, asker: int) -> None:
        """Forget what the asker used, but today's number, which stays: the limit holds.

        What all who ask without a name share is nobody's own, and stays.
        """
        if self.payer(asker) == asker:
            await self._ledger.forget(asker, period(self._clock(), self._plans.zone))
