"""What services allow is shared by people: nobody's lists, links or taps take all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from bot.spotify.faults import PROBE_TRACK
from tests.e2e import worlds
from tests.e2e.data_api import KEY
from tests.e2e.live import addresses, callback_data, live
from tests.telegram.conftest import QUICK

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.sandbox.telegram.state import Message, User
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


async def test_dead_links_are_asked_for_once(
    wired: LiveBot, loopback: Loopback, alice: User, bob: User
) -> None:
    """A list of links behind which there is nothing costs a request each, and no tap costs any."""
    links = "\n".join(f"https://open.spotify.com/track/{number:022d}" for number in range(12))
    listing, *_ = await _sent(wired, alice, "dead.txt", links)
    once = _questions(loopback)
    job = callback_data(listing, "Export").partition(":")[2]
    for data in (f"p:{job}:0", f"w:{job}:0", f"ft:{job}:0", f"x:{job}:csv"):
        await wired.forge(alice, alice, listing, data)
    await _sent(wired, bob, "other.txt", links)

    assert listing["text"].endswith("\n12 no longer on Spotify")
    assert (2 * 12, 2 * 12) == (once, _questions(loopback))  # of either source


async def test_names_for_nobody_without_tracks(
    settings: Settings, loopback: Loopback, now: SetClock
) -> None:
    """Whose plan has no tracks has no names asked for either."""
    settings = settings.model_copy(update={**addresses(loopback), "quota_free": 0})
    links = "\n".join(str(song.url) for song in worlds.tracks("Road trip", 45))
    async with live(settings, clock=now, sample=False, timing=QUICK) as bot:
        listing, *_ = await _sent(bot, bot.telegram.user("Alice"), "songs.txt", links)

    assert 0 == _questions(loopback)
    assert "45 without a name" in listing["text"]


def _questions(loopback: Loopback) -> int:
    """How often Spotify was asked for a track, but for the probe at the start."""
    asked = [*loopback.requests("spotify_api"), *loopback.requests("spotify_web")]
    paths = [entry.path for entry in asked if "track/" in entry.path or "tracks/" in entry.path]
    return sum(PROBE_TRACK not in path for path in paths)


async def _sent(bot: LiveBot, person: User, name: str, text: str) -> list[Message]:
    before = len(bot.telegram.sent(person))
    bot.telegram.send_file(person, name, text.encode())
    await bot.rest()
    return bot.telegram.sent(person)[before:]
