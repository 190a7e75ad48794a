"""Leases: what is lost ends the work, what the store missed is written when it is back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.errors import StoreUnavailable
from bot.jobs import leases as leases_module
from bot.jobs.leases import Leases
from bot.models.job import Job, JobState
from bot.storage.jobs import Jobs

if TYPE_CHECKING:
    from bot.storage.database import Database
    from tests.conftest import SetClock


class Store:
    """The jobs in MongoDB, which can be away: then every call of Leases fails."""

    def __init__(self, db: Database, now: SetClock, monkeypatch: pytest.MonkeyPatch) -> None:
        self.jobs = Jobs(db, clock=now)
        self.leases = Leases(self.jobs)
        self.other = Leases(self.jobs)
        self.now = now
        self._patch = monkeypatch

    def away(self) -> None:
        async def down(*_: object, **__: object) -> None:
            raise StoreUnavailable("MongoDB does not answer")

        for name in ("save", "finish", "release", "put_off", "cancel_waiting"):
            self._patch.setattr(Jobs, name, down)

    def back(self) -> None:
        self._patch.undo()

    async def running(self, name: str = "a") -> Job:
        await self.jobs.accept(
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
        job = await self.leases.claim(name)
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
    await store.leases.save(replace(job, reply_id=7))
    await store.leases.save(replace(job, reply_id=7, page=2))
    await store.leases.finish(job, {"spent": 3})
    with pytest.raises(StoreUnavailable):
        await store.leases.write()
    store.back()
    await store.leases.write()
    stored = await store.stored()
    assert (7, 2, JobState.DONE, {"spent": 3}) == (
        stored.reply_id,
        stored.page,
        stored.state,
        stored.outcome,
    )
    await store.leases.write()


@pytest.fixture
def room_for_two(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two jobs are kept for the store. Asked for before `store`."""
    monkeypatch.setattr(leases_module, "MOST_UNWRITTEN", 2)


@pytest.mark.usefixtures("room_for_two")
async def test_what_was_missed_is_bounded(store: Store) -> None:
    """A store that is away for days fills no memory."""
    job = await store.running()
    store.away()
    for name in ("b", "c", "d"):
        await store.leases.save(replace(job, id=name, reply_id=1))
    assert ["c", "d"] == list(store.leases._unsaved)


async def test_a_lease_is_held_by_one(store: Store) -> None:
    """Who has it is told so again; others are not."""
    job = await store.running()
    again = await store.leases.claim(job.id)
    assert again
    assert again.owner == store.leases.owner
    assert None is await store.other.claim(job.id)
    assert {} == await store.other.renew([job.id])
    assert [job.id] == list(await store.leases.renew([job.id, "gone"]))


async def test_giving_back_may_fail(store: Store) -> None:
    """Then the lease runs out by itself."""
    job = await store.running()
    store.away()
    assert not await store.leases.retry(job)
    await store.leases.put_off(job.id, 1.0)
    assert 0 == await store.leases.cancel(1, None)


@pytest.mark.parametrize(("age", "at_least", "wait"), [(0, 0, 30), (90, 0, 90), (0, 300, 300)])
async def test_put_off_for_as_long_again(
    store: Store, age: float, at_least: float, wait: float
) -> None:
    """Half a minute first, then double; Telegram may ask for more. The attempt does not count."""
    job = await store.running()
    store.now.forward(seconds=age)
    await store.leases.put_off(job.id, at_least)
    store.now.forward(seconds=wait - 1)
    assert None is await store.leases.next()
    store.now.forward(seconds=1)
    again = await store.leases.next()
    assert again
    assert 1 == again.attempts


async def test_another_process_is_asked_to_stop(store: Store) -> None:
    """The one that runs the job finds the wish when it renews its lease."""
    job = await store.running()
    assert 0 == await store.leases.cancel(1, job.id)
    assert 1 == await store.other.cancel(1, job.id)
    assert (await store.leases.renew([job.id]))[job.id].stop


async def test_waiting_jobs_of_some_users(store: Store) -> None:
    job = await store.running()
    waits = {"owner": None, "state": JobState.WAITING, "lease_until": None}
    await store.jobs.accept(replace(job, id="next", **waits))  # type: ignore[arg-type]  # as named
    assert ["next"] == [each.id for each in await store.leases.waiting([1, 2])]
    assert [] == await store.leases.waiting([2])
