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

    # jobs
    edit_every_s: float = 3.0  # design §9: edits of a message are joined, at most one in this time
    card_wait_s: float = 2.5  # a track's card waits so long for its YouTube link before it is sent
    head_start_s: float = 0.02  # the first page leaves before look-ups compete for the processor
    almost_done_s: float = 2.0  # with no more to go, an edit now would only delay the last one
    wait_note_after_s: float = 1.5  # a turn that comes sooner needs no word about waiting
    heartbeat_s: float = 5.0
    # After an outage nothing is taken over for so long: the processes that live have their leases
    # renewed by then, and have written which messages they sent.
    calm_s: float = 12.0
    lease_s: float = 25.0  # a dead process loses its jobs within 30 s, claims included
    retry_job_s: float = 5.0  # until a job that failed is tried again, times its attempts
    ended_s: float = 3.0  # the longest that a button waits for a list that ended to be stored
    # What a stop waits for a message on its way, within the time of bot.telegram.lifecycle.
    through_s: float = 6.0
