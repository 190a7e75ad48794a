"""What the store missed of a job is written when it is back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.errors import StoreUnavailable, Unstorable
from bot.jobs.outbox import Outbox
from bot.models.job import Job, JobState
from bot.storage.jobs import Jobs
from tests.stage import listing

if TYPE_CHECKING:
    from bot.models import Listing
    from bot.storage.database import Database
    from tests.conftest import SetClock


class Store:
    """The jobs in MongoDB, which can be away: then nothing is written."""

    def __init__(self, db: Database, now: SetClock, monkeypatch: pytest.MonkeyPatch) -> None:
        self.jobs = Jobs(db, clock=now)
        self.outbox = Outbox(self.jobs, self)
        self.charged: list[str] = []
        self.now = now
        self._patch = monkeypatch

    async def charge(self, job: Job, listing: Listing) -> None:
        """As the meter's."""
        self.charged.append(f"{job.id} {listing.key}")

    def away(self) -> None:
        async def down(*_: object, **__: object) -> None:
            raise StoreUnavailable("MongoDB does not answer")

        for name in ("save", "finish", "accept"):
            self._patch.setattr(Jobs, name, down)

    def back(self) -> None:
        self._patch.undo()

    def job(self, name: str = "a") -> Job:
        return Job(
            id=name,
            user_id=1,
            chat_id=1,
            message_id=2,
            chat_type="private",
            link_kind="album",
            link_id="x",
            created_at=self.now(),
        )

    async def running(self) -> Job:
        job = await self.jobs.start(self.job())
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
    store.outbox = Outbox(store.jobs, store, most=2)
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


async def test_what_came_meanwhile_is_stored_later(store: Store) -> None:
    """Ended, or to go on in its message; and what was lent is counted once."""
    store.away()
    await store.outbox.hand_in(replace(store.job("a"), reply_id=7), {"spent": 1})
    await store.outbox.hand_in(replace(store.job("b"), reply_id=8))
    store.outbox.owe(store.job("a"), listing(1))
    with pytest.raises(StoreUnavailable):
        await store.outbox.write()
    store.back()
    assert await store.outbox.write()
    assert await store.outbox.write()
    ended, goes_on = await store.stored("a"), await store.jobs.claim()
    assert (JobState.DONE, 7, {"spent": 1}) == (ended.state, ended.reply_id, ended.outcome)
    assert goes_on
    assert ("b", 8) == (goes_on.id, goes_on.reply_id)
    assert [f"a {listing(1).key}"] == store.charged


@pytest.mark.parametrize("outcome", [None, {"spent": 1}])
async def test_what_landed_after_it_was_given_up_has_its_message(
    store: Store, outcome: dict[str, int] | None
) -> None:
    """MongoDB stored it all the same, under a lease: nobody sends a second message."""
    job = await store.running()
    await store.outbox.hand_in(replace(job, reply_id=7), outcome)
    stored = await store.stored()
    assert (7, outcome or {}) == (stored.reply_id, stored.outcome)
    assert (JobState.DONE if outcome else JobState.WAITING) == stored.state


async def test_what_can_never_be_counted_keeps_nothing_else_from_it(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The person's day is of another shape."""

    async def refused(*_: object) -> None:
        raise Unstorable("MongoDB does not answer: can't $subtract string from int")

    monkeypatch.setattr(store, "charge", refused)
    store.outbox.owe(store.job(), listing(1))
    await store.outbox.hand_in(store.job(), {"spent": 1})
    assert await store.outbox.write()
    assert JobState.DONE == (await store.stored()).state


async def test_what_can_never_be_written_keeps_nothing_else_from_it(store: Store) -> None:
    """Half a letter has no place in MongoDB: else no job would be taken over any more."""
    job = await store.running()
    await store.outbox.save(job, {"title": "half \ud800"})
    await store.outbox.hand_in(store.job("b"), {"title": "half \ud800"})
    await store.outbox.hand_in(store.job("c"), {"spent": 1})
    assert await store.outbox.write()
    assert None is await store.jobs.get("b")
    assert JobState.DONE == (await store.stored("c")).state
