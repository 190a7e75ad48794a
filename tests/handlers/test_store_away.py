"""MongoDB gone at the start: what still works, and what each answer says."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr

from bot import app, jobs
from bot.storage import mongo as mongo_room
from tests.e2e.live import SAMPLE, live
from tests.e2e.telegram_server import links

if TYPE_CHECKING:
    from bot.config import Settings
    from tests.conftest import SetClock

TRACK = "https://open.spotify.com/track/sampleTrackPaperMoth01"
NO_MEMORY = "My memory is not answering at the moment. Send that again in a few minutes."


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch, quick: None) -> None:
    """The bot gives MongoDB up sooner, and looks after its jobs more often."""
    monkeypatch.setattr(mongo_room, "TIMEOUT_MS", 250)
    monkeypatch.setattr(app, "RETRY_STORE_S", 0.2)
    monkeypatch.setattr(jobs, "HEARTBEAT_S", 0.1)


@pytest.fixture
def nowhere(mongo_settings: Settings) -> Settings:
    """Settings that name a port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    uri = SecretStr(f"mongodb://bot:hunter22secret@127.0.0.1:{port}/?directConnection=true")
    return mongo_settings.model_copy(update=SAMPLE | {"mongodb_uri": uri})


async def test_gone_at_the_start(nowhere: Settings, now: SetClock) -> None:
    """Without MongoDB a link still gets its Spotify links, and each answer says what is missing."""
    async with live(nowhere, clock=now) as bot:
        alice = bot.telegram.user("Alice")
        [card] = await bot.ask(alice, TRACK)
        [quota] = await bot.ask(alice, "/quota")
        [forget] = await bot.ask(alice, "/forget")
        [start] = await bot.ask(alice, "/start")

    assert ["Spotify", "YouTube search"] == [name for name, _ in links(card)]
    assert card["text"].endswith(
        "My memory is not answering, so the YouTube link has to wait. "
        "Send the link again in a few minutes."
    )
    assert [NO_MEMORY, NO_MEMORY] == [quota["text"], forget["text"]]
    assert start["text"].startswith("Paste a Spotify link")
