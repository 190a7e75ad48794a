"""Inline mode, from the first letter to the card that fills itself in."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from bot.errors import StoreUnavailable
from tests.conftest import PATIENT
from tests.e2e import worlds
from tests.e2e.faults import How
from tests.e2e.live import PATIENCE_S, buttons
from tests.e2e.telegram_server import links

if TYPE_CHECKING:
    from bot.sandbox.telegram.state import Chat, User
    from tests.e2e.live import LiveBot
    from tests.e2e.services import Loopback
    from tests.staged.telegram import Telegram

TRACK = "https://open.spotify.com/track/sampleTrackPaperMoth01"
ALBUM = "https://open.spotify.com/album/sampleAlbumHarbour0001"
ATLAS = "https://open.spotify.com/playlist/samplePlaylistAtlas001"
ROAD_TRIP = f"https://open.spotify.com/playlist/{worlds.playlist_id('Road trip')}"
MOTHS = "Paper Moths at the Window\nOttoline Brack · Paper Moths at the Window · 3:47\n\n"
BEGUN = f"{MOTHS}Spotify  ·  YouTube search ⌕"


@pytest.fixture
def elsewhere(telegram: Telegram, alice: User, bob: User) -> Chat:
    """A chat of people that does not know the bot."""
    chat = telegram.group("Strangers", [alice, bob])
    chat.blocked = True
    return chat


async def ask(bot: LiveBot, user: User, text: str) -> tuple[str, dict[str, Any]]:
    """The query's id, and what the bot answers."""
    query = bot.telegram.ask_inline(user, text)
    answers = bot.telegram.answers
    return query, await bot.telegram.until(lambda: answers.get(query), PATIENCE_S)


def titles(answer: dict[str, Any]) -> list[str]:
    return [result["title"] for result in answer.get("results", [])]


def last(bot: LiveBot, chat: Chat) -> dict[str, Any]:
    return bot.telegram.messages(chat)[-1]


async def used(bot: LiveBot, user: User) -> int | None:
    _, standing = await bot.services.meter.stands(user.id)
    return None if standing.remaining is None else 300 - standing.remaining


async def test_a_track_fills_in_once_it_is_chosen(
    bot: LiveBot, alice: User, elsewhere: Chat
) -> None:
    """A link offers its track; what is sent holds what is known, and gets its YouTube link."""
    query, answer = await ask(bot, alice, f"  {TRACK}?si=1 ")
    [result] = answer["results"]
    before = await used(bot, alice)
    sent = bot.telegram.choose_inline(query, result["id"], elsewhere)
    await bot.rest()
    card = last(bot, elsewhere)

    assert ("Paper Moths at the Window", "Ottoline Brack · 3:47") == (
        result["title"],
        result["description"],
    )
    assert result["thumbnail_url"].startswith("https://")
    assert (True, 300) == (answer["is_personal"], answer["cache_time"])
    assert BEGUN == sent["text"]
    assert [["Spotify ↗", "YouTube search ↗"], ["Open in Tracklink ↗"]] == buttons(sent)
    assert (
        "https://t.me/TracklinkBot?start=track_sampleTrackPaperMoth01"
        == (sent["reply_markup"]["inline_keyboard"][1][0]["url"])
    )
    assert card["text"].startswith(f"{MOTHS}Spotify  ·  YouTube ♪ official audio")
    assert ["Spotify", "YouTube"] == [name for name, _ in links(card)]
    assert not [b for row in card["reply_markup"]["inline_keyboard"] for b in row if "url" not in b]
    assert (0, 1) == (before, await used(bot, alice))
    assert [] == bot.telegram.sent(elsewhere)


async def test_what_is_paid_is_whole_at_once(bot: LiveBot, alice: User, elsewhere: Chat) -> None:
    """Who has looked up a track sends its whole card, also without inline feedback."""
    await bot.ask(alice, TRACK)
    query, answer = await ask(bot, alice, TRACK)
    bot.telegram.world.inline_feedback = False
    sent = bot.telegram.choose_inline(query, answer["results"][0]["id"], elsewhere)
    await bot.rest()

    assert "YouTube ♪ official audio" in sent["text"]
    assert 1 == await used(bot, alice)


