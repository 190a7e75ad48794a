from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.youtube.limits import last_midnight, next_midnight


@pytest.mark.parametrize(
    ("now", "began", "midnight"),
    [
        ("2026-11-20T07:59:59", "2026-11-19T08:00:00", "2026-11-20T08:00:00"),
        ("2026-11-20T08:00:00", "2026-11-20T08:00:00", "2026-11-21T08:00:00"),
        ("2026-07-01T12:00:00", "2026-07-01T07:00:00", "2026-07-02T07:00:00"),  # summer
        ("2026-03-08T09:00:00", "2026-03-08T08:00:00", "2026-03-09T07:00:00"),  # 23 hours
        ("2026-11-01T08:30:00", "2026-11-01T07:00:00", "2026-11-02T08:00:00"),  # 25 hours
    ],
)
def test_day(now: str, began: str, midnight: str) -> None:
    """The day turns at midnight Pacific, in summer and in winter."""
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)

    assert datetime.fromisoformat(began).replace(tzinfo=UTC) == last_midnight(moment)
    assert datetime.fromisoformat(midnight).replace(tzinfo=UTC) == next_midnight(moment)
    assert UTC is next_midnight(moment).tzinfo
