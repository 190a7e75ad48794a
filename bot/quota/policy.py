"""What a user may do, as pure arithmetic: plans, days, and bursts. Nothing here does I/O."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from bot.models.preferences import Plan
from bot.models.shares import NOBODY, person_of

if TYPE_CHECKING:
    from collections.abc import Collection
    from zoneinfo import ZoneInfo

BURST = 6  # listings at once (design §8)
BURST_PERIOD_MS = 60_000  # and so many in this time, evenly spread
BURST_STEP_MS = BURST_PERIOD_MS // BURST

REGULAR_DAYS = 2  # of a month with tracks paid for: more than an account made for one purpose has
ANONYMOUS_TRACKS = 60  # a day, of all who ask without a name: anybody can make groups at will

_LONGEST_DAY = timedelta(hours=50)  # a date that a zone lived through twice takes 48


@dataclass(frozen=True, slots=True, kw_only=True)
class Plans:
    """The plans of this bot: tracks a day, who is unlimited, and where the day turns.

    `groups`: each group has an allowance of its own, for its anonymous administrators.
    """

    free: int
    plus: int
    admins: Collection[int]
    zone: ZoneInfo
    groups: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """What a plan gives in the period of `now`. `limit` is tracks; None is no limit.

    `shared`: by all who ask without a name.
    """

    plan: Plan
    limit: int | None
    period: str
    resets_at: datetime
    shared: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The five facts of every quota message. `limit` and `remaining` None: unlimited."""

    allowed: bool
    limit: int | None
    remaining: int | None
    retry_after: timedelta
    resets_at: datetime


def plan_at(plan: Plan, until: datetime | None, now: datetime) -> Plan:
    """The plan that holds now: one whose time is over is free again."""
    return Plan.FREE if until is not None and until <= now else plan


def payer(asker: int, *, groups: bool) -> int:
    """Who pays for what somebody asks: a person, or behind a group's name, which is below 0, all.

    With `groups` each group pays for itself.
    """
    return asker if groups else person_of(asker)


def allowance(
    plans: Plans, user_id: int, now: datetime, plan: Plan = Plan.FREE, until: datetime | None = None
) -> Allowance:
    """What this payer may use in the period of `now`; `until` is when the plan ends."""
    current, shared = plan_at(plan, until, now), user_id == NOBODY
    limit = plans.plus if current is Plan.PLUS else plans.free
    if shared:
        limit = min(limit, ANONYMOUS_TRACKS)
    return Allowance(
        plan=current,
        limit=None if user_id in plans.admins else limit,
        period=period(now, plans.zone),
        resets_at=resets_at(now, plans.zone),
        shared=shared,
    )


def standing(given: Allowance, used: int, now: datetime, *, wait: float = 0.0) -> Standing:
    """Where a user stands who used so much; `wait` is the seconds that a burst must wait."""
    remaining = None if given.limit is None else max(0, given.limit - used)
    retry_after = timedelta(seconds=wait)
    if remaining == 0:
        retry_after = max(retry_after, given.resets_at - now)
    return Standing(
        allowed=not retry_after,
        limit=given.limit,
        remaining=remaining,
        retry_after=retry_after,
        resets_at=given.resets_at,
    )


def period(now: datetime, zone: ZoneInfo) -> str:
    """The date in `zone`, `YYYY-MM-DD`: the key of a day's use."""
    return _date(now, zone).isoformat()


def resets_at(now: datetime, zone: ZoneInfo) -> datetime:
    """The first instant, in UTC, that has a later date in `zone`.

    Found by bisection in whole seconds: where clocks change at night, a day may have no midnight
    or two, and a date may be left out.
    """
    today = _date(now, zone)
    before = now.astimezone(UTC).replace(microsecond=0)
    after = before + _LONGEST_DAY
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) // timedelta(seconds=2) * timedelta(seconds=1)
        if _date(middle, zone) > today:
            after = middle
        else:
            before = middle
    return after


def burst_wait(arrival_ms: int | None, now_ms: int) -> float:
    """Seconds until a listing may start, 0.0 at once, by the generic cell rate algorithm.

    `arrival_ms` is the theoretical arrival time that the last one left, None for the first.
    ITU-T I.371, as used by `redis-cell` and the `limits` of others.
    """
    early_ms = max(arrival_ms or now_ms, now_ms) - now_ms
    return max(0, early_ms - (BURST - 1) * BURST_STEP_MS) / 1000


def _date(instant: datetime, zone: ZoneInfo) -> date:
    return instant.astimezone(zone).date()
