"""What one message costs on its way: MongoDB's statements, and the files of the bot it enters.

    python -m tests.benchmarks.way

The whole bot runs in this process, between a Telegram in memory, services on loopback that answer
at once, and a private mongod whose profiler notes every statement. Each message comes from a person
who is new to the bot, several times, with another song or album each time where a "new" one is
asked for. What the bot does by the clock meanwhile is not counted: only what each run has.

A file is entered when a function of it is called. The Telegram in memory is no part of the bot.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import tempfile
import threading
from collections import Counter
from contextlib import asynccontextmanager
from functools import reduce
from operator import and_
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog

import bot as package
from bot.clock import utc_now
from bot.config import load
from bot.models import SPOTIFY_WEB
from tests.e2e import worlds
from tests.e2e.live import SAMPLE, addresses, live
from tests.e2e.services import Loopback
from tests.e2e.serving import serve

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable
    from types import FrameType

    from tests.e2e.live import LiveBot

    Statements = Counter[tuple[str, str]]  # collection and statement

RUNS = 3
REST_S = 0.3  # until the last write has come, which nobody waits for
ROOT = Path(package.__file__).parent
PROFILE_BYTES = 256 * 1024**2  # the profiler's own 1 MB does not hold a list's statements
BESIDE = "sandbox"
ALBUMS = [worlds.album(f"way {number}") for number in range(2 * RUNS + 1)]
SINGLES = worlds.tracks("singles", RUNS + 1)
LISTED = 100
LISTS = [f"list {number}" for number in range(RUNS)]


class Rooms:
    """Which files of the bot functions are called in, in whatever thread."""

    def __init__(self) -> None:
        self.entered: set[str] = set()
        threading.setprofile(self._note)
        sys.setprofile(self._note)

    def leave(self) -> None:
        sys.setprofile(None)
        threading.setprofile(None)

    def _note(self, frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code.co_name != "<module>":
            self.entered.add(frame.f_code.co_filename)

    def files(self) -> set[str]:
        """What was entered since the last time, as paths below `bot/`."""
        entered, self.entered = self.entered, set()
        paths = (Path(name) for name in entered)
        inside = (path.relative_to(ROOT) for path in paths if path.is_relative_to(ROOT))
        return {str(path) for path in inside if path.parts[0] != BESIDE}


class Way:
    """Asks the bot and counts what came of it."""

    def __init__(self, bot: LiveBot) -> None:
        self._bot = bot
        self._profile = bot.backends.mongo.db["system.profile"]

    async def begin(self) -> None:
        """Warm it up, so that nothing is imported or connected later; then note statements."""
        for text in (_track(RUNS), _album(-1), "/quota"):
            await self._ask(text)
        db = self._bot.backends.mongo.db
        await db.command("profile", 0)
        await db.drop_collection("system.profile")
        await db.create_collection("system.profile", capped=True, size=PROFILE_BYTES)
        await db.command("profile", 2)

    async def statements(self, texts: Iterable[str]) -> Statements:
        counts = []
        for text in texts:
            before = await self._profile.count_documents({})
            await self._ask(text)
            notes = await self._profile.find({}).skip(before).to_list(None)
            counts.append(Counter(_statement(note) for note in notes if _is_ours(note)))
        return reduce(and_, counts)

    async def rooms(self, texts: Iterable[str]) -> set[str]:
        rooms, found = Rooms(), list[set[str]]()
        try:
            for text in texts:
                rooms.files()
                await self._ask(text)
                found.append(rooms.files())
        finally:
            rooms.leave()
        return reduce(and_, found)

    async def _ask(self, text: str) -> None:
        answers = await self._bot.ask(self._bot.telegram.user("Bench"), text)
        if not answers:
            raise RuntimeError(f"nothing came of {text}")
        await asyncio.sleep(REST_S)


def _is_ours(note: dict[str, Any]) -> bool:
    return not note["ns"].endswith(".system.profile")


def _statement(note: dict[str, Any]) -> tuple[str, str]:
    name = next(iter(note["command"])) if note["op"] == "command" else note["op"]
    return note["ns"].partition(".")[2], {"query": "find", "remove": "delete"}.get(name, name)


@asynccontextmanager
async def open_way(folder: Path) -> AsyncIterator[Way]:
    """A bot that is warm, and whose statements are noted."""
    threshold = structlog.make_filtering_bound_logger(logging.WARNING)
    structlog.configure(wrapper_class=threshold)
    lists = [*ALBUMS, *(worlds.playlist(name, LISTED) for name in LISTS)]
    lists.append(worlds.playlist("singles", len(SINGLES)))
    with serve(Loopback(world=worlds.world(lists))) as loopback:
        settings = load(_env_file=None, tracklink_data=folder, mongodb_uri=None)
        settings = settings.model_copy(update=SAMPLE | addresses(loopback))
        async with live(settings, clock=utc_now, sample=False) as bot:
            way = Way(bot)
            await way.begin()
            yield way


async def statements(folder: Path) -> dict[str, int]:
    """How many each kind of message takes."""
    async with open_way(folder) as way:
        return {
            name: (await way.statements(text(run) for run in range(RUNS))).total()
            for name, text in KINDS.items()
        }


async def tell(folder: Path) -> None:
    async with open_way(folder) as way:
        for name, text in KINDS.items():
            found = await way.statements(text(run) for run in range(RUNS))
            print(f"{name}: {found.total()} statements")
            for (collection, what), count in sorted(found.items()):
                print(f"  {count:4}  {collection} {what}")
        files = await way.rooms(_album(RUNS + run) for run in range(RUNS))
    entries = sorted({Path(name).parts[0] for name in files})
    print(f"an album enters {len(files)} files in {len(entries)} entries of bot/:")
    print("  " + "\n  ".join(sorted(files)))


def _track(number: int) -> str:
    return f"{SPOTIFY_WEB}/track/{SINGLES[number].spotify_id}"


def _album(number: int) -> str:
    return f"{SPOTIFY_WEB}/album/{ALBUMS[number].id}"


KINDS: dict[str, Callable[[int], str]] = {
    "new card": _track,
    "stored card": _track,
    "/quota": lambda _: "/quota",
    "new album": _album,
    "stored album": _album,
    "new list of 100": lambda run: f"{SPOTIFY_WEB}/playlist/{worlds.playlist_id(LISTS[run])}",
}


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="tracklink-way-") as name:
        asyncio.run(tell(Path(name)))


if __name__ == "__main__":
    main()
