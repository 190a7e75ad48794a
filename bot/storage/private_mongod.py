"""A private mongod on loopback, for whoever has no MongoDB: same code path, no set-up.

It is a replica set of one node, because retryable writes need one. Nothing but this machine can
reach it, and of this machine who can read its folder; it is started again when it dies, and it ends
with the process that started it.
"""

from __future__ import annotations

import asyncio
import os
import time
from typing import TYPE_CHECKING, Any, TypeAlias

import structlog
from pymongo import MongoClient
from pymongo.errors import PyMongoError

from bot.clock import Timing
from bot.errors import SettingError, StoreUnavailable
from bot.storage.private_mongod_key import HOST, address, key_file, make_key, make_user
from bot.storage.private_mongod_process import (
    REPLICA_SET,
    Guard,
    command_line,
    end,
    find_mongod,
    free_port,
    hold,
    last_words,
    listens,
    spawn,
)

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import IO

    from bot.config import Settings

POLL_S = 0.01
AGAIN_S = 0.1

# Exit codes of mongod: the port was taken meanwhile; the folder is still held by another mongod.
_PORT_TAKEN, _FOLDER_TAKEN = 48, 100

Admin: TypeAlias = MongoClient[dict[str, Any]]

_logger = structlog.get_logger(__name__)


