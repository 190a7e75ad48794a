"""Processes that die or are told to end, in the middle of their work."""

from __future__ import annotations

import asyncio
import random
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from tests.e2e import worlds
from tests.stress.crowd import SONGS, Crowd, Kill, final, ledger, replies, settled
from tests.stress.haproxy import haproxy
from tests.stress.rig import Rig, eventually, rig
from tests.stress.verdict import Verdict, checked

if TYPE_CHECKING:
    from pathlib import Path

    from bot.sandbox.telegram.state import Message, User
    from bot.storage.database import Database
    from tests.stress.rig import Bot

LIST = "long list"
LIST_SONGS = 200  # more than half a day's allowance: what a list reserved counts against itself
LINK = f"https://open.spotify.com/playlist/{worlds.playlist_id(f'{LIST} 0')}"
TAKEN_OVER_S = 30.0  # issue: another replica has the jobs of a dead one within so long
SAFE_POINT_S = 20.0  # issue: from SIGTERM until every listing is at a safe point
KILL_EVERY_S = 10.0


class Lists:
    """People who wait for the same long list, each of them by a name that nobody else asks for."""

    def __init__(self, on: Rig, count: int) -> None:
        self.on = on
        self.asked: list[tuple[User, Message]] = []
        for number in range(count):
            user = on.telegram.user("Lister")
            link = f"https://open.spotify.com/playlist/{worlds.playlist_id(f'{LIST} {number}')}"
            self.asked.append((user, on.telegram.send_text(user, link)))

    @staticmethod
    def world(count: int) -> list[str]:
        return [f"--playlist={LIST} {number}={LIST_SONGS}" for number in range(count)]

    def messages(self) -> list[list[Message]]:
        return [replies(self.on.telegram, user, m["message_id"]) for user, m in self.asked]

    async def running(self) -> bool:
        """Wait until every list is shown and is being looked up."""

        async def shown() -> bool:
            return all(self.messages())

        return await eventually(shown)

    async def ended(self) -> bool:
        async def all_are() -> bool:
            return all(any(map(final, each)) for each in self.messages())

        return await eventually(all_are)

    def verdict(self) -> Verdict:
        told = self.messages()
        whole = f"{LIST_SONGS} official"
        ends = [each[-1]["text"].splitlines()[-1] for each in told if each]
        wrong = [end for end in ends if end != whole]
        return Verdict(
            tried=len(told),
            lost=sum(not each for each in told),
            doubled=sum(len(each) > 1 for each in told),
            wrong=len(wrong),
            remarks=tuple(sorted(set(wrong))[:3]),
        )


async def replica_killed(folder: Path, *, lists: int = 6) -> Verdict:
    """Kill -9 of the replica that holds running lists: another goes on where it stood."""
    async with rig(folder, *Lists.world(lists)) as on:
        [first] = await _by_webhook(on)
        people = Lists(on, lists)
        await people.running()
        await asyncio.sleep(2.0)
        await _by_webhook(on)
        messages = [each[0]["message_id"] for each in people.messages()]
        with on.database() as db:
            owner = (await db["jobs"].find_one({"state": "running"}))["owner"]  # type: ignore[index]
            await first.kill()
            killed = time.monotonic()

            async def taken() -> bool:
                return not await db["jobs"].count_documents({"owner": owner})

            await eventually(taken)
            took = time.monotonic() - killed
            await people.ended()
            all_settled = await settled(db)
            units = await ledger(db, units=lists * LIST_SONGS)
        searches = await _searches(on)
        same = messages == [each[0]["message_id"] for each in people.messages()]
    return (
        people.verdict()
        + units
        + checked(
            taken_over_in_30_s=took <= TAKEN_OVER_S,
            same_message_edited=same,
            all_ended=all_settled,
            went_on_where_it_stood=searches <= lists * LIST_SONGS * 1.25,
            remark=f"taken over after {took:.1f} s; {searches} searches for "
            f"{lists * LIST_SONGS} songs",
        )
    )


async def told_to_end(folder: Path, *, lists: int = 6, load_s: float = 6.0) -> Verdict:
    """SIGTERM with lists running and songs coming in; the next start goes on."""
    async with rig(folder, f"--playlist={SONGS}=400", *Lists.world(lists), bots=1) as on:
        [bot] = on.bots
        people, crowd = Lists(on, lists), Crowd(on.telegram, 400)
        await people.running()
        load = asyncio.create_task(crowd.steady(20, load_s))
        await asyncio.sleep(2.0)
        code, took = await bot.stop()
        with on.database() as db:
            held = await db["jobs"].count_documents({"state": "running"})
            await load
            await bot.start()
            await asyncio.gather(people.ended(), crowd.served())
            await settled(db)
            units = await ledger(db, units=lists * LIST_SONGS + len(crowd.asked))
    return (
        people.verdict()
        + crowd.verdict()
        + units
        + checked(
            ended_well=code == 0,
            within_20_s=took <= SAFE_POINT_S,
            leases_given_back=held == 0,
            remark=f"ended after {took:.1f} s",
        )
    )


