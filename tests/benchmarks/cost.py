"""What one message costs: statements, processor time, and time that a store far away adds.

    python -m tests.benchmarks.cost         (and, among all other figures, make bench)

Services answer at once here, so that nothing hides what the bot itself does. Each message comes
from a person who is new to the bot.

- Statements: as mongod's profiler counts them (`way`).
- Far: the time to the answer with a relay before MongoDB that adds 10 ms to each round trip, less
  the time without, per millisecond added: how many trips one after the other a person waits for.
- Processor time: user and system time of the bot's own process from a batch of messages until rest,
  less what it takes at rest; the mean of the batch, as the kernel counts in steps of 10 ms.
- Keyless: the same without Spotify's credentials, which is how the bot comes.
"""

from __future__ import annotations

import asyncio
import tempfile
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from functools import partial
from itertools import count
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from bot.storage.private_mongod import PrivateMongod
from bot.storage.private_mongod_process import find_mongod
from tests.benchmarks import way
from tests.benchmarks.figures import Figure, table
from tests.benchmarks.rig import playlist_link, rig, track_link

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from tests.benchmarks.rig import Rig

AT_ONCE = dict.fromkeys(("spotify_api", "spotify_token", "spotify_web", "youtube_music"), 0.0)
KEYLESS = {"SPOTIFY_CLIENT_ID": "", "SPOTIFY_CLIENT_SECRET": ""}
ADDED_S = 0.01  # of a round trip to the store
RELAYED = 1.05  # what the relay and its waits add to a trip beyond that
SINGLES = 400
BATCH = 40  # messages whose processor time is counted together
LISTED = 100
REST_S = 0.8
IDLE_S = 3.0
CARD, LISTING, QUOTA = r"youtube\.com/watch", "100 official", "tracks"

# What each may take at most: statements, trips, and milliseconds of the processor.
STATEMENTS = {"new card": 12, "stored card": 8, "/quota": 4, "new list of 100": 30}
TRIPS = {"new card": 3, "stored card": 3, "/quota": 2}
PROCESSOR_MS = {
    "new card": 16,
    "stored card": 8,
    "/quota": 4.5,
    "stored list of 100": 12,
    "new list of 100": 450,
}


