"""A wrong match is put right in the chat: card, listing, /fixes; and who may."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from bot.storage import corrections as module
from tests.conftest import PATIENT
from tests.e2e import worlds
from tests.e2e.live import buttons, callback_data, live

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.sandbox.telegram.state import Message, User
    from bot.storage.database import Mongo
    from tests.conftest import SetClock
    from tests.e2e.live import LiveBot
    from tests.e2e.services import Loopback
    from tests.staged.telegram import Telegram

TRACK = "https://open.spotify.com/track/sampleTrackPaperMoth01"
ALBUM = "https://open.spotify.com/album/sampleAlbumHarbour0001"
ATLAS = "https://open.spotify.com/playlist/samplePlaylistAtlas001"
SHORT_WALK = f"https://open.spotify.com/playlist/{worlds.playlist_id('Short walk')}"
SLOWED = "ottoline brack - paper moths at the window (slowed + reverb)"
DONE = "Done, for you at once. When enough people say the same, for everybody."
NOT_RETURNED = "I no longer have that recording. Send the link again, then choose."


async def choose(bot: LiveBot, user: User, label: str) -> str | None:
    """Open the sample track's card, ask for others, and press that button; its toast."""
    [card] = await bot.ask(user, TRACK)
    await bot.toast(user, card, "Wrong song?")
    offer = await bot.says(user, "Which one is right", after=card["message_id"] - 1)
    toast = await bot.toast(user, offer, label)
    await bot.rest()
    return toast


def shown(bot: LiveBot, user: User) -> str:
    return str(bot.telegram.sent(user)[-1]["text"])


async def test_a_card_is_put_right(bot: LiveBot, telegram: Telegram, alice: User) -> None:
    """The other recordings, one press, and the same message is the card with the chosen one."""
    [card] = await bot.ask(alice, TRACK)
    assert None is await bot.toast(alice, card, "Wrong song?")
    offer = await bot.says(alice, "Which one is right")
    toast = await bot.toast(alice, offer, "3")
    await bot.rest()
    fixed = telegram.sent(alice)[-1]

    assert f"3  {SLOWED}\n    moonmilk edits · 4:22 · a user's upload" in offer["text"]
    assert "    Ottoline Brack · 3:58 · official video\n" in offer["text"]
    assert [["1", "2", "3"], ["None of these is right"], ["Back"]] == buttons(offer)
    assert DONE == toast
    assert {card["message_id"]} == {m["message_id"] for m in (offer, fixed)}
    assert "YouTube ✎ chosen by hand\nIt is not surely the right" in fixed["text"]


async def test_the_choice_holds_when_the_link_comes_again(
    bot: LiveBot, now: SetClock, alice: User, bob: User
) -> None:
    """For who made it, also long after what was found has expired; for others nothing changes."""
    await choose(bot, alice, "3")
    now.forward(days=40)
    [mine] = await bot.ask(alice, TRACK)
    [theirs] = await bot.ask(bob, TRACK)

    assert "YouTube ✎ chosen by hand" in mine["text"]
    assert "YouTube ♪ official audio\n" in theirs["text"]


async def used_before(bot: LiveBot, user: User) -> None:
    """A person who had tracks looked up on another day."""
    ledger = bot.services.meter._ledger
    await ledger.reserve(user.id, job="old", tracks=["old"], limit=9, period="2026-11-01")


async def test_many_people_choose_for_everybody(
    bot: LiveBot, telegram: Telegram, alice: User
) -> None:
    """An official recording falls to the seventh person who has used the bot before, not sooner."""
    names = ("Bob", "Carol", "Dave", "Erin", "Fay", "Gus")
    new, *others, last = [telegram.user("New"), alice, *map(telegram.user, names)]
    for user in (new, *others):
        if user is not new:
            await used_before(bot, user)
        await choose(bot, user, "3")
    await choose(bot, alice, "2")
    await choose(bot, alice, "3")
    [before] = await bot.ask(telegram.user("Hal"), TRACK)
    await used_before(bot, last)
    await choose(bot, last, "3")
    [after] = await bot.ask(telegram.user("Ida"), TRACK)
    await bot.ask(last, "/forget")
    [again] = await bot.ask(telegram.user("Joe"), TRACK)

    assert ["♪ official audio", "✎ chosen by listeners", "♪ official audio"] == [
        message["text"].splitlines()[3].partition("YouTube ")[2]
        for message in (before, after, again)
    ]


