"""How updates are polled so that a crash loses none.

The next getUpdates tells Telegram that the last updates arrived, and it forgets them. So it is
held back until they are handled: stored as jobs, or answered.
"""

from __future__ import annotations

import asyncio
import json
import time
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import structlog
from telegram import Update
from telegram.error import Conflict
from telegram.request import BaseRequest

from bot.clock import Timing
from bot.errors import ChatBusy

if TYPE_CHECKING:
    from collections.abc import Callable

    from telegram.error import TelegramError
    from telegram.ext import BaseUpdateProcessor

log = structlog.get_logger()

SILENT_S = 75.0  # an empty poll is answered after 30 s; then 20 s for the next and 25 s for faults


class Polling(BaseRequest):
    """The way to Telegram for getUpdates alone. It also knows when Telegram last answered one.

    `undecided`: an update waits for the lease of a process that may have died with it (see
    bot.telegram.update_processor); if this one died as well, only Telegram would still have it.
    """

    def __init__(
        self,
        request: BaseRequest,
        queue: asyncio.Queue[object],
        processor: BaseUpdateProcessor,
        *,
        undecided: Callable[[], bool] = lambda: False,
        timer: Callable[[], float] = time.monotonic,
        timing: Timing = Timing(),
    ) -> None:
        self._request = request
        self._queue = queue
        self._processor = processor
        self._undecided = undecided
        self._timer = timer
        self._timing = timing
        self._answered_at = timer()

    @property
    def read_timeout(self) -> float | None:
        return self._request.read_timeout

    async def initialize(self) -> None:
        await self._request.initialize()

    async def shutdown(self) -> None:
        await self._request.shutdown()

    async def do_request(self, *arguments: Any, **options: Any) -> tuple[int, bytes]:
        await self._handled()
        status, payload = await self._request.do_request(*arguments, **options)
        if status == HTTPStatus.OK:
            self._answered_at = self._timer()
            payload = readable(payload)
        return status, payload

    async def ping(self) -> None:
        """Raises ChatBusy when Telegram has answered no getUpdates for `SILENT_S`."""
        if self._timer() - self._answered_at > SILENT_S:
            raise ChatBusy(f"no getUpdates was answered for {SILENT_S:.0f} s")

    async def _handled(self) -> None:
        """Wait for the handlers, and, however long, for room: what they can't take stays there."""
        try:
            async with asyncio.timeout(self._timing.handled_s):
                await self._queue.join()
        except TimeoutError:
            most = self._processor.max_concurrent_updates
            while self._undecided() or self._processor.current_concurrent_updates >= most:  # noqa: ASYNC110 - it tells nobody
                await asyncio.sleep(self._timing.room_asked_every_s)


def readable(payload: bytes) -> bytes:
    """An answer to getUpdates, with empty updates in place of those that the library cannot read.

    One of these would end the polling for good, or come again and again.
    """
    try:
        answer = json.loads(payload)
        kept = [
            each if _can_be_read(each) else {"update_id": each["update_id"]}
            for each in answer["result"]
        ]
    except (ValueError, LookupError, TypeError, RecursionError):
        return payload  # no updates: the library says what is wrong with it
    return payload if kept == answer["result"] else json.dumps({**answer, "result": kept}).encode()


def _can_be_read(update: Any) -> bool:
    try:
        Update.de_json(update, None)
    except Exception as error:  # noqa: BLE001 - whatever a constructor trips over
        log.error("an update cannot be read", error=type(error).__name__)  # noqa: TRY400 - the trace would quote the message
        return False
    return True


def on_poll_error(error: TelegramError) -> None:
    """python-telegram-bot polls again after a while; a traceback would say no more."""
    if isinstance(error, Conflict):
        log.warning("another process polls with this token", reason=error.message)
    else:
        log.warning("updates not polled", reason=error.message, kind=type(error).__name__)
