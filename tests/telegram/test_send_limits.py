"""Telegram's limits are kept: for each chat, each group, and in all; a 429 holds its own chat."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pytest
import stamina
from telegram.error import RetryAfter

from bot.clock import loop_s
from bot.telegram import send_limits
from bot.telegram.delivery import deliver
from bot.telegram.send_limits import RateLimiter, Turn
from tests.e2e import worlds
from tests.staged import telegram as gate
from tests.telegram.conftest import CUT_OFF, QUICK

if TYPE_CHECKING:
    from bot.sandbox.telegram.state import User
    from tests.e2e.live import LiveBot
    from tests.e2e.services import Loopback

ALICE, FRIENDS, INLINE = 501, -1001000000001, "AgAAAInlineMessage"
ROAD_TRIP = f"https://open.spotify.com/playlist/{worlds.playlist_id('Road trip')}"
LONG_DRIVE = f"https://open.spotify.com/playlist/{worlds.playlist_id('Long drive')}"
TRACK = "https://open.spotify.com/track/sampleTrackPaperMoth01"
PROMPTLY_S = 12.0  # on a busy machine
START = 1000.0
TICK_S = 1e-7  # time passes also while something is done


@dataclass
class Wire:
    """Where the calls come out, each with its time; `refuse` is what the next one meets."""

    at: list[tuple[Any, float]] = field(default_factory=list)
    refuse: RetryAfter | None = None

    async def __call__(self, chat_id: Any) -> bool:
        if self.refuse:
            refused, self.refuse = self.refuse, None
            raise refused
        self.at.append((chat_id, asyncio.get_running_loop().time() - START))
        return True

    def times(self, chat_id: Any) -> list[float]:
        return [round(at, 3) for known, at in self.at if known == chat_id]


class Hurry(asyncio.DefaultEventLoopPolicy):
    """Loops whose time jumps over every wait, so that a minute takes a moment."""

    def new_event_loop(self) -> asyncio.AbstractEventLoop:
        loop = super().new_event_loop()
        passed = START

        def time() -> float:
            return passed

        select = loop._selector.select  # type: ignore[attr-defined]  # how a loop waits

        def jump(timeout: float | None = None) -> Any:
            nonlocal passed
            passed += timeout or TICK_S
            return select(0)

        loop.time = time  # type: ignore[method-assign]
        loop._selector.select = jump  # type: ignore[attr-defined]
        return loop


@pytest.fixture
def hurry(monkeypatch: pytest.MonkeyPatch) -> Hurry:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")  # as the Application has it
    return Hurry()


def run(hurry: Hurry, scene: Any) -> None:
    loop = hurry.new_event_loop()
    try:
        loop.run_until_complete(scene)
    finally:
        loop.close()


async def call(
    pace: RateLimiter,
    wire: Wire,
    chat_id: Any,
    method: str = "sendMessage",
    turn: Turn | None = None,
) -> Any:
    name = "inline_message_id" if chat_id == INLINE else "chat_id"
    data = {} if chat_id is None else {name: chat_id}
    return await pace.process_request(wire, (chat_id,), {}, method, data, turn)


def busiest(times: list[float], span: float) -> int:
    """The most calls in any span of so many seconds."""
    return max(sum(start <= at < start + span for at in times) for start in times)


@pytest.mark.parametrize(
    ("chat_id", "most", "span", "all_after"),
    [(ALICE, 8 + 10, 10.0, 32.0), (FRIENDS, 20, 60.0, 160.0), ("@channel", 20, 60.0, 160.0)],
)
def test_a_chat_gets_no_more_than_telegram_allows(
    hurry: Hurry, chat_id: Any, most: int, span: float, all_after: float
) -> None:
    """One a second behind a short burst in private, 20 in any minute in a group, edits included."""

    async def scene() -> None:
        pace, wire = RateLimiter(), Wire()
        for number in range(40):
            await pace.turn(chat_id)
            method = "editMessageText" if number % 2 else "sendMessage"
            await call(pace, wire, chat_id, method, Turn.TAKEN)
        times = wire.times(chat_id)
        assert 40 == len(times)
        assert busiest(times, span) <= most
        assert times[-1] == pytest.approx(all_after, abs=2.0)

    run(hurry, scene())


def test_all_chats_together(hurry: Hurry) -> None:
    """No second sees more than 30 calls, whatever they are, if they are made in a chat.

    What a person sent through the bot is in one as well.
    """

    async def scene() -> None:
        pace, wire = RateLimiter(), Wire()
        methods = ("sendMessage", "setMessageReaction", "sendChatAction", "sendDocument")
        chats = (call(pace, wire, chat, methods[chat % 4]) for chat in range(1, 301))
        edits = (call(pace, wire, INLINE, "editMessageText") for _ in range(8))
        await asyncio.gather(*edits, *chats)
        times = sorted(at for _, at in wire.at)
        assert busiest(times, 1.0) <= 30
        assert times[-1] == pytest.approx(308 / 25, abs=0.5)

    run(hurry, scene())


def test_answers_to_taps_are_never_held(hurry: Hurry) -> None:
    """Toasts and inline answers have no chat, and their own short time to arrive in."""

    async def scene() -> None:
        pace, wire = RateLimiter(), Wire()
        for _ in range(100):
            await call(pace, wire, None, "answerCallbackQuery")
        assert [0.0] * 100 == wire.times(None)

    run(hurry, scene())


def test_a_wait_that_telegram_asks_for_holds_only_its_chat(hurry: Hurry) -> None:
    """Later calls for that chat come when the time is over; other chats go on."""

    async def scene() -> None:
        pace, wire = RateLimiter(), Wire(refuse=RetryAfter(20))
        with pytest.raises(RetryAfter):
            await call(pace, wire, FRIENDS)
        assert not pace.room(FRIENDS)
        assert pace.room(ALICE)
        await asyncio.gather(
            call(pace, wire, FRIENDS), call(pace, wire, FRIENDS), call(pace, wire, ALICE)
        )
        assert [20.0, 20.0] == wire.times(FRIENDS)
        assert [0.0] == wire.times(ALICE)
        assert pace.room(FRIENDS)

    run(hurry, scene())


@pytest.mark.parametrize(
    ("chat_id", "method"),
    [
        (None, "getFile"),
        (INLINE, "editMessageText"),
        (FRIENDS, "sendMessage"),
        (FRIENDS, "setMessageReaction"),
    ],
)
def test_nothing_is_tried_again_sooner_than_telegram_said(
    hurry: Hurry, chat_id: Any, method: str
) -> None:
    """In a chat, in a message that was sent through the bot, or in none."""

    async def scene() -> None:
        pace, wire = RateLimiter(), Wire(refuse=RetryAfter(20))
        assert await deliver(lambda: call(pace, wire, chat_id, method))
        assert [20.0] == wire.times(chat_id)

    with stamina.set_testing(False):  # the wait is what this is about, and it costs no time here
        run(hurry, scene())


def test_messages_sent_through_the_bot_count_as_chats(hurry: Hurry) -> None:
    """A 429 holds all edits of that message, not those of others; the overall limit is theirs."""

    async def scene() -> None:
        pace, wire = RateLimiter(), Wire(refuse=RetryAfter(20))
        with pytest.raises(RetryAfter):
            await call(pace, wire, INLINE, "editMessageText")
        await asyncio.gather(
            call(pace, wire, INLINE, "editMessageText"),
            *(call(pace, wire, chat) for chat in range(1, 5)),
        )
        assert [20.0] == wire.times(INLINE)
        assert [0.0] == wire.times(4)

    run(hurry, scene())


def test_a_long_wait_is_not_waited(hurry: Hurry) -> None:
    """Whoever asks meanwhile is told at once how long it still is, without a call."""

    async def scene() -> None:
        pace, wire = RateLimiter(), Wire(refuse=RetryAfter(3600))
        with pytest.raises(RetryAfter):
            await call(pace, wire, FRIENDS)
        await asyncio.sleep(600)
        with pytest.raises(RetryAfter) as refused:
            await call(pace, wire, FRIENDS)
        assert 3000.0 == send_limits.seconds(refused.value)
        assert [] == wire.at

    run(hurry, scene())


@pytest.mark.parametrize(
    ("chat_id", "method"), [(None, "answerCallbackQuery"), (ALICE, "setMessageReaction")]
)
def test_a_refusal_of_what_is_no_message_holds_nobody(
    hurry: Hurry, chat_id: int | None, method: str
) -> None:
    """A toast or a reaction too many says nothing of messages."""

    async def scene() -> None:
        pace, wire = RateLimiter(), Wire(refuse=RetryAfter(20))
        with pytest.raises(RetryAfter):
            await call(pace, wire, chat_id, method)
        assert pace.room(ALICE)

    run(hurry, scene())


def test_progress_leaves_room_for_first_and_last_states(hurry: Hurry) -> None:
    """In a group the last of the burst are not for edits that a newer one will replace."""

    async def scene() -> None:
        pace = RateLimiter()
        shown = 0
        while pace.room(FRIENDS):
            await pace.turn(FRIENDS)
            shown += 1
        assert 8 - send_limits.PROGRESS_LEAVES + 1 == shown
        began = loop_s()
        for _ in range(send_limits.PROGRESS_LEAVES - 1):
            await pace.turn(FRIENDS)
        assert loop_s() - began < 1.0

    run(hurry, scene())


def test_a_crowd_in_one_chat_does_not_pile_up(hurry: Hurry) -> None:
    """More calls than may wait there are refused at once, but a listing's own turn never is."""

    async def scene() -> None:
        pace, wire = RateLimiter(), Wire()
        waiting = [asyncio.create_task(call(pace, wire, FRIENDS)) for _ in range(100)]
        turns = [asyncio.create_task(pace.turn(FRIENDS)) for _ in range(10)]
        results = await asyncio.gather(*waiting, return_exceptions=True)
        await asyncio.gather(*turns)
        refused = [result for result in results if isinstance(result, RetryAfter)]
        assert 100 == len(refused) + len(wire.at)
        assert 8 <= len(wire.at) <= 8 + send_limits.MOST_WAITING

    run(hurry, scene())


