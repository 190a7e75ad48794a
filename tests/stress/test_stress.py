"""The part of the stress suite that is short enough for CI; the whole is `make stress`."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

import pytest

from tests.stress import kills, store, updates
from tests.stress.haproxy import installed
from tests.stress.soak import soak

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from tests.stress.verdict import Verdict

    Fault = Callable[[Path], Awaitable[Verdict]]

SIDE_BY_SIDE: dict[str, Fault] = {
    "poison jobs": kills.poison,
    "update redelivered": partial(updates.redelivered, people=5),
    "links sent at once": partial(updates.in_order, people=5),
    "health and readiness": updates.health,
}
pytestmark = pytest.mark.usefixtures("mongod_binary")


async def test_faults_side_by_side(tmp_path: Path) -> None:
    """Whatever goes wrong, everybody is answered, once, and pays once."""
    faults = dict(SIDE_BY_SIDE)
    if installed():
        # Half a minute, most of it for the leases of the dead to run out.
        faults["replicas"] = partial(kills.replicas_killed, seconds=6, every_s=3, rate=5)
    ends = await asyncio.gather(*(_tried(tmp_path, *each) for each in faults.items()))
    verdicts = dict(zip(faults, ends, strict=True))
    assert {} == {name: verdict for name, verdict in verdicts.items() if not verdict.holds}


async def test_an_allowance_during_a_step_down(tmp_path: Path) -> None:
    """Sixty reserves of one person while the primary of three hands over: the limit, exactly."""
    verdict = await store.one_allowance(tmp_path, at_once=60)
    assert verdict.holds, verdict


async def test_a_short_soak(tmp_path: Path) -> None:
    """Nothing that is held grows."""
    verdict = await soak(tmp_path, minutes=0.1, rate=10, rest_s=1.0)
    assert verdict.holds, verdict


async def _tried(folder: Path, name: str, fault: Fault) -> Verdict:
    home = folder / name.replace(" ", "-")
    home.mkdir()
    return await fault(home)