class PrivateMongod:
    """One mongod on one folder."""

    def __init__(self, binary: Path, folder: Path, *, timing: Timing = Timing()) -> None:
        self._binary = binary.absolute()
        self._folder = folder.absolute()
        self._timing = timing
        self._log = self._folder / "mongod.log"
        self._lock: IO[str] | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._guard = Guard()
        self._watcher: asyncio.Task[None] | None = None
        self._port = 0

    @classmethod
    def of(cls, settings: Settings) -> PrivateMongod:
        return cls(find_mongod(settings.mongod), settings.tracklink_data / "mongo")

    @property
    def uri(self) -> str:
        return address(self._folder, self._port)

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    async def start(self) -> str:
        """Start it and return its address.

        Raises SettingError when the folder is unusable or in use, StoreUnavailable with mongod's
        last words when it does not come up.
        """
        try:
            self._take_folder()
            await self._come_up()
        except BaseException:
            await self.stop()
            raise
        self._watcher = asyncio.create_task(self._watch())
        return self.uri

    async def stop(self) -> None:
        """End it cleanly, by force after `mongod_stop_s`, and leave the folder to others."""
        watcher, self._watcher = self._watcher, None
        if watcher:
            watcher.cancel()
        process, self._process = self._process, None
        if process:
            await end(process, within_s=self._timing.mongod_stop_s)
            self._guard.watch(0)
        self._guard.close()
        if self._lock:
            self._lock.close()
            self._lock = None

    def _take_folder(self) -> None:
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock = (self._folder / "tracklink.lock").open("a+")
            self._hold(self._lock)
            make_key(self._folder)
        except OSError as error:
            raise SettingError(
                f"TRACKLINK_DATA: cannot write to {self._folder} ({error.strerror})."
            ) from None

    def _hold(self, lock: IO[str]) -> None:
        try:
            hold(lock)
        except OSError:
            lock.seek(0)
            owner = lock.read(20) or "unknown"
            raise SettingError(
                f"TRACKLINK_DATA: {self._folder} is in use by another Tracklink (process {owner}); "
                "stop that one, or choose another folder."
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()

    async def _come_up(self) -> None:
        """Start mongod until it is primary.

        Again on another port when that was taken, and again on the folder of a mongod whose
        parent was killed: that one is about to end.
        """
        deadline = time.monotonic() + self._timing.mongod_start_s
        while True:
            last = self._last_port()
            self._port = free_port(last)
            moved = last not in (0, self._port)
            process = self._spawn(replica_set=not moved)
            ready = self._is_moved if moved else self._is_primary
            if await asyncio.to_thread(self._reaches, ready, process, deadline):
                if not moved:
                    return
                await end(process, within_s=self._timing.mongod_stop_s)
            elif (code := process.poll()) is None:
                process.kill()
                raise StoreUnavailable(
                    f"mongod was not ready after {self._timing.mongod_start_s:.0f} s: "
                    f"{last_words(self._log)}"
                )
            elif code == _PORT_TAKEN or self._held(code):
                await asyncio.sleep(AGAIN_S)
            else:
                raise StoreUnavailable(f"mongod ended with code {code}: {last_words(self._log)}")

    async def _watch(self) -> None:
        """Start mongod again when it ended by itself, on its port: clients keep their address.

        At once; but one that ends again soon is given longer each time, as a full disk or a broken
        file does not mend in seconds, and each try writes to both.
        """
        timing = self._timing
        wait_s, came_up = 0.0, time.monotonic()
        while True:
            await asyncio.sleep(timing.mongod_watched_every_s)
            if self._process is None or self._process.poll() is None:
                continue
            self._guard.watch(0)
            if time.monotonic() - came_up > timing.mongod_again_longest_s:
                wait_s = 0.0
            _logger.error(
                "mongod_ended",
                code=self._process.poll(),
                said=last_words(self._log),
                again_in_s=wait_s,
            )
            await asyncio.sleep(wait_s)
            wait_s = min(max(2 * wait_s, timing.mongod_again_s), timing.mongod_again_longest_s)
            try:
                await self._come_up()
            except (
                StoreUnavailable,
                OSError,
                RuntimeError,
            ) as error:  # the last: no thread to be had
                _logger.error("mongod_failed", reason=str(error))  # noqa: TRY400 - said in a word
            else:
                _logger.info("mongod_restarted", pid=self.pid)
            came_up = time.monotonic()

    def _held(self, code: int) -> bool:
        return code == _FOLDER_TAKEN and "DBPathInUse" in self._log.read_text(errors="replace")

    def _spawn(self, *, replica_set: bool = True) -> subprocess.Popen[bytes]:
        if self._log.exists():
            self._log.replace(self._log.with_suffix(".log.1"))
        command = command_line(
            self._binary,
            self._folder,
            self._log,
            self._port,
            key=key_file(self._folder),
            replica_set=replica_set,
        )
        self._guard.watch(0)
        with self._log.open("ab") as log:
            self._process = spawn(command, output=log)
        self._guard.watch(self._process.pid)
        return self._process

    @property
    def _port_file(self) -> Path:
        return self._folder / "port"

    def _last_port(self) -> int:
        """The port that the replica set's configuration names, 0 before there is one."""
        try:
            return int(self._port_file.read_text())
        except (OSError, ValueError):
            return 0

    def _reaches(
        self, ready: Callable[[Admin], bool], process: subprocess.Popen[bytes], deadline: float
    ) -> bool:
        """Wait until it is ready. False when it ended before, or the time is over."""
        ticks = _ticks(process, deadline)
        if not any(listens(self._port) for _ in ticks):
            return False
        internal = address(self._folder, self._port, internal=True)
        with Admin(internal, serverSelectionTimeoutMS=1000) as client:
            return any(self._is_ours(client) and ready(client) for _ in ticks)

    def _is_ours(self, client: Admin) -> bool:
        """Whether nobody else was faster on that port; else ours is about to end."""
        try:
            options = client.admin.command("getCmdLineOpts")["parsed"]
            return bool(options["storage"]["dbPath"] == str(self._folder))
        except (PyMongoError, LookupError):
            return False

    def _is_primary(self, client: Admin) -> bool:
        try:
            hello = client.admin.command("hello")
            if hello.get("isreplicaset"):  # one without a configuration: the first start
                self._port_file.write_text(str(self._port))
                client.admin.command("replSetInitiate", {"_id": REPLICA_SET, "members": [self._me]})
            if not hello.get("isWritablePrimary"):
                return False
            make_user(client, self._folder)
        except PyMongoError:
            return False  # it is still starting; the deadline ends this
        return True

    def _is_moved(self, client: Admin) -> bool:
        """Put the port of this run into the configuration, outside of the replica set.

        A member that starts under another port than its own looks for itself at the old one, for
        minutes when something silent listens there.
        """
        client.local["system.replset"].update_one({}, {"$set": {"members": [self._me]}})
        self._port_file.write_text(str(self._port))
        return True

    @property
    def _me(self) -> dict[str, Any]:
        return {"_id": 0, "host": f"{HOST}:{self._port}"}


def _ticks(process: subprocess.Popen[bytes], deadline: float) -> Iterator[None]:
    while process.poll() is None and time.monotonic() < deadline:
        yield
        time.sleep(POLL_S)
