from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.clock import utc_now


def test_now_is_the_present_moment_in_utc() -> None:
    """The clock tells the present moment with its zone, so that dates compare and store alike."""
    before = datetime.now(UTC)
    now = utc_now()

    assert timedelta(0) == now.utcoffset()
    assert before <= now <= datetime.now(UTC)
