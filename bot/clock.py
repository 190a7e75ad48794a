"""The one clock: passed in where time matters, so that tests set it instead of sleeping."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    return datetime.now(UTC)


def loop_s() -> float:
    """Seconds of the running event loop's own clock, for spans within this process."""
    return asyncio.get_running_loop().time()


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """How long things wait, in seconds: handed down like the clock, so that tests wait shorter.

    A room takes the whole of it and reads its own lines.
    """

    edit_every_s: float = 3.0  # design §9: edits of a message are joined, at most one in this time
