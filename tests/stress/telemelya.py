"""A Telegram that others wrote, telemelya, brings updates by webhook to two replicas.

It sends no secret and knows few methods; haproxy, on both ways, adds the one and answers the
others. Its files are kept by an S3 that is asked for nothing but whether the bucket is there.
"""

from __future__ import annotations

import asyncio
import shutil
import subprocess
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx

from bot.storage.private_mongod_key import HOST
from bot.storage.private_mongod_process import listens
from tests.e2e import worlds
from tests.e2e.process import SECRETS, free_port
from tests.stress import haproxy
from tests.stress.rig import PATIENCE_S, eventually, rig
from tests.stress.verdict import Verdict, checked

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping

    from bot.models import Track

PYTHON = Path("build/telemelya/venv/bin/python")  # `make stress` installs it there
NO_REDIS = "redis-server is not installed (Debian: apt-get install redis-server)"
NO_TELEMELYA = "telemelya is not installed; `make stress` does it"
KEY = "loopback"
START_S = 30.0
BETWEEN_S = 0.05  # it makes an update's number of the milliseconds
KNOWN = (
    "getMe",
    "setWebhook",
    "deleteWebhook",
    "sendMessage",
    "editMessageText",
    "editMessageReplyMarkup",
    "answerCallbackQuery",
)
DONE = """200 content-type application/json string '{"ok":true,"result":true}'"""
RULES = {
    "telegram": [
        f"acl known path_end {' '.join(f'/{method}' for method in KNOWN)}",
        f"http-request return status {DONE} if !known !{{ path_beg /api/ }}",
    ],
    "hook": [
        f"http-request set-header X-Telegram-Bot-Api-Secret-Token {SECRETS['WEBHOOK_SECRET']}"
    ],
    "s3": ["http-request return status 200"],
}
LIST, LIST_SONGS = "telemelya list", 30  # more than a page
SONGS = "telemelya songs"


def missing() -> str | None:
    """Why it can't be tried on this machine."""
    if without_proxy := haproxy.missing():
        return without_proxy
    if not shutil.which("redis-server"):
        return NO_REDIS
    return None if PYTHON.exists() else NO_TELEMELYA


@dataclass(slots=True)
class Person:
    """Somebody in a private chat, behind telemelya's own controls. `chat` names the chat too."""

    client: httpx.AsyncClient
    token: str
    chat: int
    statuses: list[int] = field(default_factory=list)

    async def send(self, **what: Any) -> None:
        answer = await self.client.post(
            "/api/v1/test/send_update",
            params={"bot_token": self.token},
            json={"chat_id": self.chat, **what},
            headers=self._session,
        )
        told = answer.json()
        self.statuses.append(told["delivery"]["status_code"] if answer.is_success else 0)

    async def calls(self, *methods: str) -> list[dict[str, Any]]:
        """What the bot asked for in this chat, in its order."""
        answer = await self.client.get("/api/v1/test/responses", headers=self._session)
        return [each for each in answer.json()["responses"] if each["method"] in methods]

    async def shown(self) -> Mapping[int, dict[str, Any]]:
        """The messages of the bot as they stand, by their numbers."""
        calls = await self.calls("sendMessage", "editMessageText")
        return {call["message_id"]: call for call in calls}

    async def shows(self, *words: str) -> bool:
        return any(
            all(word in call["text"] for word in words) for call in (await self.shown()).values()
        )

    @property
    def _session(self) -> dict[str, str]:
        return {"X-Test-Session": str(self.chat)}


