"""The ledger: exact under any number of processes, and unmoved by repetition."""

from __future__ import annotations

import asyncio
import json
import sys
import uuid
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.clock import Timing
from bot.models.job import Job
from bot.models.preferences import Plan
from bot.quota.ledger import COLLECTION, KEPT, Account, Grant, Ledger
from bot.storage.jobs import Jobs

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import AsyncIterator

    from bot.storage.database import Database
    from tests.conftest import SetClock

USER, TODAY, TOMORROW = 42, "2026-11-20", "2026-11-21"
PROCESSES, EACH = 4, 50
LIMIT, COST = 100, 3  # as in reserving.py


@pytest.fixture
def ledger(db: Database, now: SetClock) -> Ledger:
    return Ledger(db, clock=now)


async def take(
    ledger: Ledger, job: str, cost: int, limit: int | None = 10, period: str = TODAY
) -> int:
    return (await ledger.reserve(USER, job=job, cost=cost, limit=limit, period=period)).granted


async def test_partial_grants(ledger: Ledger) -> None:
    """A reservation gets what it asks for, then what is left, then nothing."""
    assert 0 == await ledger.used(USER, period=TODAY)
    reserve = ledger.reserve
    first = await reserve(USER, job="a", cost=7, limit=10, period=TODAY)
    assert Grant(granted=7, used=7, limit=10) == first
    second = await reserve(USER, job="b", cost=7, limit=10, period=TODAY)
    assert Grant(granted=3, used=10, limit=10) == second
    third = await reserve(USER, job="c", cost=7, limit=10, period=TODAY)
    assert Grant(granted=0, used=10, limit=10) == third
    assert 10 == await ledger.used(USER, period=TODAY)


@pytest.mark.parametrize(
    ("cost", "limit", "granted"),
    [(500, None, 500), (0, 10, 0), (-5, 10, 0), (5, 0, 0), (5, -1, 0), (5, 5, 5)],
)
async def test_edges(ledger: Ledger, cost: int, limit: int | None, granted: int) -> None:
    """No limit grants all; nothing is never less than nothing."""
    assert granted == await take(ledger, "a", cost, limit)
    assert granted == await ledger.used(USER, period=TODAY)


async def test_limit_lowered(ledger: Ledger) -> None:
    """Who used more than a smaller plan gives gets nothing, and owes nothing."""
    await take(ledger, "a", 50, 100)
    assert 0 == await take(ledger, "b", 1, 10)
    assert 50 == await ledger.used(USER, period=TODAY)


async def test_reserved_once(ledger: Ledger) -> None:
    """The same job is granted the same again, and charged for what it costs more by then."""
    assert 4 == await take(ledger, "a", 4)
    assert 4 == await take(ledger, "a", 4)
    assert 9 == await take(ledger, "a", 9)
    assert 9 == await take(ledger, "a", 2)
    assert 9 == await ledger.used(USER, period=TODAY)


async def test_who_settled_and_goes_on_pays_the_rest(ledger: Ledger) -> None:
    """A job that failed in the middle and is tried again: what it paid stays, the rest is new."""
    await take(ledger, "a", 8)
    await ledger.settle(USER, job="a", spent=2, period=TODAY)
    await take(ledger, "b", 5)
    for _ in range(2):
        again = await ledger.reserve(USER, job="a", cost=8, limit=10, period=TODAY)
        assert Grant(granted=5, used=10, limit=10) == again
    await ledger.settle(USER, job="a", spent=4, period=TODAY)
    assert 4 + 5 == await ledger.used(USER, period=TODAY)


async def test_who_settled_for_nothing_and_finds_nothing_left(ledger: Ledger, db: Database) -> None:
    """It holds nothing, and leaves nothing open behind it."""
    await take(ledger, "a", 8)
    await ledger.settle(USER, job="a", spent=0, period=TODAY)
    await take(ledger, "b", 10)
    assert 0 == await take(ledger, "a", 8)
    usage = await db[COLLECTION].find_one({})
    assert usage
    assert ["b"] == [entry["job"] for entry in usage["jobs"]]


async def test_refusal_is_no_grant(ledger: Ledger) -> None:
    """A job that got nothing may get what others give back."""
    await take(ledger, "a", 10)
    assert 0 == await take(ledger, "b", 5)
    await ledger.settle(USER, job="a", spent=8, period=TODAY)
    assert 2 == await take(ledger, "b", 5)


@pytest.mark.parametrize(("spent", "used"), [(0, 0), (4, 4), (6, 6), (7, 6), (-3, 0)])
async def test_settled_once(ledger: Ledger, spent: int, used: int) -> None:
    """What was not spent is given back once, never more than was granted, never less than none."""
    await take(ledger, "a", 6)
    await ledger.settle(USER, job="a", spent=spent, period=TODAY)
    assert used == await ledger.used(USER, period=TODAY)
    for other in (0, 3, 6):
        await ledger.settle(USER, job="a", spent=other, period=TODAY)
    assert used == await ledger.used(USER, period=TODAY)