class Relay:
    """Bytes to a port and back, each way `wait_s` late."""

    def __init__(self, port: int) -> None:
        self.wait_s = 0.0
        self._port = port
        self._pipes = set[asyncio.Task[None]]()

    @asynccontextmanager
    async def open(self) -> AsyncIterator[int]:
        """The port at which it listens."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        try:
            yield server.sockets[0].getsockname()[1]
        finally:
            server.close()
            for pipe in self._pipes:
                pipe.cancel()
            await asyncio.gather(*self._pipes, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self._port)
        for pipe in (self._pipe(reader, back), self._pipe(there, writer)):
            task = asyncio.create_task(pipe)
            self._pipes.add(task)
            task.add_done_callback(self._pipes.discard)

    async def _pipe(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        loop = asyncio.get_running_loop()
        with suppress(ConnectionError):
            while data := await reader.read(65536):
                loop.call_later(self.wait_s, writer.write, data)
        loop.call_later(self.wait_s, writer.close)


async def statements(folder: Path) -> list[Figure]:
    counted = await way.statements(folder)
    return [
        Figure(name=f"statements, {name}", values=[counted[name]], unit="", limit=most)
        for name, most in STATEMENTS.items()
    ]


async def far(folder: Path, runs: int) -> list[Figure]:
    """Trips to the store that a person waits for."""
    mongod = PrivateMongod(find_mongod(None), folder / "far")
    uri = await mongod.start()
    port = int(uri.partition("127.0.0.1:")[2].partition("/")[0])
    relay = Relay(port)
    numbers = count(1)
    links: dict[str, tuple[Callable[[], str], str]] = {
        "new card": (lambda: track_link(next(numbers)), CARD),
        "stored card": (lambda: track_link(0), CARD),
        "/quota": (lambda: "/quota", QUOTA),
    }
    try:
        async with AsyncExitStack() as stack:
            listens = await stack.enter_async_context(relay.open())
            bot = await stack.enter_async_context(
                rig(
                    folder,
                    f"--playlist=singles={SINGLES}",
                    delays=AT_ONCE,
                    telegram_s=0,
                    MONGODB_URI=uri.replace(f":{port}", f":{listens}"),
                )
            )
            for text, shows in links.values():
                await _times(bot, text, shows, 2)
            figures = []
            for name, (text, shows) in links.items():
                slopes = []
                for _ in range(runs):
                    relay.wait_s = 0.0
                    near = median(await _times(bot, text, shows, 5))
                    relay.wait_s = ADDED_S / 2
                    slopes.append((median(await _times(bot, text, shows, 5)) - near) / ADDED_S)
                relay.wait_s = 0.0
                figures.append(
                    Figure(
                        name=f"trips, {name}",
                        values=slopes,
                        unit="",
                        limit=TRIPS[name],
                        at_most=RELAYED,
                    )
                )
            return figures
    finally:
        await mongod.stop()


async def _times(bot: Rig, text: Callable[[], str], shows: str, times: int) -> list[float]:
    """Seconds to the answer, each time."""
    found = []
    for _ in range(times):
        ask = await bot.ask(text())
        found.append(await bot.shown(ask, shows) - ask.begun)
        await asyncio.sleep(REST_S / 4)
    return found


async def processor(folder: Path, runs: int, **settings: str) -> list[Figure]:
    """Of the bot's own process, for a message of each kind."""
    lists = [f"--playlist=new-{run}={LISTED}" for run in range(runs)]
    world = (f"--playlist=singles={SINGLES}", f"--playlist=warm={LISTED}", *lists)
    numbers = count(1)
    fresh = (playlist_link(f"new-{run}") for run in range(runs))
    spent: dict[str, list[float]] = {name: [] for name in PROCESSOR_MS}
    async with rig(folder, *world, delays=AT_ONCE, telegram_s=0, **settings) as bot:
        await _times(bot, partial(track_link, 0), CARD, 5)
        await _times(bot, partial(playlist_link, "warm"), LISTING, 2)
        await asyncio.sleep(REST_S)
        before = bot.processor_s()
        await asyncio.sleep(IDLE_S)
        idle = (bot.processor_s() - before) / IDLE_S
        for _ in range(runs):
            new = [track_link(next(numbers)) for _ in range(BATCH)]
            batches = {
                "new card": (new, CARD),
                "stored card": (new, CARD),
                "/quota": (["/quota"] * BATCH, QUOTA),
                "stored list of 100": ([playlist_link("warm")] * BATCH, LISTING),
                "new list of 100": ([next(fresh)], LISTING),
            }
            for name, (texts, shows) in batches.items():
                spent[name].append(await _spent(bot, texts, shows, idle))
    kind = "keyless" if settings else "processor"
    return [
        Figure(name=f"{kind}, {name}", values=values, unit="ms", limit=PROCESSOR_MS[name])
        for name, values in spent.items()
    ]


async def _spent(bot: Rig, texts: list[str], shows: str, idle: float) -> float:
    """Milliseconds of the processor for each."""
    began, before = asyncio.get_running_loop().time(), bot.processor_s()
    for text in texts:
        await bot.shown(await bot.ask(text), shows)
    await asyncio.sleep(REST_S)
    took = asyncio.get_running_loop().time() - began
    return max(0.0, bot.processor_s() - before - idle * took) / len(texts) * 1000


async def measure(folder: Path, runs: int) -> list[Figure]:
    """All of them; each has a bot of its own."""
    parts: dict[str, Callable[[Path], Awaitable[list[Figure]]]] = {
        "statements": statements,
        "far": lambda room: far(room, runs),
        "processor": lambda room: processor(room, runs),
        "keyless": lambda room: processor(room, runs, **KEYLESS),
    }
    figures = []
    for name, part in parts.items():
        (folder / name).mkdir()
        figures += await part(folder / name)
    return figures


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="tracklink-cost-") as made:
        print(table(asyncio.run(measure(Path(made), 3))))
