from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import NotFound, Refused, Service, SourceError, Unavailable
from bot.jobs.retry import AFTER, MOST, SOONEST, UNTOLD_WAIT, WITHIN, again_at, continued
from bot.models import Finding
from bot.models.job import Job, JobState

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
MUSIC = Service.YOUTUBE_MUSIC
JOB = Job(
    id="AbC-_efgh0123456",
    user_id=1,
    chat_id=1,
    message_id=5,
    chat_type="private",
    link_kind="album",
    link_id="x",
    created_at=NOW,
    reply_id=9,
    page=2,
    attempts=2,
    owner="me",
    outcome={"spent": 3},
)


def away(hours: float | None = None) -> Unavailable:
    at = None if hours is None else NOW + timedelta(hours=hours)
    return Unavailable(MUSIC, retry_at=at)


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ([], None),
        ([Finding(), Finding()], None),
        ([Refused(MUSIC), NotFound(MUSIC)], None),
        ([Finding(), away()], NOW + UNTOLD_WAIT),
        ([away(), away(2), away(1)], NOW + timedelta(hours=2) + AFTER),
        ([away(-1)], NOW + SOONEST),
        ([away(0)], NOW + SOONEST),
        ([away(23)], NOW + timedelta(hours=23) + AFTER),
        ([away(24)], None),
    ],
)
def test_when(results: list[Finding | SourceError], expected: datetime | None) -> None:
    """When the service said so, within a day of the link; never for what is final."""
    assert expected == again_at(JOB, results, NOW)


def test_not_for_ever() -> None:
    """A few times, and not long after the link came."""
    late = replace(JOB, created_at=NOW - WITHIN)

    assert None is again_at(replace(JOB, again=MOST), [away()], NOW)
    assert None is again_at(late, [away()], NOW)


def test_it_goes_on_in_the_same_message() -> None:
    """A job of its own: waiting until then, with a fresh count and a name of its own."""
    once = continued(JOB, NOW)
    twice = continued(once, NOW)

    assert [f"{JOB.id}-again1", f"{JOB.id}-again2"] == [once.id, twice.id]
    assert len(twice.id) <= 32
    assert (9, 2, NOW, NOW) == (once.reply_id, once.page, once.created_at, once.lease_until)
    assert (JobState.WAITING, 0, None, {}) == (once.state, once.attempts, once.owner, once.outcome)
