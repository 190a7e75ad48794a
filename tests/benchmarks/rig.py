"""The bot as a process between loopback services, with a clock at every door.

Telegram is in this process, Spotify and YouTube are in one of their own, and the bot is a third
with its private mongod as a fourth. All times are seconds of the monotonic clock that they share.
"""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import psutil  # type: ignore[import-untyped]  # its types are a package of their own

from bot.models import SPOTIFY_WEB
from tests.e2e import worlds
from tests.e2e.serving import prompt, spawn
from tests.e2e.telegram_server import TelegramServer
from tests.staged.telegram import Telegram

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping

    from bot.sandbox.telegram.state import User
    from tests.staged.telegram import Call

ADMIN = 501  # the first person of a Telegram in memory
PATIENCE_S = 60.0
KEPT_VARIABLES = ("PATH", "HOME", "LANG", "TMPDIR", "MONGOD")  # of the environment, for the bot


class TimedTelegram(Telegram):
    """Notes when each update was handed to the bot: at the end of the getUpdates that bore it."""

    def __init__(self) -> None:
        super().__init__()
        self.handed_out: dict[int, float] = {}  # by message id

    async def call(self, method: str, params: Mapping[str, Any], files: Any = None) -> Any:
        result = await super().call(method, params, files)
        if method.lower() == "getupdates":
            for update in result:
                message = update.get("message", {}).get("message_id")
                self.handed_out.setdefault(message, self.world.timer())
        return result


@dataclass(frozen=True, slots=True)
class Ask:
    """A link on its way: who sent it, and when the bot got it."""

    user: User
    begun: float


@dataclass(frozen=True, slots=True)
class Rig:
    telegram: TimedTelegram
    services: httpx.AsyncClient  # the control port of Spotify and YouTube
    bot: psutil.Process

    async def ask(self, link: str, *, user: User | None = None) -> Ask:
        """Send a link as a person who is new to the bot, so that no allowance is in the way."""
        person = user or self.telegram.user("Bench")
        message = self.telegram.send_text(person, link)["message_id"]
        begun = await self.telegram.until(lambda: self.telegram.handed_out.get(message), PATIENCE_S)
        return Ask(person, begun)

    async def shown(self, ask: Ask, pattern: str, *, within_s: float = PATIENCE_S) -> float:
        """When Telegram had answered the first message or edit whose text fits the pattern."""
        fits = re.compile(pattern, re.DOTALL).search

        def first() -> Call | None:
            calls = self.telegram.calls_of("sendMessage", "editMessageText")
            mine = (call for call in calls if call.params.get("chat_id") == ask.user.id)
            return next((call for call in mine if fits(call.params.get("text", ""))), None)

        return (await self.telegram.until(first, within_s)).at

    async def requests(self, *names: str) -> list[dict[str, Any]]:
        """What these services were asked since the log was cleared, oldest answer first."""
        log = (await self.services.get("/log")).json()
        return [entry for entry in log if entry["service"] in names]

    async def forget_requests(self) -> None:
        await self.services.delete("/log")

    async def delay(self, service: str, seconds: float) -> None:
        await self.services.post("/settings", json={"delays": {service: seconds}})

    def processor_s(self) -> float:
        """Seconds of processor time of the bot's own process; mongod is a child and not in it."""
        times = self.bot.cpu_times()
        return float(times.user + times.system)

    def memory_mb(self) -> float:
        return float(self.bot.memory_info().rss) / 1024**2


@asynccontextmanager
async def rig(
    folder: Path, *world: str, delays: Mapping[str, float], telegram_s: float, **chosen: str
) -> AsyncIterator[Rig]:
    """Everything running; `world` names what Spotify has, as options of `tests.e2e.serving`.

    `chosen` are settings of the bot, in place of the benchmark's own.
    """
    options = [f"--delay={name}={seconds}" for name, seconds in delays.items()]
    telegram = TimedTelegram()
    telegram.user("Admin")
    with spawn(*world, *options) as addresses:
        server = TelegramServer(telegram, delay_s=telegram_s)
        prompt(server._socket)
        control = httpx.AsyncClient(base_url=addresses["CONTROL_URL"], trust_env=False)
        async with server, control:
            settings = {**addresses, "TELEGRAM_BASE_URL": server.url, **chosen}
            async with _bot(folder, settings) as process:
                started = partial(telegram.calls_of, "setMyCommands")
                await telegram.until(started, PATIENCE_S)
                yield Rig(telegram, control, process)


@asynccontextmanager
async def _bot(folder: Path, addresses: Mapping[str, str]) -> AsyncIterator[psutil.Process]:
    settings = {
        "TELEGRAM_BOT_TOKEN": Telegram().token,
        "SPOTIFY_CLIENT_ID": "bench",
        "SPOTIFY_CLIENT_SECRET": "bench",
        "YOUTUBE_LOOKUPS": "8",
        "SPOTIFY_CALLS": "100000",  # what is measured is the bot, not its manners
        "ADMIN_IDS": str(ADMIN),
        "TRACKLINK_DATA": str(folder / "data"),
        "PORT": "0",
        "LOG_LEVEL": "WARNING",
        "NO_PROXY": "*",
    }
    with (folder / "bot.log").open("wb") as log:
        process = subprocess.Popen(  # noqa: ASYNC220 - starting it takes a moment, once
            [*program(), "run"],
            env={**clean_environment(), **settings, **addresses},
            cwd=folder,
            stdout=log,
            stderr=log,
        )
        try:
            yield psutil.Process(process.pid)
        finally:
            process.terminate()
            # In a thread: the bot says goodbye to the Telegram that this loop serves.
            await asyncio.to_thread(process.wait, PATIENCE_S)
            sys.stderr.write((folder / "bot.log").read_text())


def program() -> list[str]:
    """The installed command, beside the Python that runs this."""
    installed = Path(sys.executable).with_name("tracklink")
    return [str(installed)] if installed.exists() else [sys.executable, "-m", "bot"]


def clean_environment() -> dict[str, str]:
    """No settings of this shell reach the bot."""
    return {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}


async def sample(read: Callable[[], float], every_s: float, into: list[float]) -> None:
    """Read a value again and again until cancelled."""
    while True:
        into.append(read())
        await asyncio.sleep(every_s)


def track_link(number: int) -> str:
    return f"{SPOTIFY_WEB}/track/{worlds.tracks('singles', number + 1)[number].spotify_id}"


def playlist_link(name: str) -> str:
    return f"{SPOTIFY_WEB}/playlist/{worlds.playlist_id(name)}"
