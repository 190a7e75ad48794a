"""A steady load for a long time: what a process holds must not grow."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from tests.e2e import worlds
from tests.stress.crowd import SONGS, Crowd, settled
from tests.stress.gauges import Gauges, documents, kept_too_long
from tests.stress.rig import rig
from tests.stress.verdict import Verdict, checked

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.storage.database import Database
    from tests.stress.rig import Rig

PLAYLISTS = 40
PLAYLIST_SONGS = 25
PLAYLIST_EVERY = 20  # messages
NEW_SONG_EVERY = 5  # songs: most that people ask for was asked for before
WARM_UP_S = 300.0
MEMORY = 1.10  # of its value after the warm-up
REST_S = 5.0
SLACK = 5  # tasks and connections that come and go: a poll, a heartbeat, a pool's spare ones
POOL = 64  # to Telegram, kept for the next call (bot.telegram.request.CONNECTIONS)
READ_EVERY_S = 60.0


async def soak(folder: Path, *, minutes: float, rate: float, rest_s: float = REST_S) -> Verdict:
    """So many messages a second: songs, known and new, and a playlist now and then.

    Each person is new, so nobody meets a limit.
    """
    lists = rate / PLAYLIST_EVERY
    songs = int(minutes * 60 * rate / NEW_SONG_EVERY) + 1
    world = [f"--playlist={SONGS}={songs}"]
    world += [f"--playlist={_name(number)}={PLAYLIST_SONGS}" for number in range(PLAYLISTS)]
    async with rig(folder, *world) as on:
        with on.database() as db:
            [bot] = await on.add(module="tests.stress.watched")
            crowd = Crowd(on.telegram, songs, NEW_SONG_EVERY)
            seconds = minutes * 60
            warm_up = min(WARM_UP_S, seconds / 2)
            async with _lists(on, lists):
                await crowd.steady(rate - lists, warm_up)
            idle = await _at_rest(on, crowd, db, rest_s)
            async with _lists(on, lists):
                readings = await _watch(on, crowd, db, rate - lists, seconds - warm_up)
            last = await _at_rest(on, crowd, db, rest_s)
            late = await kept_too_long(db)
            counts = await documents(db)
            log = bot.log
    held = checked(
        memory_within_10_percent=max(last.rss_mb, *(g.rss_mb for g in readings))
        <= MEMORY * max(idle.rss_mb, readings[0].rss_mb),
        no_task_leak=last.tasks <= idle.tasks + SLACK,
        no_socket_leak=last.sockets <= idle.sockets + POOL,
        no_mongod_connection_leak=last.mongod_connections <= idle.mongod_connections + SLACK,
        nothing_kept_beyond_its_ttl=not late,
        no_traceback="Traceback" not in log,
        remark=f"{minutes:g} min at {rate:g}/s; after {warm_up:.0f} s: {idle}; end: {last}; "
        f"documents: {counts}; late: {late}",
    )
    return crowd.verdict() + held


async def _watch(on: Rig, crowd: Crowd, db: Database, rate: float, seconds: float) -> list[Gauges]:
    readings = []
    deadline = time.monotonic() + seconds
    while (left := deadline - time.monotonic()) > 0:
        await crowd.steady(rate, min(READ_EVERY_S, left))
        readings.append(await Gauges.of(on.bots[0], db))
        print(f"{time.strftime('%H:%M:%S')}  {len(crowd.asked)} asked, {readings[-1]}", flush=True)
    return readings


async def _at_rest(on: Rig, crowd: Crowd, db: Database, rest_s: float) -> Gauges:
    """A reading without anything in flight."""
    await crowd.served()
    await settled(db)
    await asyncio.sleep(rest_s)
    return await Gauges.of(on.bots[0], db)


@asynccontextmanager
async def _lists(on: Rig, rate: float) -> AsyncIterator[None]:
    """People ask for playlists, so many a second, while the block runs."""
    asking = asyncio.create_task(_ask_for_lists(on, rate))
    yield
    asking.cancel()


async def _ask_for_lists(on: Rig, rate: float) -> None:
    number = 0
    while True:
        await asyncio.sleep(1 / rate)
        name = _name(number % PLAYLISTS)
        link = f"https://open.spotify.com/playlist/{worlds.playlist_id(name)}"
        on.telegram.send_text(on.telegram.user("Lists"), link)
        number += 1


def _name(number: int) -> str:
    return f"list {number}"
