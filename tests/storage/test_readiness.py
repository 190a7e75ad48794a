"""Whether the store takes writes and has its indexes: what a ping does not tell."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.backends import indexes
from bot.clock import SharedClock, Timing, utc_now
from bot.errors import IndexesMissing, StoreUnavailable
from bot.storage.database import Mongo
from bot.storage.readiness import COLLECTION, Readiness

if TYPE_CHECKING:
    from bot.config import Settings
    from tests.conftest import SetClock

NEEDED = "jobs.one_running_per_user"


async def test_replicas_make_indexes_at_once(mongo_settings: Settings) -> None:
    """Several replicas that start together all succeed, and starting again changes nothing."""
    fresh = mongo_settings.model_copy(update={"mongodb_database": "fresh"})
    replicas = [Mongo(fresh) for _ in range(3)]
    for replica in replicas:
        await replica.open()
    ready = [Readiness(replica, indexes()) for replica in replicas]
    await asyncio.gather(*(each.ensure() for each in ready))
    await ready[0].ensure()
    await asyncio.gather(*(each.whole() for each in ready))
    db = replicas[0].db
    for name, wanted in indexes().items():
        # One more than declared: the one on _id.
        assert len(wanted) + 1 == len(await db[name].index_information())
    await db.client.drop_database(db.name)
    for replica in replicas:
        await replica.close()


async def test_two_documents_that_a_unique_index_forbids(mongo: Mongo) -> None:
    """It cannot be made, and is named; all others are."""
    jobs = mongo.db["jobs"]
    await jobs.drop_index("one_running_per_user")
    twins = [{"_id": number, "user_id": 5, "state": "running"} for number in range(2)]
    await jobs.insert_many(twins)
    ready = Readiness(mongo, indexes())
    with pytest.raises(IndexesMissing) as untried:
        await ready.indexed()
    await ready.ensure()
    with pytest.raises(IndexesMissing) as raised:
        await ready.whole()
    await jobs.delete_many({})
    await ready.ensure()
    await ready.whole()
    assert ({}, [NEEDED]) == (untried.value.reasons, [*raised.value.reasons])
    assert "duplicate key" in raised.value.reasons[NEEDED]


async def test_a_store_that_answers_pings_and_refuses_writes(mongo: Mongo) -> None:
    """As with a user who may only read, or a full disk."""
    refused = {"validator": {"never": {"$exists": True}}, "validationAction": "error"}
    ready = Readiness(mongo, {})
    await mongo.db[COLLECTION].delete_many({})
    await mongo.db.command({"collMod": COLLECTION, **refused})
    with pytest.raises(StoreUnavailable, match="failed validation"):
        await ready.write()
    await mongo.ping()
    await mongo.db.command({"collMod": COLLECTION, "validator": {}})
    await ready.write()


async def test_writes_are_shared_and_hold_a_moment(mongo: Mongo) -> None:
    """A webhook asks before every update."""
    ready = Readiness(mongo, {}, timing=Timing(write_holds_s=60.0))
    await asyncio.gather(*(ready.write() for _ in range(20)))
    first = await mongo.db[COLLECTION].find_one({})
    await ready.write()
    assert first == await mongo.db[COLLECTION].find_one({})


async def test_the_store_says_what_time_it_is(mongo: Mongo) -> None:
    """A machine whose clock is a day ahead goes by the clock that all processes share."""
    wrong = SharedClock(lambda: utc_now() + timedelta(days=1))
    await Readiness(mongo, {}, clock=wrong).write()
    assert abs(wrong() - utc_now()) < timedelta(seconds=5)


@pytest.mark.parametrize(("by_s", "moved_s"), [(0.3, 0.0), (-0.3, 0.0), (60.0, 60.0)])
def test_clocks_that_nearly_agree_are_left_alone(
    now: SetClock, by_s: float, moved_s: float
) -> None:
    """Else time would jump back and forth with every answer."""
    clock = SharedClock(now)
    clock.heard(now() + timedelta(seconds=by_s), now(), now())
    assert timedelta(seconds=moved_s) == clock() - now()
