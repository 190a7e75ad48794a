"""Spotify and YouTube in the way: the very sentence that a person reads, and what stays."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

import pytest
import stamina
from pydantic import SecretStr

from bot.models.job import MOST_AGAIN
from tests.e2e import worlds
from tests.e2e.data_api import KEY
from tests.e2e.faults import How
from tests.e2e.live import addresses, complaints, live
from tests.e2e.services import Loopback
from tests.e2e.serving import serve
from tests.e2e.telegram_server import links
from tests.staged.telegram import Telegram
from tests.telegram.conftest import QUICK, WORLD

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from contextlib import AbstractAsyncContextManager

    from bot.config import Settings
    from bot.sandbox.telegram.state import User
    from tests.conftest import SetClock
    from tests.e2e.live import LiveBot
    from tests.e2e.spec import Spec

ROAD_TRIP = f"https://open.spotify.com/playlist/{worlds.playlist_id('Road trip')}"
SHORT_WALK = f"https://open.spotify.com/playlist/{worlds.playlist_id('Short walk')}"
DEMO = f"https://open.spotify.com/album/{worlds.album_id('Demo tape')}"
DOWN = "Spotify is not answering at the moment. Send the link again in a few minutes."
REFUSED = (
    "Spotify does not let bots read this playlist. "
    "Select its songs in Spotify's desktop "
    "app, copy, and paste them here, or send me a .txt or .csv file."
)
GONE = (
    "Spotify has nothing behind that link, or it is private. "
    "Open it in Spotify, share it again, and make a playlist public first."
)
YOUTUBE_DOWN = (
    "YouTube is not answering at the moment. Your Spotify links are all here; "
    "I'll ask for the rest again in "
)
YOUTUBE_GIVEN_UP = (
    "YouTube is not answering at the moment. Your Spotify links are all here; "
    "send the link again later for the rest. What is here stays free."
)
PREMIUM = "Active premium subscription required for the owner of the app."
AGAIN = "Spotify is not answering at the moment. I'll ask it again in 1 min."
TOMORROW = "Spotify is not answering at the moment. I'll ask it again in 23 h 58 min."
DAY = {"Retry-After": "86236"}
HASTY = replace(QUICK, web_api_silence_s=1.5, embed_page_s=1.5)  # who hangs is given up soon
KEYLESS = {"spotify_client_id": None, "spotify_client_secret": None}


class Stage(Protocol):
    """Runs a bot before some services, with some settings changed; a person is there already."""

    def __call__(
        self, loopback: Loopback, **changes: object
    ) -> AbstractAsyncContextManager[tuple[LiveBot, User]]: ...


@pytest.fixture
def stage(settings: Settings, now: SetClock, spec: Spec | None) -> Stage:
    @asynccontextmanager
    async def start(loopback: Loopback, **changes: object) -> AsyncIterator[tuple[LiveBot, User]]:
        with serve(loopback):
            changed = settings.model_copy(update=addresses(loopback) | changes)
            telegram = Telegram(clock=now)
            async with live(
                changed, clock=now, telegram=telegram, sample=False, timing=HASTY
            ) as bot:
                yield bot, telegram.user("Alice")
            assert [] == complaints(telegram, spec)

    return start


async def take_up(bot: LiveBot) -> None:
    """What is due by now runs to its end, without the wait for the next heartbeat."""
    await bot.services.runner._heartbeat.recover()
    await bot.rest()


@pytest.mark.parametrize(
    ("how", "details"),
    [
        (How.STATUS, {"status": 401}),
        (How.STATUS, {"status": 403}),
        (How.STATUS, {"status": 403, "body": PREMIUM}),
        (How.STATUS, {"status": 404}),
        (How.STATUS, {"status": 429, "headers": DAY}),
        (How.STATUS, {"status": 500}),
        (How.HTML, {}),
        (How.TRUNCATED, {}),
        (How.HANG, {}),
        (How.RESET, {}),
    ],
    ids=lambda value: value if isinstance(value, str) else str(value.get("status", "")),
)
async def test_the_public_page_stands_in_for_the_web_api(
    stage: Stage, how: How, details: dict[str, Any]
) -> None:
    """Whatever is wrong with the Web API, a public list is read from its embed page."""
    loopback = Loopback(world=WORLD)
    loopback.fail("spotify_api", how, **details)
    async with stage(loopback) as (bot, alice):
        [listing] = await bot.ask(alice, SHORT_WALK)

    assert listing["text"].startswith("Short walk\n")
    assert listing["text"].endswith("\n3 official")


@pytest.mark.parametrize(
    ("how", "details", "sentence"),
    [
        (How.STATUS, {"status": 401}, REFUSED),
        (How.STATUS, {"status": 403}, REFUSED),
        (How.STATUS, {"status": 404}, GONE),
        (How.STATUS, {"status": 429, "headers": DAY}, TOMORROW),
        (How.STATUS, {"status": 500}, AGAIN),
        (How.STATUS, {"status": 200, "body": "<html>no script here</html>"}, DOWN),
        (How.HTML, {}, DOWN),
        (How.TRUNCATED, {}, DOWN),
        (How.HANG, {}, AGAIN),
        (How.RESET, {}, AGAIN),
    ],
    ids=lambda value: value if isinstance(value, str) else str(value.get("status", "")),
)
async def test_the_public_page_fails(
    stage: Stage, how: How, details: dict[str, Any], sentence: str
) -> None:
    """Without credentials, what is wrong with the embed page is said in one sentence."""
    loopback = Loopback(world=WORLD)
    loopback.fail("spotify_web", how, **details)
    async with stage(loopback, **KEYLESS) as (bot, alice):
        [told] = await bot.ask(alice, SHORT_WALK)
        loopback.heal()
        [quota] = await bot.ask(alice, "/quota")

    assert sentence == told["text"]
    assert quota["text"].startswith("Today you used 0 of your 300 tracks")


async def test_the_list_comes_when_spotify_is_back(stage: Stage, now: SetClock) -> None:
    """In the message that said so: nobody has to send the link again, and it is paid once."""
    loopback = Loopback(world=WORLD)
    loopback.fail("spotify_web", How.STATUS, status=500)
    async with stage(loopback, **KEYLESS) as (bot, alice):
        [away] = await bot.ask(alice, SHORT_WALK)
        loopback.heal()
        now.forward(minutes=1)
        await take_up(bot)
        [back] = bot.telegram.sent(alice)
        [quota] = await bot.ask(alice, "/quota")

    assert AGAIN == away["text"]
    assert away["message_id"] == back["message_id"]
    assert back["text"].startswith("Short walk\n")
    assert back["text"].endswith("\n3 official")
    assert quota["text"].startswith("Today you used 3 of your 300 tracks")


async def test_spotify_is_asked_three_more_times(stage: Stage, now: SetClock) -> None:
    """Then the same message says what the person can do."""
    loopback = Loopback(world=WORLD)
    loopback.fail("spotify_web", How.STATUS, status=500)
    async with stage(loopback, **KEYLESS) as (bot, alice):
        await bot.ask(alice, SHORT_WALK)
        for _ in range(MOST_AGAIN + 2):
            now.forward(hours=1)
            await take_up(bot)
        [told] = bot.telegram.sent(alice)

    assert DOWN == told["text"]


async def test_a_long_wait_is_not_slept_through(stage: Stage) -> None:
    """After a Retry-After of a day, Spotify is not asked before that: others hear it at once."""
    loopback = Loopback(world=WORLD)
    loopback.fail("spotify_api", How.STATUS, status=429, headers=DAY)
    async with stage(loopback, spotify_embed=False) as (bot, alice):
        [first] = await bot.ask(alice, SHORT_WALK)
        asked = len(loopback.requests("spotify_api"))
        [second] = await bot.ask(alice, DEMO)

    assert [TOMORROW, TOMORROW] == [first["text"], second["text"]]
    assert asked == len(loopback.requests("spotify_api"))


async def test_a_short_wait_is_kept(stage: Stage) -> None:
    """After a Retry-After of a second the Web API is asked again, and the listing comes from it."""
    loopback = Loopback(world=WORLD)
    with stamina.set_testing(False):
        async with stage(loopback, spotify_embed=False) as (bot, alice):
            await bot.telegram.until(lambda: loopback.requests("spotify_token"))
            headers = {"Retry-After": "1"}
            path = worlds.playlist_id("Short walk")
            loopback.fail("spotify_api", How.STATUS, status=429, headers=headers, left=1, path=path)
            [listing] = await bot.ask(alice, SHORT_WALK)

    asked = [entry for entry in loopback.requests("spotify_api") if path in entry.path]
    refused = next(entry for entry in asked if entry.status == 429)
    again = max(asked, key=lambda entry: entry.begun)
    assert listing["text"].endswith("\n3 official")
    assert again.begun - refused.ended >= 1.0


async def test_a_restricted_app_reads_playlists_from_the_public_page(stage: Stage) -> None:
    """Spotify keeps the rows of playlists from new apps; the public page has them."""
    async with stage(Loopback(world=WORLD, restricted=True)) as (bot, alice):
        [listing] = await bot.ask(alice, ROAD_TRIP)

    assert listing["text"].endswith("\n45 official")


async def test_a_restricted_app_without_the_public_page(stage: Stage) -> None:
    """Where the embed page is turned off too, the refusal is told, with what to do."""
    loopback = Loopback(world=WORLD, restricted=True)
    async with stage(loopback, spotify_embed=False) as (bot, alice):
        [told] = await bot.ask(alice, ROAD_TRIP)

    assert REFUSED == told["text"]


@pytest.mark.parametrize(
    ("how", "details"),
    [
        (How.HTML, {}),
        (How.HTML, {"status": 403}),
        (How.STATUS, {"status": 429, "headers": DAY}),
        (How.STATUS, {"status": 500}),
        (How.TRUNCATED, {}),
        (How.RESET, {}),
    ],
    ids=lambda value: value if isinstance(value, str) else str(value.get("status", "")),
)
async def test_youtube_fails(stage: Stage, how: How, details: dict[str, Any]) -> None:
    """All Spotify links come with searches, it is said, costs nothing, and is made good later."""
    loopback = Loopback(world=WORLD)
    loopback.fail("youtube_music", how, path="search", **details)
    async with stage(loopback) as (bot, alice):
        [listing] = await bot.ask(alice, SHORT_WALK)
        [quota] = await bot.ask(alice, "/quota")

    again = "23 h 58 min." if details.get("headers") == DAY else "1 min."
    told = YOUTUBE_GIVEN_UP if details.get("status") == 403 else f"{YOUTUBE_DOWN}{again}"
    assert listing["text"].endswith(f"\n3 not looked up\n{told}")
    assert ["Spotify", "YouTube search"] * 3 == [name for name, _ in links(listing)[1:]]
    assert quota["text"].startswith("Today you used 0 of your 300 tracks")


async def test_youtube_is_back(stage: Stage, now: SetClock) -> None:
    """The same link, sent again when YouTube answers, has all its links, and pays for them once."""
    loopback = Loopback(world=WORLD)
    loopback.fail("youtube_music", How.HTML, path="search")
    async with stage(loopback) as (bot, alice):
        await bot.ask(alice, SHORT_WALK)
        loopback.heal()
        now.forward(minutes=1)
        [listing] = await bot.ask(alice, SHORT_WALK)
        [quota] = await bot.ask(alice, "/quota")

    assert listing["text"].endswith("\n3 official")
    assert quota["text"].startswith("Today you used 3 of your 300 tracks")


async def test_the_rest_is_filled_in_when_youtube_is_back(stage: Stage, now: SetClock) -> None:
    """The same message gets its links, nobody has to ask again, and they are paid once."""
    loopback = Loopback(world=WORLD)
    loopback.fail("youtube_music", How.HTML, path="search", headers={"Retry-After": "3"})
    async with stage(loopback) as (bot, alice):
        [away] = await bot.ask(alice, SHORT_WALK)
        loopback.heal()
        now.forward(minutes=1)
        await take_up(bot)
        [back] = [m for m in bot.telegram.sent(alice) if "Short walk" in m["text"]]
        [quota] = await bot.ask(alice, "/quota")

    assert YOUTUBE_DOWN in away["text"]
    assert away["message_id"] == back["message_id"]
    assert back["text"].endswith("\n3 official")
    assert quota["text"].startswith("Today you used 3 of your 300 tracks")


async def test_cancel_ends_what_would_be_asked_for_again(stage: Stage, now: SetClock) -> None:
    """Neither message goes on saying that it will, and nothing is asked for when it is time."""
    loopback = Loopback(world=WORLD)
    loopback.fail("youtube_music", How.HTML, path="search")
    async with stage(loopback) as (bot, alice):
        [listing] = await bot.ask(alice, SHORT_WALK)
        for service in ("spotify_api", "spotify_web"):
            loopback.fail(service, How.STATUS, status=500)
        [refused] = await bot.ask(alice, ROAD_TRIP)
        [told] = await bot.ask(alice, "/cancel")
        for _ in range(2):  # one job of a person at a time
            await take_up(bot)
        ends = bot.telegram.sent(alice)
        loopback.heal()
        now.forward(hours=1)
        await take_up(bot)
        after = bot.telegram.sent(alice)

    assert listing["text"].endswith("again in 1 min.")
    assert refused["text"].endswith("again in 1 min.")
    assert told["text"].startswith("Stopped 2 lists.")
    assert [] == [each for each in ends if "I'll ask" in each["text"]]
    assert [each["text"] for each in ends] == [each["text"] for each in after]


async def test_the_rest_is_asked_for_three_times(stage: Stage, now: SetClock) -> None:
    """A service that stays away is given up with a word on what to do, in the same message."""
    loopback = Loopback(world=WORLD)
    loopback.fail("youtube_music", How.HTML, path="search")
    async with stage(loopback) as (bot, alice):
        await bot.ask(alice, SHORT_WALK)
        for _ in range(5):
            now.forward(hours=1)
            await take_up(bot)
        [listing] = [m for m in bot.telegram.sent(alice) if "Short walk" in m["text"]]

    assert listing["text"].endswith(YOUTUBE_GIVEN_UP)


async def test_youtube_finds_nothing(stage: Stage) -> None:
    """Empty answers are answers: searches instead of links, labelled, and looked up for good."""
    loopback = Loopback(world=replace(WORLD, finds=()))
    async with stage(loopback) as (bot, alice):
        [listing] = await bot.ask(alice, SHORT_WALK)
        [quota] = await bot.ask(alice, "/quota")

    assert listing["text"].endswith("\n3 search only")
    assert quota["text"].startswith("Today you used 3 of your 300 tracks")


async def test_a_track_while_youtube_is_down(stage: Stage) -> None:
    """A card without a recording says on whose side the reason is."""
    loopback = Loopback(world=WORLD)
    loopback.fail("youtube_music", How.STATUS, status=500, path="search")
    song = worlds.tracks("Short walk", 3)[0]
    async with stage(loopback) as (bot, alice):
        [card] = await bot.ask(alice, str(song.url))

    assert ["Spotify", "YouTube search"] == [name for name, _ in links(card)]
    assert card["text"].endswith(
        "YouTube is not answering at the moment. I'll ask it again in 1 min."
    )


async def test_the_data_api_stands_in_for_youtube_music(stage: Stage) -> None:
    """With a key set, what YouTube Music refuses is found by the Data API."""
    loopback = Loopback(world=WORLD)
    loopback.fail("youtube_music", How.HTML, path="search")
    async with stage(loopback, youtube_api_key=SecretStr(KEY)) as (bot, alice):
        [listing] = await bot.ask(alice, SHORT_WALK)

    assert listing["text"].endswith("\n3 official")
