"""Jobs: accepted once, worked on by one, and taken over from the dead."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.clock import Timing
from bot.models.job import Job, JobState
from bot.storage.jobs import COLLECTION, KEPT, UNFINISHED, Jobs

if TYPE_CHECKING:
    from bot.storage.database import Database
    from tests.conftest import SetClock

LEASE_S = Timing().lease_s


@pytest.fixture
def jobs(db: Database, now: SetClock) -> Jobs:
    return Jobs(db, clock=now, owner="me")


@pytest.fixture
def other(db: Database, now: SetClock) -> Jobs:
    """Those of another process."""
    return Jobs(db, clock=now, owner="other")


def job(now: SetClock, name: str = "a", user: int = 1, **fields: Any) -> Job:
    base: dict[str, Any] = {
        "id": name,
        "user_id": user,
        "chat_id": -100,
        "message_id": 7,
        "chat_type": "group",
        "link_kind": "album",
        "link_id": "2noRn2Aes5aoNVsU6iWThc",
        "created_at": now(),
    }
    return Job(**base | fields)


async def accept(jobs: Jobs, now: SetClock, *names: str, user: int = 1) -> None:
    for name in names:
        assert await jobs.accept(job(now, name, user))
        now.forward(seconds=1)


async def claimed(jobs: Jobs) -> str | None:
    found = await jobs.claim()
    return found.id if found else None


async def stored(jobs: Jobs, name: str = "a") -> Job:
    found = await jobs.get(name)
    assert found is not None
    return found


async def test_comes_back_as_it_was(jobs: Jobs, now: SetClock) -> None:
    """Every field survives the store; what was not given is filled in."""
    full = job(
        now,
        language="tr",
        page=2,
        reply_id=9,
        topic_id=77,
        outcome={"found": 11, "reasons": ["cut"]},
        lease_until=now(),
        expires_at=now() + timedelta(days=1),
    )
    await jobs.accept(full)
    assert full == await jobs.get("a")
    await jobs.accept(job(now, "b"))
    assert job(now, "b", lease_until=now(), expires_at=now() + KEPT) == await jobs.get("b")
    assert await jobs.get("c") is None


async def test_a_job_of_an_older_version(jobs: Jobs, db: Database, now: SetClock) -> None:
    """What was not kept then has its default, and what is no longer kept is passed over."""
    await jobs.accept(job(now))
    await db["jobs"].update_one({}, {"$unset": {"topic_id": 0}, "$set": {"dropped": 1}})

    kept = await jobs.get("a")
    assert kept is not None
    assert kept.topic_id is None


async def test_accepted_once(jobs: Jobs, now: SetClock) -> None:
    """Of many at once that accept the same message, one does; later ones neither, done or not."""
    accepted = await asyncio.gather(*(jobs.accept(job(now)) for _ in range(20)))
    assert 1 == sum(accepted)
    await jobs.finish("a", {})
    assert not await jobs.accept(job(now))


async def test_oldest_first(jobs: Jobs, now: SetClock) -> None:
    """Jobs of several users are claimed in the order they came, and each by one."""
    for user, name in enumerate("abc"):
        await accept(jobs, now, name, user=user)
    assert ["a", "b", "c", None] == [await claimed(jobs) for _ in range(4)]


async def test_claim_takes_a_lease(jobs: Jobs, now: SetClock) -> None:
    """A claimed job says who works on it, until when, and how often it was begun."""
    await accept(jobs, now, "a")
    found = await jobs.claim()
    assert found is not None
    expected = (JobState.RUNNING, "me", now() + timedelta(seconds=LEASE_S), 1)
    assert expected == (found.state, found.owner, found.lease_until, found.attempts)
    assert found == await jobs.get("a")


async def test_one_running_job_per_user(jobs: Jobs, now: SetClock) -> None:
    """A user's next job waits for the one that runs; other users do not."""
    await accept(jobs, now, "a", "b", user=1)
    await accept(jobs, now, "c", user=2)
    assert "a" == await claimed(jobs)
    assert await jobs.claim_id("b") is None
    assert "c" == await claimed(jobs)
    assert await claimed(jobs) is None
    await jobs.finish("a", {})
    assert "b" == await claimed(jobs)


