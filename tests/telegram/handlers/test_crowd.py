"""Many people at once: each message has its one answer, whoever takes up its job."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.conftest import PATIENT
from tests.e2e.live import eventually, live

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.storage.database import Mongo
    from tests.conftest import SetClock

TRACK = "https://open.spotify.com/track/sampleTrackPaperMoth01"
PEOPLE, LINKS = 15, 3


async def test_the_keeper_takes_no_job_away(
    settings: Settings, mongo: Mongo, now: SetClock
) -> None:
    """Jobs that are looked for all the time are found while they are taken in, and run once."""
    async with live(settings, clock=now, timing=replace(PATIENT, heartbeat_s=0.001)) as bot:
        people = [bot.telegram.user(f"Person {number}") for number in range(PEOPLE)]
        for person in people:
            for _ in range(LINKS):
                bot.telegram.send_text(person, TRACK)
        await eventually(lambda: _done(mongo))
        answers = [len(bot.telegram.sent(person)) for person in people]
        attempts = [job["attempts"] async for job in mongo.db["jobs"].find({"state": "done"})]

    assert [LINKS] * PEOPLE == answers
    assert [1] * (PEOPLE * LINKS) == attempts


async def _done(mongo: Mongo) -> bool:
    return await mongo.db["jobs"].count_documents({"state": "done"}) == PEOPLE * LINKS
