"""The private mongod: its data last, its ends are clean, and its failures say why."""

from __future__ import annotations

import asyncio
import errno
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
import stamina
from pymongo import MongoClient
from pymongo.errors import AutoReconnect, OperationFailure
from structlog.testing import capture_logs

from bot.clock import Timing
from bot.config import load
from bot.errors import SettingError, StoreUnavailable
from bot.storage import private_mongod, private_mongod_process
from bot.storage.database import Mongo
from bot.storage.private_mongod import PrivateMongod

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    Fake = Callable[[str], Path]

HOLDER = """
import asyncio, sys
from pathlib import Path
from bot.storage.private_mongod import PrivateMongod

async def main():
    server = PrivateMongod(Path(sys.argv[1]), Path(sys.argv[2]))
    await server.start()
    print(server.pid, flush=True)
    await asyncio.sleep(60)

asyncio.run(main())
"""


@pytest.fixture
async def server(mongod_binary: Path, tmp_path: Path) -> AsyncIterator[PrivateMongod]:
    timing = Timing(mongod_watched_every_s=0.05, mongod_again_s=0.05)
    server = PrivateMongod(mongod_binary, tmp_path / "mongo", timing=timing)
    yield server
    await server.stop()


@pytest.fixture
def fake(tmp_path: Path) -> Fake:
    """A program in mongod's place: a shell script."""

    def make(script: str) -> Path:
        path = tmp_path / "mongod"
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        return path

    return make


def put(uri: str, text: str) -> None:
    with MongoClient[dict[str, str]](uri) as client:
        client.test.notes.insert_one({"_id": text})


@stamina.retry(on=AutoReconnect, timeout=10)  # one that has just started may still recover
def notes(uri: str) -> list[str]:
    with MongoClient[dict[str, str]](uri) as client:
        return sorted(note["_id"] for note in client.test.notes.find())


def kill(pid: int | None) -> None:
    assert pid is not None
    os.kill(pid, signal.SIGKILL)


def lives(pid: int | None) -> bool:
    assert pid is not None
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def environment(pid: int | None) -> bytes:
    return Path(f"/proc/{pid}/environ").read_bytes()


def unix_socket(port: int) -> bool:
    return Path(f"/tmp/mongodb-{port}.sock").exists()


def port_of(uri: str) -> int:
    return urlsplit(uri).port or 0


async def until(reached: Callable[[], bool], seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.02)


async def test_data_survive_restarts(server: PrivateMongod) -> None:
    """What was stored is there after a stop, and after a start on another port."""
    first = await server.start()
    put(first, "before the stop")
    await server.stop()

    assert first == await server.start()
    put(first, "before the port changed")
    await server.stop()

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port_of(first)))
        taken.listen()
        other = await server.start()
    assert other != first
    put(other, "on the other port")
    assert ["before the port changed", "before the stop", "on the other port"] == notes(other)


async def test_folder_without_a_user(server: PrivateMongod, tmp_path: Path) -> None:
    """Data from before there was a key, or whose key was lost, is there with a user of its own."""
    uri = await server.start()
    put(uri, "from before")
    with MongoClient[dict[str, str]](uri) as client:
        client.admin.command("dropAllUsersFromDatabase")
    await server.stop()
    (tmp_path / "mongo" / "key").unlink()

    other = await server.start()
    assert uri != other
    assert ["from before"] == notes(other)


async def test_is_for_nobody_else(server: PrivateMongod, tmp_path: Path) -> None:
    """A local user who cannot read the key can neither read, write nor make a user."""
    uri = await server.start()
    key = tmp_path / "mongo" / "key"
    assert 0o600 == stat.S_IMODE(key.stat().st_mode)
    assert key.read_text() in uri

    nobody = f"mongodb://127.0.0.1:{port_of(uri)}/?directConnection=true"
    with MongoClient[dict[str, str]](nobody) as client:
        assert "compression" not in client.admin.command("hello", compression=["zlib"])
        for forbidden in (
            client.test.notes.find_one,
            lambda: client.test.notes.insert_one({"_id": "x"}),
            lambda: client.admin.command("createUser", "me", pwd="x", roles=["root"]),
            lambda: client.admin.command("shutdown"),
        ):
            with pytest.raises(OperationFailure, match="requires authentication"):
                forbidden()
    for user in ("tracklink", "__system"):
        wrong = nobody.replace("127", f"{user}:wrong@127")
        with MongoClient[dict[str, str]](wrong) as client, pytest.raises(OperationFailure):
            client.admin.command("listDatabases")


async def test_dies_and_is_started_again(server: PrivateMongod) -> None:
    """A mongod that is killed comes back by itself, at its address, with all that was stored."""
    uri = await server.start()
    put(uri, "acknowledged")
    first = server.pid
    kill(first)
    await until(lambda: server.pid != first)
    assert ["acknowledged"] == await asyncio.to_thread(notes, uri)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
async def test_is_private(server: PrivateMongod, monkeypatch: pytest.MonkeyPatch) -> None:
    """It listens on loopback alone, and is told no secret of this process."""
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "12345:secret")
    await server.start()
    port = port_of(server.uri)
    with socket.socket() as elsewhere:  # another of this machine's own addresses
        assert errno.ECONNREFUSED == elsewhere.connect_ex(("127.0.0.2", port))
    assert not unix_socket(port)
    assert b"TELEGRAM_BOT_TOKEN" not in environment(server.pid)


async def test_ctrl_c_is_for_the_bot(server: PrivateMongod) -> None:
    """It has a session of its own, so the terminal's Ctrl-C does not reach it."""
    await server.start()
    assert server.pid is not None
    assert os.getsid(server.pid) != os.getsid(0)


