"""When a link is tried again that a service did not answer for, or not for all of its songs.

A job of its own does that later, in the same message. It finds everything that came before it
stored and paid. Pure.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.errors import Unavailable
from bot.models.job import JobState

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from bot.models.job import Job

MOST = 3  # times; then the person is asked to send the link again
WITHIN = timedelta(hours=24)  # after the link came; later nobody looks at that message
UNTOLD_WAIT = timedelta(minutes=1)  # where the service did not say how long it takes
AFTER = timedelta(seconds=1)  # so that the service's own time has passed for sure
SOONEST = timedelta(seconds=10)  # what was tried for seconds has no better chance a moment later


def again_at(job: Job, results: Iterable[object], now: datetime) -> datetime | None:
    """When to try again those of `results` that failed and may pass; None for never."""
    passing = [each for each in results if isinstance(each, Unavailable)]
    if not passing or job.again >= MOST:
        return None
    told = [each.retry_at for each in passing if each.retry_at]
    at = max(max(told) + AFTER, now + SOONEST) if told else now + UNTOLD_WAIT
    return at if at <= job.created_at + WITHIN else None


def continued(job: Job, at: datetime) -> Job:
    """The job that goes on at that time, in the same message."""
    name = job.id.removesuffix(_suffix(job.again))
    return replace(
        job,
        id=f"{name}{_suffix(job.again + 1)}",
        again=job.again + 1,
        state=JobState.WAITING,
        attempts=0,
        owner=None,
        lease_until=at,
        expires_at=None,
        outcome={},
    )


def seconds_to(at: datetime | None, now: datetime) -> float | None:
    """Seconds until then; None where there is no such time, or it has passed."""
    return (at - now).total_seconds() if at and at > now else None


def _suffix(again: int) -> str:
    return f"-again{again}" if again else ""
