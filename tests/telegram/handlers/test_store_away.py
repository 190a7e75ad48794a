"""MongoDB gone at the start and gone in the middle: what still works, and what is made good."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr
from pymongo.errors import PyMongoError
from pymongo.read_concern import ReadConcern

from bot.quota import ledger
from bot.storage.jobs import COLLECTION, UNFINISHED
from bot.storage.private_mongod import PrivateMongod
from tests.e2e import worlds
from tests.e2e.live import SAMPLE, addresses, callback_data, eventually, live
from tests.e2e.process import free_port
from tests.e2e.telegram_server import links
from tests.telegram.conftest import QUICK

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.config import Settings
    from bot.sandbox.telegram.state import User
    from tests.conftest import SetClock
    from tests.e2e.live import LiveBot
    from tests.e2e.services import Loopback

ROAD_TRIP = f"https://open.spotify.com/playlist/{worlds.playlist_id('Road trip')}"
SHORT_WALK = f"https://open.spotify.com/playlist/{worlds.playlist_id('Short walk')}"
TRACK = "https://open.spotify.com/track/sampleTrackPaperMoth01"
# MongoDB is given up sooner, and jobs are looked after more often.
SOON = replace(QUICK, operation_s=0.75, indexes_again_s=0.2, heartbeat_s=0.1)
NO_MEMORY = "My memory is not answering at the moment. Send that again in a few minutes."
LINKS_COME = "The YouTube links come into this message later."


@pytest.fixture
def nowhere(mongo_settings: Settings) -> Settings:
    """Settings that name a port on which nobody listens."""
    uri = f"mongodb://bot:hunter22secret@127.0.0.1:{free_port()}/?directConnection=true"
    return mongo_settings.model_copy(update=SAMPLE | {"mongodb_uri": SecretStr(uri)})


@pytest.fixture
async def server(mongod_binary: Path, tmp_path: Path) -> AsyncIterator[PrivateMongod]:
    """A mongod of the test's own, to be stopped and started."""
    server = PrivateMongod(mongod_binary, tmp_path / "mongo")
    await server.start()
    yield server
    await server.stop()


async def test_gone_at_the_start(nowhere: Settings, now: SetClock) -> None:
    """Without MongoDB a track still gets both links; what cannot be had says so."""
    async with live(nowhere, clock=now, timing=SOON) as bot:
        alice = bot.telegram.user("Alice")
        [card] = await bot.ask(alice, TRACK)
        [quota] = await bot.ask(alice, "/quota")
        [forget] = await bot.ask(alice, "/forget")
        [start] = await bot.ask(alice, "/start")

    assert ["Spotify", "YouTube"] == [name for name, _ in links(card)]
    assert "memory" not in card["text"]
    assert [NO_MEMORY, NO_MEMORY] == [quota["text"], forget["text"]]
    assert start["text"].startswith("Paste a Spotify link")


async def test_it_comes_later(
    mongod_binary: Path, tmp_path: Path, nowhere: Settings, now: SetClock
) -> None:
    """A bot that started without MongoDB works in full as soon as it is there."""
    server = PrivateMongod(mongod_binary, tmp_path / "mongo")
    uri = await server.start()
    await server.stop()
    settings = nowhere.model_copy(update={"mongodb_uri": SecretStr(uri)})
    async with live(settings, clock=now, timing=SOON) as bot:
        alice = bot.telegram.user("Alice")
        [early] = await bot.ask(alice, TRACK)
        await server.start()
        await _until_seen(bot, alice)
        await eventually(lambda: _is_stored(bot, alice))  # and paid for before
        [late] = await bot.ask(alice, TRACK)
        [quota] = await bot.ask(alice, "/quota")
    await server.stop()

    assert uri == server.uri
    assert "YouTube ♪ official audio" in early["text"]
    assert "YouTube ♪ official audio" in late["text"]
    assert quota["text"].startswith("Today you used 1 of your 300 tracks")


async def _until_seen(bot: LiveBot, person: User) -> None:
    """The driver looks for its server every half second, longer than these tests let it wait."""
    for _ in range(40):
        [quota] = await bot.ask(person, "/quota")
        if quota["text"] != NO_MEMORY:
            return
    pytest.fail("MongoDB is back, but the bot does not see it")


async def test_gone_in_the_middle(
    server: PrivateMongod,
    nowhere: Settings,
    loopback: Loopback,
    now: SetClock,
) -> None:
    """A running list comes to its end without MongoDB; what it used is settled when it is back.

    A list that came meanwhile goes on in its message.
    """
    uri = {"mongodb_uri": SecretStr(server.uri)}
    settings = nowhere.model_copy(update=uri | addresses(loopback))
    loopback.delays["youtube_music"] = 0.2
    timing = replace(SOON, operation_s=1.0)  # on a busy machine a write takes its time
    async with live(settings, clock=now, sample=False, timing=timing) as bot:
        alice = bot.telegram.user("Alice")
        bot.telegram.send_text(alice, ROAD_TRIP)
        running = await bot.says(alice, "looking…")
        await eventually(lambda: _reserved(bot))  # the first page does not wait for it
        await server.stop()
        loopback.delays["youtube_music"] = 0.0
        done = await bot.says(alice, r"\n45 official$")
        await bot.rest()
        toast = await bot.toast(alice, done, "▶")
        stop = await bot.forge(alice, alice, running, callback_data(running, "Stop"))
        [without] = await bot.ask(alice, SHORT_WALK)

        await server.start()
        now.forward(seconds=QUICK.lease_s + 1)
        await eventually(lambda: _nothing_open(bot, alice))
        await bot.rest()
        await bot.says(alice, r"^Short walk\n.*official$")
        [quota] = await bot.ask(alice, "/quota")
        await bot.ask(alice, ROAD_TRIP)
        [after] = await bot.ask(alice, "/quota")

    assert running["message_id"] == done["message_id"]
    assert {"My memory is not answering. Try again in a few minutes."} == {toast, stop}
    assert without["text"].startswith("Short walk\n")
    assert without["text"].endswith(LINKS_COME)
    assert quota["text"].startswith("Today you used 48 of your 300 tracks")
    assert quota["text"] == after["text"]


async def _reserved(bot: LiveBot) -> bool:
    """As the bot waits for it: in the journal, not only seen."""
    journal = ReadConcern("majority")
    usage = bot.backends.mongo.db.get_collection(ledger.COLLECTION, read_concern=journal)
    return await usage.count_documents({}) > 0


async def _is_stored(bot: LiveBot, person: User) -> bool:
    return bool(await bot.backends.mongo.db[COLLECTION].find_one({"user_id": person.id}))


async def _nothing_open(bot: LiveBot, person: User) -> bool:
    try:
        jobs = bot.backends.mongo.db[COLLECTION]
        return not await jobs.find_one({"user_id": person.id, "state": {"$in": UNFINISHED}})
    except PyMongoError:
        return False
