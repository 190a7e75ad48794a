"""Where the bot's calls come in: recorded, held back by limits, and met by faults."""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Any, Protocol

from bot.sandbox.telegram.answers import ANSWERS
from bot.sandbox.telegram.errors import NoResult, not_found, too_many
from bot.sandbox.telegram.params import Params, decode
from bot.sandbox.telegram.sending import SENDING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.sandbox.telegram.state import Upload
    from bot.sandbox.telegram.world import World

GROUP_WINDOW_S = 60.0  # https://core.telegram.org/bots/faq: 20 messages a minute in a group
ANY = "*"
COUNTED = frozenset(
    {"sendmessage", "senddocument", "sendphoto"}
    | {"editmessagetext", "editmessagecaption", "editmessagereplymarkup"}
)


class Method(Protocol):
    def __call__(self, world: World, params: Params, files: Mapping[str, Upload], /) -> Any: ...


METHODS: dict[str, Method] = {
    name.lower(): method for table in (SENDING, ANSWERS) for name, method in table.items()
}


@dataclass(slots=True)
class Call:
    """One call of the bot. `at` is in seconds of the timer; `error` is set where it failed."""

    method: str
    params: Params
    files: dict[str, Upload]
    at: float
    result: Any = None
    error: NoResult | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """What one call gets instead of its answer; with `applied`, after it took effect."""

    error: NoResult
    applied: bool = False


class Gate:
    """Every call of the bot. `calls` keeps them in order, all but getUpdates."""

    def __init__(self, world: World, *, group_limit: int | None) -> None:
        self.world = world
        self.group_limit = group_limit
        self.calls: list[Call] = []
        self._faults: dict[str, deque[Fault]] = defaultdict(deque)
        self._sent_at: dict[int, deque[float]] = defaultdict(deque)

    async def call(
        self, method: str, params: Mapping[str, Any], files: Mapping[str, Upload] | None
    ) -> Any:
        if method.lower() == "getupdates":
            return await self._updates(method, params)
        call = Call(method, dict(params), dict(files or {}), self.world.timer())
        self.calls.append(call)
        try:
            call.result = self._answer(call)
        except NoResult as error:
            call.error = error
            raise
        finally:
            self.world.changes.tell()
        return call.result

    def fail(self, method: str, *errors: NoResult, applied: bool = False) -> None:
        self._faults[method.lower()].extend(Fault(error, applied) for error in errors)

    async def _updates(self, method: str, params: Mapping[str, Any]) -> Any:
        if waiting := self._faults[method.lower()]:
            raise waiting.popleft().error
        return await self.world.updates.get(decode(params))

    def _answer(self, call: Call) -> Any:
        fault = self._next_fault(call.method)
        if fault and not fault.applied:
            raise fault.error
        call.params = decode(call.params)
        handler = METHODS.get(call.method.lower())
        if handler is None:
            raise not_found()
        self._hold_back(call)
        result = handler(self.world, call.params, call.files)
        if fault:
            raise fault.error
        return result

    def _next_fault(self, method: str) -> Fault | None:
        for name in (method.lower(), ANY):
            if self._faults[name]:
                return self._faults[name].popleft()
        return None

    def _hold_back(self, call: Call) -> None:
        chat_id = call.params.get("chat_id")
        is_counted = call.method.lower() in COUNTED and isinstance(chat_id, int) and chat_id < 0
        if self.group_limit is None or chat_id is None or not is_counted:
            return
        sent = self._sent_at[chat_id]
        while sent and call.at - sent[0] >= GROUP_WINDOW_S:
            sent.popleft()
        if len(sent) >= self.group_limit:
            raise too_many(ceil(sent[0] + GROUP_WINDOW_S - call.at))
        sent.append(call.at)