async def test_what_is_spent_whole_needs_no_word(ledger: Ledger) -> None:
    """What a job was granted counts as spent until it says otherwise, also where it goes on."""
    await take(ledger, "a", 4)
    assert 6 == await take(ledger, "a", 6)
    assert 6 == await ledger.used(USER, period=TODAY)


async def test_an_account_is_read_at_once(ledger: Ledger, db: Database, now: SetClock) -> None:
    """The plan, what is used, and what was paid for one listing, each of this user alone."""
    assert Account() == await ledger.account(USER, period=TODAY, listing="album:a")
    until = now() + timedelta(days=30)
    jobs = Jobs(db, clock=now)
    await db["users"].insert_one({"_id": USER, "plan": "plus", "plan_until": until})
    await take(ledger, "a", 7)
    for number, (user, listing) in enumerate([(USER, "a"), (USER, "a"), (USER, "b"), (2, "a")]):
        job = Job(
            id=str(number),
            user_id=user,
            chat_id=user,
            message_id=number,
            chat_type="private",
            link_kind="album",
            link_id=listing,
            created_at=now(),
        )
        await jobs.accept(job)
        await jobs.finish(job.id, {"listing": f"album:{listing}", "spent": 3})
    assert Account(plan=Plan.PLUS, plan_until=until, used=7, paid=6) == await ledger.account(
        USER, period=TODAY, listing="album:a"
    )
    assert Account(plan=Plan.PLUS, plan_until=until, used=7) == await ledger.account(
        USER, period=TODAY
    )


async def test_settle_of_the_unknown(ledger: Ledger, db: Database) -> None:
    """A job that reserved nothing has nothing to settle."""
    await ledger.settle(USER, job="a", spent=0, period=TODAY)
    assert 0 == await db[COLLECTION].count_documents({})
    await take(ledger, "a", 5)
    await ledger.settle(USER, job="b", spent=0, period=TODAY)
    await ledger.settle(USER, job="a", spent=0, period=TOMORROW)
    assert 5 == await ledger.used(USER, period=TODAY)


@pytest.mark.parametrize("user", [0, -1, 7_000_000_001, 2**80])
async def test_users_and_periods_are_apart(ledger: Ledger, user: int) -> None:
    """Each user has each day for itself, whatever the id."""
    await take(ledger, "a", 10)
    grant = await ledger.reserve(user, job="a", cost=3, limit=10, period=TODAY)
    assert Grant(granted=3, used=3, limit=10) == grant
    assert 10 == await take(ledger, "a", 10, period=TOMORROW)


NAMES = ["$used", "$$ROOT", "a.b", "a.$.b", "", "jobs.0", "\u0000", "é\U0001f3b5", "x" * 2000]


@pytest.mark.parametrize("job", NAMES)
async def test_names_are_text(ledger: Ledger, job: str) -> None:
    """A job's name is never read as a field or an operator."""
    assert 2 == await take(ledger, "other", 2)
    assert 4 == await take(ledger, job, 4)
    assert 4 == await take(ledger, job, 4)
    await ledger.settle(USER, job=job, spent=1, period=TODAY)
    assert 3 == await ledger.used(USER, period=TODAY)


steps = st.lists(
    st.tuples(st.sampled_from(["reserve", "settle"]), st.sampled_from("abcd"), st.integers(-2, 12)),
    max_size=25,
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps, limit=st.one_of(st.none(), st.integers(0, 20)))
async def test_agrees_with_its_model(
    ledger: Ledger, steps: list[tuple[str, str, int]], limit: int | None
) -> None:
    """Any sequence of steps leaves what a plain dictionary of the same rules holds."""
    day = uuid.uuid4().hex  # each example has a day of its own, also when it is run again
    granted: dict[str, int] = {}
    spent: dict[str, int] = {}

    def used() -> int:
        return sum(spent.get(job, given_) for job, given_ in granted.items())

    for step, job, number in steps:
        if step == "reserve":
            had = spent.get(job, granted.get(job, 0))
            wanted = max(0, number) - had
            new = max(0, wanted if limit is None else min(wanted, limit - used()))
            granted[job] = had + new
            spent.pop(job, None)
            expected = Grant(granted.get(job, 0), used(), limit)
            grant = await ledger.reserve(USER, job=job, cost=number, limit=limit, period=day)
            assert expected == grant
        else:
            if job in granted:
                spent.setdefault(job, min(max(0, number), granted[job]))
            await ledger.settle(USER, job=job, spent=number, period=day)
        assert used() == await ledger.used(USER, period=day)


