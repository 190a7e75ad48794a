"""Telegram's limits, kept before they are hit.

Each process keeps them for itself. Where several write into one chat at once, Telegram's own 429
says so, and the chat is left alone for as long as it asks; the others go on.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

from aiolimiter import AsyncLimiter
from telegram.error import RetryAfter
from telegram.ext import BaseRateLimiter

from bot.clock import loop_s
from bot.telegram.places import leave_place

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    Answer = bool | dict[str, Any] | list[dict[str, Any]]

# https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this: 30 messages a
# second in all, one a second in a chat with short bursts above it, 20 a minute in a group. A
# limiter of a burst and seconds lets burst + time * burst / seconds through in any span of time.
OVERALL = (5, 0.2)  # 5 + 25 in any second
PRIVATE = (8, 8.0)  # a burst of 8, then one a second
GROUP = (8, 40.0)  # 8 + 12 in any minute
SPARE = 3  # of the overall burst; while calls wait for it, there is never as much
PROGRESS_LEAVES = 4  # of a group's burst, to first and last states
MOST_WAITING = 8  # calls in one chat, those of listings aside, of which each user has one
MOST_ANSWERS = (
    256  # that wait in all chats, of half of what may go on beside the places for updates
)
LONGEST_WAIT_S = 60.0  # a group's 20 messages a minute come back within one
IDLE_AFTER = 256  # chats before the idle ones are looked for

COUNTED = ("send", "editmessage", "copymessage", "forwardmessage")
FREE = frozenset({"sendchataction"})


class Held(RetryAfter):
    """Telegram's 429 for a chat that is held here until it is over: to be tried again at once."""


class Turn(Enum):
    """What a call tells its pacing: that it has waited for its turn already."""

    TAKEN = "taken"


@dataclass(slots=True)
class _Chat:
    limiter: AsyncLimiter
    held_until: float = 0.0  # loop time
    waiting: int = 0

    @property
    def idle(self) -> bool:
        return self.takes(self.limiter.max_rate)

    def takes(self, calls: float = 1) -> bool:
        """Whether so many calls would go at once, as far as this chat is concerned."""
        return not self.waiting and self.held_until <= loop_s() and self.limiter.has_capacity(calls)

    async def come(self) -> None:
        """Wait until this chat takes a call."""
        self.waiting += 1
        try:
            await _held(self)
            if not self.limiter.has_capacity():
                leave_place()
            await self.limiter.acquire()
        finally:
            self.waiting -= 1


@dataclass(slots=True)
class RateLimiter(BaseRateLimiter[Turn]):
    """When each call of the bot may go out.

    Messages and edits wait for their chat and for the overall limit, other calls in a chat (such as
    reactions) for the overall limit only, answers to buttons and inline queries for nothing. A
    message that a person sent through the bot is in no chat that is known, and counts as its own.
    """

    most_answers: int = MOST_ANSWERS
    _chats: dict[int | str, _Chat] = field(default_factory=dict)
    _overall: AsyncLimiter = field(default_factory=lambda: AsyncLimiter(*OVERALL))
    _answers: int = 0  # that wait for their chats
    _sweep_at: int = IDLE_AFTER

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    @property
    def chats(self) -> int:
        """How many chats have a limiter at the moment."""
        return len(self._chats)

    async def turn(self, chat_id: int | str) -> None:
        """Wait until something may be sent there; the call that follows says `Turn.TAKEN`.

        Raises RetryAfter where Telegram asked for a longer wait than is waited.
        """
        chat = self._chat(chat_id)
        await chat.come()
        await self._pass(chat)

    def room(self, chat_id: int | str) -> bool:
        """Whether a state that a newer one will replace may be shown there now.

        Not when it would have to wait, or when first and last states might have to wait for it.
        """
        leaves = PROGRESS_LEAVES if _is_group(chat_id) else 1
        return self._chat(chat_id).takes(leaves) and self._overall.has_capacity()

    @property
    def has_to_spare(self) -> bool:
        """Whether the overall limit has room for what nobody waits for, in no one's way."""
        return self._overall.has_capacity(SPARE)

    async def process_request(  # noqa: PLR0917 - the library's own signature
        self,
        callback: Callable[..., Coroutine[Any, Any, Answer]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: Turn | None,
    ) -> Answer:
        chat_id = data.get("chat_id") or data.get("inline_message_id")
        counted = _is_counted(endpoint.lower())
        if chat_id is not None and not counted:
            await self._overall.acquire()
        elif chat_id is not None and rate_limit_args is not Turn.TAKEN:
            await self._answer(self._chat(chat_id))
        try:
            return await callback(*args, **kwargs)
        except RetryAfter as error:
            if chat_id is None or not counted:
                raise
            self._chat(chat_id).held_until = loop_s() + seconds(error)
            raise Held(error.retry_after) from error

    async def _answer(self, chat: _Chat) -> None:
        """Wait for the turn of a call that a handler makes, unless too many wait already.

        So that nobody fills the memory, or the places of handlers, by writing fast. What only
        waits for the overall limit is no crowd: that is over in a moment, whoever caused it.
        """
        crowd = chat.waiting >= MOST_WAITING or self._answers >= self.most_answers
        if crowd and not chat.takes():
            raise RetryAfter(int(LONGEST_WAIT_S) + 1)
        self._answers += 1
        try:
            await chat.come()
        finally:
            self._answers -= 1
        await self._pass(chat)

    async def _pass(self, chat: _Chat) -> None:
        """Wait for the overall limit, and once more where the chat was held meanwhile."""
        await self._overall.acquire()
        await _held(chat)

    def _chat(self, chat_id: int | str) -> _Chat:
        if chat_id not in self._chats:
            self._drop_idle()
            self._chats[chat_id] = _Chat(AsyncLimiter(*(GROUP if _is_group(chat_id) else PRIVATE)))
        return self._chats[chat_id]

    def _drop_idle(self) -> None:
        """Now and then: as often as the number of chats has doubled."""
        if len(self._chats) < self._sweep_at:
            return
        self._chats = {known: chat for known, chat in self._chats.items() if not chat.idle}
        self._sweep_at = max(IDLE_AFTER, 2 * len(self._chats))


def seconds(error: RetryAfter) -> float:
    """The wait that Telegram asks for, which the library gives as int or as timedelta."""
    wait = error.retry_after
    return float(wait) if isinstance(wait, int) else wait.total_seconds()


async def _held(chat: _Chat) -> None:
    wait = chat.held_until - loop_s()
    if wait > LONGEST_WAIT_S:
        raise RetryAfter(round(wait))
    if wait > 0:
        leave_place()
        await asyncio.sleep(wait)


def _is_counted(method: str) -> bool:
    return method.startswith(COUNTED) and method not in FREE


def _is_group(chat_id: int | str) -> bool:
    """Channels and groups have names or negative ids, messages sent through the bot names."""
    return isinstance(chat_id, str) or chat_id < 0
