"""How many songs of lists Spotify names for a person in a day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from bot.errors import StoreUnavailable
from bot.quota.ledger import Ledger
from bot.quota.meter import Meter
from bot.quota.names import NameAllowance
from bot.quota.policy import ANONYMOUS_TRACKS, Plans
from bot.storage.service_state import ServiceBudgets

if TYPE_CHECKING:
    from bot.storage.database import Database
    from tests.conftest import SetClock

ANNA, BELA, ADMIN = 7, 8, 9
GROUP, OTHER = -100_1, -100_2


def allowance(db: Database, now: SetClock, free: int, *, groups: bool = False) -> NameAllowance:
    admins = frozenset({ADMIN})
    plans = Plans(free=free, plus=300, admins=admins, zone=ZoneInfo("UTC"), groups=groups)
    counted = ServiceBudgets(db, clock=now, pepper=b"token")
    return NameAllowance(Meter(Ledger(db, clock=now), plans, clock=now), counted, clock=now)


@pytest.mark.parametrize("free", [0, 30])
async def test_as_many_as_the_plan_has_tracks(db: Database, now: SetClock, free: int) -> None:
    """In any day and by any process; nobody has less by what others ask for."""
    assert free == await allowance(db, now, free).take(ANNA, 40)
    assert 0 == await allowance(db, now, free).take(ANNA, 40)
    assert free == await allowance(db, now, free).take(BELA, 40)
    assert 400 == await allowance(db, now, free).take(ADMIN, 400)
    now.forward(hours=24, seconds=1)
    assert free == await allowance(db, now, free).take(ANNA, 40)


@pytest.mark.parametrize("groups", [False, True])
async def test_all_groups_share_one(db: Database, now: SetClock, *, groups: bool) -> None:
    """Anybody can make groups at will; where each pays for itself, each has its own names."""
    names = allowance(db, now, 100, groups=groups)
    first = 100 if groups else ANONYMOUS_TRACKS
    assert first == await names.take(GROUP, 200)
    assert (100 if groups else 0) == await names.take(OTHER, 200)


class Away(ServiceBudgets):
    def __init__(self) -> None:
        """Stands on nothing."""

    async def take_own(self, *_: Any, **__: Any) -> int:
        raise StoreUnavailable("away")


async def test_nothing_that_is_not_counted(db: Database, now: SetClock) -> None:
    """Without a store nobody knows what was asked for before."""
    names = allowance(db, now, 30)
    names._counted = Away()

    assert 0 == await names.take(ANNA, 5)
