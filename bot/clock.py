"""The one clock: passed in where time matters, so that tests set it instead of sleeping."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    return datetime.now(UTC)


def loop_s() -> float:
    """Seconds of the running event loop's own clock, for spans within this process."""
    return asyncio.get_running_loop().time()
