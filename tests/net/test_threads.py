from __future__ import annotations

import asyncio
import subprocess
import sys
import threading

import pytest

from bot.errors import NotFound, Service
from bot.net.threads import ClientThreads

GONE = NotFound(Service.SPOTIFY_API, "404")
HANGS = """
import asyncio, threading
from bot.net.threads import ClientThreads

async def main():
    workers = ClientThreads(object, width=1, name="test")
    try:
        await asyncio.wait_for(workers.run(lambda _: threading.Event().wait()), 0.01)
    except TimeoutError:
        workers.close()

asyncio.run(main())
"""


async def test_each_thread_has_a_client_of_its_own() -> None:
    """Two calls at once never share a client, and a client is made once."""
    meeting = threading.Barrier(2, timeout=10)
    made: list[object] = []

    def make() -> object:
        made.append(object())
        return made[-1]

    def work(client: object) -> object:
        meeting.wait()
        return client

    workers = ClientThreads(make, width=2, name="test")
    first = await asyncio.gather(workers.run(work), workers.run(work))
    second = await asyncio.gather(workers.run(work), workers.run(work))
    workers.close()

    assert set(made) == set(first) == set(second)
    assert 2 == len(made)


async def test_an_error_in_a_worker_reaches_the_caller() -> None:
    """What a client raises is raised where it was asked."""

    def work(_: str) -> None:
        raise GONE

    workers = ClientThreads(lambda: "client", width=1, name="test")
    with pytest.raises(NotFound):
        await workers.run(work)
    workers.close()


def test_a_thread_that_hangs_does_not_keep_the_process() -> None:
    """A stop is a stop, whatever the libraries still wait for."""
    subprocess.run([sys.executable, "-c", HANGS], check=True, timeout=20)


async def test_what_was_given_up_is_not_begun() -> None:
    """Work whose caller has gone leaves its place to the next."""
    begun: list[str] = []
    enough = threading.Event()
    workers = ClientThreads(lambda: "client", width=1, name="test")
    first = asyncio.create_task(workers.run(lambda _: enough.wait(timeout=10)))
    await asyncio.sleep(0)
    second = asyncio.create_task(workers.run(lambda _: begun.append("second")))
    await asyncio.sleep(0)
    second.cancel()
    await asyncio.gather(second, return_exceptions=True)
    enough.set()
    await first
    await workers.run(lambda _: begun.append("third"))
    workers.close()

    assert ["third"] == begun


async def test_its_threads_end_when_it_is_closed() -> None:
    """All of them, however many were started."""
    meeting = threading.Barrier(3, timeout=10)
    workers = ClientThreads(lambda: "client", width=4, name="closing")
    await asyncio.gather(*(workers.run(lambda _: meeting.wait()) for _ in range(3)))
    threads = [each for each in threading.enumerate() if each.name == "closing"]
    workers.close()

    for thread in threads:
        await asyncio.to_thread(thread.join, 10)
    assert [False] * 3 == [each.is_alive() for each in threads]


async def test_ended_threads_take_nothing() -> None:
    """What nobody will do must not be waited for."""
    workers = ClientThreads(object, width=1, name="test")
    workers.close()
    with pytest.raises(RuntimeError, match="have ended"):
        await workers.run(lambda _: None)
