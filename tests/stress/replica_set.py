"""Three real mongods on loopback, one replica set."""

from __future__ import annotations

import asyncio
import subprocess
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pymongo import MongoClient
from pymongo.errors import AutoReconnect, OperationFailure, PyMongoError

from bot.storage.private_mongod_key import HOST
from bot.storage.private_mongod_process import REPLICA_SET, command_line, end, find_mongod
from tests.e2e.process import free_port
from tests.stress.rig import eventually

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

MEMBERS = 3
UP_S = 60.0
STEP_DOWN_S = 10  # for which the old primary does not stand again


@dataclass(slots=True)
class ReplicaSet:
    folder: Path
    ports: list[int] = field(default_factory=list)
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def uri(self) -> str:
        hosts = ",".join(f"{HOST}:{port}" for port in self.ports)
        return f"mongodb://{hosts}/?replicaSet={REPLICA_SET}"

    async def start(self) -> None:
        self.ports = [free_port() for _ in range(MEMBERS)]
        for port in self.ports:
            self._spawn(port)
        members = [{"_id": at, "host": f"{HOST}:{port}"} for at, port in enumerate(self.ports)]
        config = {"_id": REPLICA_SET, "members": members}
        await eventually(lambda: asyncio.to_thread(self._initiate, config), UP_S)
        assert await self.has_primary()

    async def has_primary(self) -> bool:
        async def elected() -> bool:
            return await asyncio.to_thread(self._primary) is not None

        return await eventually(elected, UP_S)

    async def step_down(self) -> None:
        """The primary hands over, as at a maintenance."""
        await asyncio.to_thread(self._step_down)

    async def kill_primary(self) -> int:
        """As kill -9 does it; which member it was."""
        primary = await asyncio.to_thread(self._primary)
        assert primary
        at = self.ports.index(primary)
        self.processes[at].kill()
        self.processes[at].wait()
        return at

    def revive(self, at: int) -> None:
        self.processes[at] = self._start(self.ports[at])

    async def stop(self) -> None:
        await asyncio.gather(*(end(process) for process in self.processes))

    def _spawn(self, port: int) -> None:
        (self.folder / str(port)).mkdir(parents=True)
        self.processes.append(self._start(port))

    def _start(self, port: int) -> subprocess.Popen[bytes]:
        home = self.folder / str(port)
        command = command_line(find_mongod(None), home, home / "log", port)
        return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def _initiate(self, config: dict[str, Any]) -> bool:
        try:
            with _direct(self.ports[0]) as client:
                client.admin.command("replSetInitiate", config)
        except OperationFailure as error:
            return "already initialized" in str(error)
        except PyMongoError:
            return False
        return True

    def _primary(self) -> int | None:
        for port in self.ports:
            try:
                with _direct(port) as client:
                    if client.admin.command("hello").get("isWritablePrimary"):
                        return port
            except PyMongoError:
                continue
        return None

    def _step_down(self) -> None:
        primary = self._primary()
        assert primary
        try:
            with _direct(primary) as client:
                client.admin.command("replSetStepDown", STEP_DOWN_S, secondaryCatchUpPeriodSecs=5)
        except AutoReconnect:
            return  # it drops its connections


def _direct(port: int) -> MongoClient[dict[str, Any]]:
    return MongoClient(
        f"mongodb://{HOST}:{port}/?directConnection=true", serverSelectionTimeoutMS=1000
    )


@asynccontextmanager
async def replica_set(folder: Path) -> AsyncIterator[ReplicaSet]:
    made = ReplicaSet(folder)
    try:
        await made.start()
        yield made
    finally:
        await made.stop()