async def test_none_of_these(bot: LiveBot, alice: User) -> None:
    """Then there is only the labelled search, until it is undone."""
    toast = await choose(bot, alice, "None of these is right")
    none = shown(bot, alice)
    [card] = [m for m in bot.telegram.sent(alice) if m["text"] == none]
    await bot.toast(alice, card, "Choose one")
    offer = await bot.says(alice, "Which one is right")
    undone = await bot.toast(alice, offer, "Undo my choice")
    await bot.rest()

    assert DONE == toast
    assert "YouTube search ⌕\nMarked by hand: no recording there is right." in none
    assert "Now: YouTube search ⌕ · chosen by hand" in offer["text"]
    assert "Undone. What the search found stands again." == undone
    assert "YouTube ♪ official audio\n" in shown(bot, alice)


async def test_back_changes_nothing(bot: LiveBot, alice: User) -> None:
    """From the recordings to the card, and from the numbers to the list."""
    [card] = await bot.ask(alice, TRACK)
    await bot.toast(alice, card, "Wrong song?")
    offer = await bot.says(alice, "Which one is right")
    await bot.toast(alice, offer, "Back")
    await bot.rest()

    assert card["text"] == shown(bot, alice)
    assert buttons(card) == buttons(bot.telegram.sent(alice)[-1])


async def test_a_track_of_a_listing_is_put_right(
    bot: LiveBot, telegram: Telegram, alice: User
) -> None:
    """Its number, the recording, and the list is back with it and with other counts, at no cost."""
    [listing] = await bot.ask(alice, ALBUM)
    before = await _quota(bot, alice)
    which = await bot.toast(alice, listing, "Fix a track")
    numbers = telegram.sent(alice)[0]
    await bot.toast(alice, numbers, "4")
    offer = await bot.says(alice, "Which one is right")
    assert DONE == await bot.toast(alice, offer, "1")
    await bot.rest()
    fixed = telegram.sent(alice)[0]

    assert "Which track is wrong? Press its number." == which
    assert listing["text"] == numbers["text"]
    assert [["1", "2", "3", "4", "5"], ["Back"]] == [buttons(numbers)[0], buttons(numbers)[-1]]
    assert "LyricLantern · 3:01 · a user's upload" in offer["text"]
    assert "12 official · 2 search only" in listing["text"]
    assert "12 official · 1 chosen · 1 search only" in fixed["text"]
    assert buttons(listing) == buttons(fixed)
    assert before == await _quota(bot, alice)


async def test_back_from_the_recordings(bot: LiveBot, telegram: Telegram, alice: User) -> None:
    """Back brings the list again, text and buttons together, on the page of the track."""
    [listing] = await bot.ask(alice, ATLAS)
    await bot.toast(alice, listing, "▶")
    second = await bot.says(alice, r"\n21  ")
    await bot.toast(alice, second, "Fix a track")
    await bot.toast(alice, telegram.sent(alice)[0], "21")
    await bot.toast(alice, await bot.says(alice, "None|Now: "), "Back")
    await bot.rest()
    back = telegram.sent(alice)[0]

    assert (second["text"], buttons(second)) == (back["text"], buttons(back))


async def test_the_page_stays(bot: LiveBot, telegram: Telegram, alice: User) -> None:
    """A track of the second page is put right on the second page, also after a restart."""
    [listing] = await bot.ask(alice, ATLAS)
    await bot.toast(alice, listing, "▶")
    second = await bot.says(alice, r"\n21  ")
    await bot.toast(alice, second, "Fix a track")
    await bot.toast(alice, telegram.sent(alice)[0], "21")
    offer = await bot.says(alice, "None|Now: ")
    await bot.toast(alice, offer, "None of these is right")
    await bot.rest()

    assert "\n21  " in shown(bot, alice)
    assert ["◀", "2 / 3", "▶"] == buttons(telegram.sent(alice)[0])[0]


