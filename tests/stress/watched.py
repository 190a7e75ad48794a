"""The bot as ever, with a watchdog on its event loop.

On SIGUSR1 it writes how many tasks it has into the file `tasks`. The file `held` gets a line for
each time that the loop came late, by the wall clock, which counts what other processes and threads
took from it, and for each of its steps, and each run of the garbage collector, that took long, by
the processor time of its own thread.
"""

from __future__ import annotations

import asyncio
import gc
import signal
import time
from asyncio import events
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.cli import main

if TYPE_CHECKING:
    from collections.abc import Coroutine

BEAT_S = 0.02
HELD_S = 0.02  # less is not worth a line


def tell(*_: object) -> None:
    Path("tasks").write_text(str(len(asyncio.all_tasks())))


def note(kind: str, seconds: float, about: str = "") -> None:
    if seconds >= HELD_S:
        with Path("held").open("a") as file:
            file.write(f"{kind} {seconds * 1000:.0f} {about[:300]}\n")


def watch_steps() -> None:
    """Time each callback that the loop runs; asyncio does so only in its slow debug mode."""
    run = events.Handle._run

    def timed(handle: events.Handle) -> None:
        began = time.thread_time()
        run(handle)
        if (took := time.thread_time() - began) >= HELD_S:
            callback = handle._callback  # type: ignore[attr-defined]
            note("step", took, repr(getattr(callback, "__self__", handle)))

    events.Handle._run = timed  # type: ignore[assignment,method-assign]


def watch_collections() -> None:
    """Time the collector, which stops all threads and belongs to none of them."""
    began = 0.0

    def timed(phase: str, about: dict[str, int]) -> None:
        nonlocal began
        if phase == "start":
            began = time.thread_time()
        else:
            note("collector", time.thread_time() - began, str(about))

    gc.callbacks.append(timed)


async def beaten(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """Run it beside a heart that notes when it beats late."""
    loop = asyncio.get_running_loop()

    def beat(due: float) -> None:
        note("late", loop.time() - due)
        due = loop.time() + BEAT_S
        loop.call_at(due, beat, due)

    beat(loop.time())
    return await coroutine


if __name__ == "__main__":
    signal.signal(signal.SIGUSR1, tell)
    watch_steps()
    watch_collections()
    run = asyncio.run
    asyncio.run = lambda work, **options: run(beaten(work), **options)
    main()
