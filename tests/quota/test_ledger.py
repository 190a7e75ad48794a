"""The ledger: exact under any number of processes, and unmoved by repetition."""

from __future__ import annotations

import asyncio
import json
import sys
import uuid
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.clock import Timing
from bot.models.job import Job
from bot.models.preferences import Plan
from bot.quota.ledger import COLLECTION, KEPT, Account, Ledger
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


def some(job: str, count: int) -> list[str]:
    """The first tracks of a job's own."""
    return [f"{job[:20]} {number}" for number in range(count)]


async def reserve(
    ledger: Ledger,
    job: str,
    cost: int,
    limit: int | None = 10,
    period: str = TODAY,
    *,
    user: int = USER,
) -> tuple[int, int]:
    """How much was granted, and is used then."""
    tracks = some(job, cost)
    grant = await ledger.reserve(user, job=job, tracks=tracks, limit=limit, period=period)
    assert limit == grant.limit
    assert grant.tracks <= set(tracks)
    return len(grant.tracks), grant.used


async def take(
    ledger: Ledger, job: str, cost: int, limit: int | None = 10, period: str = TODAY
) -> int:
    return (await reserve(ledger, job, cost, limit, period))[0]


async def settle(ledger: Ledger, job: str, spent: int, period: str | None = TODAY) -> None:
    await ledger.settle(USER, job=job, spent=some(job, spent), period=period)


async def test_partial_grants(ledger: Ledger) -> None:
    """A reservation gets what it asks for, then what is left, then nothing."""
    assert 0 == await ledger.used(USER, period=TODAY)
    assert (7, 7) == await reserve(ledger, "a", 7)
    assert (3, 10) == await reserve(ledger, "b", 7)
    assert (0, 10) == await reserve(ledger, "c", 7)
    assert 10 == await ledger.used(USER, period=TODAY)


