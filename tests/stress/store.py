"""MongoDB that restarts, hands over, or is away for a while."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, TypeVar

import psutil  # type: ignore[import-untyped]  # its types are a package of their own

from bot.clock import Timing
from bot.errors import StoreUnavailable
from bot.quota.ledger import Ledger
from bot.storage.database import connect
from bot.storage.private_mongod import PrivateMongod
from bot.storage.private_mongod_process import find_mongod
from tests.e2e import worlds
from tests.stress.crowd import SONGS, Crowd, ledger, replies, right, settled
from tests.stress.gauges import Gauges
from tests.stress.haproxy import haproxy
from tests.stress.kills import LIST_SONGS, Lists
from tests.stress.replica_set import replica_set
from tests.stress.rig import DATABASE, eventually, rig
from tests.stress.verdict import Verdict, checked

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

    from bot.storage.database import Database
    from tests.stress.crowd import Asked
    from tests.stress.replica_set import ReplicaSet
    from tests.stress.rig import Rig

T = TypeVar("T")

PERIOD = "2026-11-20"
LIMIT = 300
COST = 5
USERS = 8
ANSWER_S = 6.0  # the longest that a person waits for an answer while the store is away
GROWTH_MB = 60.0
STANDSTILL_S = 5.0  # longer than any operation is waited for
MOMENT_S, BETWEEN_S = 2.0, 3.0  # shorter than that
AFTERWARDS_S = 2.0
WALK, WALK_SONGS = "walk", 5


async def reserves_during_step_down(folder: Path, *, seconds: float = 20) -> Verdict:
    """Many reserve and settle at once while primaries hand over: the ledger counts each once."""
    async with replica_set(folder / "set") as members:
        client = connect(members.uri)
        book = Ledger(client[DATABASE])
        stop = asyncio.Event()
        spenders = [asyncio.create_task(_spend(book, user, stop)) for user in range(USERS)]
        deadline = time.monotonic() + seconds
        downs = 0
        while time.monotonic() < deadline:
            await asyncio.sleep(3.0)
            await members.step_down()
            await members.has_primary()
            downs += 1
        stop.set()
        spent = await asyncio.gather(*spenders)
        usage = [document async for document in client[DATABASE]["usage"].find({})]
        client.close()
    used = sorted(document["used"] for document in usage)
    entries = sum(len(document["jobs"]) for document in usage)
    tried = sum(count for count, _ in spent)
    return Verdict(
        tried=tried,
        lost=max(0, tried - entries),
        doubled=max(0, entries - tried),
        wrong=sum(a != b for a, b in zip(used, sorted(units for _, units in spent), strict=True)),
        remarks=(f"{downs} step-downs; {sum(used)} units",),
    )


async def _spend(book: Ledger, user: int, stop: asyncio.Event) -> tuple[int, int]:
    """Reserve and settle job after job, each until it is done: how many, and how many units."""
    count = units = 0
    while not stop.is_set():
        job, spent = f"{user}-{count}", count % (COST + 1)
        reserve = partial(
            book.reserve, user, job=job, tracks=_tracks(job), limit=None, period=PERIOD
        )
        await _until_done(reserve)
        await _until_done(
            partial(book.settle, user, job=job, spent=_tracks(job)[:spent], period=PERIOD)
        )
        count, units = count + 1, units + spent
    return count, units


def _tracks(job: str) -> list[str]:
    """As many as a reservation asks for, of the job's own."""
    return [f"{job} {number}" for number in range(COST)]


async def _until_done(call: Callable[[], Awaitable[T]]) -> T:
    """As whoever repeats after a crash."""
    while True:
        try:
            return await call()
        except StoreUnavailable:
            await asyncio.sleep(0.1)


async def one_allowance(folder: Path, *, at_once: int = 200) -> Verdict:
    """Many processes' worth of reserves of one person at once, during a step-down: the limit."""
    async with replica_set(folder / "set") as members:
        client = connect(members.uri)
        book = Ledger(client[DATABASE])

        async def take(number: int) -> int:
            job = f"j{number}"
            reserve = partial(
                book.reserve, 1, job=job, tracks=_tracks(job), limit=LIMIT, period=PERIOD
            )
            return len((await _until_done(reserve)).tracks)

        half = at_once // 2
        first = [asyncio.create_task(take(number)) for number in range(half)]
        down = asyncio.create_task(members.step_down())
        granted = await asyncio.gather(*first, *(take(n) for n in range(half, at_once)))
        await down
        used = await book.used(1, period=PERIOD)
        client.close()
    return checked(
        granted_is_the_limit=sum(granted) == LIMIT, ledger_agrees=used == LIMIT
    ) + Verdict(tried=at_once)