async def webhook(folder: Path, *, people: int = 30) -> Verdict:
    """Each person sends a song's link; one of them a playlist, and turns its page."""
    world = (f"--playlist={SONGS}={people}", f"--playlist={LIST}={LIST_SONGS}")
    async with rig(folder, *world) as on, AsyncExitStack() as stack:
        port = free_port()
        ways = {"telegram": [port], "hook": on.reserve(2), "s3": []}
        proxy = await stack.enter_async_context(haproxy.haproxy(folder / "haproxy", ways, RULES))
        await stack.enter_async_context(_telemelya(folder, port, s3=proxy.ways["s3"]))
        hook, telegram = f"{proxy.ways['hook']}/hook", proxy.ways["telegram"]
        await on.add(2, hook=hook, TELEGRAM_BASE_URL=telegram)
        client = await stack.enter_async_context(_client(proxy.ways["telegram"]))
        songs = worlds.tracks(SONGS, people)
        crowd = [Person(client, on.telegram.token, 7000 + number) for number in range(people)]
        for person, song in zip(crowd, songs, strict=True):
            await person.send(text=str(song.url))
            await asyncio.sleep(BETWEEN_S)
        lister = Person(client, on.telegram.token, 6999)
        turned = await _turn_a_page(lister)
        cards = [await _card(*each) for each in zip(crowd, songs, strict=True)]
        statuses = {status for each in (*crowd, lister) for status in each.statuses}
    return sum(cards, Verdict()) + checked(
        every_update_taken=statuses == {200}, page_turned=turned, remark="telemelya 0.2.2"
    )


async def _card(person: Person, song: Track) -> Verdict:
    video = worlds.audio(song).video_id

    async def linked() -> bool:
        return await person.shows(song.title, video)

    right = await eventually(linked)
    count = len(await person.calls("sendMessage"))
    return Verdict(tried=1, lost=count == 0, doubled=count > 1, wrong=not right)


async def _turn_a_page(person: Person) -> bool:
    """Whether the second page came into the same message, and the tap was answered."""
    songs = worlds.tracks(LIST, LIST_SONGS)
    await person.send(text=f"https://open.spotify.com/playlist/{worlds.playlist_id(LIST)}")

    async def whole() -> bool:
        return await person.shows(f"{LIST_SONGS} official")

    if not await eventually(whole):
        return False
    [(number, call)] = (await person.shown()).items()
    rows = call["reply_markup"]["inline_keyboard"]
    [forward] = [button for row in rows for button in row if button["text"] == "▶"]
    await person.send(callback_data=forward["callback_data"], callback_message_id=number)

    async def second() -> bool:
        return await person.shows(songs[-1].title) and not await person.shows(songs[0].title)

    return (
        await eventually(second)
        and len(await person.shown()) == 1
        and len(await person.calls("answerCallbackQuery")) == 1
    )


@asynccontextmanager
async def _client(base: str) -> AsyncIterator[httpx.AsyncClient]:
    key = {"Authorization": f"Bearer {KEY}"}
    async with httpx.AsyncClient(
        base_url=base, headers=key, trust_env=False, timeout=PATIENCE_S
    ) as client:
        yield client


@asynccontextmanager
async def _telemelya(folder: Path, port: int, *, s3: str) -> AsyncIterator[None]:
    redis = free_port()
    store = ["redis-server", "--port", str(redis), "--bind", HOST, "--save", "", "--dir"]
    settings = {
        "MOCK_SERVER_HOST": HOST,
        "MOCK_SERVER_PORT": str(port),
        "REDIS_URL": f"redis://{HOST}:{redis}/0",
        "MINIO_ENDPOINT": urlsplit(s3).netloc,
        "AUTH_KEYS": KEY,
        "STRICT_EDIT": "true",
    }
    server = [_python(), "-m", "telemelya.server.app"]
    with _started(folder, "redis", [*store, str(folder)]):
        await _listening(redis)
        with _started(folder, "telemelya", server, settings):
            await _listening(port)
            yield


def _python() -> str:
    return str(PYTHON.absolute())


async def _listening(port: int) -> None:
    async def up() -> bool:
        return listens(port)

    assert await eventually(up, START_S), f"nothing listens at {port}"


@contextmanager
def _started(
    folder: Path, name: str, command: list[str], settings: Mapping[str, str] | None = None
) -> Iterator[None]:
    with (folder / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, env=settings, stdout=log, stderr=log)
    try:
        yield
    finally:
        process.kill()
        process.wait()