def test_a_crowd_everywhere_is_no_crowd_in_a_chat(hurry: Hurry) -> None:
    """Those that wait for the overall limit are not counted among those that wait for a chat."""

    async def scene() -> None:
        pace, wire = RateLimiter(), Wire()
        most = int(send_limits.GROUP[0]) + send_limits.MOST_WAITING
        groups = [
            FRIENDS - number
            for number in range(send_limits.MOST_ANSWERS // send_limits.MOST_WAITING)
        ]
        await asyncio.gather(*(call(pace, wire, group) for group in groups for _ in range(most)))
        assert [most] * len(groups) == [len(wire.times(group)) for group in groups]

    run(hurry, scene())


def test_crowds_in_many_chats_do_not_pile_up(hurry: Hurry) -> None:
    """So many answers wait in all, and a chat that takes one at once is not refused for them."""

    async def scene() -> None:
        pace, wire = RateLimiter(most_answers=32), Wire()
        burst = int(send_limits.GROUP[0])
        for group in range(FRIENDS - 11, FRIENDS):
            for _ in range(burst):
                await call(pace, wire, group)
        groups = list(range(FRIENDS - 11, FRIENDS)) * burst
        crowd = [asyncio.create_task(call(pace, wire, group)) for group in groups]
        _, waiting = await asyncio.wait(crowd, timeout=0.1)
        assert 16 < len(waiting) <= 32
        await call(pace, wire, ALICE)
        assert 1 == len(wire.times(ALICE))
        await asyncio.gather(*crowd, return_exceptions=True)

    run(hurry, scene())


def test_idle_chats_are_forgotten(hurry: Hurry) -> None:
    """The memory is as large as the number of chats of the last seconds."""

    async def scene() -> None:
        pace, wire = RateLimiter(), Wire()
        for chat in range(1, 20 * send_limits.IDLE_AFTER):
            await call(pace, wire, chat)
        assert pace.chats <= 2 * send_limits.IDLE_AFTER

    run(hurry, scene())


@pytest.fixture
def ten_times_as_fast(monkeypatch: pytest.MonkeyPatch) -> None:
    # Telegram's minute in six seconds, there and here.
    monkeypatch.setattr(send_limits, "GROUP", (8, 4.0))
    monkeypatch.setattr(gate, "GROUP_WINDOW_S", 6.0)


@pytest.mark.usefixtures("ten_times_as_fast")
@pytest.mark.parametrize("timing", [replace(QUICK, edit_every_s=0.1)])
async def test_a_busy_group(wired: LiveBot, loopback: Loopback, alice: User, bob: User) -> None:
    """Two long lists at once: no call too many, no state that is old, and both ends arrive."""
    telegram = wired.telegram
    telegram.group_limit = 20
    loopback.delays["youtube_music"] = 0.5
    group = telegram.group("Friends", [alice, bob])
    telegram.send_text(alice, ROAD_TRIP, chat=group)
    telegram.send_text(bob, LONG_DRIVE, chat=group)
    await wired.rest()

    sent = telegram.sent(group)
    assert [True, True] == ["\n20 official" in message["text"] for message in sent]
    assert [] == [call.error for call in telegram.calls if call.error]
    calls = telegram.calls_of("editMessageText")
    for message in sent:
        edits = [c.params["text"] for c in calls if c.params["message_id"] == message["message_id"]]
        done = [
            int(of[1]) for text in edits if (of := re.search(r"(\d+) of \d+$", text, re.MULTILINE))
        ]
        assert 1 <= len(done) <= 15
        assert sorted(done) == done


@pytest.mark.parametrize("timing", [CUT_OFF])
async def test_commands_in_many_groups_hold_nobody_up(
    bot: LiveBot, alice: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More commands than handlers, in groups that take no more: another person is answered."""
    # A group that takes eight calls at once would leave too few that wait.
    monkeypatch.setattr(send_limits, "GROUP", (1, 600.0))
    for number in range(20):
        group = bot.telegram.group(f"Group {number}", [alice])
        for _ in range(10):
            bot.telegram.send_text(alice, "/help", chat=group)
    bot.telegram.send_text(bob, TRACK)

    async with asyncio.timeout(PROMPTLY_S):
        await bot.says(bob, "^Paper Moths at the Window")
