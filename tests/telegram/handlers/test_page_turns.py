"""Taps on pages: the newest on a message counts, and a crowd of them holds nobody else up."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

import pytest

from bot.errors import ChatBusy, Service, Unavailable
from bot.models.job import Job
from bot.telegram.handlers import list_buttons
from bot.telegram.handlers.list_buttons import PageTurns
from tests.e2e.live import callback_data
from tests.telegram.conftest import CUT_OFF

if TYPE_CHECKING:
    from bot.sandbox.telegram.state import Chat, Message, User
    from tests.e2e.live import LiveBot

ATLAS = "https://open.spotify.com/playlist/samplePlaylistAtlas001"
TRACK = "https://open.spotify.com/track/sampleTrackPaperMoth01"
PROMPTLY_S = 12.0  # on a busy machine; a crowd that holds all handlers takes 19 s and more


class Chats:
    """A runner whose chats take nothing before `open` is set; `shown` is what they took."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.shown: list[tuple[int, int | None, int]] = []

    async def turn(self, job: Job, page: int) -> bool:
        await self.open.wait()
        self.shown.append((job.chat_id, job.reply_id, page))
        return page < 9


JOB = Job(
    id="1:2:0",
    user_id=1,
    chat_id=1,
    message_id=2,
    chat_type="private",
    link_kind="playlist",
    link_id="atlas",
    created_at=datetime(2026, 11, 20, tzinfo=UTC),
)


@pytest.fixture
def chats() -> Chats:
    return Chats()


@pytest.fixture
def page_turns(chats: Chats) -> PageTurns:
    return PageTurns(cast("Any", chats))


def job(chat: int, message: int) -> Job:
    return replace(JOB, chat_id=chat, reply_id=message)


async def test_the_newest_tap_on_a_message_counts(chats: Chats, page_turns: PageTurns) -> None:
    """Those between the one that waits and the newest end at once, and show nothing."""
    first = asyncio.create_task(page_turns.turn(job(1, 5), 0))
    await asyncio.sleep(0)
    assert [True] * 8 == [await page_turns.turn(job(1, 5), page) for page in range(1, 9)]
    chats.open.set()

    assert await first
    assert [(1, 5, 0), (1, 5, 8)] == chats.shown
    assert not await page_turns.turn(job(1, 5), 9)


async def test_a_tap_that_fails_does_not_take_the_newest_with_it(
    chats: Chats, page_turns: PageTurns, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its person was told that it comes."""
    turn = chats.turn

    async def fails_first(job: Job, page: int) -> bool:
        await chats.open.wait()
        if page == 0:
            raise Unavailable(Service.SPOTIFY_API, "502")
        return await turn(job, page)

    monkeypatch.setattr(chats, "turn", fails_first)
    first = asyncio.create_task(page_turns.turn(job(1, 5), 0))
    await asyncio.sleep(0)
    assert await page_turns.turn(job(1, 5), 3)
    chats.open.set()

    assert await first
    assert [(1, 5, 3)] == chats.shown


@pytest.mark.parametrize(
    ("chats_tapped", "most"), [(1, list_buttons.MOST_IN_CHAT), (90, list_buttons.MOST_AT_ONCE)]
)
async def test_few_taps_wait_at_a_time(
    chats: Chats, page_turns: PageTurns, chats_tapped: int, most: int
) -> None:
    """One too many, in a chat or in all, is refused at once; room comes back."""
    tapped = [
        asyncio.create_task(page_turns.turn(job(number % chats_tapped, number), 0))
        for number in range(90)
    ]
    done, waiting = await asyncio.wait(tapped, timeout=0.01)
    assert most == len(waiting)
    assert {ChatBusy} == {type(each.exception()) for each in done}
    chats.open.set()
    await asyncio.gather(*waiting)
    assert await page_turns.turn(job(0, 99), 0)


@pytest.mark.parametrize("timing", [CUT_OFF])
@pytest.mark.parametrize("grouped", [False, True])
async def test_a_person_who_taps_without_end_holds_nobody_up(
    bot: LiveBot, alice: User, bob: User, grouped: bool
) -> None:
    """Many more taps than handlers, in a chat that takes few: another person is answered."""
    chat = bot.telegram.group("Friends", [alice, bob]) if grouped else None
    [listing] = await bot.ask(alice, ATLAS, chat=chat)
    job_id = callback_data(listing, "Export").split(":")[1]
    for number in range(200):
        _tap(bot, alice, chat or alice, listing, f"p:{job_id}:{number % 2}")
    bot.telegram.send_text(bob, TRACK)

    async with asyncio.timeout(PROMPTLY_S):
        await bot.says(bob, "^Paper Moths at the Window")


def _tap(bot: LiveBot, user: User, chat: User | Chat, message: Message, data: str) -> None:
    world = bot.telegram.world
    content = {
        "id": world.open_query(),
        "from": user.to_api(),
        "message": message | {"chat": world.chats[chat.id].to_api()},
        "chat_instance": str(chat.id),
        "data": data,
    }
    world.updates.add("callback_query", content)
