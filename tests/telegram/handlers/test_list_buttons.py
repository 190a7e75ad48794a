"""The buttons under a listing: its pages, Stop, and what somebody made up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bot.jobs import runner
from bot.storage import listings
from tests.e2e import worlds
from tests.e2e.live import buttons, callback_data, live, page

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.models import Track
    from bot.sandbox.telegram.state import Message, User
    from bot.storage.database import Mongo
    from tests.conftest import SetClock
    from tests.e2e.live import LiveBot
    from tests.e2e.services import Loopback
    from tests.staged.telegram import Telegram

ATLAS = "https://open.spotify.com/playlist/samplePlaylistAtlas001"
ROAD_TRIP = f"https://open.spotify.com/playlist/{worlds.playlist_id('Road trip')}"
TRACK = "https://open.spotify.com/track/sampleTrackPaperMoth01"
STOPPED = "Stopped. What is here stays."
TOO_OLD = "That list is too old to turn. Send its link again."


async def test_pages_turn_forth_and_back(bot: LiveBot, alice: User) -> None:
    """▶ and ◀ show the other pages in the same message, each with its rows and all its links."""
    [first] = await bot.ask(alice, ATLAS)

    assert None is await bot.toast(alice, first, "▶")
    second = await bot.says(alice, r"\n21  종이배 우체국 · 늦은 우산 · 3:52\n")
    assert None is await bot.toast(alice, second, "▶")
    third = await bot.says(alice, r"\n41  Unreleased Lullaby for a Vending Machine")
    await bot.toast(alice, third, "◀")
    again = await bot.says(alice, r"\n21  종이배")

    assert {first["message_id"]} == {m["message_id"] for m in (second, third, again)}
    assert ["1 / 3", "2 / 3", "3 / 3"] == [page(m) for m in (first, second, third)]
    assert "looking" not in third["text"]
    assert first["text"].splitlines()[-1] == third["text"].splitlines()[-1]


async def test_a_page_of_a_long_list_is_as_if_all_of_it_were_read(
    bot: LiveBot, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its rows, their numbers, what the whole comes to, and every button but the queue's own."""
    [first] = await bot.ask(alice, ATLAS)
    await bot.toast(alice, first, "▶")
    second = await bot.says(alice, r"\n21  종이배")
    await bot.toast(alice, second, "▶")
    third = await bot.says(alice, r"\n41  Unreleased")
    for module in (listings, runner):
        monkeypatch.setattr(module, "READ_WHOLE", 5)  # else of lists above a hundred tracks
    read: list[str] = []
    track = listings._track

    def count(row: list[Any]) -> Track:
        read.append(row[0])
        return track(row)

    monkeypatch.setattr(listings, "_track", count)

    await bot.toast(alice, third, "◀")
    again = await bot.says(alice, r"\n21  종이배")
    assert second["text"] == again["text"]
    assert buttons(second)[0] == buttons(again)[0]
    assert 20 == len(read)
    await bot.toast(alice, again, "▶")
    assert third["text"] == (await bot.says(alice, r"\n41  Unreleased"))["text"]


async def test_the_first_and_the_last_page_say_so(bot: LiveBot, alice: User) -> None:
    """There is nothing before the first page and behind the last, and a toast says it."""
    [first] = await bot.ask(alice, ATLAS)
    before = await bot.toast(alice, first, "◀")
    for _ in range(2):
        await bot.toast(alice, first, "▶")
    third = await bot.says(alice, r"\n41  ")
    behind = await bot.toast(alice, third, "▶")

    assert "This is the first page." == before
    assert "This is the last page." == behind
    assert "3 / 3" == page(bot.telegram.sent(alice)[-1])


async def test_the_middle_button_changes_nothing(
    bot: LiveBot, telegram: Telegram, alice: User
) -> None:
    """The button that names the page shows that page: nothing is said, nothing is an error."""
    [listing] = await bot.ask(alice, ATLAS)

    assert None is await bot.toast(alice, listing, "1 / 3")
    assert listing["text"] == telegram.sent(alice)[-1]["text"]


