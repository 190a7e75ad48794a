"""Jobs: made in one way, and named so that what comes twice is answered once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import NotFound, Refused, Service, SourceError, Unavailable
from bot.models import Finding
from bot.models.job import (
    AFTER,
    MOST_AGAIN,
    SOONEST,
    UNTOLD_WAIT,
    WITHIN,
    Job,
    JobState,
    again_at,
    continued,
    new_job,
    stable_id,
)
from bot.models.links import ElsewhereKind, link_named
from bot.models.preferences import Preferences

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


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("501:7:track:4uLU6hMCjMI75M1A2tKUQC", "gxfaKBIg0uDc-T6k"),
        ("501:12:choice", "DpL35TCiszLAuDDo"),
        ("history:99", "GHAwoKHIUXBLpF72"),
        ("BAAAAJ8AAAD", "CLQpX1xq4mfvDNk1"),
    ],
)
def test_ids_stay_as_they_are_in_databases_and_buttons(name: str, expected: str) -> None:
    """A version that named jobs otherwise would answer again what was answered."""
    assert expected == stable_id(name)


@pytest.mark.parametrize("kind", ["track", "short", *ElsewhereKind])
def test_a_job_gives_back_the_link_it_was_made_for(kind: str) -> None:
    """Also after it was stored, with what the person had chosen."""
    link = link_named(kind, "abc")
    chosen = Preferences(language="tr", platforms=("youtube",))
    job = new_job(
        "name", link, chosen, user_id=1, chat_id=2, message_id=3, chat_type="group", created_at=NOW
    )
    stored = Job.of(job.document())
    assert (link, "tr", ("youtube",)) == (stored.link, stored.language, stored.platforms)
    assert (stable_id("name"), 1, 2, 3) == (job.id, job.user_id, job.chat_id, job.message_id)


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

    assert None is again_at(replace(JOB, again=MOST_AGAIN), [away()], NOW)
    assert None is again_at(late, [away()], NOW)


def test_it_goes_on_in_the_same_message() -> None:
    """A job of its own: waiting until then, with a fresh count and a name of its own."""
    once = continued(JOB, NOW)
    twice = continued(once, NOW)

    assert [f"{JOB.id}-again1", f"{JOB.id}-again2"] == [once.id, twice.id]
    assert len(twice.id) <= 32
    assert (9, 2, NOW, NOW) == (once.reply_id, once.page, once.created_at, once.lease_until)
    assert (JobState.WAITING, 0, None, {}) == (once.state, once.attempts, once.owner, once.outcome)