async def test_first_reservations_at_once(ledger: Ledger, db: Database) -> None:
    """First reservations of many users at once, several of each, are all counted."""
    jobs = [(user, f"job {number}") for user in range(20) for number in range(5)]
    reserved = (ledger.reserve(user, job=job, cost=4, limit=15, period=TODAY) for user, job in jobs)
    granted = [grant.granted for grant in await asyncio.gather(*reserved)]

    assert [0, 3, 4, 4, 4] * 20 == [
        each for user in range(20) for each in sorted(granted[5 * user :][:5])
    ]
    assert 20 == await db[COLLECTION].count_documents({})


async def test_forget(ledger: Ledger, db: Database) -> None:
    """Other days go; today's number stays, so the limit holds, and what runs is still settled."""
    await take(ledger, "a", 4)
    await take(ledger, "a", 4, period="2026-11-19")
    await take(ledger, "a", 4, period=TOMORROW)
    await ledger.reserve(43, job="other", cost=1, limit=9, period=TODAY)
    await ledger.forget(USER, TODAY)
    assert 4 == await ledger.used(USER, period=TODAY)
    assert 2 == await db[COLLECTION].count_documents({})
    await ledger.settle(USER, job="a", spent=1, period=TODAY)
    assert 9 == await take(ledger, "b", 10)


async def test_keys_do_not_tell_the_user(db: Database, now: SetClock) -> None:
    """A pepper makes the stored digest differ from one that anybody could compute."""
    for pepper in (b"", b"secret", b"x" * 200):
        await take(Ledger(db, clock=now, pepper=pepper), "a", 1)
    keys = [document["_id"] async for document in db[COLLECTION].find({})]
    assert 3 == len(set(keys))


async def test_kept_for_some_days(ledger: Ledger, db: Database, now: SetClock) -> None:
    """A day's document outlives the day in every zone, and no later use puts it off."""
    first = now()
    await take(ledger, "a", 1)
    now.forward(hours=12)
    await take(ledger, "b", 1)
    document = await db[COLLECTION].find_one({})
    assert document is not None
    assert first + KEPT == document["expires_at"]
    assert KEPT >= timedelta(days=2)


@asynccontextmanager
async def running(*arguments: str) -> AsyncIterator[Process]:
    """A process of reserving.py, which has said its first line."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(Path(__file__).with_name("reserving.py")),
        *arguments,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    assert await process.stdout.readline()
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def grants_of(process: Process) -> list[int]:
    out, _ = await process.communicate(b"go\n")
    granted: list[int] = json.loads(out)
    return granted


async def test_processes_share_one_allowance(ledger: Ledger, db: Database, mongod: str) -> None:
    """200 reservations at once from 4 processes are granted exactly the limit in total."""
    async with AsyncExitStack() as stack:
        processes = [
            await stack.enter_async_context(running("many", mongod, db.name, str(EACH)))
            for _ in range(PROCESSES)
        ]
        grants = await asyncio.gather(*(grants_of(process) for process in processes))
    granted = [each for one in grants for each in one]
    assert PROCESSES * EACH == len(granted)
    assert LIMIT == sum(granted) == await ledger.used(USER, period=TODAY)
    assert [LIMIT % COST, *[COST] * (LIMIT // COST)] == sorted(each for each in granted if each)


async def test_killed_between_reserve_and_settle(
    ledger: Ledger, db: Database, now: SetClock, mongod: str
) -> None:
    """What a killed process reserved is settled once by the next, which takes its job over."""
    jobs = Jobs(db, clock=now)
    await jobs.accept(
        Job(
            id="1:7:album",
            user_id=USER,
            chat_id=1,
            message_id=7,
            chat_type="private",
            link_kind="album",
            link_id="2noRn2Aes5aoNVsU6iWThc",
            created_at=now(),
        )
    )
    async with running("once", mongod, db.name) as process:
        process.kill()
        await process.wait()
    assert COST == await ledger.used(USER, period=TODAY)
    assert await jobs.claim() is None
    now.forward(seconds=Timing().lease_s)
    job = await jobs.claim()
    assert job is not None
    assert 2 == job.attempts
    grant = await ledger.reserve(USER, job=job.link_id, cost=COST, limit=LIMIT, period=TODAY)
    assert Grant(granted=COST, used=COST, limit=LIMIT) == grant
    for spent in (2, 0):
        await ledger.settle(USER, job=job.link_id, spent=spent, period=TODAY)
    assert await jobs.finish(job.id, {"found": 2})
    assert 2 == await ledger.used(USER, period=TODAY)
    now.forward(days=1)
    assert await jobs.claim() is None