async def test_what_is_stored_costs_what_it_costs_elsewhere(
    bot: LiveBot, alice: User, bob: User, elsewhere: Chat
) -> None:
    """What others looked up is not offered for nothing: it is filled in, and paid, when chosen."""
    await bot.ask(alice, ALBUM)
    _, album = await ask(bot, bob, ALBUM)
    query, answer = await ask(bot, bob, TRACK)
    before = await used(bot, bob)
    sent = bot.telegram.choose_inline(query, answer["results"][0]["id"], elsewhere)
    await bot.rest()

    assert "watch?v=" not in str(album)
    assert BEGUN == sent["text"]
    assert "YouTube ♪ official audio" in last(bot, elsewhere)["text"]
    assert (0, 1) == (before, await used(bot, bob))


async def test_without_tracks_left(
    bot: LiveBot, alice: User, bob: User, elsewhere: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who has used up the day gets no YouTube link from inline mode either."""
    await bot.ask(alice, TRACK)
    zone = bot.services.meter._plans.zone
    day = bot.services.clock().astimezone(zone).date().isoformat()
    used = [str(number) for number in range(300)]
    await bot.services.meter._ledger.reserve(bob.id, job="x", tracks=used, limit=300, period=day)
    query, answer = await ask(bot, bob, TRACK)
    bot.telegram.choose_inline(query, answer["results"][0]["id"], elsewhere)
    await bot.rest()

    assert BEGUN == last(bot, elsewhere)["text"]


async def test_an_album_is_a_header_and_its_tracks(
    bot: LiveBot, alice: User, elsewhere: Chat
) -> None:
    """An album offers its header, which leads to the private chat, and each of its tracks."""
    query, answer = await ask(bot, alice, ALBUM)
    header = bot.telegram.choose_inline(query, answer["results"][0]["id"], elsewhere)
    await bot.rest()

    assert ["Harbour of Small Hours", "Low Tide Radio", "Ropewalk"] == titles(answer)[:3]
    assert 15 == len(answer["results"])
    assert "Ondine Vargo · album · 14 tracks" == answer["results"][0]["description"]
    assert (
        "Harbour of Small Hours\nOndine Vargo · album · 2024\n14 tracks · 57 min" == header["text"]
    )
    [[button]] = header["reply_markup"]["inline_keyboard"]
    assert "https://t.me/TracklinkBot?start=album_sampleAlbumHarbour0001" == button["url"]
    assert 0 == await used(bot, alice)
    assert header["text"] == last(bot, elsewhere)["text"]


async def test_a_playlist_offers_at_most_fifty(bot: LiveBot, alice: User) -> None:
    """Rows that are no songs are left out, and no more is offered than Telegram takes."""
    _, atlas = await ask(bot, alice, ATLAS)
    _, longest = await ask(bot, alice, "https://open.spotify.com/playlist/samplePlaylistLongest1")

    assert 43 == len(atlas["results"])
    assert 50 == len(longest["results"])


async def test_words(bot: LiveBot, alice: User, elsewhere: Chat) -> None:
    """Words offer what a search finds, with covers; the one that is chosen gets its links."""
    query, answer = await ask(bot, alice, "paper moths")
    sent = bot.telegram.choose_inline(query, answer["results"][0]["id"], elsewhere)
    await bot.rest()

    assert "Paper Moths at the Window" == titles(answer)[0]
    assert answer["results"][0]["thumbnail_url"].startswith("https://")
    assert sent["text"].startswith("Paper Moths at the Window\nOttoline Brack")
    assert "YouTube ♪ official audio" in last(bot, elsewhere)["text"]


async def test_typing_on(
    bot: LiveBot, telegram: Telegram, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of what is typed letter by letter, only the last is searched for and answered."""
    queries = [telegram.ask_inline(alice, "paper moths"[:letters]) for letters in range(1, 12)]
    await telegram.until(lambda: telegram.answers.get(queries[-1]), PATIENCE_S)
    await bot.rest()

    short = set(queries[:2])
    assert {queries[-1]} == set(telegram.answers) - short


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("", "Type a song, or paste a link"),
        ("ab", "Type a song, or paste a link"),
        ("qqqq zzzz xxxx", "Nothing found. Ask me in private"),
        (
            "https://open.spotify.com/album/sampleAlbumTakenDown01",
            "That takes longer. Ask me in private",
        ),
        (
            "https://open.spotify.com/show/sampleShowMaps00000001",
            "Nothing found. Ask me in private",
        ),
        ("https://www.youtube.com/watch?v=aaaaaaaaaaa", "That takes longer. Ask me in private"),
    ],
)
async def test_nothing_to_offer(bot: LiveBot, alice: User, text: str, hint: str) -> None:
    """Without a result there is a button that says why and leads to the private chat."""
    _, answer = await ask(bot, alice, text)

    assert ([], hint) == (titles(answer), answer["button"]["text"])


