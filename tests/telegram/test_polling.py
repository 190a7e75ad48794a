"""Polling: what was brought is handled before it is confirmed, and what can't be taken waits."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import structlog
from telegram.error import Conflict, TimedOut
from telegram.ext import SimpleUpdateProcessor
from telegram.request import BaseRequest

from bot.clock import Timing
from bot.errors import ChatBusy
from bot.telegram.polling import SILENT_S, Polling, on_poll_error, readable


class Way(BaseRequest):
    """A way to Telegram that answers at once. `calls` says what it was used for."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.status = 200

    @property
    def read_timeout(self) -> float:
        return 7.0

    async def initialize(self) -> None:
        self.calls.append("initialize")

    async def shutdown(self) -> None:
        self.calls.append("shutdown")

    async def do_request(self, url: str, *_: Any, **__: Any) -> tuple[int, bytes]:
        self.calls.append(url)
        return self.status, b"{}"


class Scene:
    def __init__(self, handled_s: float = 0.01) -> None:
        self.way, self.time = Way(), 0.0
        self.queue: asyncio.Queue[object] = asyncio.Queue()
        self.processor = SimpleUpdateProcessor(2)
        self.undecided = False
        self.polling = Polling(
            self.way,
            self.queue,
            self.processor,
            undecided=lambda: self.undecided,
            timer=lambda: self.time,
            timing=Timing(handled_s=handled_s, room_asked_every_s=0.001),
        )

    def ask(self) -> asyncio.Task[tuple[int, bytes]]:
        return asyncio.create_task(self.polling.do_request("getUpdates"))


@pytest.fixture
def scene() -> Scene:
    return Scene()


async def test_the_next_poll_waits_for_the_handlers() -> None:
    """It confirms what the last one brought, so that is handled before."""
    scene = Scene(handled_s=10.0)
    scene.queue.put_nowait("an update")
    poll = scene.ask()
    await asyncio.wait({poll}, timeout=0.05)
    assert [] == scene.way.calls
    scene.queue.task_done()
    assert (200, b"{}") == await poll


async def test_a_handler_that_waits_long_holds_nobody_up(
    scene: Scene,
) -> None:
    """Other people's updates are polled meanwhile."""
    scene.queue.put_nowait("an update whose chat takes nothing")
    assert (200, b"{}") == await scene.ask()


async def test_updates_that_find_no_room_stay_with_telegram(
    scene: Scene,
) -> None:
    """However long: a queue in memory would grow without end while the store is away."""
    scene.queue.put_nowait("one of many")
    gate = asyncio.Event()
    busy = [asyncio.create_task(scene.processor.process_update(0, gate.wait())) for _ in range(2)]
    await asyncio.sleep(0)
    poll = scene.ask()
    await asyncio.wait({poll}, timeout=0.05)
    assert [] == scene.way.calls
    gate.set()
    await asyncio.gather(*busy)
    assert (200, b"{}") == await poll


async def test_an_update_that_a_dead_process_may_have_stays_with_telegram(
    scene: Scene,
) -> None:
    """It is confirmed when somebody has it for certain."""
    scene.queue.put_nowait("one that is leased elsewhere")
    scene.undecided = True
    poll = scene.ask()
    await asyncio.wait({poll}, timeout=0.05)
    assert [] == scene.way.calls
    scene.undecided = False
    assert (200, b"{}") == await poll


async def test_it_is_well_while_telegram_answers(scene: Scene) -> None:
    """Refusals are no answers: a bot that is told 409 or 502 all the time brings nothing."""
    await scene.polling.ping()
    scene.time = SILENT_S + 1
    scene.way.status = 409
    await scene.ask()
    with pytest.raises(ChatBusy, match="no getUpdates was answered"):
        await scene.polling.ping()
    scene.way.status = 200
    await scene.ask()
    await scene.polling.ping()


async def test_all_else_is_passed_on(scene: Scene) -> None:
    assert 7.0 == scene.polling.read_timeout
    await scene.polling.initialize()
    await scene.polling.shutdown()
    assert ["initialize", "shutdown"] == scene.way.calls


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (Conflict("terminated by other getUpdates"), "another process polls with this token"),
        (TimedOut(), "updates not polled"),
    ],
)
def test_a_failed_poll_is_one_line(error: Any, said: str) -> None:
    with structlog.testing.capture_logs() as logged:
        on_poll_error(error)
    assert [(said, "warning")] == [(line["event"], line["log_level"]) for line in logged]


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        (b"not JSON", b"not JSON"),
        (b'{"ok": false}', b'{"ok": false}'),
        (b'{"ok":true,"result":[{"update_id":5}]}', b'{"ok":true,"result":[{"update_id":5}]}'),
        (
            b'{"ok":true,"result":[{"update_id":5,"message":3}]}',
            b'{"ok": true, "result": [{"update_id": 5}]}',
        ),
        (b'{"ok":true,"result":[3]}', b'{"ok":true,"result":[3]}'),
    ],
)
def test_unreadable_updates_are_emptied(payload: bytes, expected: bytes) -> None:
    """What cannot be read keeps its number, so that it is confirmed and does not come again."""
    assert expected == readable(payload)
