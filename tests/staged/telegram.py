"""The Telegram in memory as tests need it: it records, it fails when told, and it has groups.

What it refuses and what it makes of a message is the core's alone.
"""

from __future__ import annotations

import time
from collections import defaultdict, deque
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Any

from bot.clock import Clock, utc_now
from bot.sandbox.telegram import core
from bot.sandbox.telegram.core import TOKEN, WAIT_S, marked
from bot.sandbox.telegram.errors import ApiError
from bot.sandbox.telegram.params import decode
from bot.sandbox.telegram.state import Chat, Message, Upload, User, photo_size
from bot.sandbox.telegram.texts import detect
from tests.staged.faults import NoAnswer, NoResult, RawAnswer, too_many
from tests.staged.groups import GROUP_METHODS, Group, Groups, member

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from bot.sandbox.telegram.entities import Entity
    from bot.sandbox.telegram.params import Params

METHODS = core.METHODS | GROUP_METHODS
GROUP_WINDOW_S = 60.0  # https://core.telegram.org/bots/faq: 20 messages a minute in a group
ANY = "*"
COUNTED = frozenset(
    {"sendmessage", "senddocument", "sendphoto"}
    | {"editmessagetext", "editmessagecaption", "editmessagereplymarkup"}
)


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


class Telegram(core.Telegram):
    """All chats of one bot.

    `calls` keeps every call of the bot but getUpdates, in order. `group_limit` is how many messages
    a minute a group takes, None for no limit. With `privacy` the bot hears in groups only what is
    meant for it, as BotFather sets it up.
    """

    def __init__(
        self,
        *,
        token: str = TOKEN,
        timer: Callable[[], float] = time.monotonic,
        clock: Clock = utc_now,
        first_id: int = 1,
        group_limit: int | None = None,
        privacy: bool = False,
    ) -> None:
        super().__init__(token=token, timer=timer, clock=clock, first_id=first_id, methods=METHODS)
        self.world.privacy = privacy
        self.groups = Groups(self.world)
        self.group_limit = group_limit
        self.calls: list[Call] = []
        self._faults: dict[str, deque[Fault]] = defaultdict(deque)
        self._sent_at: dict[int, deque[float]] = defaultdict(deque)

    @property
    def violations(self) -> list[str]:
        """What Telegram lets pass but shows otherwise than it was sent: tests want it empty."""
        return self.world.violations

    async def call(
        self, method: str, params: Mapping[str, Any], files: Mapping[str, Upload] | None = None
    ) -> Any:
        """As in the core; raises what a fault puts in the place of a result."""
        if method.lower() == "getupdates":
            if waiting := self._faults[method.lower()]:
                raise waiting.popleft().error
            return await super().call(method, params)
        call = Call(method, dict(params), dict(files or {}), self.world.timer())
        self.calls.append(call)
        try:
            call.result = await self._answer(call)
        except (ApiError, RawAnswer, NoAnswer) as error:
            call.error = error
            raise
        finally:
            self.world.changes.tell()
        return call.result

    def fail(self, method: str, *errors: NoResult, applied: bool = False) -> None:
        """Let the next calls of a method (`*`: of any but getUpdates) meet these errors, one each.

        With `applied` the call takes effect first: only its answer is lost.
        """
        self._faults[method.lower()].extend(Fault(error, applied) for error in errors)

    def calls_of(self, *methods: str) -> list[Call]:
        return [call for call in self.calls if call.method in methods]

    async def message(
        self, chat: User | Chat, check: Callable[[Message], bool], timeout_s: float = WAIT_S
    ) -> Message:
        """The newest message of the bot that fulfils `check`. Raises TimeoutError."""
        return await self.until(
            lambda: next(filter(check, reversed(self.sent(chat))), None), timeout_s
        )

    def sent(self, chat: User | Chat) -> list[Message]:
        """The bot's own messages of a chat as they stand, oldest first."""
        return [m for m in self.messages(chat) if m["from"]["id"] == self.world.bot.id]

    def group(self, title: str, members: Iterable[User], *, basic: bool = False) -> Group:
        """A new group with the bot in it; the first member owns it. `basic`: no supergroup yet."""
        return self.groups.found(title, members, basic=basic)

    def send_text(  # one option for each thing a client can add
        self,
        user: User,
        text: str,
        *,
        chat: Chat | None = None,
        entities: list[Entity] | None = None,
        reply_to: Message | None = None,
        forward_from: User | None = None,
    ) -> Message:
        """A person's message. Links and commands are marked unless `entities` are given."""
        content: dict[str, Any] = marked(text) if entities is None else {"text": text}
        if entities:
            content["entities"] = entities
        if reply_to:
            content["reply_to_message"] = reply_to
        if forward_from:
            origin = {"type": "user", "date": self.world.now()}
            content["forward_origin"] = origin | {"sender_user": forward_from.to_api()}
        return self.say(user, content, chat)

    def send_file(
        self,
        user: User,
        name: str,
        content: bytes,
        *,
        chat: Chat | None = None,
        mime: str | None = None,
        caption: str = "",
    ) -> Message:
        """A person's document, with an optional caption."""
        document = self.world.files.add(Upload(name, content, mime))
        return self.say(user, {"document": document} | _caption(caption), chat)

    def send_photo(self, user: User, *, caption: str = "", chat: Chat | None = None) -> Message:
        """A person's picture, with an optional caption."""
        file = self.world.files.add(Upload("photo.jpg", b"\xff\xd8\xff\xd9"))
        return self.say(user, {"photo": [photo_size(file)]} | _caption(caption), chat)

    def edit_text(self, message: Message, text: str) -> Message:
        """A person changes the text of a message of theirs."""
        chat = self.world.chats[message["chat"]["id"]]
        edited = self.world.replace(chat, message, {"entities": None} | marked(text))
        self.world.updates.add("edited_message", edited)
        return edited

    def block(self, chat: User | Chat, *, blocked: bool = True) -> None:
        """A person blocks the bot, or a group throws it out; or lets it in again."""
        place = self.chat(chat)
        place.blocked = blocked
        states = [member(self.world.bot, status) for status in ("member", "kicked")]
        change = {
            "chat": place.to_api(),
            "from": next(iter(place.members.values())).to_api(),
            "date": self.world.now(),
            "old_chat_member": states[not blocked],
            "new_chat_member": states[blocked],
        }
        self.world.updates.add("my_chat_member", change)

    def repeat(self, update: dict[str, Any]) -> None:
        """Deliver an update once more, as Telegram does when a confirmation got lost."""
        self.world.updates.pending.insert(0, update)
        self.world.changes.tell()

    async def _answer(self, call: Call) -> Any:
        fault = self._next_fault(call.method)
        if fault and not fault.applied:
            raise fault.error
        call.params = decode(call.params)
        self._hold_back(call)
        result = await super().call(call.method, call.params, call.files)
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


def _caption(caption: str) -> dict[str, Any]:
    return {"caption": caption, "caption_entities": detect(caption)} if caption else {}
