"""`tracklink run` as a real process, before servers on loopback."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
import socket
import sys
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from tests.e2e.services import Loopback
    from tests.e2e.telegram_server import TelegramServer

ROOT = Path(__file__).parents[2]
START_S = 30.0  # a cold start on a machine that is busy with other things
STOP_S = 10.0
INHERITED = ("PATH", "HOME", "LD_LIBRARY_PATH", "MONGOD")
SECRETS = {
    "SPOTIFY_CLIENT_SECRET": "spotify-secret-0f1e2d3c4b5a",
    "YOUTUBE_API_KEY": "loopback-key",
    "WEBHOOK_SECRET": "hook-secret-99887766",
}


@dataclass(slots=True)
class BotProcess:
    """Starts, ends and kills the program. `log` is all that it ever wrote to stderr."""

    folder: Path
    settings: Mapping[str, str]
    process: asyncio.subprocess.Process | None = None
    exits: list[int] = field(default_factory=list)
    module: str = "bot"

    @classmethod
    def before(
        cls, folder: Path, server: TelegramServer, loopback: Loopback, **changes: str
    ) -> Self:
        """A bot that finds every service on loopback, knows all secrets and logs all it can."""
        addresses = {k: v for k, v in loopback.addresses.items() if k != "CONTROL_URL"}
        settings = (
            addresses
            | SECRETS
            | {
                "TELEGRAM_BASE_URL": server.url,
                "TELEGRAM_BOT_TOKEN": server.telegram.token,
                "SPOTIFY_CLIENT_ID": "sample",
                "TRACKLINK_DATA": str(folder / "data"),
                "PORT": "0",
                "LOG_LEVEL": "DEBUG",
            }
        )
        return cls(folder, settings | changes)

    @property
    def log(self) -> str:
        path = self.folder / "log"
        return path.read_text() if path.exists() else ""

    async def start(self) -> None:
        """Start it; it is up when it has asked Telegram for updates."""
        environment = {name: os.environ[name] for name in INHERITED if name in os.environ}
        with (self.folder / "log").open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                self.module,
                "run",
                cwd=self.folder,  # no .env lies there
                env=environment | {"PYTHONPATH": str(ROOT)} | dict(self.settings),
                stdout=log,
                stderr=log,
            )

    async def ends(self) -> int:
        """Wait for its end; the exit code."""
        assert self.process
        code = await asyncio.wait_for(self.process.wait(), START_S)
        self.process = None
        self.exits.append(code)
        return code

    async def stop(self, signalled: int = signal.SIGTERM) -> int:
        """Send a signal and wait until it has ended; the exit code."""
        assert self.process
        self.process.send_signal(signalled)
        async with asyncio.timeout(STOP_S):
            return await self.ends()

    async def restart(self, signalled: int = signal.SIGTERM) -> None:
        await self.stop(signalled)
        await self.start()


@asynccontextmanager
async def running(bot: BotProcess) -> AsyncIterator[BotProcess]:
    """Run it until the block ends; it must end cleanly, and have told no secret."""
    await bot.start()
    try:
        yield bot
        if bot.process:
            assert 0 == await bot.stop()
    except BaseException:
        print(bot.log[-8000:])
        raise
    finally:
        if bot.process:
            with contextlib.suppress(ProcessLookupError):  # it has ended by itself
                bot.process.kill()
            await bot.process.wait()


def free_port() -> int:
    """A port for a process that is yet to start.

    Below those that systems give to outgoing connections, one of which could take it meanwhile.
    """
    while True:
        port = random.randrange(20_000, 32_000)
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
