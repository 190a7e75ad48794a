"""The real Application behind tg-auto-test: a Telegram that is not our own opinion of it."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest

from bot.app import build, services
from bot.backends import open_backends
from bot.render.commands import COMMANDS
from bot.sandbox import services as samples
from tests.e2e.live import SAMPLE, eventually

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.config import Settings
    from bot.storage.database import Mongo
    from tests.conftest import SetClock

peer: Any = pytest.importorskip(
    "tg_auto_test.test_utils.serverless_telegram_client",
    reason="tg-auto-test is not installed: make peers",
)

TOKEN = "123:ABC"  # tg-auto-test's own
TRACK = "https://open.spotify.com/track/sampleTrackPaperMoth01"
ATLAS = "https://open.spotify.com/playlist/samplePlaylistAtlas001"
COUNTS = "41 official · 1 search only · 1 local file · 1 podcast episode · 1 no longer on Spotify"


class Peer:
    """A person at tg-auto-test's client. What the bot says is told as Telethon tells it."""

    def __init__(self, client: Any, chat: Any) -> None:
        self._client = client
        self._chat = chat

    async def ask(self, text: str) -> Any:
        """Say something; the bot's answer."""
        await self._chat.send_message(text, parse_mode=None)
        return await self._chat.get_response()

    async def send(self, file: Path) -> Any:
        """Send a file; the bot's first message that comes of it."""
        await self._chat.send_file(file, force_document=True)
        return await self.next()

    async def next(self) -> Any:
        return await self._chat.get_response()

    async def click(self, message: Any, label: str) -> str:
        """Press a button; the toast."""
        answer = await message.click(text=label)
        return str(answer.message)

    async def take(self, message: Any, kind: str) -> Any:
        """The document behind a format; that client cannot show the menu, which edits buttons."""
        rows = [button for row in message.buttons for button in row]
        [menu] = [button.data for button in rows if button.text == "Export"]
        await message.click(data=menu + b":" + kind.encode())
        return await self._chat.get_response()

    async def last_edit(self) -> Any:
        """The newest state of the message that the bot edited, once the bot has come to rest."""

        async def idle() -> bool:
            return services(self._client._application).runner.idle

        await eventually(idle)
        edits = [await self._chat.get_edit() for _ in range(self._client_edits())]
        return edits[-1]

    def commands(self) -> set[str]:
        [menu] = self._client._request._scoped_commands.values()
        return {command["command"] for command in menu}

    def _client_edits(self) -> int:
        waiting: int = self._client._active_conversation_runtime.edit_queue.qsize()
        return waiting


@pytest.fixture
async def person(mongo_settings: Settings, mongo: Mongo, now: SetClock) -> AsyncIterator[Peer]:
    async with _talking(mongo_settings.model_copy(update=SAMPLE), now) as person:
        yield person


@asynccontextmanager
async def _talking(settings: Settings, now: SetClock) -> AsyncIterator[Peer]:
    async with open_backends(settings, transports=samples.transports(), clock=now) as backends:
        client = peer.ServerlessTelegramClient(
            build_application=lambda builder: build(
                settings, backends, token=TOKEN, request=builder._request, clock=now
            )
        )
        await client.connect()
        try:
            async with client.conversation("test_bot") as chat:
                yield Peer(client, chat)
        finally:
            await services(client._application).runner.stop()
            await client.disconnect()


async def test_commands(person: Peer) -> None:
    """Commands are in the menu and answered; what is no link and no song gets a line of help."""
    start = await person.ask("/start")
    quota = await person.ask("/quota")
    hint = await person.ask("?!")

    assert set(COMMANDS) == person.commands()
    assert start.text.startswith("Paste a Spotify link: a track, album, playlist or artist.")
    assert quota.text.startswith("Today you used 0 of your 300 tracks; 300 are left.")
    assert ("Send me a Spotify link, or a song by artist and title. /help says more.") == hint.text


async def test_a_track(person: Peer) -> None:
    """A link gets a card whose buttons lead to Spotify, YouTube and all platforms."""
    card = await person.ask(TRACK)

    assert card.text.startswith("Paper Moths at the Window\nOttoline Brack · ")
    assert "Spotify  ·  YouTube ♪ official audio" in card.text
    assert ["Spotify ↗", "YouTube ↗", "All platforms ↗"] == [
        button.text for row in card.buttons for button in row
    ][:3]


async def test_a_playlist_and_its_pages(person: Peer) -> None:
    """A listing comes at once, its links follow by edits, and its buttons turn the pages."""
    first = await person.ask(ATLAS)
    done = await person.last_edit()
    refused = await person.click(done, "◀")
    turned = await person.click(done, "▶")
    second = await person.last_edit()
    await person.click(second, "▶")
    third = await person.last_edit()
    end = await person.click(third, "▶")

    assert first.text.startswith("Atlas of Imaginary Radio\nTracklink samples · playlist\n")
    assert done.text.endswith(COUNTS)
    assert {first.id} == {message.id for message in (done, second, third)}
    assert "\n21  종이배 우체국 · 늦은 우산 · 3:52\n" in second.text
    assert "\n41  Unreleased Lullaby for a Vending Machine" in third.text
    assert ["This is the first page.", "", "This is the last page."] == [refused, turned, end]


async def test_an_export(person: Peer) -> None:
    """The file that a button asks for is sent as a document with its name and its rows."""
    await person.ask(ATLAS)
    done = await person.last_edit()
    file = await person.take(done, "csv")

    assert "Tracklink samples - Atlas of Imaginary Radio.csv" == file.file.name
    assert 46 == len((await file.download_media(bytes)).decode("utf-8-sig").splitlines())


async def test_a_search(person: Peer) -> None:
    """Words bring songs to choose from.

    tg-auto-test dates every pressed message 0, as Telegram does those that are too old to be seen.
    """
    choices = await person.ask("ottoline brack paper moths")
    toast = await person.click(choices, "Paper Moths at the Window — Ottoline Brack (3:47)")

    assert "Songs for “ottoline brack paper moths”. Which one is it?" == choices.text
    assert "That search is too old. Send the words again." == toast


async def test_a_file(person: Peer, tmp_path: Path) -> None:
    """A file of songs becomes a listing; what came to nothing comes back as a file."""
    mine = tmp_path / "mine.txt"
    mine.write_text("Ropewalk — Ondine Vargo\nZzz - Qqq\n")
    listing = await person.send(mine)
    rest = await person.next()

    assert listing.text.startswith("mine\nlist\n2 tracks")
    assert "not_found.txt" == rest.file.name
