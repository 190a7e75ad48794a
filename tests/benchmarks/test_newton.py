"""The regression behind the matcher's weights, on problems with known answers."""

from __future__ import annotations

import math

import pytest

from tests.benchmarks.newton import Newton


def test_a_share_becomes_its_log_odds() -> None:
    """With one weight, the likeliest is the logarithm of the odds that were seen."""
    newton = Newton(size=1, down=[False])
    newton.see({0: 1.0}, number=100, right=80)

    assert [pytest.approx(math.log(4), abs=1e-3)] == newton.solve()


def test_what_is_held_stays_near_its_mean() -> None:
    """Without cases the prior is the answer; with few it is moved a little."""
    newton = Newton(size=1, down=[False])
    newton.hold({0: 1.0}, mean=-2.0, firmness=3.0)
    held = newton.solve()
    newton.see({0: 1.0}, number=1, right=1)

    assert [pytest.approx(-2.0, abs=1e-3)] == held
    assert -2.0 < newton.solve()[0] < -1.5


def test_a_step_down_is_never_a_step_up() -> None:
    """A weight that may not be negative stays at zero, whatever the cases say."""
    newton = Newton(size=2, down=[False, True])
    newton.hold({0: 1.0}, mean=0.0, firmness=0.1)
    newton.see({0: 1.0}, number=50, right=10)
    newton.see({0: 1.0, 1: -1.0}, number=50, right=40)
    start, step = newton.solve()

    assert pytest.approx(0.0, abs=1e-2) == start
    assert 0.0 == step
