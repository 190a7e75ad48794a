"""Plans, days and bursts as arithmetic: right in every zone and on the days clocks change."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.models.preferences import Plan
from bot.models.shares import NOBODY
from bot.quota.policy import (
    ANONYMOUS_TRACKS,
    BURST,
    BURST_PERIOD_MS,
    BURST_STEP_MS,
    Plans,
    Standing,
    allowance,
    burst_wait,
    payer,
    period,
    plan_at,
    resets_at,
    standing,
)
from tests.quota.arrivals import burst_arrival

NOW = datetime(2026, 11, 20, 18, 48, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 21, tzinfo=UTC)
PLANS = Plans(free=300, plus=3000, admins={1}, zone=ZoneInfo("UTC"))

zones = st.sampled_from(sorted(available_timezones() - {"localtime"})).map(ZoneInfo)
# From 2012: before, some zones changed their clocks a minute after midnight and had a date twice.
instants = st.integers(
    round(datetime(2012, 1, 1, tzinfo=UTC).timestamp() * 1000),
    round(datetime(2037, 12, 31, tzinfo=UTC).timestamp() * 1000),
).map(lambda ms: datetime.fromtimestamp(ms / 1000, UTC))


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(
    ("zone", "now", "reset"),
    [
        ("UTC", "2026-11-20T18:48+00:00", "2026-11-21T00:00+00:00"),
        ("UTC", "2026-11-20T00:00+00:00", "2026-11-21T00:00+00:00"),
        ("Europe/Istanbul", "2026-11-20T23:59:59.999+03:00", "2026-11-21T00:00+03:00"),
        ("Asia/Kathmandu", "2026-11-20T12:00+05:45", "2026-11-21T00:00+05:45"),
        # 23 and 25 hours: Berlin's clocks change.
        ("Europe/Berlin", "2026-03-29T00:00+01:00", "2026-03-30T00:00+02:00"),
        ("Europe/Berlin", "2026-10-25T00:00+02:00", "2026-10-26T00:00+01:00"),
        # There is no midnight: clocks go from 23:59:59 to 01:00.
        ("America/Sao_Paulo", "2018-11-03T12:00-03:00", "2018-11-04T01:00-02:00"),
        ("Africa/Cairo", "2026-04-23T12:00+02:00", "2026-04-24T01:00+03:00"),
        ("Asia/Beirut", "2026-03-28T12:00+02:00", "2026-03-29T01:00+03:00"),
        # There are two: clocks go from 00:59:59 back to 00:00.
        ("America/Havana", "2026-10-31T12:00-04:00", "2026-11-01T00:00-04:00"),
        # The hour before midnight comes twice.
        ("America/Sao_Paulo", "2018-02-17T23:30-02:00", "2018-02-18T00:00-03:00"),
        # A date that was left out.
        ("Pacific/Apia", "2011-12-29T12:00-10:00", "2011-12-31T00:00+14:00"),
    ],
)
def test_reset(zone: str, now: str, reset: str) -> None:
    """The day turns at the zone's midnight, or where the first later date begins."""
    assert instant(reset) == resets_at(instant(now), ZoneInfo(zone))


@given(now=instants, zone=zones)
@example(now=instant("2018-11-04T02:59:59+00:00"), zone=ZoneInfo("America/Sao_Paulo"))
def test_reset_is_where_the_period_changes(now: datetime, zone: ZoneInfo) -> None:
    """Until the reset it is the period of now, and from it on a later one."""
    reset = resets_at(now, zone)
    assert timedelta() < reset - now <= timedelta(hours=26)
    assert period(now, zone) == period(reset - timedelta(microseconds=1), zone)
    assert period(now, zone) < period(reset, zone)


@given(now=instants, zone=zones)
def test_period_is_the_date_there(now: datetime, zone: ZoneInfo) -> None:
    """A period is the date in that zone, however the instant is written."""
    local = now.astimezone(zone)
    assert f"{local:%Y-%m-%d}" == period(now, zone) == period(local, zone)


@pytest.mark.parametrize(
    ("plan", "until", "holds"),
    [
        (Plan.PLUS, None, Plan.PLUS),
        (Plan.PLUS, NOW + timedelta(seconds=1), Plan.PLUS),
        (Plan.PLUS, NOW, Plan.FREE),
        (Plan.FREE, None, Plan.FREE),
        (Plan.FREE, NOW + timedelta(days=1), Plan.FREE),
    ],
)
def test_plan_ends(plan: Plan, until: datetime | None, holds: Plan) -> None:
    """A plan holds until its time is over."""
    assert holds == plan_at(plan, until, NOW)