async def stepped_down(folder: Path, *, seconds: float = 30, rate: float = 10) -> Verdict:
    """The bot under load on a replica set whose primary hands over, and once is killed."""
    songs = int(rate * seconds)
    async with (
        replica_set(folder / "set") as members,
        rig(folder, f"--playlist={SONGS}={songs}", uri=members.uri, bots=1) as on,
    ):
        crowd = Crowd(on.telegram, songs)
        load = asyncio.create_task(crowd.steady(rate, seconds))
        await _trouble(members, seconds)
        await load
        count = len(crowd.asked)
        await crowd.steady(rate, AFTERWARDS_S)
        await crowd.served()
        return await _judge(on, crowd, since=count)


async def _judge(on: Rig, crowd: Crowd, *, since: int) -> Verdict:
    """Answered once, with all links where the store could count; paid once; well again at last."""
    with on.database() as db:
        all_settled = await settled(db)
        degraded = [each for each in crowd.asked if _without_youtube(crowd, each)]
        units = await ledger(db, units=len(crowd.asked) - len(degraded))
    well = not any(each in degraded for each in crowd.asked[since:])
    return (
        _forgiving(crowd, degraded)
        + units
        + checked(all_settled=all_settled, youtube_links_again=well)
    )


async def _trouble(members: ReplicaSet, seconds: float) -> None:
    await asyncio.sleep(seconds / 4)
    await members.step_down()
    await members.has_primary()
    await asyncio.sleep(seconds / 4)
    dead = await members.kill_primary()
    await members.has_primary()
    members.revive(dead)


async def restarted(folder: Path, *, lists: int = 4) -> Verdict:
    """The one mongod ends and comes back while lists run: each ends well and is paid once."""
    mongod = PrivateMongod(find_mongod(None), folder / "mongod")
    uri = await mongod.start()
    try:
        async with rig(folder, *Lists.world(lists), uri=uri, bots=1) as on:
            people = Lists(on, lists)
            await people.running()
            await asyncio.sleep(2.0)
            await mongod.stop()
            await asyncio.sleep(5.0)
            await mongod.start()
            await people.ended()
            with on.database() as db:
                all_settled = await settled(db)
                units = await ledger(db, units=lists * LIST_SONGS)
    finally:
        await mongod.stop()
    return people.verdict() + units + checked(all_settled=all_settled)


async def hangs(folder: Path, *, seconds: float = 20, rate: float = 10) -> Verdict:
    """Mongod stands still for some seconds, twice, before two replicas: what it was asked lands."""
    mongod = PrivateMongod(find_mongod(None), folder / "mongod")
    uri = await mongod.start()
    songs = int(rate * (seconds + AFTERWARDS_S)) + 1
    try:
        async with _replicas(folder, uri, f"--playlist={SONGS}={songs}") as on:
            crowd = Crowd(on.telegram, songs)
            load = asyncio.create_task(crowd.steady(rate, seconds))
            for _ in range(2):
                await asyncio.sleep(seconds / 4)
                await _stand_still(mongod, STANDSTILL_S)
            await load
            await asyncio.sleep(Timing().calm_s)
            count = len(crowd.asked)
            await crowd.steady(rate, AFTERWARDS_S)
            await crowd.served()
            return await _judge(on, crowd, since=count)
    finally:
        await mongod.stop()


async def stalls(folder: Path, *, times: int = 5, rate: float = 10) -> Verdict:
    """Mongod stands still for moments before a poller: nobody misses as much as a YouTube link."""
    mongod = PrivateMongod(find_mongod(None), folder / "mongod")
    uri = await mongod.start()
    seconds = times * (MOMENT_S + BETWEEN_S)
    songs = int(rate * seconds) + 1
    try:
        async with rig(folder, f"--playlist={SONGS}={songs}", uri=uri, bots=1) as on:
            crowd = Crowd(on.telegram, songs)
            load = asyncio.create_task(crowd.steady(rate, seconds))
            for _ in range(times):
                await asyncio.sleep(BETWEEN_S)
                await _stand_still(mongod, MOMENT_S)
            await load
            await crowd.served()
            return await _judge(on, crowd, since=0)
    finally:
        await mongod.stop()


async def _stand_still(mongod: PrivateMongod, seconds: float) -> None:
    assert mongod.pid
    os.kill(mongod.pid, signal.SIGSTOP)
    await asyncio.sleep(seconds)
    os.kill(mongod.pid, signal.SIGCONT)


