"""What the store missed of a job is written when it is back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.errors import StoreUnavailable
from bot.jobs.outbox import Outbox
from bot.models.job import Job, JobState
from bot.storage.jobs import Jobs

if TYPE_CHECKING:
    from bot.storage.database import Database
    from tests.conftest import SetClock


class Store:
    """The jobs in MongoDB, which can be away: then nothing is written."""

    def __init__(self, db: Database, now: SetClock, monkeypatch: pytest.MonkeyPatch) -> None:
        self.jobs = Jobs(db, clock=now)
        self.outbox = Outbox(self.jobs)
        self.now = now
        self._patch = monkeypatch

    def away(self) -> None:
        async def down(*_: object, **__: object) -> None:
            raise StoreUnavailable("MongoDB does not answer")

        for name in ("save", "finish"):
            self._patch.setattr(Jobs, name, down)

    def back(self) -> None:
        self._patch.undo()

    async def running(self, name: str = "a") -> Job:
        job = await self.jobs.start(
            Job(
                id=name,
                user_id=1,
                chat_id=1,
                message_id=2,
                chat_type="private",
                link_kind="album",
                link_id="x",
                created_at=self.now(),
            )
        )
        assert job
        return job

    async def stored(self, name: str = "a") -> Job:
        job = await self.jobs.get(name)
        assert job
        return job


@pytest.fixture
def store(db: Database, now: SetClock, monkeypatch: pytest.MonkeyPatch) -> Store:
    return Store(db, now, monkeypatch)


async def test_what_was_missed_is_written_later(store: Store) -> None:
    """The number of the message and the end, in that order, the newest of each."""
    job = await store.running()
    store.away()
    await store.outbox.save(replace(job, reply_id=7))
    await store.outbox.save(replace(job, reply_id=7, page=2))
    await store.outbox.finish(job, {"spent": 3})
    with pytest.raises(StoreUnavailable):
        await store.outbox.write()
    store.back()
    await store.outbox.write()
    stored = await store.stored()
    assert (7, 2, JobState.DONE, {"spent": 3}) == (
        stored.reply_id,
        stored.page,
        stored.state,
        stored.outcome,
    )
    await store.outbox.write()


async def test_what_was_missed_is_bounded(store: Store) -> None:
    """A store that is away for days fills no memory."""
    store.outbox = Outbox(store.jobs, most=2)
    job = await store.running()
    store.away()
    for name in ("b", "c", "d"):
        await store.outbox.save(replace(job, id=name, reply_id=1))
    assert ["c", "d"] == list(store.outbox._unwritten)


async def test_the_last_message_and_the_end_are_one_write(store: Store) -> None:
    """Nobody can find the job ended without its message, or with a message and not ended."""
    job = await store.running()
    await store.outbox.save(replace(job, reply_id=7), {"spent": 3})
    stored = await store.stored()
    assert (7, JobState.DONE, {"spent": 3}) == (stored.reply_id, stored.state, stored.outcome)


async def test_an_end_that_was_written_before_keeps_its_outcome(store: Store) -> None:
    """An answer of MongoDB got lost: what is written again changes the page alone."""
    job = await store.running()
    await store.jobs.finish(job.id, {"spent": 3})
    await store.outbox.save(replace(job, reply_id=7, page=2), {"spent": 4})
    stored = await store.stored()
    assert (7, 2, {"spent": 3}) == (stored.reply_id, stored.page, stored.outcome)