@pytest.mark.parametrize(
    ("user", "plan", "until", "limit"),
    [
        (2, Plan.FREE, None, 300),
        (2, Plan.PLUS, None, 3000),
        (2, Plan.PLUS, NOW, 300),
        (1, Plan.FREE, None, None),
    ],
)
def test_allowance(user: int, plan: Plan, until: datetime | None, limit: int | None) -> None:
    """A plan gives its tracks a day; administrators have no limit."""
    given_ = allowance(PLANS, user, NOW, plan, until)
    assert limit == given_.limit
    assert ("2026-11-20", MIDNIGHT) == (given_.period, given_.resets_at)


@pytest.mark.parametrize(
    ("user", "used", "wait", "expected"),
    [
        (2, 0, 0.0, (True, 300, 300, timedelta())),
        (2, 299, 0.0, (True, 300, 1, timedelta())),
        (2, 300, 0.0, (False, 300, 0, MIDNIGHT - NOW)),
        (2, 400, 0.0, (False, 300, 0, MIDNIGHT - NOW)),
        (2, 10, 7.5, (False, 300, 290, timedelta(seconds=7.5))),
        (2, 300, 7.5, (False, 300, 0, MIDNIGHT - NOW)),
        (1, 9999, 0.0, (True, None, None, timedelta())),
    ],
)
def test_standing(
    user: int, used: int, wait: float, expected: tuple[bool, int | None, int | None, timedelta]
) -> None:
    """The five facts agree: who may not go on is told when."""
    allowed, limit, remaining, retry_after = expected
    facts = Standing(
        allowed=allowed,
        limit=limit,
        remaining=remaining,
        retry_after=retry_after,
        resets_at=MIDNIGHT,
    )
    assert facts == standing(allowance(PLANS, user, NOW), used, NOW, wait=wait)


@pytest.mark.parametrize(
    ("asker", "groups", "pays"),
    [(7, False, 7), (7, True, 7), (-100, False, NOBODY), (-100, True, -100)],
)
def test_who_pays(asker: int, groups: bool, pays: int) -> None:
    """A person does; a group only where it has an allowance of its own."""
    assert pays == payer(asker, groups=groups)


@pytest.mark.parametrize(
    ("free", "limit"), [(300, ANONYMOUS_TRACKS), (ANONYMOUS_TRACKS - 1, ANONYMOUS_TRACKS - 1)]
)
def test_those_without_a_name_share_little(free: int, limit: int) -> None:
    """Never more than a person has."""
    given = allowance(replace(PLANS, free=free), NOBODY, NOW)
    assert (limit, True) == (given.limit, given.shared)
    assert not allowance(PLANS, 7, NOW).shared


def let_through(times: list[int]) -> list[int]:
    """The times at which a listing is let through, of those at which one is tried."""
    arrival, passed = None, []
    for now in times:
        if not burst_wait(arrival, now):
            arrival = burst_arrival(arrival, now)
            passed.append(now)
    return passed


@given(st.lists(st.integers(0, 5 * BURST_PERIOD_MS), max_size=200).map(sorted))
def test_bursts_are_bounded(times: list[int]) -> None:
    """In any minute pass at most twice as many as a burst holds, and in the long run its rate."""
    passed = let_through(times)
    for start in passed:
        inside = [each for each in passed if start <= each < start + BURST_PERIOD_MS]
        assert len(inside) < 2 * BURST
    if passed:
        assert len(passed) <= BURST + (passed[-1] - passed[0]) / BURST_STEP_MS


@given(st.lists(st.integers(0, BURST_PERIOD_MS), min_size=1).map(sorted), st.integers(0, 10**6))
def test_the_wait_is_true(times: list[int], later: int) -> None:
    """After the wait that is told a listing passes, and not a millisecond before."""
    arrival, now = None, 0
    for now in times:
        if not burst_wait(arrival, now):
            arrival = burst_arrival(arrival, now)
    wait_ms = round(burst_wait(arrival, now) * 1000)
    assert burst_wait(arrival, now + wait_ms + later) == 0
    if wait_ms:
        assert burst_wait(arrival, now + wait_ms - 1) > 0


def test_six_at_once() -> None:
    """Six pass at once, the seventh ten seconds later, and after a minute six again."""
    assert [0] * BURST == let_through([0] * 10)
    assert [*[0] * BURST, BURST_STEP_MS] == let_through(
        [*[0] * 7, BURST_STEP_MS - 1, BURST_STEP_MS]
    )
    assert 2 * BURST == len(let_through([0] * 7 + [BURST_PERIOD_MS] * 7))
