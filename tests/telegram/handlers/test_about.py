"""Commands: what they say, and what /cancel and /forget do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bot.render.commands import COMMANDS
from tests.e2e import worlds
from tests.e2e.live import buttons, callback_data

if TYPE_CHECKING:
    from bot.sandbox.telegram.state import User
    from bot.storage.database import Mongo
    from tests.e2e.live import LiveBot
    from tests.e2e.services import Loopback
    from tests.staged.telegram import Telegram

ATLAS = "https://open.spotify.com/playlist/samplePlaylistAtlas001"
TRACK = "https://open.spotify.com/track/sampleTrackPaperMoth01"
ROAD_TRIP = f"https://open.spotify.com/playlist/{worlds.playlist_id('Road trip')}"
LONG_DRIVE = f"https://open.spotify.com/playlist/{worlds.playlist_id('Long drive')}"
START = """\
Paste a Spotify link: a track, album, playlist or artist. You get every track back with its \
official Spotify and YouTube link.

Or write a song's artist and title, and choose from what I find.

/help says what else there is."""


async def test_start_says_what_to_do(bot: LiveBot, alice: User) -> None:
    """/start tells a newcomer what to send."""
    [answer] = await bot.ask(alice, "/start")

    assert START == answer["text"]


async def test_help_explains_the_signs_and_the_commands(bot: LiveBot, alice: User) -> None:
    """/help says what each sign means, and names every other command."""
    [answer] = await bot.ask(alice, "/help")

    for line in (
        "♪ official audio on YouTube",
        "▶ official video",
        "⌕ only a search: no recording there is surely the right official one",
        "I hand out links. I never send or download music.",
    ):
        assert line in answer["text"].splitlines()
    for command in ("/quota", "/cancel", "/privacy", "/forget"):
        assert command in answer["text"]


async def test_privacy_says_what_is_kept(bot: LiveBot, alice: User) -> None:
    """/privacy names what is stored and for how long, and how to delete it."""
    [answer] = await bot.ask(alice, "/privacy")

    assert answer["text"].startswith("What is stored, and for how long\n")
    assert "30 days" in answer["text"]
    assert answer["text"].endswith("/forget deletes what is yours at once.")


async def test_quota_in_the_users_words(bot: LiveBot, alice: User) -> None:
    """/quota says what is used and left, the plan, and when the day turns."""
    [answer] = await bot.ask(alice, "/quota")

    assert (
        "Today you used 0 of your 300 tracks; 300 are left.\n"
        "Plan: free. The day turns in 5 h 12 min, at midnight UTC."
    ) == answer["text"]


async def test_commands_work_in_groups(
    bot: LiveBot, telegram: Telegram, alice: User, bob: User
) -> None:
    """A command with the bot's name is answered in a group; one for another bot is not."""
    group = telegram.group("Friends", [alice, bob])
    [answer] = await bot.ask(alice, "/quota@TracklinkBot", chat=group)

    assert answer["text"].startswith("Today you used 0")
    assert [] == await bot.ask(alice, "/quota@OtherBot", chat=group)


async def test_the_commands_are_registered(bot: LiveBot, telegram: Telegram) -> None:
    """Telegram's menu offers every command with what it does, in each language."""
    menus = {language: menu for (_, language), menu in telegram.world.commands.items()}

    assert {"", "tr", "es", "pt", "fr", "de", "ru", "hi", "ar", "id"} == menus.keys()
    for menu in menus.values():
        assert list(COMMANDS) == [entry["command"] for entry in menu]
    assert "How many tracks are left for today" in [entry["description"] for entry in menus[""]]


async def test_nothing_to_cancel(bot: LiveBot, alice: User) -> None:
    """/cancel without a running list says that there is none."""
    [answer] = await bot.ask(alice, "/cancel")

    assert "Nothing is running." == answer["text"]


async def test_one_list_at_a_time_and_cancel_all(
    wired: LiveBot, loopback: Loopback, telegram: Telegram, alice: User, bob: User
) -> None:
    """A second list waits and says for what; /cancel stops both, and nobody else's."""
    loopback.delays["youtube_music"] = 0.3
    telegram.send_text(alice, ROAD_TRIP)
    await wired.says(alice, "looking…")
    telegram.send_text(bob, ROAD_TRIP)
    await wired.says(bob, "looking…")
    telegram.send_text(alice, LONG_DRIVE)
    waiting = await wired.says(alice, "One list at a time")
    telegram.send_text(alice, "/cancel")
    told = await wired.says(alice, "^Stopped 2 lists")
    loopback.delays["youtube_music"] = 0.0
    await wired.rest()

    first, second = (m for m in telegram.sent(alice) if m is not told)
    assert waiting["text"].startswith("One list at a time: yours is next, after “Road trip” (")
    assert waiting["text"].endswith(" of 45).")
    assert (
        "Stopped 2 lists. What is there stays, and what was not looked up is given back."
    ) == told["text"]
    assert first["text"].endswith("Stopped. Send the link again for the rest.")
    assert ("Stopped before it began. Send the link again when you want it.") == telegram.chat(
        alice
    ).messages[second["message_id"]]["text"]
    assert telegram.sent(bob)[-1]["text"].endswith("\n45 official")