async def test_after_a_restart(
    bot: LiveBot, settings: Settings, now: SetClock, telegram: Telegram, alice: User
) -> None:
    """Another process that knows nothing but the database takes the choice."""
    [card] = await bot.ask(alice, TRACK)
    await bot.application.updater.stop()  # type: ignore[union-attr]  # a polling bot has one

    async with live(settings, clock=now, telegram=telegram) as other:
        await other.toast(alice, card, "Wrong song?")
        offer = await other.says(alice, "Which one is right")
        assert DONE == await other.toast(alice, offer, "1")
        await other.says(alice, "▶ official video · chosen by hand")


async def test_in_a_group_only_who_asked_may(
    bot: LiveBot, telegram: Telegram, alice: User, bob: User
) -> None:
    """The message is the asker's: others get a sentence, and their taps change nothing."""
    group = telegram.group("Friends", [alice, bob])
    [card] = await bot.ask(alice, TRACK, chat=group)
    said = [await bot.toast(bob, card, "Wrong song?")]
    await bot.toast(alice, card, "Wrong song?")
    offer = await bot.says(group, "Which one is right")
    said.append(await bot.toast(bob, offer, "1"))

    assert ["Only the person who asked for this list can choose here."] * 2 == said
    assert offer["text"] == telegram.sent(group)[-1]["text"]


@pytest.mark.parametrize(
    ("data", "toast"),
    [
        ("fx:{job}:0:{digest}:madeup", NOT_RETURNED),
        ("fx:{job}:0:{digest}:undo", NOT_RETURNED),
        ("fx:{job}:0:AAAA:none", "That list has changed meanwhile. Choose the track again."),
        ("fx:{job}:7:{digest}:none", "That list has changed meanwhile. Choose the track again."),
        ("ft:{job}:9", "That list has changed meanwhile. Choose the track again."),
        ("ft:nosuchjob:0", "That list is too old to turn. Send its link again."),
        ("f:nosuchjob:0", "That list is too old to turn. Send its link again."),
        ("fx:{job}:0:{digest}:$where:1", "That button no longer works."),
        ("fp:9", "This is the last page."),
        ("fp:-1", "This is the first page."),
        ("fu:0:nosuchkey", "It is done already."),
    ],
)
async def test_made_up_data_gets_a_toast(bot: LiveBot, alice: User, data: str, toast: str) -> None:
    """Whatever a changed client sends, only what the search returned can be chosen."""
    [card] = await bot.ask(alice, TRACK)
    job = callback_data(card, "Wrong song?").split(":")[1]
    await bot.toast(alice, card, "Wrong song?")
    offer = await bot.says(alice, "Which one is right")
    digest = callback_data(offer, "1").split(":")[3]

    assert toast == await bot.forge(alice, alice, offer, data.format(job=job, digest=digest))
    [again] = await bot.ask(alice, TRACK)
    assert "YouTube ♪ official audio\n" in again["text"]


async def test_another_chats_button_does_nothing(bot: LiveBot, alice: User, bob: User) -> None:
    """Callback data copied into another chat reaches no listing there."""
    [card] = await bot.ask(alice, TRACK)
    [theirs] = await bot.ask(bob, TRACK)
    data = callback_data(card, "Wrong song?")

    assert "That list is too old" in str(await bot.forge(bob, bob, theirs, data))


async def test_a_running_listing_has_to_end_first(
    wired: LiveBot, loopback: Loopback, telegram: Telegram, alice: User
) -> None:
    """What is still being looked up cannot be put right yet."""
    loopback.delays["youtube_music"] = 0.5
    telegram.send_text(alice, SHORT_WALK)
    running = await wired.says(alice, "looking…")
    job = callback_data(running, "Stop").split(":")[1]

    assert "This list is still being looked up. Try again when it is done." == (
        await wired.forge(alice, alice, running, f"f:{job}:0")
    )


