"""How fast the whole bot is, beside what the services' delays alone would take.

    make bench        or        python -m tests.benchmarks [--quick] [--out build/bench.json]

The bot runs as a process (`tracklink run`, polling, its private mongod) between loopback services
that answer after fixed delays: Spotify 120 ms a page, YouTube Music 300 ms a search, Telegram 50 ms
a call; 8 lookups at once. Each figure is the median of several runs. Before the runs one track and
one playlist warm the bot up (connections, token, code), and between runs it comes to rest. "Cold"
means that nothing of this listing is stored. Each link comes from a person new to the bot.

- Link in: the getUpdates that bears the message has been answered.
- A card or a listing: the sendMessage or editMessageText that shows it has been answered.
- 470 ms = 120 + 300 + 50, 170 ms = 120 + 50, 3,900 ms = 13 rounds of 300 ms for 100 tracks by 8.
- All resolved: from Spotify's last answer for the listing, when lookups may begin, to YouTube's
  last answer; the listing itself is in the chat 50 ms after the beginning. The chat must then say
  that all 100 are found.
- Processor time: user and system time of the bot's own process for a warm listing, from link in to
  rest; the mean of a batch of listings, because the kernel counts in steps of 10 ms.
- Memory: the highest resident size while a playlist of 5,000 is listed, looked up and shown to an
  admin, less the size of the bot at rest before its first link. YouTube answers at once there.
- Keyless: without Spotify's credentials, by way of its public page.
- What a message costs in statements, trips to a store far away, and processor time: see `cost`.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks import cost
from tests.benchmarks.cost import KEYLESS
from tests.benchmarks.figures import Figure, table, write
from tests.benchmarks.rig import (
    ADMIN,
    clean_environment,
    playlist_link,
    program,
    rig,
    sample,
    track_link,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.benchmarks.rig import Rig

SPOTIFY_S, MUSIC_S, TELEGRAM_S = 0.12, 0.3, 0.05
DELAYS = {
    "spotify_api": SPOTIFY_S,
    "spotify_token": SPOTIFY_S,
    "spotify_web": SPOTIFY_S,
    "youtube_music": MUSIC_S,
}
ROUNDS = 13  # 100 tracks by 8 lookups at once
REST_S = 1.0
WARM_BATCH = 10  # warm listings whose processor time is counted together
HUGE = 5000
HUGE_S = 600.0  # until a playlist of 5,000 is done
SAMPLE_S = 0.02


class Speed:
    """The runs of one bot process; times in milliseconds."""

    def __init__(self, bot: Rig, runs: int) -> None:
        self._bot = bot
        self._runs = runs

    async def warm_up(self) -> None:
        for link in (track_link(0), playlist_link("warm")):
            ask = await self._bot.ask(link)
            await self._bot.shown(ask, r"youtube\.com/watch")
            await asyncio.sleep(MUSIC_S * ROUNDS + REST_S)

    async def tracks(self) -> list[Figure]:
        times = []
        for number in range(1, 2 * self._runs + 1):
            ask = await self._bot.ask(track_link(number))
            at = await self._bot.shown(ask, r"open\.spotify\.com/track.*youtube\.com/watch")
            times.append((at - ask.begun) * 1000)
            await asyncio.sleep(REST_S)
        limit = (SPOTIFY_S + MUSIC_S + TELEGRAM_S) * 1000
        return [Figure(name="track, cold", values=times, unit="ms", limit=limit, at_most=1.15)]

    async def playlists(self) -> list[Figure]:
        """First listing, all resolved, and the end in the chat, for playlists of 100."""
        first, resolved, ended = [], [], []
        for name in _cold(self._runs):
            await self._bot.forget_requests()
            ask = await self._bot.ask(playlist_link(name))
            first.append((await self._bot.shown(ask, name) - ask.begun) * 1000)
            ended.append((await self._bot.shown(ask, "100 official") - ask.begun) * 1000)
            resolved.append(await self._lookups() * 1000)
            await asyncio.sleep(REST_S)
        rounds = ROUNDS * MUSIC_S * 1000
        page = (SPOTIFY_S + TELEGRAM_S) * 1000
        return [
            Figure(name="playlist of 100, cold", values=first, unit="ms", limit=page, at_most=1.3),
            Figure(
                name="playlist of 100, all resolved",
                values=resolved,
                unit="ms",
                limit=rounds,
                at_most=1.15,
            ),
            Figure(
                name="playlist of 100, end in chat",
                values=ended,
                unit="ms",
                limit=page + rounds,
                at_most=None,
            ),
        ]

    async def _lookups(self) -> float:
        """Seconds from Spotify's last answer to YouTube's last answer."""
        spotify = await self._bot.requests("spotify_api")
        searches = await self._bot.requests("youtube_music")
        began = max(entry["ended"] for entry in spotify)
        return float(max(entry["ended"] for entry in searches) - began)

    async def warm(self) -> list[Figure]:
        """The same playlists for other people: time to the listing, and processor time."""
        times, processor = [], []
        for name in _cold(self._runs):
            before = self._bot.processor_s()
            for _ in range(WARM_BATCH):
                ask = await self._bot.ask(playlist_link(name))
                times.append((await self._bot.shown(ask, "100 official") - ask.begun) * 1000)
                await asyncio.sleep(REST_S / 4)
            processor.append((self._bot.processor_s() - before) / WARM_BATCH * 1000)
        page = (SPOTIFY_S + TELEGRAM_S) * 1000
        return [
            Figure(
                name="playlist of 100, stored", values=times, unit="ms", limit=page, at_most=1.3
            ),
            Figure(name="processor time, stored", values=processor, unit="ms", limit=40),
        ]


async def memory(folder: Path) -> list[Figure]:
    """A bot of its own, so that nothing before is in its size."""
    world = (f"--playlist=huge={HUGE}",)
    async with rig(
        folder, *world, delays=DELAYS | {"youtube_music": 0}, telegram_s=TELEGRAM_S
    ) as bot:
        await asyncio.sleep(3 * REST_S)
        idle, sizes = bot.memory_mb(), list[float]()
        sampling = asyncio.create_task(sample(bot.memory_mb, SAMPLE_S, sizes))
        admin = bot.telegram.world.chats[ADMIN].members[ADMIN]
        ask = await bot.ask(playlist_link("huge"), user=admin)
        await bot.shown(ask, f"{HUGE:,} official", within_s=HUGE_S)
        await asyncio.sleep(REST_S)
        sampling.cancel()
        growth = max(sizes) - idle
    return [
        Figure(name="memory, playlist of 5,000", values=[growth], unit="MB", limit=150),
        Figure(name="memory, idle", values=[idle], unit="MB", limit=idle, at_most=None),
    ]


def commands(folder: Path, runs: int) -> list[Figure]:
    """Wall time of two commands, from the start of the process to its end."""
    named = {
        "tracklink --help": (["--help"], 500),
        "tracklink show --sample": (["show", "--sample"], 2500),
    }
    return [
        Figure(
            name=name,
            values=[_wall_s(arguments, folder) * 1000 for _ in range(runs + 1)][1:],
            unit="ms",
            limit=limit,
        )
        for name, (arguments, limit) in named.items()
    ]


def _wall_s(arguments: Sequence[str], folder: Path) -> float:
    begun = time.perf_counter()
    subprocess.run(
        [*program(), *arguments],
        cwd=folder,
        env=clean_environment(),
        stdout=subprocess.DEVNULL,
        check=True,
    )
    return time.perf_counter() - begun


async def measure(folder: Path, runs: int) -> list[Figure]:
    lists = [f"--playlist={name}=100" for name in ("warm", *_cold(runs))]
    figures = []
    singles = f"--playlist=singles={2 * runs + 1}"
    async with rig(folder, *lists, singles, delays=DELAYS, telegram_s=TELEGRAM_S) as bot:
        speed = Speed(bot, runs)
        await speed.warm_up()
        for part in (speed.tracks, speed.playlists, speed.warm):
            figures += await part()
            print(f"{part.__name__}: done", file=sys.stderr)
    return figures


async def keyless(folder: Path, runs: int) -> list[Figure]:
    """A track by way of Spotify's public page, as the bot comes."""
    singles = f"--playlist=singles={2 * runs + 1}"
    world = (singles, "--playlist=warm=100")
    async with rig(folder, *world, delays=DELAYS, telegram_s=TELEGRAM_S, **KEYLESS) as bot:
        speed = Speed(bot, runs)
        await speed.warm_up()
        return [replace(each, name=f"{each.name}, keyless") for each in await speed.tracks()]


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="one run of each, for a first look")
    parser.add_argument("--out", type=Path, default=Path("build/bench.json"))
    options = parser.parse_args(arguments)
    runs = 1 if options.quick else options.runs
    with tempfile.TemporaryDirectory(prefix="tracklink-bench-") as name:
        folder = Path(name)
        figures = commands(folder, runs)
        for part in ("speed", "keyless", "memory", "cost"):
            (folder / part).mkdir()
        figures += asyncio.run(measure(folder / "speed", runs))
        figures += asyncio.run(keyless(folder / "keyless", runs))
        figures += asyncio.run(memory(folder / "memory"))
        figures += asyncio.run(cost.measure(folder / "cost", runs))
    print(table(figures))
    load, cores = os.getloadavg()[0], os.cpu_count() or 1
    if load > cores:
        print(f"The machine was busy (load {load:.1f} on {cores} cores): measure again at rest.")
    write(figures, options.out)
    sys.exit(not all(figure.good for figure in figures))


def _cold(runs: int) -> list[str]:
    return [f"cold-{number}" for number in range(runs)]


if __name__ == "__main__":
    main()