async def test_pages_turn_after_a_restart(
    bot: LiveBot, settings: Settings, now: SetClock, telegram: Telegram, alice: User
) -> None:
    """Another process that knows nothing but the database turns the pages of an old listing."""
    [listing] = await bot.ask(alice, ATLAS)
    await bot.application.updater.stop()  # type: ignore[union-attr]  # a polling bot has one

    async with live(settings, clock=now, telegram=telegram) as other:
        assert None is await other.toast(alice, listing, "▶")
        second = await other.says(alice, r"\n21  종이배")

    assert listing["message_id"] == second["message_id"]
    assert listing["text"].splitlines()[-1] == second["text"].splitlines()[-1]


@pytest.mark.parametrize("action", ["p:{job}:1", "s:{job}"])
async def test_a_button_of_another_chat_does_nothing(
    bot: LiveBot, telegram: Telegram, alice: User, bob: User, action: str
) -> None:
    """Callback data copied into another chat reaches no listing there."""
    [listing] = await bot.ask(alice, ATLAS)
    [other] = await bot.ask(bob, ATLAS)
    job = callback_data(listing, "▶").split(":")[1]
    toast = await bot.forge(bob, bob, other, action.format(job=job))

    assert toast in (TOO_OLD, "It is done already.")
    assert ["1 / 3", "1 / 3"] == [page(telegram.sent(person)[-1]) for person in (alice, bob)]


@pytest.mark.parametrize(
    ("data", "toast"),
    [
        ("p:nosuchjob:1", TOO_OLD),
        ("s:nosuchjob", "It is done already."),
        ("p:{job}:99999", "This is the last page."),
        ("p:{job}:-7", "This is the first page."),
        ("p:{job}:1000000", "That button no longer works."),
        ("p:{job}:1; drop", "That button no longer works."),
        ("p:$where:1", "That button no longer works."),
        ("x", "That button no longer works."),
        ("💣" * 16, "That button no longer works."),
    ],
)
async def test_made_up_data_gets_a_toast(
    bot: LiveBot, telegram: Telegram, alice: User, data: str, toast: str
) -> None:
    """Whatever a changed client sends is answered in words and changes nothing."""
    [listing] = await bot.ask(alice, ATLAS)
    job = callback_data(listing, "▶").split(":")[1]

    assert toast == await bot.forge(alice, alice, listing, data.format(job=job))
    assert listing["text"] == telegram.sent(alice)[-1]["text"]


async def test_a_page_asks_nobody(
    wired: LiveBot, loopback: Loopback, now: SetClock, alice: User
) -> None:
    """For a day it is what was sent, then a toast says what to do."""
    [listing] = await wired.ask(alice, ROAD_TRIP)
    loopback.log.clear()
    now.forward(hours=23)
    kept = await wired.toast(alice, listing, "▶")
    now.forward(hours=2)
    lapsed = await wired.toast(alice, wired.telegram.sent(alice)[0], "▶")

    assert (None, "That list is too old to turn. Send its link again.") == (kept, lapsed)
    assert [] == loopback.log


async def test_a_running_list_can_be_stopped(
    wired: LiveBot, loopback: Loopback, telegram: Telegram, alice: User, bob: User
) -> None:
    """Only who asked for a list can stop it; what is found stays, the rest is given back."""
    loopback.delays["youtube_music"] = 0.2
    group = telegram.group("Friends", [alice, bob])
    telegram.send_text(alice, ROAD_TRIP, chat=group)
    running = await wired.says(group, "looking…")
    assert [["Full list in private ↗"], ["Stop"]] == buttons(running)

    others = await wired.toast(bob, running, "Stop")
    own = await wired.toast(alice, running, "Stop")
    await wired.rest()
    stopped = telegram.sent(group)[-1]
    late = await wired.forge(alice, group, running, callback_data(running, "Stop"))
    [quota] = await wired.ask(alice, "/quota")

    assert "Only the person who asked for this list can stop it." == others
    assert STOPPED == own
    assert "Stopped. Send the link again for the rest." == stopped["text"].splitlines()[-2]
    assert "It is done already." == late
    found = sum(line.endswith(" ♪") for line in stopped["text"].splitlines())
    assert 0 <= found < 20
    assert f"Today you used {_used(stopped['text'])} of your 300 tracks" in quota["text"]


