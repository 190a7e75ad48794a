"""Presses of buttons are counted for each person, and joined: the newest view, each thing once."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.clock import Timing
from bot.errors import ChatBusy
from bot.models.view import Format
from bot.render.callback_data import SendFile
from bot.telegram import presses as module
from bot.telegram.presses import Place, Presses
from tests.conftest import PATIENT
from tests.e2e.live import callback_data

if TYPE_CHECKING:
    from bot.render.callback_data import CallbackData
    from bot.sandbox.telegram.state import Message, User
    from tests.e2e.live import LiveBot

ATLAS = "https://open.spotify.com/playlist/samplePlaylistAtlas001"
QUICK = "That was quick. Try again in a minute."
VIEW = Place(1, (1, 5), None)
CSV = SendFile("job", Format.CSV)


class Board:
    """Presses that are followed until `open` is set; `made` are those that were."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.made: list[int] = []
        self._presses = Presses()

    async def press(self, number: int, place: Place = VIEW) -> bool:
        async with self._presses.turn(place, number) as mine:
            if mine:
                self.made.append(number)
                await self.open.wait()
            return mine

    async def crowd(self, *numbers: int, place: Place = VIEW) -> list[asyncio.Task[bool]]:
        """One after the other, without waiting for their turns."""
        pressed = []
        for number in numbers:
            pressed.append(asyncio.create_task(self.press(number, place)))
            await asyncio.sleep(0)
        return pressed


async def test_of_views_the_newest_counts() -> None:
    """One is made, the newest waits for it, and those in between end at once."""
    board = Board()
    first, *between, newest = await board.crowd(*range(1, 10))
    assert [False] * 7 == await asyncio.gather(*between)
    assert not newest.done()
    board.open.set()

    assert (True, True) == tuple(await asyncio.gather(first, newest))
    assert [1, 9] == board.made
    assert await board.press(10)


async def test_an_older_press_that_comes_late_is_not_followed() -> None:
    """Two updates may overtake each other on their way to the handler."""
    board = Board()
    first, newest, late = await board.crowd(1, 3, 2)
    assert not await late
    board.open.set()
    assert (True, True) == tuple(await asyncio.gather(first, newest))


async def test_the_same_thing_is_done_once_and_another_beside_it() -> None:
    """A second press of a button that does something changes nothing while the first is at it."""
    board = Board()
    other = replace(CSV, format=Format.ZIP)
    [first, again] = await board.crowd(1, 2, place=VIEW._replace(what=CSV))
    [beside] = await board.crowd(3, place=VIEW._replace(what=other))
    assert not await again
    board.open.set()
    assert (True, True) == tuple(await asyncio.gather(first, beside))
    assert await board.press(4, VIEW._replace(what=CSV))


@pytest.mark.parametrize("what", [None, CSV])
async def test_nobody_takes_the_turn_of_another(what: CallbackData | None) -> None:
    """Neither another person nor another message is joined, and a failure ends the turn."""
    board = Board()
    places = [Place(person, (1, message), what) for person in (1, 2) for message in (5, 6)]
    pressed = [await board.crowd(1, place=place) for place in places]
    board.open.set()
    assert [True] * 4 == [await press for [press] in pressed]


async def test_one_who_is_cut_off_hands_the_turn_on() -> None:
    """Waiting or given the turn just now: the place is free for the next press."""
    board = Board()
    first, waiting = await board.crowd(1, 2)
    waiting.cancel()
    await asyncio.wait({waiting})
    board.open.set()
    assert await first

    board.open.clear()
    first, waiting = await board.crowd(3, 4)
    first.cancel()
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.wait({first, waiting})
    board.open.set()
    assert await board.press(5)


async def test_a_person_presses_so_often_and_no_more() -> None:
    """Joined presses count as well; others are not counted with them, and time brings room."""
    presses = Presses(timing=Timing(presses_s=0.02), most=3)

    async def press(person: int) -> bool:
        async with presses.turn(Place(person, None, None), 1) as mine:
            return mine

    assert [True] * 3 == [await press(1) for _ in range(3)]
    with pytest.raises(ChatBusy):
        await press(1)
    assert await press(2)
    await asyncio.sleep(0.03)
    assert await press(1)


async def test_few_presses_of_a_person_go_on_at_once() -> None:
    """On however many messages."""
    board = Board()
    most = module.MOST_AT_ONCE
    pressed = [(await board.crowd(1, place=Place(1, (1, at), None)))[0] for at in range(most + 1)]
    with pytest.raises(ChatBusy):
        await pressed[-1]
    board.open.set()
    assert [True] * most == await asyncio.gather(*pressed[:-1])


@pytest.mark.parametrize("timing", [PATIENT])
async def test_a_flood_of_presses_is_answered_and_not_followed(bot: LiveBot, alice: User) -> None:
    """Each press has its answer, whatever the button; few of them are followed."""
    [listing] = await bot.ask(alice, ATLAS)
    job = callback_data(listing, "Export").split(":")[1]
    queries = [_press(bot, alice, listing, f"w:{job}:0") for _ in range(2 * module.MOST)]
    telegram = bot.telegram
    await telegram.until(lambda: all(query in telegram.answers for query in queries), 20.0)

    said = [telegram.answers[query].get("text") for query in queries]
    assert 2 * module.MOST == len(telegram.calls_of("answerCallbackQuery"))
    assert module.MOST == said.count(QUICK)
    assert len(telegram.calls_of("editMessageReplyMarkup")) <= module.MOST_AT_ONCE


def _press(bot: LiveBot, user: User, message: Message, data: str) -> str:
    world = bot.telegram.world
    query = world.open_query()
    content = {
        "id": query,
        "from": user.to_api(),
        "message": message | {"chat": world.chats[user.id].to_api()},
        "chat_instance": str(user.id),
        "data": data,
    }
    world.updates.add("callback_query", content)
    return query
