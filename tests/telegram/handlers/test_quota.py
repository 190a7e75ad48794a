"""Allowances in the chat: partial grants, refusals, the next day, admins, and bursts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.live import SAMPLE, live
from tests.e2e.telegram_server import links

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.sandbox.telegram.state import User
    from bot.storage.database import Mongo
    from tests.conftest import SetClock
    from tests.e2e.live import LiveBot
    from tests.staged.telegram import Telegram

ATLAS = "https://open.spotify.com/playlist/samplePlaylistAtlas001"
ALBUM = "https://open.spotify.com/album/sampleAlbumHarbour0001"
TRACK = "https://open.spotify.com/track/sampleTrackPaperMoth01"
UNSUPPORTED = "https://open.spotify.com/show/sampleShowMaps00000001"


@pytest.fixture
def settings(mongo_settings: Settings, mongo: Mongo) -> Settings:
    """Ten tracks a day, and an administrator."""
    return mongo_settings.model_copy(
        update=SAMPLE | {"quota_free": 10, "admin_ids": (502,), "quota_timezone": "Europe/Istanbul"}
    )


async def test_a_listing_beyond_the_allowance(bot: LiveBot, alice: User) -> None:
    """All Spotify links, as many YouTube links as are left, and when the rest is possible."""
    [listing] = await bot.ask(alice, ALBUM)

    spotify = [url for name, url in links(listing) if name == "Spotify"]
    youtube = [url for name, url in links(listing) if name.startswith("YouTube")]
    assert (14, 10) == (len(spotify), len(youtube))
    assert listing["text"].endswith(
        "8 official · 2 search only · 4 for another day\n"
        "That's 10 of 14 for today: your 10 tracks renew in 2 h 12 min, at midnight "
        "Europe/Istanbul. Open this list again then; what is here stays free."
    )


async def test_nothing_is_left(bot: LiveBot, alice: User) -> None:
    """With nothing left, a track still has its Spotify link, a search, and when to come back."""
    await bot.ask(alice, ALBUM)
    [card] = await bot.ask(alice, TRACK)
    [quota] = await bot.ask(alice, "/quota")

    assert ["Spotify", "YouTube search"] == [name for name, _ in links(card)]
    assert card["text"].endswith(
        "Your 10 tracks for today are used up. They renew in 2 h 12 min, at midnight "
        "Europe/Istanbul."
    )
    assert (
        "Today you used 10 of your 10 tracks; 0 are left.\n"
        "Plan: free. The day turns in 2 h 12 min, at midnight Europe/Istanbul."
    ) == quota["text"]


async def test_an_administrator_has_no_limit(bot: LiveBot, telegram: Telegram) -> None:
    """The ids of ADMIN_IDS are never refused."""
    telegram.user("Alice")
    admin = telegram.user("Root")
    [listing] = await bot.ask(admin, ATLAS)
    [quota] = await bot.ask(admin, "/quota")

    assert "another day" not in listing["text"]
    assert (
        "You are an administrator: no daily limit holds for you.\n"
        "The day turns in 2 h 12 min, at midnight Europe/Istanbul."
    ) == quota["text"]


async def test_the_seventh_link_in_a_minute_waits(
    bot: LiveBot, now: SetClock, alice: User, bob: User
) -> None:
    """Six links a minute; the next is refused with the wait, and taken after it. Others go on."""
    for _ in range(6):
        await bot.ask(alice, TRACK)
    [refused] = await bot.ask(alice, TRACK)
    [other] = await bot.ask(bob, TRACK)
    now.forward(seconds=10)
    [taken] = await bot.ask(alice, TRACK)

    assert ("That was quick: I take 6 links a minute. Send this one again in 10 s.") == refused[
        "text"
    ]
    assert other["text"].startswith("Paper Moths at the Window\n")
    assert taken["text"].startswith("Paper Moths at the Window\n")


async def test_too_many_links_in_one_message(bot: LiveBot, alice: User) -> None:
    """Of nine links the first six are answered, and one sentence says what became of the rest."""
    tracks = [f"https://open.spotify.com/episode/sampleEpisode{number:09}" for number in range(9)]
    answers = [answer["text"] for answer in await bot.ask(alice, " ".join(tracks))]

    burst = "That was quick: I take 6 links a minute. Send the last 3 again, from 10 s on."
    assert 7 == len(answers)
    assert 1 == answers.count(burst)


async def test_what_is_refused_costs_nothing(bot: LiveBot, alice: User) -> None:
    """A link without tracks spends nothing."""
    await bot.ask(alice, UNSUPPORTED)
    [quota] = await bot.ask(alice, "/quota")

    assert quota["text"].startswith("Today you used 0 of your 10 tracks; 10 are left.")


async def test_forgetting_gives_no_new_burst(bot: LiveBot, alice: User) -> None:
    """The links of the last minute count on, whoever asks for all to be deleted."""
    for _ in range(6):
        await bot.ask(alice, UNSUPPORTED)
    await bot.ask(alice, "/forget")
    [refused] = await bot.ask(alice, UNSUPPORTED)

    assert refused["text"].startswith("That was quick")


async def test_groups_bring_no_new_allowance(bot: LiveBot, telegram: Telegram, alice: User) -> None:
    """Anonymous administrators of any number of groups have what those of one group have."""
    one, other = (telegram.group(title, [alice]) for title in ("One", "Other"))
    await bot.answers(telegram.groups.say_as_group(one, ALBUM))
    [card] = await bot.answers(telegram.groups.say_as_group(other, TRACK))

    assert card["text"].endswith(
        "Your 10 tracks for today are used up. They renew in 2 h 12 min, at midnight "
        "Europe/Istanbul. All administrators who stay anonymous, in all groups, share them; under "
        "your own name you have your own."
    )


async def test_groups_that_have_an_allowance_of_their_own(
    settings: Settings, now: SetClock
) -> None:
    """Where the operator says so, what one group used is nothing to another."""
    own = settings.model_copy(update={"group_allowances": True})
    async with live(own, clock=now) as bot:
        members = [bot.telegram.user("Alice")]
        one, other = (bot.telegram.group(title, members) for title in ("One", "Other"))
        await bot.answers(bot.telegram.groups.say_as_group(one, ALBUM))
        [card] = await bot.answers(bot.telegram.groups.say_as_group(other, TRACK))

    assert "YouTube ♪ official audio" in card["text"]
