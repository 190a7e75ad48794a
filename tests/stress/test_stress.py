"""The part of the stress suite that is short enough for CI; the whole is `make stress`."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from tests.stress import kills, store, updates
from tests.stress.haproxy import MISSING, installed
from tests.stress.soak import soak

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from tests.stress.verdict import Verdict

needs_haproxy = pytest.mark.skipif(installed() is None, reason=MISSING)


@pytest.mark.usefixtures("mongod_binary")
@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(kills.poison, id="poison"),
        pytest.param(partial(kills.told_to_end, lists=2, load_s=2.0), id="told to end"),
        pytest.param(partial(updates.redelivered, people=5), id="redelivered"),
        pytest.param(partial(updates.in_order, people=5), id="in order"),
        pytest.param(updates.health, id="health"),
        pytest.param(partial(store.one_allowance, at_once=60), id="step-down"),
        pytest.param(
            partial(kills.replicas_killed, seconds=6, every_s=3, rate=5),
            id="replicas killed",
            marks=needs_haproxy,
        ),
        pytest.param(partial(soak, minutes=1 / 6, rate=10, songs=200, warm_up_s=5), id="soak"),
    ],
)
async def test_nothing_is_lost_doubled_or_wrong(
    fault: Callable[[Path], Awaitable[Verdict]], tmp_path: Path
) -> None:
    """Whatever goes wrong, everybody is answered, once, and pays once."""
    verdict = await fault(tmp_path)
    assert verdict.holds, verdict
