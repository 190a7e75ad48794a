"""haproxy as the fault injector: between the bot and a service, or before its replicas.

Each way has a port of its own and an entry in a map that is changed at run time over the stats
socket: what happens to its requests from now on.
"""

from __future__ import annotations

import asyncio
import shutil
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from bot.storage.private_mongod_process import listens
from tests.e2e.process import free_port
from tests.stress.rig import eventually

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence
    from pathlib import Path

CHECK_MS = 200
START_S = 10.0


class Fault(StrEnum):
    NONE = "none"
    TOO_MANY = "429"
    ERROR = "500"
    HTML = "502"
    DELAY = "delay"
    DROP = "drop"
    RESET = "reset"


def installed() -> str | None:
    return shutil.which("haproxy") or shutil.which("/usr/sbin/haproxy")


def missing() -> str | None:
    """Why nothing can be put behind haproxy on this machine."""
    return None if installed() else "haproxy is not installed (Debian: apt-get install haproxy)"


@dataclass(frozen=True, slots=True)
class Haproxy:
    """`ways` are the addresses by name; `folder` holds its files."""

    folder: Path
    ways: Mapping[str, str]

    async def set(self, way: str, fault: Fault) -> None:
        reader, writer = await asyncio.open_unix_connection(str(self.folder / "stats"))
        writer.write(f"set map {self.folder / 'faults'} {way} {fault}\n".encode())
        await writer.drain()
        await reader.read()
        writer.close()
        await writer.wait_closed()


@asynccontextmanager
async def haproxy(
    folder: Path,
    ways: Mapping[str, Sequence[int]],
    rules: Mapping[str, Sequence[str]] | None = None,
) -> AsyncIterator[Haproxy]:
    """Each way leads to the ports behind it, those that answer /ready where there are several.

    `rules` are lines of haproxy's own for the requests of a way.
    """
    ports = {name: free_port() for name in ways}
    _prepare(folder, ways, ports, rules or {})
    program = installed()
    assert program, missing()
    with (folder / "log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            program, "-db", "-f", str(folder / "config"), stdout=log, stderr=log
        )

    async def up() -> bool:
        return all(map(listens, ports.values()))

    try:
        assert await eventually(up, START_S), (folder / "log").read_text()
        yield Haproxy(folder, {name: f"http://127.0.0.1:{port}" for name, port in ports.items()})
    finally:
        process.kill()
        await process.wait()


def _prepare(
    folder: Path,
    ways: Mapping[str, Sequence[int]],
    ports: Mapping[str, int],
    rules: Mapping[str, Sequence[str]],
) -> None:
    folder.mkdir()
    (folder / "faults").write_text("".join(f"{name} {Fault.NONE}\n" for name in ways))
    parts = [
        _way(folder, name, ports[name], behind, rules.get(name, ()))
        for name, behind in ways.items()
    ]
    (folder / "config").write_text("\n".join([HEAD.format(folder=folder), *parts]))


HEAD = """
global
  stats socket {folder}/stats level admin
  maxconn 2000
defaults
  mode http
  timeout connect 2s
  timeout client 60s
  timeout server 60s
  retries 3
  option redispatch
"""
WAY = """
frontend {name}
  bind 127.0.0.1:{port}
  tcp-request inspect-delay 3s
  tcp-request content accept if !{{ str({name}),map({folder}/faults) -m str delay }}
  tcp-request content accept if WAIT_END
  http-request set-var(txn.fault) str({name}),map({folder}/faults)
  acl limited var(txn.fault) -m str 429
  acl broken var(txn.fault) -m str 500
  acl page var(txn.fault) -m str 502
  acl dropped var(txn.fault) -m str drop
  acl thrown var(txn.fault) -m str reset
  http-request return status 429 content-type application/json hdr Retry-After 1 string '{many}' \
if limited
  http-request return status 500 content-type application/json string '{error}' if broken
  http-request return status 502 content-type text/html string '<html>Bad Gateway</html>' if page
  http-request silent-drop if dropped
  http-request reject if thrown
{rules}
  default_backend {name}
backend {name}
{servers}
"""
# As Telegram says it; other services are told by the status and the header alone.
MANY = (
    '{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 1",'
    '"parameters":{"retry_after":1}}'
)
ERROR = '{"ok":false,"error_code":500,"description":"Internal Server Error"}'


def _way(folder: Path, name: str, port: int, behind: Sequence[int], rules: Sequence[str]) -> str:
    check = f" check inter {CHECK_MS}" if len(behind) > 1 else ""
    lines = ["  option httpchk GET /ready"] if check else []
    lines += [f"  server s{port} 127.0.0.1:{port}{check}" for port in behind]
    return WAY.format(
        name=name,
        port=port,
        folder=folder,
        servers="\n".join(lines),
        rules="\n".join(f"  {rule}" for rule in rules),
        many=MANY,
        error=ERROR,
    )
