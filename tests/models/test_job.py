"""Jobs: made in one way, and named so that what comes twice is answered once."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.models.job import Job, new_job, stable_id
from bot.models.links import ElsewhereKind, link_named
from bot.models.preferences import Preferences

AT = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


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
        "name", link, chosen, user_id=1, chat_id=2, message_id=3, chat_type="group", created_at=AT
    )
    stored = Job.of(job.document())
    assert (link, "tr", ("youtube",)) == (stored.link, stored.language, stored.platforms)
    assert (stable_id("name"), 1, 2, 3) == (job.id, job.user_id, job.chat_id, job.message_id)
