from __future__ import annotations

import asyncio
import subprocess
import sys
import threading

import pytest

from bot.errors import NotFound, Service, Unavailable
from bot.net.threads import ClientThreads

SPOTIFY = Service.SPOTIFY_API
GONE = NotFound(SPOTIFY, "404")
HANGS = """
import asyncio, threading
from bot.errors import Service
from bot.net.threads import ClientThreads

async def main():
    workers = ClientThreads(object, width=1, service=Service.SPOTIFY_API)
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

    workers = ClientThreads(make, width=2, service=SPOTIFY)
    first = await asyncio.gather(workers.run(work), workers.run(work))
    second = await asyncio.gather(workers.run(work), workers.run(work))
    workers.close()

    assert set(made) == set(first) == set(second)
    assert 2 == len(made)


async def test_an_error_in_a_worker_reaches_the_caller() -> None:
    """What a client raises is raised where it was asked."""

    def work(_: str) -> None:
        raise GONE

    workers = ClientThreads(lambda: "client", width=1, service=SPOTIFY)
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
    workers = ClientThreads(lambda: "client", width=1, service=SPOTIFY)
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
    workers = ClientThreads(lambda: "client", width=4, service=SPOTIFY)
    await asyncio.gather(*(workers.run(lambda _: meeting.wait()) for _ in range(3)))
    threads = [each for each in threading.enumerate() if each.name == SPOTIFY]
    workers.close()

    for thread in threads:
        await asyncio.to_thread(thread.join, 10)
    assert [False] * 3 == [each.is_alive() for each in threads]


async def test_ended_threads_take_nothing() -> None:
    """What nobody will do must not be waited for."""
    workers = ClientThreads(object, width=1, service=SPOTIFY)
    workers.close()
    with pytest.raises(RuntimeError, match="have ended"):
        await workers.run(lambda _: None)


class Starved:
    """A system that has no thread to give until it is told to."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.gives = False
        start = threading.Thread.start

        def starved(thread: threading.Thread) -> None:
            if thread.name == SPOTIFY and not self.gives:
                raise RuntimeError("can't start new thread")
            start(thread)

        monkeypatch.setattr(threading.Thread, "start", starved)


async def test_threads_that_could_not_start_start_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """What finds no thread is told so at once, and what comes after the pressure is done."""
    system = Starved(monkeypatch)
    workers = ClientThreads(lambda: "client", width=2, service=SPOTIFY)
    for _ in range(3):
        with pytest.raises(Unavailable, match="no thread"):
            await workers.run(lambda client: client)
    system.gives = True
    assert "client" == await asyncio.wait_for(workers.run(lambda client: client), 5)
    workers.close()


async def test_threads_that_there_are_do_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """With one thread running, work waits for it while the system gives no second."""
    system = Starved(monkeypatch)
    system.gives = True
    workers = ClientThreads(lambda: "client", width=2, service=SPOTIFY)
    enough = threading.Event()
    first = asyncio.create_task(workers.run(lambda _: enough.wait(timeout=10)))
    await asyncio.sleep(0)
    system.gives = False
    second = asyncio.create_task(workers.run(lambda client: client))
    await asyncio.sleep(0)
    enough.set()
    assert await asyncio.wait_for(first, 5)
    assert "client" == await asyncio.wait_for(second, 5)
    workers.close()


async def test_work_that_no_thread_began_does_not_keep_threads_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """After the pressure as many calls go at once as before it, one thread for each."""
    width = 4
    system = Starved(monkeypatch)
    system.gives = True
    workers = ClientThreads(lambda: "client", width=width, service=SPOTIFY)
    enough = threading.Event()
    calls = [asyncio.create_task(workers.run(lambda _: str(enough.wait(timeout=10))))]
    await asyncio.sleep(0)
    system.gives = False
    calls += [asyncio.create_task(workers.run(lambda client: client)) for _ in range(5 * width)]
    await asyncio.sleep(0)
    enough.set()
    await asyncio.wait_for(asyncio.gather(*calls), 5)

    system.gives = True
    meeting = threading.Barrier(width, timeout=2)
    together = (workers.run(lambda _: meeting.wait()) for _ in range(width))
    assert set(range(width)) == set(await asyncio.gather(*together))
    workers.close()
