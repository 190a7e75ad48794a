"""What is counted in memory while the store is away."""

from __future__ import annotations

import pytest

from bot.quota.unstored import Rate


class Timer:
    at = 1000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def timer() -> Timer:
    return Timer()


def test_so_many_in_any_such_time(timer: Timer) -> None:
    """All at once, then as many as time brings; refused ones count nothing."""
    rate = Rate(3, 60.0, timer=timer)
    assert [0.0, 0.0, 0.0, 20.0, 20.0] == [rate.take(7) for _ in range(5)]
    assert 0.0 == rate.take(8)
    timer.at += 20.0
    assert [0.0, 20.0] == [rate.take(7) for _ in range(2)]


def test_who_is_no_person_has_no_share_of_its_own(timer: Timer) -> None:
    """Anybody can make groups: all of them together have one."""
    rate = Rate(1, 60.0, timer=timer)
    assert [0.0, 60.0, 60.0] == [rate.take(each) for each in (-1, -2, 0)]


def test_the_table_is_bounded(timer: Timer) -> None:
    """Whoever was not here for longest is forgotten first."""
    rate = Rate(1, 60.0, people=2, timer=timer)
    for person in (1, 2, 1, 3):
        rate.take(person)
    assert [60.0, 0.0] == [rate.take(1), rate.take(2)]


def test_a_limit_of_none_gives_none(timer: Timer) -> None:
    """An operator who gives nothing gives nothing without the store either."""
    assert Rate(0, 60.0, timer=timer).take(1) > 0