async def test_claims_at_once(jobs: Jobs, db: Database, now: SetClock) -> None:
    """However many claim at once, each job goes to one and each user has one that runs."""
    for number in range(30):
        await accept(jobs, now, f"job{number}", user=number % 5)
    found = await asyncio.gather(*(claimed(Jobs(db, clock=now)) for _ in range(30)))
    running = [each for each in found if each]
    assert 1 <= len(running) == len(set(running))
    leased = [each["user_id"] async for each in db[COLLECTION].find({"state": JobState.RUNNING})]
    assert len(leased) == len(set(leased)) == len(running)


async def test_claim_goes_on_after_a_lost_race(
    jobs: Jobs, now: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the user's other job began in between, the index refuses and the claim looks again."""
    await accept(jobs, now, "a", "b", user=1)
    await accept(jobs, now, "c", user=2)
    assert "a" == await claimed(jobs)
    stale: list[list[int]] = [[], []]
    distinct = jobs._jobs.distinct

    async def late(*args: Any) -> list[Any]:
        return stale.pop() if stale else await distinct(*args)

    monkeypatch.setattr(jobs._jobs, "distinct", late)
    assert "c" == await claimed(jobs)
    stale[:] = [[]] * 10
    assert await claimed(jobs) is None


async def test_taken_over_from_the_dead(jobs: Jobs, other: Jobs, now: SetClock) -> None:
    """When its lease is over another takes the job, before all that wait, and the first lost it."""
    await accept(jobs, now, "old", user=2)
    await accept(jobs, now, "next", user=2)
    assert "old" == await claimed(jobs)
    assert await jobs.accept(job(now, "earlier", user=3, created_at=now() - timedelta(hours=1)))
    await jobs.save("old", reply_id=9)
    now.forward(seconds=LEASE_S)
    found = await other.claim()
    assert found is not None
    assert ("old", "other", 9, 2) == (
        found.id,
        found.owner,
        found.reply_id,
        found.attempts,
    )
    assert {} == await jobs.renew(["old"])
    assert not await jobs.release("old", retry_in_s=0)
    assert not await jobs.put_off("old", at_least_s=0)
    await jobs.release_all()
    assert found == await jobs.get("old")


async def test_renewed(jobs: Jobs, other: Jobs, now: SetClock) -> None:
    """A lease that is renewed in time is kept from others."""
    await accept(jobs, now, "a")
    await claimed(jobs)
    now.forward(seconds=LEASE_S - 1)
    assert ["a"] == list(await jobs.renew(["a", "gone"]))
    now.forward(seconds=LEASE_S - 1)
    assert await claimed(other) is None
    assert {} == await other.renew(["a"])


async def test_claimed_by_id(jobs: Jobs, other: Jobs, now: SetClock) -> None:
    """A job can be asked for by name while it is not done, and again by who has it."""
    await accept(jobs, now, "a")
    found = await jobs.claim_id("a")
    assert found is not None
    assert found == await jobs.claim_id("a")
    assert await other.claim_id("a") is None
    await jobs.finish("a", {})
    assert await jobs.claim_id("a") is None
    assert await jobs.claim_id("unknown") is None


async def test_started_with_its_lease(jobs: Jobs, other: Jobs, now: SetClock) -> None:
    """Stored and claimed in one statement: nobody else comes upon it while the lease holds."""
    found = await jobs.start(job(now))
    assert found is not None
    expected = (JobState.RUNNING, "me", now() + timedelta(seconds=LEASE_S), 1)
    assert expected == (found.state, found.owner, found.lease_until, found.attempts)
    assert found == replace(await stored(jobs), expires_at=None)
    assert await other.claim() is None
    assert await other.claim_id("a") is None


async def test_a_started_job_is_inherited(jobs: Jobs, other: Jobs, now: SetClock) -> None:
    """Who started it died, perhaps in the moment in which it was stored."""
    await jobs.start(job(now))
    now.forward(seconds=LEASE_S)
    found = await other.claim()
    assert found is not None
    assert ("a", "other", 2) == (found.id, found.owner, found.attempts)


async def test_none_is_started_beside_another_one(jobs: Jobs, other: Jobs, now: SetClock) -> None:
    """Of one user one runs, whichever process has it; the next one is accepted to wait for it."""
    await other.start(job(now, "a"))
    assert await jobs.start(job(now, "b")) is None
    assert await jobs.get("b") is None
    assert await jobs.accept(job(now, "b"))
    assert await jobs.claim_id("b") is None
    await other.finish("a", {})
    assert await jobs.claim_id("b")


async def test_none_is_started_twice(jobs: Jobs, other: Jobs, now: SetClock) -> None:
    """Of many at once that start the same message, one does; and none when it is done."""
    started = await asyncio.gather(*(each.start(job(now)) for each in (jobs, other) * 10))
    assert 1 == sum(each is not None for each in started)
    assert not await jobs.accept(job(now))
    await jobs.finish("a", {})
    assert await jobs.start(job(now)) is None


async def test_released(jobs: Jobs, other: Jobs, now: SetClock) -> None:
    """Given back in good order all are claimable at once, and the attempts do not count."""
    await accept(jobs, now, "a")
    await claimed(jobs)
    await jobs.start(job(now, "b", 2))
    await other.start(job(now, "c", 3))
    await jobs.release_all()
    found = [await other.claim() for _ in range(3)]
    assert [("a", "other", 1), ("b", "other", 1), None] == [
        each and (each.id, each.owner, each.attempts) for each in found
    ]


async def test_released_after_a_failure(jobs: Jobs, now: SetClock) -> None:
    """After a failure a job waits before it is tried again, and the attempt counts."""
    await accept(jobs, now, "a")
    await claimed(jobs)
    assert await jobs.release("a", retry_in_s=10)
    assert await claimed(jobs) is None
    now.forward(seconds=10)
    found = await jobs.claim()
    assert found is not None
    assert 2 == found.attempts


@pytest.mark.parametrize(("age", "at_least", "wait"), [(0, 0, 30), (90, 0, 90), (0, 300, 300)])
async def test_put_off_for_as_long_again(
    jobs: Jobs, now: SetClock, age: float, at_least: float, wait: float
) -> None:
    """Half a minute first, then double; Telegram may ask for more. The attempt does not count."""
    await jobs.start(job(now))
    now.forward(seconds=age)
    await jobs.put_off("a", at_least_s=at_least)
    now.forward(seconds=wait - 1)
    assert await jobs.claim() is None
    now.forward(seconds=1)
    again = await jobs.claim()
    assert again is not None
    assert 1 == again.attempts


async def test_waiting_jobs_of_some_users(jobs: Jobs, now: SetClock) -> None:
    await jobs.start(job(now, "a"))
    await jobs.accept(job(now, "b"))
    assert ["b"] == [each.id for each in await jobs.waiting([1, 2], 9)]
    assert [] == await jobs.waiting([2], 9)


async def test_finished_once(jobs: Jobs, now: SetClock) -> None:
    """The first outcome stays; pages can be turned afterwards."""
    await accept(jobs, now, "a")
    await claimed(jobs)
    assert await jobs.finish("a", {"found": 3})
    assert not await jobs.finish("a", {"found": 4}, page=1)
    assert await jobs.save("a", page=2)
    found = await jobs.get("a")
    assert found is not None
    assert (JobState.DONE, {"found": 3}, 2, None) == (
        found.state,
        found.outcome,
        found.page,
        found.owner,
    )


async def test_save_knows_the_fields(jobs: Jobs) -> None:
    """A name that is no field is a mistake of the caller; a job that is gone is not."""
    with pytest.raises(TypeError, match="a job has no pgae"):
        await jobs.save("a", pgae=1)
    with pytest.raises(TypeError, match="a job has no pgae"):
        await jobs.finish("a", {}, pgae=1)
    assert not await jobs.save("a", page=1)


async def test_cancel(jobs: Jobs, db: Database, now: SetClock) -> None:
    """Cancelled are the jobs that wait, not the one that runs, and they do not come back."""
    await accept(jobs, now, "a", "b", "c")
    await claimed(jobs)
    assert 2 == await jobs.cancel(1)
    assert ["a"] == await db[COLLECTION].distinct("_id", {"state": {"$in": UNFINISHED}})
    assert not await jobs.accept(job(now, "b"))
    found = await jobs.get("b")
    assert found is not None
    assert {"cancelled": True} == found.outcome


async def test_cancel_where_a_message_says_that_it_goes_on(jobs: Jobs, now: SetClock) -> None:
    """Whoever claims it next is asked to end it there, and need not wait for its time."""
    await accept(jobs, now, "a", "b")
    later = now() + timedelta(hours=1)
    await jobs.accept(job(now, "c", inline_id="i", lease_until=later))
    await jobs.save("a", reply_id=7)
    assert 3 == await jobs.cancel(1)
    ended = await jobs.get("b")
    assert ended is not None
    assert JobState.DONE is ended.state
    for name in ("a", "c"):
        found = await jobs.claim()
        assert found is not None
        assert (name, True) == (found.id, found.stop)
        await jobs.finish(name, {})


async def test_another_process_is_asked_to_stop(jobs: Jobs, other: Jobs, now: SetClock) -> None:
    """The one that runs the job finds the wish when it renews its lease."""
    await jobs.start(job(now))
    assert 0 == await jobs.cancel(1, "a")
    assert 1 == await other.cancel(1, "a")
    assert (await jobs.renew(["a"]))["a"].stop


async def test_history(jobs: Jobs, now: SetClock) -> None:
    """The newest ended job of each of the user's last ten listings, newest first."""
    for number in range(30):
        outcome = {"listing": f"album:{number % 14}", "title": f"List {number}"}
        now.forward(seconds=1)
        await jobs.accept(job(now, f"a{number}"))
        await jobs.finish(f"a{number}", outcome if number != 27 else {})
    await jobs.accept(job(now, "other", 2))
    await jobs.finish("other", {"listing": "album:1", "title": "Theirs"})
    await jobs.accept(job(now, "running"))
    found = await jobs.history(1, 10)

    newest = [29, 28, 26, 25, 24, 23, 22, 21, 20, 19]
    assert [f"a{number}" for number in newest] == [each.id for each in found]


async def test_history_of_one_moment(jobs: Jobs, now: SetClock) -> None:
    """Lists that one message asked for keep one order, however they ended."""
    for number in (5, 2, 8, 1, 9, 0, 4, 7, 3, 6):
        await jobs.accept(job(now, f"a{number}"))
        await jobs.finish(f"a{number}", {"listing": f"album:{number}", "title": "List"})
    found = await jobs.history(1, 10)
    assert [f"a{number}" for number in range(10)] == [each.id for each in found]


async def test_forget(jobs: Jobs, now: SetClock, db: Database) -> None:
    """What nobody works on goes at once; who works on one hears of it, and deletes it by ending it.

    So does whoever claims one next whose message says that it goes on.
    """
    await accept(jobs, now, "running", "ended", "untold")
    await jobs.accept(job(now, "told", reply_id=9, lease_until=now() + timedelta(hours=6)))
    await accept(jobs, now, "other", user=2)
    assert await jobs.claim_id("running")
    await jobs.finish("ended", {})
    await jobs.forget(1)
    kept = {each["_id"] async for each in db[COLLECTION].find({})}
    assert {"running", "told", "other"} == kept
    [running] = (await jobs.renew(["running"])).values()
    assert (True, True) == (running.stop, running.forgotten)
    assert await jobs.finish("running", {})
    told = await jobs.claim_id("told")
    assert told is not None
    assert told.forgotten
    assert await jobs.finish("told", {})
    assert ["other"] == [each["_id"] async for each in db[COLLECTION].find({})]


async def test_what_comes_after_it_is_not_forgotten(jobs: Jobs, now: SetClock) -> None:
    """A link that is sent while all before it is deleted is answered."""
    await jobs.accept(job(now, "later", created_at=now() + timedelta(seconds=1)))
    await jobs.forget(1)
    later = await jobs.get("later")
    assert later is not None
    assert not later.stop


@pytest.mark.parametrize(
    ("query", "sort"),
    [
        ({"state": {"$in": list(UNFINISHED)}}, {"state": 1, "created_at": 1}),
        ({"user_id": 1, "state": {"$in": list(UNFINISHED)}}, {"created_at": 1}),
        ({"state": JobState.RUNNING, "user_id": 1}, {}),
    ],
)
async def test_queries_have_their_index(
    db: Database, query: dict[str, Any], sort: dict[str, int]
) -> None:
    """No query of this room reads the whole collection or sorts it in memory."""
    plan = await db.command(
        {
            "explain": {"find": COLLECTION, "filter": query, "sort": sort},
            "verbosity": "queryPlanner",
        }
    )
    winning = str(plan["queryPlanner"]["winningPlan"])
    assert "IXSCAN" in winning
    assert "COLLSCAN" not in winning
    assert "'SORT'" not in winning