async def poller_killed(folder: Path, *, kills: int = 4, rate: float = 20) -> Verdict:
    """Kill -9 of the one process that polls, under load, and a new start each time."""
    async with rig(folder, f"--playlist={SONGS}=600", bots=1) as on:
        [bot], crowd = on.bots, Crowd(on.telegram, 600)
        load = asyncio.create_task(crowd.steady(rate, 5.0 * kills))
        killed = []
        with on.database() as db:
            for _ in range(kills):
                await asyncio.sleep(random.uniform(3.0, 4.0))
                await bot.kill()
                killed.append(await Kill.just_now(on.telegram, db))
                await bot.start()
            await load
            await crowd.served()
            await settled(db)
            return crowd.verdict(kills=killed) + await ledger(db, units=len(crowd.asked))


async def replicas_killed(
    folder: Path, *, seconds: float = 120, every_s: float = KILL_EVERY_S, rate: float = 10
) -> Verdict:
    """Three replicas behind haproxy, one of them killed every ten seconds, under load."""
    songs = int(rate * seconds)
    async with rig(folder, f"--playlist={SONGS}={songs}") as on:
        crowd = Crowd(on.telegram, songs)
        on.reserve(3)
        async with haproxy(folder / "haproxy", {"hook": on.ports}) as proxy:
            await on.add(3, hook=f"{proxy.ways['hook']}/hook")
            load = asyncio.create_task(crowd.steady(rate, seconds))
            kills: list[Kill] = []
            with on.database() as db:
                while not load.done():
                    await asyncio.wait({load}, timeout=every_s)
                    if not load.done():
                        victim = on.bots[len(kills) % len(on.bots)]
                        await victim.kill()
                        kills.append(await Kill.just_now(on.telegram, db))
                        starting = asyncio.create_task(victim.start())
                await starting
                await load
                await crowd.served()
                await settled(db)
                units = await ledger(db, units=len(crowd.asked))
    return (
        crowd.verdict(kills=kills)
        + units
        + checked(killed=bool(kills), remark=f"{len(kills)} kills")
    )


async def poison(folder: Path, *, jobs: int = 3) -> Verdict:
    """Jobs that took three processes down: a sentence for the user, a record for the operator."""
    async with rig(folder, *Lists.world(1)) as on:
        with on.database() as db:
            users = [on.telegram.user("Poisoned") for _ in range(jobs)]
            for user in users:
                message = on.telegram.send_text(user, LINK)
                on.telegram.world.updates.pending.clear()
                await _leave_behind(db, user, message)
            [bot] = await on.add()
            await settled(db)
            ended = [job async for job in db["jobs"].find({})]
        said = [on.telegram.sent(user) for user in users]
    return Verdict(
        tried=jobs,
        lost=sum(not each for each in said),
        doubled=sum(len(each) > 1 for each in said),
        wrong=sum("went wrong on my side" not in m["text"] for each in said for m in each),
    ) + checked(
        outcome_records_it=all(job["outcome"].get("failed") for job in ended),
        logged_at_error=bot.log.count("job given up") == jobs,
    )


async def _by_webhook(on: Rig) -> list[Bot]:
    """A process whose webhook is its own port."""
    [port] = on.reserve(1)
    return await on.add(1, hook=f"http://127.0.0.1:{port}/hook")


async def _searches(on: Rig) -> int:
    log = (await on.control("/log", method="GET")).json()
    return sum(e["service"] == "youtube_music" and e["path"].endswith("/search") for e in log)


async def _leave_behind(db: Database, user: User, message: Message) -> None:
    """A job as a process leaves it that died of it for the third time."""
    past = datetime.now(UTC) - timedelta(minutes=2)
    await db["jobs"].insert_one(
        {
            "_id": f"poison-{user.id}",
            "user_id": user.id,
            "chat_id": user.id,
            "message_id": message["message_id"],
            "chat_type": "private",
            "link_kind": "playlist",
            "link_id": worlds.playlist_id(f"{LIST} 0"),
            "language": "en",
            "created_at": past,
            "state": "running",
            "owner": "dead",
            "lease_until": past,
            "attempts": 3,
            "outcome": {},
            "page": 0,
            "reply_id": None,
            "expires_at": datetime.now(UTC) + timedelta(days=1),
        }
    )