async def away_from_two(folder: Path, *, lists: int = 6) -> Verdict:
    """An outage longer than a lease while two replicas have lists: each goes on where it is."""
    mongod = PrivateMongod(find_mongod(None), folder / "mongod")
    uri = await mongod.start()
    try:
        async with _replicas(folder, uri, *Lists.world(lists)) as on:
            people = Lists(on, lists)
            await people.running()
            await mongod.stop()
            await asyncio.sleep(Timing().lease_s + 5.0)
            await mongod.start()
            await people.ended()
            with on.database() as db:
                all_settled = await settled(db)
                units = await ledger(db, units=lists * LIST_SONGS)
    finally:
        await mongod.stop()
    return people.verdict() + units + checked(all_settled=all_settled)


@asynccontextmanager
async def _replicas(folder: Path, uri: str, *world: str) -> AsyncIterator[Rig]:
    """Two of them behind haproxy."""
    async with (
        rig(folder, *world, uri=uri) as on,
        haproxy(folder / "haproxy", {"hook": on.reserve(2)}) as proxy,
    ):
        await on.add(2, hook=f"{proxy.ways['hook']}/hook")
        yield on


async def away(folder: Path, *, seconds: float = 60, rate: float = 10) -> Verdict:
    """A full outage under load: tracks get both links, a list goes on by itself, memory holds.

    What was given meanwhile is stored and counted when the store is back.
    """
    songs = int(rate * seconds) + 40
    walk = worlds.playlist(WALK, WALK_SONGS)
    mongod = PrivateMongod(find_mongod(None), folder / "mongod")
    uri = await mongod.start()
    try:
        world = f"--playlist={SONGS}={songs}", f"--playlist={WALK}={WALK_SONGS}"
        async with rig(folder, *world, uri=uri) as on:
            [bot] = await on.add(module="tests.stress.watched")
            crowd = Crowd(on.telegram, songs)
            await crowd.steady(rate, 2)
            await crowd.served()
            before = psutil.Process(bot.pid).memory_info().rss / 1024**2
            await mongod.stop()
            walker = on.telegram.user("Walker")
            on.telegram.send_text(walker, str(walk.url))
            await crowd.steady(rate, seconds)
            health = await bot.status("/health"), await bot.status("/ready")
            during = psutil.Process(bot.pid).memory_info().rss / 1024**2
            await crowd.served()
            await mongod.start()
            back = await eventually(bot.ready)
            await crowd.steady(rate, 2)
            await crowd.served()
            with on.database() as db:
                jobs, ended = len(crowd.asked) + 1, {"state": "done"}
                stored = await eventually(partial(_are, db, jobs, ended))
                units = await ledger(db, units=len(crowd.asked) + WALK_SONGS)
                after = await Gauges.of(bot, db)
            longest = crowd.waits()[-1]
            lists = [message["text"] for message in on.telegram.sent(walker)]
    finally:
        await mongod.stop()
    return (crowd.verdict() + units) + checked(
        health_and_readiness_say_so=health == (503, 503),
        nobody_waits_longer_than_6_s=longest <= ANSWER_S,
        ready_again=back,
        all_stored_afterwards=stored,
        the_list_went_on=len(lists) == 1 and lists[0].endswith(f"{WALK_SONGS} official"),
        memory_bounded=during - before < GROWTH_MB,
        tasks_bounded=after.tasks < 60,
        remark=f"the longest wait for an answer: {longest:.1f} s; {before:.0f} MB before, "
        f"{during:.0f} after {seconds:.0f} s without; then {after}",
    )


async def _are(db: Database, count: int, which: dict[str, str]) -> bool:
    return await db["jobs"].count_documents(which) == count


def _forgiving(crowd: Crowd, degraded: list[Asked]) -> Verdict:
    """While the store is away, Spotify's link and a sentence about the others are an answer."""
    verdict = crowd.verdict()
    return Verdict(
        tried=verdict.tried,
        lost=verdict.lost,
        doubled=verdict.doubled,
        wrong=verdict.wrong - len(degraded),
        remarks=(*verdict.remarks, f"{len(degraded)} were told that YouTube links wait"),
    )


def _without_youtube(crowd: Crowd, asked: Asked) -> bool:
    told = replies(crowd.telegram, asked.user, asked.message_id)
    if not told or right(told[-1], asked.song):
        return False
    return asked.song.title in told[-1]["text"] and "comes into this message" in told[-1]["text"]
