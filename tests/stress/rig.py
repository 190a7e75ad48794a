"""Processes of the bot between servers on loopback: Telegram here, all the rest beside."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx

from bot.storage.database import Database, connect
from bot.storage.private_mongod import PrivateMongod
from bot.storage.private_mongod_process import find_mongod
from tests.e2e.process import SECRETS, BotProcess, free_port
from tests.e2e.serving import prompt, spawn
from tests.e2e.telegram_server import TelegramServer
from tests.staged.telegram import Telegram

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
    from pathlib import Path


ADMIN = 501  # the first person of a Telegram in memory
PATIENCE_S = 90.0
READY_S = 30.0
DATABASE = "stress"
# Realistic enough to have work in flight at any moment: what the real services take, shortened.
DELAYS = {"spotify_api": 0.05, "youtube_music": 0.15}


@dataclass(slots=True)
class Bot:
    """A process of the bot. `port` serves /health, /ready and the webhook."""

    program: BotProcess
    port: int

    @property
    def pid(self) -> int:
        assert self.program.process
        return self.program.process.pid

    async def start(self) -> None:
        """Raises AssertionError where it does not answer in time: nothing could be told of it."""
        await self.program.start()
        assert await eventually(self.ready, READY_S), self.log

    async def ready(self) -> bool:
        return await self.status("/ready") == httpx.codes.OK

    async def status(self, path: str) -> int:
        """0 where nothing answers."""
        try:
            async with httpx.AsyncClient(trust_env=False, timeout=5.0) as client:
                return (await client.get(f"http://127.0.0.1:{self.port}{path}")).status_code
        except httpx.HTTPError:
            return 0

    async def kill(self) -> None:
        """As kill -9 does it."""
        assert self.program.process
        self.program.process.kill()
        await self.program.ends()

    async def stop(self) -> tuple[int, float]:
        """Tell it to end with SIGTERM: its exit code, and the seconds that it took."""
        assert self.program.process
        began = time.monotonic()
        self.program.process.send_signal(signal.SIGTERM)
        return await self.program.ends(), time.monotonic() - began

    @property
    def log(self) -> str:
        return self.program.log


@dataclass(slots=True)
class Rig:
    """What a fault works with. `uri` leads to MongoDB, `addresses` to all other services."""

    folder: Path
    server: TelegramServer
    addresses: dict[str, str]
    uri: str
    bots: list[Bot] = field(default_factory=list)
    ports: list[int] = field(default_factory=list)  # of processes to come

    @property
    def telegram(self) -> Telegram:
        return self.server.telegram

    @contextlib.contextmanager
    def database(self) -> Iterator[Database]:
        client = connect(self.uri)
        yield client[DATABASE]
        client.close()

    async def control(self, path: str, *, method: str = "POST", **body: Any) -> Any:
        """Change or ask how the services behave; see tests.e2e.services."""
        base = self.addresses["CONTROL_URL"]
        async with httpx.AsyncClient(base_url=base, trust_env=False, timeout=30) as client:
            return await client.request(method, path, json=body or None)

    def reserve(self, count: int) -> list[int]:
        """Choose the ports of the next processes, for those who must know them before."""
        self.ports += [free_port() for _ in range(count)]
        return self.ports[-count:]

    async def add(
        self, count: int = 1, *, hook: str = "", module: str = "bot", **changes: str
    ) -> list[Bot]:
        """Start processes, side by side; with `hook`, behind the webhook of that address."""
        first = len(self.bots)
        new = [self._bot(first + number, hook, module, changes) for number in range(count)]
        self.bots += new
        await asyncio.gather(*(bot.start() for bot in new))
        return new

    def _bot(self, number: int, hook: str, module: str, changes: dict[str, str]) -> Bot:
        folder = self.folder / f"bot{number}"
        folder.mkdir()
        port = self.ports[number] if number < len(self.ports) else free_port()
        addresses = {name: url for name, url in self.addresses.items() if name != "CONTROL_URL"}
        settings = {
            **addresses,
            **SECRETS,
            "TELEGRAM_BASE_URL": self.server.url,
            "TELEGRAM_BOT_TOKEN": self.telegram.token,
            "SPOTIFY_CLIENT_ID": "sample",
            "MONGODB_URI": self.uri,
            "MONGODB_DATABASE": DATABASE,
            "ADMIN_IDS": str(ADMIN),
            "TRACKLINK_DATA": str(folder / "data"),
            "PORT": str(port),
            "LOG_LEVEL": "INFO",
            **({"WEBHOOK_URL": hook} if hook else {}),
        }
        return Bot(BotProcess(folder, settings | changes, module=module), port)

    async def end(self) -> None:
        for bot in self.bots:
            if bot.program.process:
                with contextlib.suppress(ProcessLookupError):  # it has ended by itself
                    bot.program.process.kill()
                await bot.program.process.wait()


@asynccontextmanager
async def rig(folder: Path, *world: str, uri: str = "", bots: int = 0) -> AsyncIterator[Rig]:
    """`world` names what Spotify has, as options of tests.e2e.serving; a mongod unless `uri`."""
    telegram = Telegram()
    telegram.user("Admin")
    async with contextlib.AsyncExitStack() as stack:
        if not uri:
            mongod = PrivateMongod(find_mongod(None), folder / "mongo")
            uri = await mongod.start()
            stack.push_async_callback(mongod.stop)
        delays = [f"--delay={name}={seconds}" for name, seconds in DELAYS.items()]
        addresses = stack.enter_context(spawn(*world, *delays))
        server = TelegramServer(telegram)
        prompt(server._socket)
        await stack.enter_async_context(server)
        made = Rig(folder, server, addresses, uri)
        stack.push_async_callback(made.end)
        await made.add(bots)
        yield made


async def eventually(check: Callable[[], Awaitable[object]], within_s: float = PATIENCE_S) -> bool:
    """Whether a question has a true answer in time."""
    deadline = time.monotonic() + within_s
    while not await check():
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(0.1)
    return True
