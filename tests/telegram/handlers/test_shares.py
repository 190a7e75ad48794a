"""What services allow is shared by people: nobody's lists, links or taps take all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from tests.e2e import worlds
from tests.e2e.data_api import KEY
from tests.e2e.live import addresses, live
from tests.telegram.conftest import QUICK

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.sandbox.telegram.state import User
    from tests.conftest import SetClock
    from tests.e2e.live import LiveBot
    from tests.e2e.services import Loopback

ROAD_TRIP = f"https://open.spotify.com/playlist/{worlds.playlist_id('Road trip')}"
TRACK = "https://open.spotify.com/track/sampleTrackPaperMoth01"
LONG_DRIVE = f"https://open.spotify.com/playlist/{worlds.playlist_id('Long drive')}"


async def test_one_person_does_not_empty_the_data_api(
    settings: Settings, loopback: Loopback, now: SetClock
) -> None:
    """Lists and single tracks of one person leave searches for the next one's track."""
    changes: dict[str, Any] = {"youtube_api_key": SecretStr(KEY), "youtube_music": False}
    settings = settings.model_copy(update=addresses(loopback) | changes)
    song = worlds.tracks("Short walk", 3)[0]
    async with live(settings, clock=now, sample=False, timing=QUICK) as bot:
        mallory, alice = bot.telegram.user("Mallory"), bot.telegram.user("Alice")
        for listing in (ROAD_TRIP, LONG_DRIVE):
            await bot.ask(mallory, listing)
        searches = _searches(loopback)
        [card] = await bot.ask(alice, str(song.url))

    assert 70 == searches
    assert "YouTube ♪" in card["text"]


def _searches(loopback: Loopback) -> int:
    return sum(entry.path.endswith("search") for entry in loopback.requests("youtube_api"))


async def test_each_call_is_its_persons(bot: LiveBot, alice: User, bob: User) -> None:
    """Whatever brings a person's question, a link or words, it counts as theirs."""
    await bot.ask(alice, TRACK)
    await bot.ask(bob, "/search paper moths")

    kept = await bot.backends.mongo.db["budgets"].find_one({"_id": "spotify_api"})
    assert kept
    assert 3 == len({entry["who"] for entry in kept["taken"]})  # the program's own among them
