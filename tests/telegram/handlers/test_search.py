"""Songs by words: what is found, who may choose, and the card that the message becomes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e import worlds
from tests.e2e.faults import How
from tests.e2e.live import buttons, callback_data, live
from tests.e2e.telegram_server import links

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.sandbox.telegram.state import User
    from tests.conftest import SetClock
    from tests.e2e.live import LiveBot
    from tests.e2e.services import Loopback
    from tests.staged.telegram import Telegram

TRACK = "https://open.spotify.com/track/sampleTrackPaperMoth01"
LABEL = "Paper Moths at the Window — Ottoline Brack (3:47)"
SONG = worlds.tracks("Road trip", 45)[7]


async def test_words_alone(bot: LiveBot, telegram: Telegram, alice: User) -> None:
    """In a private chat words are searched for; the song that is tapped becomes its card."""
    [choices] = await bot.ask(alice, "ottoline brack paper moths")
    assert "Songs for “ottoline brack paper moths”. Which one is it?" == choices["text"]
    assert [[LABEL]] == buttons(choices)

    assert None is await bot.toast(alice, choices, LABEL)
    await bot.rest()
    [card] = telegram.sent(alice)

    assert choices["message_id"] == card["message_id"]
    assert card["text"].startswith("Paper Moths at the Window\nOttoline Brack · ")
    assert ("Spotify", TRACK) == links(card)[0]
    assert 1 == len(telegram.calls_of("sendMessage"))


async def test_the_command_in_a_group(
    bot: LiveBot, telegram: Telegram, alice: User, bob: User
) -> None:
    """/search works anywhere, as a silent reply, and only the one who searched may choose."""
    group = telegram.group("Friends", [alice, bob])
    said = telegram.send_text(alice, "/search paper moths", chat=group)
    [choices] = await bot.answers(said)

    assert said["message_id"] == choices["reply_to_message"]["message_id"]
    assert [True] == [c.params["disable_notification"] for c in telegram.calls_of("sendMessage")]
    refusal = "Only the person who searched can choose. Send /search yourself."
    assert refusal == await bot.toast(bob, choices, LABEL)
    forged = callback_data(choices, LABEL).replace(str(alice.id), str(bob.id))
    assert "That button no longer works." == await bot.forge(bob, group, choices, forged)
    assert None is await bot.toast(alice, choices, LABEL)
    assert (await bot.says(group, "official audio"))["message_id"] == choices["message_id"]


@pytest.mark.parametrize("text", ["/search", "/search 🎉"])
async def test_the_command_alone(bot: LiveBot, alice: User, text: str) -> None:
    """/search without words says how it is used."""
    [answer] = await bot.ask(alice, text)

    assert answer["text"].startswith("Write the song behind the command: /search artist title.")


async def test_a_link_behind_the_command(bot: LiveBot, alice: User) -> None:
    """A link behind /search is answered as a link."""
    [card] = await bot.ask(alice, f"/search {TRACK}")

    assert card["text"].startswith("Paper Moths at the Window\n")


async def test_nothing_is_found(bot: LiveBot, alice: User) -> None:
    """Words that name no song are said back, with what to try."""
    [answer] = await bot.ask(alice, "zzzqqq & sons")

    assert (
        "I found no song for “zzzqqq & sons”. Try the artist and the title, fewer words, "
        "or another spelling."
    ) == answer["text"]


async def test_an_old_search(bot: LiveBot, now: SetClock, alice: User) -> None:
    """A search of the day before yesterday says so when it is tapped."""
    [choices] = await bot.ask(alice, "paper moths")
    now.forward(hours=25)

    assert "That search is too old. Send the words again." == await bot.toast(alice, choices, LABEL)


async def test_tapped_twice(bot: LiveBot, telegram: Telegram, alice: User) -> None:
    """One choice is answered, also when it is tapped again before its card is there."""
    [choices] = await bot.ask(alice, "paper moths")
    data = callback_data(choices, LABEL)
    telegram.press(alice, choices, data)
    telegram.press(alice, choices, data)
    await bot.rest()

    assert 1 == len(telegram.sent(alice))
    [answer] = [m for m in await bot.ask(alice, "/quota") if "Today" in m["text"]]
    assert "Today you used 1 of your 300 tracks; 299 are left." in answer["text"]


async def test_searches_count_as_bursts(bot: LiveBot, alice: User) -> None:
    """Searches are free of charge, but no more than six a minute are taken."""
    for _ in range(6):
        await bot.ask(alice, "paper moths")
    [answer] = await bot.ask(alice, "paper moths")

    assert (
        "That was quick: I take 6 links or searches a minute. Send this one again in 10 s."
    ) == answer["text"]
    [quota] = await bot.ask(alice, "/quota")
    assert "Today you used 0 of your 300 tracks" in quota["text"]


async def test_spotify_refuses_to_search(wired: LiveBot, loopback: Loopback, alice: User) -> None:
    """Where the Web API refuses, YouTube Music finds the song, and the message says so."""
    loopback.fail("spotify_api", How.STATUS, status=403)
    [choices] = await wired.ask(alice, f"{SONG.artists[0]} {SONG.title}")

    assert choices["text"].endswith("Found on YouTube Music.")
    assert buttons(choices)[0][0].startswith(f"{SONG.title} — {SONG.artists[0]} (")


async def test_no_source_answers(wired: LiveBot, loopback: Loopback, alice: User) -> None:
    """Where no source answers, a sentence says whose side it is on.

    The time in it depends on whether the start-up probe met the failures too, and opened a circuit.
    """
    for service in ("spotify_api", "youtube_music"):
        loopback.fail(service, How.STATUS, status=500)
    [answer] = await wired.ask(alice, SONG.title)

    down = "Neither Spotify nor YouTube answers my search at the moment. Send that again in "
    ends = ("a few minutes, or send a link.", "30 s, or send a link.")
    assert answer["text"] in [down + end for end in ends]


async def test_no_source_answers_for_a_known_time(
    wired: LiveBot, loopback: Loopback, alice: User
) -> None:
    """Where it is known when one of them is asked again, that time is named."""
    for service, wait in (("spotify_api", "7200"), ("youtube_music", "3600")):
        loopback.fail(service, How.STATUS, status=429, headers={"Retry-After": wait})
    [answer] = await wired.ask(alice, SONG.title)

    assert answer["text"] == (
        "Neither Spotify nor YouTube answers my search at the moment. "
        "Send that again in 1 h, or send a link."
    )


async def test_without_credentials(settings: Settings, now: SetClock) -> None:
    """Without Spotify's credentials songs and cards are YouTube Music's, with a Spotify search."""
    bare = settings.model_copy(update={"spotify_client_id": None, "spotify_client_secret": None})
    async with live(bare, clock=now) as bot:
        alice = bot.telegram.user("Alice")
        [choices] = await bot.ask(alice, "paper moths")
        await bot.toast(alice, choices, LABEL)
        await bot.rest()
        [card] = bot.telegram.sent(alice)

    assert [LABEL] in buttons(choices)
    assert choices["text"].endswith("Found on YouTube Music.")
    assert "Spotify search ⌕  ·  YouTube ♪ official audio" in card["text"]
    search = "https://open.spotify.com/search/Ottoline%20Brack%20Paper%20Moths%20at%20the%20Window"
    assert ("Spotify search", search) == links(card)[0]
    assert ["Spotify search ↗", "YouTube ↗"] == buttons(card)[0]