@pytest.mark.parametrize(
    ("cost", "limit", "granted"),
    [(500, None, 500), (0, 10, 0), (5, 0, 0), (5, -1, 0), (5, 5, 5)],
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
    assert 2 == await take(ledger, "a", 2)
    assert 9 == await ledger.used(USER, period=TODAY)


async def test_what_a_repeated_statement_answers(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not projected, so the job's own entry is found among all."""
    once = ledger._usage.find_one_and_update

    def repeated(*args: Any, projection: object, **options: Any) -> Any:
        return once(*args, **options)

    monkeypatch.setattr(ledger._usage, "find_one_and_update", repeated)
    assert (2, 2) == await reserve(ledger, "a", 2)
    assert (3, 5) == await reserve(ledger, "b", 3)
    assert (2, 5) == await reserve(ledger, "a", 2)


async def test_who_settled_and_goes_on_pays_the_rest(ledger: Ledger) -> None:
    """A job that failed in the middle and is tried again: what it paid stays, the rest is new."""
    await take(ledger, "a", 8)
    await settle(ledger, "a", 2)
    await take(ledger, "b", 5)
    for _ in range(2):
        assert (5, 10) == await reserve(ledger, "a", 8)
    await settle(ledger, "a", 4)
    assert 4 + 5 == await ledger.used(USER, period=TODAY)


async def test_who_settled_for_nothing_and_finds_nothing_left(ledger: Ledger, db: Database) -> None:
    """It holds nothing, and leaves nothing open behind it."""
    await take(ledger, "a", 8)
    await settle(ledger, "a", 0)
    await take(ledger, "b", 10)
    assert 0 == await take(ledger, "a", 8)
    usage = await db[COLLECTION].find_one({})
    assert usage
    assert ["b"] == [entry["job"] for entry in usage["jobs"]]


async def test_refusal_is_no_grant(ledger: Ledger) -> None:
    """A job that got nothing may get what others give back."""
    await take(ledger, "a", 10)
    assert 0 == await take(ledger, "b", 5)
    await settle(ledger, "a", 8)
    assert 2 == await take(ledger, "b", 5)


@pytest.mark.parametrize(("spent", "used"), [(0, 0), (4, 4), (6, 6), (7, 6)])
async def test_settled_once(ledger: Ledger, spent: int, used: int) -> None:
    """What was not spent is given back once, never more than was granted, never less than none."""
    await take(ledger, "a", 6)
    await settle(ledger, "a", spent)
    assert used == await ledger.used(USER, period=TODAY)
    for other in (0, 3, 6):
        await settle(ledger, "a", other)
    assert used == await ledger.used(USER, period=TODAY)


async def test_what_is_spent_whole_needs_no_word(ledger: Ledger) -> None:
    """What a job was granted counts as spent until it says otherwise, also where it goes on."""
    await take(ledger, "a", 4)
    assert 6 == await take(ledger, "a", 6)
    assert 6 == await ledger.used(USER, period=TODAY)


async def test_an_account_is_read_at_once(ledger: Ledger, db: Database, now: SetClock) -> None:
    """The plan, what is used, and which of the tracks are paid, each of this user alone."""
    assert Account() == await ledger.account(USER, period=TODAY, tracks=["a 0"])
    until = now() + timedelta(days=30)
    await db["users"].insert_one({"_id": USER, "plan": "plus", "plan_until": until})
    await reserve(ledger, "a", 3)
    await reserve(ledger, "b", 2, period="2026-11-01")
    await reserve(ledger, "other", 2, user=USER + 1)
    wanted = ["new", "a 1", "a 2", "b 1", "b 2", "other 0"]
    expected = Account(plan=Plan.PLUS, plan_until=until, used=3, paid=frozenset(wanted[1:4]))
    assert expected == await ledger.account(USER, period=TODAY, tracks=wanted)
    assert Account(plan=Plan.PLUS, plan_until=until, used=3) == await ledger.account(
        USER, period=TODAY
    )


async def test_what_a_job_holds_itself_is_not_paid_yet(ledger: Ledger) -> None:
    """It may fail still: its own tracks are told apart, by the day on which it reserved them."""
    await reserve(ledger, "a", 3, period=TODAY)
    await reserve(ledger, "b", 1, period=TODAY)
    tracks = [*some("a", 5), "b 0"]
    account = await ledger.account(USER, period=TOMORROW, tracks=tracks, job="a")
    assert (frozenset({"b 0"}), {TODAY: frozenset(some("a", 3))}) == (account.paid, account.own)
    today = await ledger.account(USER, period=TODAY, tracks=tracks, job="a")
    assert (frozenset({"b 0"}), {}) == (today.paid, today.own)


async def test_what_was_given_back_is_not_paid(ledger: Ledger) -> None:
    """Of a reservation that has settled, only the tracks that it spent are free from then on."""
    await reserve(ledger, "a", 3)
    await ledger.settle(USER, job="a", spent=["a 1", "not reserved"], period=TODAY)
    paid = (await ledger.account(USER, period=TODAY, tracks=some("a", 3))).paid
    assert frozenset({"a 1"}) == paid


async def test_a_job_is_settled_on_all_its_days(ledger: Ledger) -> None:
    """Who does not know on which days a job reserved gives back all of it."""
    for day in (TODAY, TOMORROW):
        await reserve(ledger, "a", 3, period=day)
    await settle(ledger, "a", 0, None)
    assert (0, 0) == (
        await ledger.used(USER, period=TODAY),
        await ledger.used(USER, period=TOMORROW),
    )


async def test_settle_of_the_unknown(ledger: Ledger, db: Database) -> None:
    """A job that reserved nothing has nothing to settle."""
    await settle(ledger, "a", 0)
    assert 0 == await db[COLLECTION].count_documents({})
    await take(ledger, "a", 5)
    await settle(ledger, "b", 0)
    await settle(ledger, "a", 0, TOMORROW)
    assert 5 == await ledger.used(USER, period=TODAY)


@pytest.mark.parametrize("user", [0, -1, 7_000_000_001, 2**80])
async def test_users_and_periods_are_apart(ledger: Ledger, user: int) -> None:
    """Each user has each day for itself, whatever the id."""
    await take(ledger, "a", 10)
    assert (3, 3) == await reserve(ledger, "a", 3, user=user)
    assert 10 == await take(ledger, "a", 10, period=TOMORROW)


NAMES = ["$used", "$$ROOT", "a.b", "a.$.b", "", "jobs.0", "\u0000", "é\U0001f3b5", "x" * 2000]


@pytest.mark.parametrize("job", NAMES)
async def test_names_are_text(ledger: Ledger, job: str) -> None:
    """A job's name is never read as a field or an operator."""
    assert 2 == await take(ledger, "other", 2)
    assert 4 == await take(ledger, job, 4)
    assert 4 == await take(ledger, job, 4)
    await settle(ledger, job, 1)
    assert 3 == await ledger.used(USER, period=TODAY)


steps = st.lists(
    st.tuples(st.sampled_from(["reserve", "settle"]), st.sampled_from("abcd"), st.integers(0, 12)),
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
            new = max(0, number - had if limit is None else min(number - had, limit - used()))
            granted[job] = had + new
            spent.pop(job, None)
            expected = number if limit is None else min(number, granted[job])
            assert (expected, used()) == await reserve(ledger, job, number, limit, day)
        else:
            if job in granted:
                spent.setdefault(job, min(number, granted[job]))
            await settle(ledger, job, number, day)
        assert used() == await ledger.used(USER, period=day)


async def test_first_reservations_at_once(ledger: Ledger, db: Database) -> None:
    """First reservations of many users at once, several of each, are all counted."""
    jobs = [(user, f"job {number}") for user in range(20) for number in range(5)]
    reserved = (reserve(ledger, job, 4, 15, user=user) for user, job in jobs)
    granted = [granted for granted, _ in await asyncio.gather(*reserved)]

    assert [0, 3, 4, 4, 4] * 20 == [
        each for user in range(20) for each in sorted(granted[5 * user :][:5])
    ]
    assert 20 == await db[COLLECTION].count_documents({})


async def test_forget(ledger: Ledger, db: Database) -> None:
    """Other days go, and which tracks it was; today's number stays, so that the limit holds."""
    await take(ledger, "a", 4)
    await take(ledger, "a", 4, period="2026-11-19")
    await take(ledger, "a", 4, period=TOMORROW)
    await reserve(ledger, "other", 1, user=43)
    await ledger.forget(USER, TODAY)
    assert 4 == await ledger.used(USER, period=TODAY)
    assert 2 == await db[COLLECTION].count_documents({})
    assert frozenset() == (await ledger.account(USER, period=TODAY, tracks=some("a", 4))).paid
    await settle(ledger, "a", 1)
    assert 9 == await take(ledger, "b", 10)


async def test_keys_do_not_tell_the_user(db: Database, now: SetClock) -> None:
    """A pepper makes the stored digest differ from one that anybody could compute."""
    for pepper in (b"", b"secret", b"x" * 200):
        await take(Ledger(db, clock=now, pepper=pepper), "a", 1)
    keys = [document["_id"] async for document in db[COLLECTION].find({})]
    assert 3 == len(set(keys))


async def test_kept_for_a_month(ledger: Ledger, db: Database, now: SetClock) -> None:
    """What is paid is free for 30 days from any hour of the day; no later use puts its end off."""
    first = now()
    await take(ledger, "a", 1)
    now.forward(hours=12)
    await take(ledger, "b", 1)
    document = await db[COLLECTION].find_one({})
    assert document is not None
    assert first + KEPT == document["expires_at"]
    assert KEPT >= timedelta(days=30 + 1)


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
    assert (COST, COST) == await reserve(ledger, job.link_id, COST, LIMIT)
    for spent in (2, 0):
        await settle(ledger, job.link_id, spent)
    assert await jobs.finish(job.id, {"found": 2})
    assert 2 == await ledger.used(USER, period=TODAY)
    now.forward(days=1)
    assert await jobs.claim() is None
