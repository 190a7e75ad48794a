"""Play all: what the buttons under a finished listing open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.jobs import runner
from bot.sandbox.telegram.errors import forbidden
from tests.e2e import worlds
from tests.e2e.live import buttons

if TYPE_CHECKING:
    from bot.sandbox.telegram.state import Message, User
    from tests.conftest import SetClock
    from tests.e2e.live import LiveBot
    from tests.e2e.services import Loopback
    from tests.staged.telegram import Telegram

LONG = f"https://open.spotify.com/playlist/{worlds.playlist_id('Long drive')}"
ATLAS = "https://open.spotify.com/playlist/samplePlaylistAtlas001"
QUEUE = "https://www.youtube.com/watch_videos?video_ids="


def link(message: Message, label: str) -> str:
    rows = message["reply_markup"]["inline_keyboard"]
    return str(next(b["url"] for row in rows for b in row if b["text"] == label))


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Queues of ten videos and one of them a page, so that a list of 45 needs several."""
    # The true numbers would take a list of more than 600 tracks.
    monkeypatch.setattr("bot.render.buttons.QUEUE_VIDEOS", 10)
    monkeypatch.setattr("bot.render.buttons.PAGE_QUEUES", 3)


async def test_one_button_plays_all(bot: LiveBot, alice: User) -> None:
    """A list with few recordings plays from one button, which page turns keep."""
    [first] = await bot.ask(alice, ATLAS)
    await bot.toast(alice, first, "▶")
    second = await bot.says(alice, r"\n21  ")

    url = link(first, "Play all ↗")
    assert url.startswith(QUEUE)
    official = int(first["text"].splitlines()[-1].split()[0])
    assert official == len(url.removeprefix(QUEUE).split(","))
    assert url == link(second, "Play all ↗")


@pytest.mark.usefixtures("narrow")
async def test_a_long_list_opens_its_queues(bot: LiveBot, telegram: Telegram, alice: User) -> None:
    """The buttons become the queues, page by page, and Back brings the listing's own."""
    [listing] = await bot.ask(alice, ATLAS)
    before = buttons(listing)

    assert None is await bot.toast(alice, listing, "Play all")
    first = telegram.sent(alice)[-1]
    ends = [await bot.toast(alice, first, "◀")]
    assert None is await bot.toast(alice, first, "▶")
    second = telegram.sent(alice)[-1]
    ends.append(await bot.toast(alice, second, "▶"))
    assert None is await bot.toast(alice, second, "Back")
    back = telegram.sent(alice)[-1]

    assert [["1–10", "11–20", "21–30"], ["◀", "1 / 2", "▶"], ["Back"]] == buttons(first)
    assert ["◀", "2 / 2", "▶"] == buttons(second)[1]
    assert ["This is the first page.", "This is the last page."] == ends
    assert before == buttons(back)
    assert {listing["text"]} == {m["text"] for m in (first, second, back)}


@pytest.mark.usefixtures("narrow")
async def test_the_queues_of_a_list_of_which_only_a_page_is_read(
    bot: LiveBot, telegram: Telegram, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page of a long list, turned to later, has the same buttons."""
    monkeypatch.setattr(runner, "READ_WHOLE", 5)  # else of lists above a hundred tracks
    [listing] = await bot.ask(alice, ATLAS)
    await bot.toast(alice, listing, "▶")
    second = await bot.says(alice, r"\n21  ")
    assert buttons(listing)[1:] == buttons(second)[1:]

    await bot.toast(alice, second, "Play all")
    assert ["1–10", "11–20", "21–30"] == buttons(telegram.sent(alice)[-1])[0]


async def test_few_recordings_of_a_long_list_are_one_queue(
    bot: LiveBot, telegram: Telegram, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are looked for a part of the list at a time, until all are found."""
    [listing] = await bot.ask(alice, ATLAS)
    whole = link(listing, "Play all ↗")
    for name, value in (("READ_WHOLE", 5), ("READ_AT_ONCE", 10)):
        monkeypatch.setattr(runner, name, value)
    monkeypatch.setattr("bot.storage.listings.READ_WHOLE", 5)
    await bot.toast(alice, listing, "▶")
    second = await bot.says(alice, r"\n21  ")

    assert None is await bot.toast(alice, second, "Play all")
    [[row], _] = telegram.sent(alice)[-1]["reply_markup"]["inline_keyboard"]
    assert ("1–45", whole) == (row["text"], row["url"])


@pytest.mark.parametrize(
    ("data", "toast"),
    [
        ("w:nosuchjob:0", "That list is too old to turn. Send its link again."),
        ("w:{job}:99", "This is the last page."),
        ("w:{job}:x", "That button no longer works."),
    ],
)
async def test_made_up_data(bot: LiveBot, alice: User, data: str, toast: str) -> None:
    """Whatever a changed client sends is answered in words."""
    [listing] = await bot.ask(alice, ATLAS)
    job = listing["reply_markup"]["inline_keyboard"][0][0]["callback_data"].split(":")[1]
    assert toast == await bot.forge(alice, alice, listing, data.format(job=job))


async def test_a_running_list_is_not_played(
    wired: LiveBot, loopback: Loopback, telegram: Telegram, alice: User
) -> None:
    """While recordings are still being looked up there is nothing whole to play."""
    loopback.delays["youtube_music"] = 0.3
    telegram.send_text(alice, LONG)
    running = await wired.says(alice, "looking…")
    job = running["reply_markup"]["inline_keyboard"][0][0]["callback_data"].split(":")[1]

    toast = await wired.forge(alice, alice, running, f"w:{job}:0")

    assert "This list is still being looked up. Try again when it is done." == toast
    await wired.toast(alice, running, "Stop")
    await wired.rest()


async def test_what_is_forgotten_is_not_played(
    wired: LiveBot, loopback: Loopback, now: SetClock, alice: User
) -> None:
    """Links kept no longer, or a list that is not kept either: a toast says which."""
    [listing] = await wired.ask(alice, LONG)
    job = listing["reply_markup"]["inline_keyboard"][0][0]["callback_data"].split(":")[1]
    loopback.log.clear()
    await wired.backends.mongo.db["matches"].delete_many({})
    gone = await wired.forge(alice, alice, listing, f"w:{job}:0")
    now.forward(hours=25)
    lapsed = await wired.forge(alice, alice, listing, f"w:{job}:0")

    assert "No official recording of this list is known any more." == gone
    assert "That list is too old to turn. Send its link again." == lapsed
    assert [] == loopback.log


@pytest.mark.usefixtures("narrow")
async def test_a_closed_chat(bot: LiveBot, telegram: Telegram, alice: User) -> None:
    """Where nothing can be edited any more, nothing is said and nothing breaks."""
    [listing] = await bot.ask(alice, ATLAS)
    telegram.fail("editMessageReplyMarkup", forbidden("bot was blocked by the user"))
    assert None is await bot.toast(alice, listing, "Play all")
    assert buttons(listing) == buttons(telegram.sent(alice)[-1])