async def test_a_list_of_the_group_is_stopped_by_its_administrators(
    wired: LiveBot, loopback: Loopback, telegram: Telegram, alice: User, bob: User
) -> None:
    """Who asked for it stays anonymous, and presses under a name all the same."""
    loopback.delays["youtube_music"] = 0.2
    group = telegram.group("Friends", [alice, bob])
    telegram.groups.say_as_group(group, ROAD_TRIP)
    running = await wired.says(group, "looking…")
    toasts = [await wired.toast(person, running, "Stop") for person in (bob, alice)]

    assert ["Only the person who asked for this list can stop it.", STOPPED] == toasts


def _used(text: str) -> int:
    """How many were looked up, by the counts above the two sentences of a stopped listing."""
    counts = text.splitlines()[-3].split(" · ")
    return sum(int(part.split()[0]) for part in counts if "official" in part or "only" in part)


async def test_the_same_listing_costs_nothing_again(
    bot: LiveBot, mongo: Mongo, alice: User
) -> None:
    """A listing opened twice on a day is paid once."""
    await bot.ask(alice, ATLAS)
    [before] = await bot.ask(alice, "/quota")
    await bot.ask(alice, ATLAS)
    [after] = await bot.ask(alice, "/quota")

    assert "Today you used 42 of your 300 tracks; 258 are left." in before["text"]
    assert before["text"] == after["text"]


@pytest.mark.parametrize("data", ["p:{job}:0", "x:{job}", "w:{job}:0", "f:{job}:0", "ft:{job}:0"])
async def test_a_button_of_another_message_does_nothing(
    bot: LiveBot, telegram: Telegram, alice: User, bob: User, data: str
) -> None:
    """In a group nobody turns another's card, or the settings, into a list of theirs."""
    group = telegram.group("Friends", [alice, bob])
    [his] = await bot.ask(bob, ATLAS, chat=group)
    [hers] = await bot.ask(alice, TRACK, chat=group)
    [menu] = await bot.ask(alice, "/settings", chat=group)
    job = callback_data(his, "Export").split(":")[1]

    for message in (hers, menu):
        assert TOO_OLD == await bot.forge(bob, group, message, data.format(job=job))
    await bot.rest()

    assert [his, hers, menu] == telegram.sent(group)


async def test_a_message_that_telegram_no_longer_shows(
    bot: LiveBot, telegram: Telegram, alice: User
) -> None:
    """Its buttons are not known, so only the answer of the list itself turns its pages."""
    [listing] = await bot.ask(alice, ATLAS)
    [card] = await bot.ask(alice, TRACK)
    unseen = [{"message_id": m["message_id"], "date": 0} for m in (listing, card)]
    turn = callback_data(listing, "▶")

    assert TOO_OLD == await bot.forge(alice, alice, unseen[1], turn)
    assert None is await bot.forge(alice, alice, unseen[0], turn)
    await bot.says(alice, r"\n21  종이배")
    assert card == telegram.sent(alice)[-1]


async def test_a_second_tap_finds_its_list(bot: LiveBot, telegram: Telegram, alice: User) -> None:
    """The first one has put other buttons of the list in its place."""
    [listing] = await bot.ask(alice, ATLAS)
    export = callback_data(listing, "Export")
    await bot.toast(alice, listing, "Export")
    await bot.rest()
    [now] = telegram.sent(alice)

    assert export not in [b["callback_data"] for b in _all_buttons(now)]
    assert None is await bot.forge(alice, alice, now, export)


def _all_buttons(message: Message) -> list[dict[str, str]]:
    return [b for row in message["reply_markup"]["inline_keyboard"] for b in row]
