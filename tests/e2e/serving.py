"""Runs the stand-in services: in a thread of a test, or as a process of their own.

`python -m tests.e2e.serving --playlist big=5000 --delay youtube_music=0.3` prints one line of JSON
with the addresses, by the names of the bot's settings, and runs until it is terminated.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import uvicorn

from tests.e2e import worlds
from tests.e2e.recorded import Recorded
from tests.e2e.services import SETTINGS, Loopback
from tests.e2e.wire import Wire

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

START_S = 20.0  # until a process has made its world and says where it listens
KEEP_ALIVE_S = 75  # the real services keep connections at least that long


@contextmanager
def serve(loopback: Loopback) -> Iterator[Loopback]:
    """The services in a thread, at `loopback.addresses`, until the block ends."""
    server, sockets = _server(loopback)
    thread = threading.Thread(target=_run, args=(server, sockets), daemon=True)
    thread.start()
    try:
        yield loopback
    finally:
        server.should_exit = server.force_exit = True
        thread.join()


@contextmanager
def spawn(*arguments: str) -> Iterator[dict[str, str]]:
    """The services as a process; its addresses by the names of the bot's settings."""
    command = [sys.executable, "-m", "tests.e2e.serving", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        addresses = process.stdout.readline()
        if not addresses:
            raise RuntimeError("the loopback services did not start; the reason is above")
        yield json.loads(addresses)
    finally:
        process.terminate()
        process.wait(START_S)
        if process.stdout:
            process.stdout.close()


def main(arguments: Sequence[str] | None = None) -> None:
    options = _parser().parse_args(arguments)
    listings = [worlds.playlist(name, int(size)) for name, size in options.playlist]
    listings += [worlds.album(name, int(size)) for name, size in options.album]
    loopback = Loopback(
        world=worlds.world(listings),
        recorded=Recorded() if options.recorded else None,
        restricted=options.restricted,
        delays={name: float(seconds) for name, seconds in options.delay},
    )
    server, sockets = _server(loopback)
    print(json.dumps(loopback.addresses), flush=True)
    _run(server, sockets)


def _parser() -> argparse.ArgumentParser:
    def pair(text: str) -> list[str]:
        return text.split("=", 1)

    parser = argparse.ArgumentParser(prog="tests.e2e.serving", description=__doc__)
    for name in ("playlist", "album", "delay"):
        parser.add_argument(f"--{name}", type=pair, action="append", default=[], metavar="NAME=N")
    parser.add_argument("--restricted", action="store_true", help="as an app made since 2026-02-11")
    parser.add_argument("--recorded", action="store_true", help="also the recorded real answers")
    return parser


def prompt(listening: socket.socket) -> socket.socket:
    """Send at once on all its connections.

    asyncio does so only for sockets that name their protocol; the others hold back the end of an
    answer until the beginning is acknowledged, up to 40 ms later.
    """
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


def _server(loopback: Loopback) -> tuple[uvicorn.Server, list[socket.socket]]:
    sockets = [prompt(socket.create_server(("127.0.0.1", 0), backlog=512)) for _ in SETTINGS]
    ports = [sock.getsockname()[1] for sock in sockets]
    loopback.listen(dict(zip(ports, SETTINGS, strict=True)))
    config = uvicorn.Config(
        Wire(loopback),
        log_level="critical",
        lifespan="off",
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=0,
    )
    return uvicorn.Server(config), sockets


def _run(server: uvicorn.Server, sockets: list[socket.socket]) -> None:
    sys.settrace(None)  # coverage is for the bot: traced, its services take twice as long
    asyncio.run(_serve(server, sockets))


async def _serve(server: uvicorn.Server, sockets: list[socket.socket]) -> None:
    await server.serve(sockets=sockets)
    await let_go(server)


async def let_go(server: uvicorn.Server) -> None:
    """Close what a server that was not to wait has left open: answers that were held back."""
    held = list(server.server_state.tasks)
    for task in held:
        task.cancel()
    await asyncio.gather(*held, return_exceptions=True)
    for connection in list(server.server_state.connections):
        if connection.transport:
            connection.transport.abort()
    await asyncio.sleep(0.01)  # they are closed in the loop's next turns


if __name__ == "__main__":
    main()