async def test_the_store_is_away(
    bot: LiveBot, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A choice that cannot be kept says so."""
    from bot.errors import StoreUnavailable

    async def away(*_: object, **__: object) -> None:
        raise StoreUnavailable("MongoDB does not answer")

    [card] = await bot.ask(alice, TRACK)
    monkeypatch.setattr(bot.services.jobs, "get", away)

    assert "My memory is not answering. Try again in a few minutes." == (
        await bot.toast(alice, card, "Wrong song?")
    )


async def test_a_list_that_is_no_longer_kept(
    wired: LiveBot, loopback: Loopback, now: SetClock, alice: User
) -> None:
    """Nobody is asked for it again: a toast says what to do."""
    [listing] = await wired.ask(alice, SHORT_WALK)
    loopback.log.clear()
    now.forward(hours=25)
    await wired.toast(alice, listing, "Fix a track")

    assert "That list is too old to turn. Send its link again." == (
        await wired.toast(alice, wired.telegram.sent(alice)[0], "1")
    )
    assert [] == loopback.log


async def test_a_person_can_make_so_many(
    bot: LiveBot, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot.services.corrections.store, "_most", 1)
    [listing] = await bot.ask(alice, ALBUM)
    await bot.toast(alice, listing, "Fix a track")
    await bot.toast(alice, bot.telegram.sent(alice)[0], "2")
    offer = await bot.says(alice, "Which one is right")
    await bot.toast(alice, offer, "None of these is right")
    await bot.rest()

    assert "You put as many tracks right as I keep. Undo some in /fixes." == (
        await choose(bot, alice, "1")
    )


async def test_fixes_with_undo(bot: LiveBot, telegram: Telegram, alice: User) -> None:
    """/fixes shows what was chosen; a press takes it back in the same message."""
    [none] = await bot.ask(alice, "/fixes")
    await choose(bot, alice, "3")
    [fixes] = await bot.ask(alice, "/fixes")
    toast = await bot.toast(alice, fixes, "✕ 1")
    await bot.rest()
    [card] = await bot.ask(alice, TRACK)

    assert "You have put no track right yet." in none["text"]
    assert "Paper Moths at the Window · Ottoline Brack\n    ottoline brack" in fixes["text"]
    assert "Undone. What the search found stands again." == toast
    assert "You have put no track right yet." in _at(telegram, alice, fixes)["text"]
    assert "YouTube ♪ official audio\n" in card["text"]


async def test_fixes_are_nobody_elses_business(
    bot: LiveBot, telegram: Telegram, alice: User, bob: User
) -> None:
    """In a group there is only the way to the private chat, also for made-up buttons."""
    group = telegram.group("Friends", [alice, bob])
    await choose(bot, alice, "3")
    [answer] = await bot.ask(alice, "/fixes", chat=group)

    assert "That is only for you: it opens in the private chat." == answer["text"]
    [[button]] = answer["reply_markup"]["inline_keyboard"]
    assert button["url"].endswith("?start=fixes")
    assert "That button no longer works." == await bot.forge(alice, group, answer, "fp:0")


async def test_forget_leaves_no_choice(bot: LiveBot, mongo: Mongo, alice: User) -> None:
    """After /forget nothing of what the person chose is there."""
    await choose(bot, alice, "3")
    await bot.ask(alice, "/forget")
    documents = await mongo.db[module.COLLECTION].find({}).to_list(None)

    assert "[]" == json.dumps(documents)


def _at(telegram: Telegram, user: User, message: Message) -> Message:
    """A message as it is now."""
    return next(m for m in telegram.sent(user) if m["message_id"] == message["message_id"])


async def _quota(bot: LiveBot, user: User) -> str:
    [quota] = await bot.ask(user, "/quota")
    return str(quota["text"].splitlines()[0])


@pytest.mark.parametrize("timing", [replace(PATIENT, ended_s=1.0)])
async def test_a_quick_thumb(
    bot: LiveBot, telegram: Telegram, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who presses before the end of a list is stored waits for that moment, and no longer."""
    real, gate = bot.services.jobs.finish, asyncio.Event()

    async def slow(*given: Any, **options: Any) -> bool:
        await gate.wait()
        return await real(*given, **options)

    monkeypatch.setattr(bot.services.jobs, "finish", slow)
    telegram.send_text(alice, TRACK)
    card = await bot.says(alice, "official audio")
    early = await bot.toast(alice, card, "Wrong song?")
    asyncio.get_running_loop().call_later(0.1, gate.set)

    assert "This list is still being looked up. Try again when it is done." == early
    assert None is await bot.toast(alice, card, "Wrong song?")
    await bot.says(alice, "Which one is right")