async def test_folder_in_use(server: PrivateMongod, mongod_binary: Path, tmp_path: Path) -> None:
    """A second Tracklink on the folder is told whose it is and which setting to change."""
    await server.start()
    second = PrivateMongod(mongod_binary, tmp_path / "mongo")
    with pytest.raises(SettingError, match=rf"TRACKLINK_DATA.*\(process {os.getpid()}\)"):
        await second.start()
    assert lives(server.pid)


async def test_ends_with_a_killed_parent(
    server: PrivateMongod, mongod_binary: Path, tmp_path: Path
) -> None:
    """Kill -9 of the process that started it ends it, and the next start takes the folder over."""
    holder = subprocess.Popen(  # noqa: ASYNC220 - it is up before anything else goes on
        [sys.executable, "-c", HOLDER, str(mongod_binary), str(tmp_path / "mongo")],
        stdout=subprocess.PIPE,
    )
    with holder:
        assert holder.stdout is not None
        orphan = int(holder.stdout.readline())
        holder.kill()
    uri = await server.start()
    await until(lambda: not lives(orphan))
    assert [] == notes(uri)


async def test_program_that_fails(fake: Fake, tmp_path: Path) -> None:
    """The error quotes what the program said before it ended, and leaves the folder free."""
    server = PrivateMongod(fake("echo cannot load libssl.so.3 >&2; exit 127"), tmp_path / "mongo")
    with pytest.raises(StoreUnavailable, match=r"code 127: cannot load libssl\.so\.3"):
        await server.start()
    assert server.pid is None
    with pytest.raises(StoreUnavailable):
        await server.start()


async def test_program_that_hangs(fake: Fake, tmp_path: Path) -> None:
    """A start that takes too long is ended, with the last line of the log."""
    hangs, timing = fake("echo replaying the journal; exec sleep 60"), Timing(mongod_start_s=0.3)
    server = PrivateMongod(hangs, tmp_path / "mongo", timing=timing)
    started = time.monotonic()
    with pytest.raises(StoreUnavailable, match="not ready after 0 s: replaying the journal"):
        await server.start()
    assert time.monotonic() - started < 5


async def test_stop_is_bounded(fake: Fake, tmp_path: Path) -> None:
    """One that ignores the request to end is ended by force."""
    stays = fake("trap '' TERM; echo up; while :; do sleep 0.1; done")
    server = PrivateMongod(stays, tmp_path / "m", timing=Timing(mongod_stop_s=0.2))
    server._take_folder()
    process = server._spawn()
    await until(lambda: "up" in (tmp_path / "m" / "mongod.log").read_text())
    await server.stop()
    assert process.returncode == -signal.SIGKILL


async def test_restart_that_fails_is_tried_again(
    server: PrivateMongod, fake: Fake, mongod_binary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While mongod cannot be started again the watch goes on, and succeeds when it can."""
    uri = await server.start()
    monkeypatch.setattr(server, "_binary", fake("exit 1"))
    first = server.pid
    kill(first)
    await until(lambda: server.pid != first)
    monkeypatch.setattr(server, "_binary", mongod_binary)
    assert [] == await asyncio.to_thread(notes, uri)


async def test_restarts_that_fail_come_rarer(fake: Fake, tmp_path: Path) -> None:
    """A mongod that ends each time is started at once, then after waits that double."""
    timing = Timing(mongod_watched_every_s=0, mongod_again_s=0.01)
    server = PrivateMongod(fake("exit 1"), tmp_path / "mongo", timing=timing)
    server._take_folder()
    server._spawn()
    with capture_logs() as lines:
        server._watcher = asyncio.create_task(server._watch())
        await until(lambda: sum(line["event"] == "mongod_ended" for line in lines) == 5)
    await server.stop()
    waits = [line["again_in_s"] for line in lines if line["event"] == "mongod_ended"]
    assert [0.0, 0.01, 0.02, 0.04, 0.08] == waits


async def test_port_taken_meanwhile(server: PrivateMongod, monkeypatch: pytest.MonkeyPatch) -> None:
    """When another server wins the port between the choice and the start, another is chosen."""
    with socket.socket() as rival:
        rival.bind(("127.0.0.1", 0))
        rival.listen()
        taken = rival.getsockname()[1]
        ports = iter([taken])
        monkeypatch.setattr(
            private_mongod,
            "free_port",
            lambda last: next(ports, 0) or private_mongod_process.free_port(last),
        )
        uri = await server.start()
    assert f":{taken}/" not in uri
    assert [] == notes(uri)


async def test_folder_cannot_be_made(mongod_binary: Path, tmp_path: Path) -> None:
    """A folder that cannot be written is a setting to mend."""
    (tmp_path / "file").write_text("")
    server = PrivateMongod(mongod_binary, tmp_path / "file" / "mongo")
    with pytest.raises(SettingError, match="TRACKLINK_DATA: cannot write to"):
        await server.start()


async def test_mongo_starts_and_stops_it(mongod_binary: Path, tmp_path: Path) -> None:
    """Without MONGODB_URI a Mongo brings its own mongod and takes it along when it closes."""
    mongo = Mongo(load(_env_file=None, mongod=mongod_binary, tracklink_data=tmp_path))
    await mongo.open()
    assert mongo.private
    assert await mongo.ping() < 1
    assert mongo._embedded is not None
    pid = mongo._embedded.pid
    assert lives(pid)
    await mongo.close()
    assert not lives(pid)