@pytest.mark.parametrize("timing", [replace(PATIENT, inline_s=0.3)])
async def test_in_time_even_cold(wired: LiveBot, loopback: Loopback, alice: User) -> None:
    """A list that takes too long gets a way to the private chat, and is there the next time."""
    loopback.delays["spotify_api"] = loopback.delays["spotify_web"] = 60.0
    _, first = await ask(wired, alice, ROAD_TRIP)
    loopback.delays.clear()
    readings = wired.services.inline._readings
    for reading in list(readings.values()):
        await reading
    _, second = await ask(wired, alice, ROAD_TRIP)

    playlist = worlds.playlist_id("Road trip")
    assert ([], f"playlist_{playlist}") == (titles(first), first["button"]["start_parameter"])
    assert 1 == first["cache_time"]
    assert 46 == len(second["results"])


async def test_without_inline_feedback(bot: LiveBot, alice: User, elsewhere: Chat) -> None:
    """Where Telegram does not tell what was chosen, the card stands as it was sent."""
    bot.telegram.world.inline_feedback = False
    query, answer = await ask(bot, alice, TRACK)
    bot.telegram.choose_inline(query, answer["results"][0]["id"], elsewhere)
    await bot.rest()

    assert BEGUN == last(bot, elsewhere)["text"]
    assert 0 == await used(bot, alice)


async def test_bursts_hold(bot: LiveBot, alice: User, elsewhere: Chat) -> None:
    """More cards than six a minute are sent, but not filled in."""
    query, answer = await ask(bot, alice, ALBUM)
    for result in answer["results"][1:9]:
        bot.telegram.choose_inline(query, result["id"], elsewhere)
    await bot.rest()
    edits = bot.telegram.calls_of("editMessageText")

    assert 8 == len(bot.telegram.messages(elsewhere))
    assert 6 == len({call.params["inline_message_id"] for call in edits})


async def test_the_store_away_when_it_is_chosen(
    bot: LiveBot, alice: User, elsewhere: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A single track gets its links without it."""

    async def away(user_id: int) -> float:
        raise StoreUnavailable("MongoDB does not answer")

    query, answer = await ask(bot, alice, TRACK)
    monkeypatch.setattr(bot.services.bursts, "take", away)
    bot.telegram.choose_inline(query, answer["results"][0]["id"], elsewhere)
    await bot.rest()

    assert "YouTube ♪ official audio" in last(bot, elsewhere)["text"]


async def test_one_card_waits_for_the_other(
    wired: LiveBot, loopback: Loopback, alice: User, elsewhere: Chat
) -> None:
    """Cards of one person are filled in one after the other; /cancel ends those that wait."""
    query, answer = await ask(wired, alice, ROAD_TRIP)
    loopback.delays["youtube_music"] = 0.4
    for result in answer["results"][1:4]:
        wired.telegram.choose_inline(query, result["id"], elsewhere)
    await wired.telegram.until(lambda: len(wired.services.runner._queues.entries) == 3, PATIENCE_S)
    await wired.ask(alice, "/cancel")
    await wired.rest()

    begun = ["YouTube search ⌕" in m["text"] for m in wired.telegram.messages(elsewhere)]
    assert 2 <= sum(begun) <= 3


async def test_youtube_is_away_when_it_is_chosen(
    wired: LiveBot, loopback: Loopback, alice: User, elsewhere: Chat
) -> None:
    """What was sent stands when YouTube does not answer, and nothing is paid."""
    query, answer = await ask(wired, alice, ROAD_TRIP)
    loopback.fail("youtube_music", How.STATUS, status=403)
    sent = wired.telegram.choose_inline(query, answer["results"][1]["id"], elsewhere)
    await wired.rest()

    assert sent["text"] == last(wired, elsewhere)["text"]
    assert 0 == await used(wired, alice)