async def test_a_waiting_list_has_its_turn(
    wired: LiveBot, loopback: Loopback, telegram: Telegram, alice: User
) -> None:
    """The message that says to wait becomes the listing when its turn comes."""
    loopback.delays["youtube_music"] = 0.1
    telegram.send_text(alice, f"{ROAD_TRIP} {LONG_DRIVE}")
    waiting = await wired.says(alice, "One list at a time")
    loopback.delays["youtube_music"] = 0.0
    await wired.rest()

    texts = {message["message_id"]: message["text"] for message in telegram.sent(alice)}
    assert texts[waiting["message_id"]].startswith("Long drive\n")
    assert 2 == len([text for text in texts.values() if text.endswith("\n45 official")])
    assert 2 == len(texts)


@pytest.mark.parametrize("pause", [False, True])
async def test_cancel_right_behind_a_link(
    wired: LiveBot, loopback: Loopback, telegram: Telegram, alice: User, pause: bool
) -> None:
    """However close /cancel comes behind a link, the next link of that person is answered."""
    loopback.delays["spotify_api"] = 0.1
    telegram.send_text(alice, ROAD_TRIP)
    if pause:
        await telegram.until(lambda: telegram.idle)
    telegram.send_text(alice, "/cancel")
    await wired.rest()
    said = telegram.send_text(alice, LONG_DRIVE)
    [listing] = await wired.answers(said)

    assert listing["text"].endswith("\n45 official")


async def test_forget_leaves_nothing_of_the_user(
    bot: LiveBot, mongo: Mongo, alice: User, bob: User
) -> None:
    """After /forget nothing in the database holds the user's id, and today's number stays."""
    [listing] = await bot.ask(alice, ATLAS)
    [card] = await bot.ask(alice, TRACK)
    await bot.ask(bob, TRACK)
    assert await _holding(mongo, alice.id)

    [answer] = await bot.ask(alice, "/forget")
    [quota] = await bot.ask(alice, "/quota")

    assert (
        "Deleted: your links, your lists, your settings, your corrections and your plan. The "
        "buttons under my older messages no longer work. Only today's number of tracks and the "
        "last minute's of links stay, as limits, under scrambled keys."
    ) == answer["text"]
    assert [] == await _holding(mongo, alice.id)
    assert ["jobs"] == await _holding(mongo, bob.id)
    assert "Today you used 43 of your 300 tracks" in quota["text"]
    assert "That list is too old to turn. Send its link again." == (
        await bot.toast(alice, listing, "▶")
    )
    assert [["Spotify ↗", "YouTube ↗"], ["All platforms ↗", "Wrong song?"], ["Share ↗"]] == (
        buttons(card)
    )


async def test_forget_in_the_middle_of_a_list(
    wired: LiveBot, loopback: Loopback, mongo: Mongo, telegram: Telegram, alice: User
) -> None:
    """/forget while a list is running ends it, leaves nothing, and the next link works."""
    loopback.delays["youtube_music"] = 0.2
    telegram.send_text(alice, ROAD_TRIP)
    running = await wired.says(alice, "looking…")
    stop = callback_data(running, "Stop")
    telegram.send_text(alice, "/forget")
    await wired.says(alice, "^Deleted: ")
    loopback.delays["youtube_music"] = 0.0
    await wired.rest()

    assert [] == await _holding(mongo, alice.id)
    assert "It is done already." == await wired.forge(alice, alice, running, stop)
    [listing] = await wired.ask(alice, LONG_DRIVE)
    assert listing["text"].endswith("\n45 official")


async def _holding(mongo: Mongo, user_id: int) -> list[str]:
    """The collections in which a document holds the number anywhere, as a number or in a text."""
    names = await mongo.db.list_collection_names()
    return [
        name
        for name in names
        if any([_holds(document, user_id) async for document in mongo.db[name].find({})])
    ]


def _holds(value: Any, number: int) -> bool:
    match value:
        case dict():
            return any(_holds(part, number) for pair in value.items() for part in pair)
        case list():
            return any(_holds(part, number) for part in value)
        case str():
            return f"{number}" in value.replace(":", " ").split()
        case _:
            return bool(value == number)
