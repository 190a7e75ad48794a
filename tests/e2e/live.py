"""The whole bot inside a test: the real Application, a Telegram in memory, a real MongoDB."""

from __future__ import annotations

import asyncio
import re
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from bot.app import build, services
from bot.backends import open_backends
from bot.sandbox import services as samples
from bot.sandbox.chat.terminal import Quiet
from bot.sandbox.telegram.params import decode
from bot.telegram.lifecycle import alive
from tests.conftest import PATIENT
from tests.staged.faults import FaultyRequest
from tests.staged.telegram import Telegram

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from bot.backends import Backends
    from bot.clock import Clock, Timing
    from bot.config import Settings
    from bot.sandbox.telegram.state import Chat, Message, User
    from bot.telegram.context import App, Services
    from tests.e2e.services import Loopback
    from tests.e2e.spec import Spec

QUIET_S = 0.05  # without a change, and with nothing running, the bot has nothing more to say
PATIENCE_S = 20.0  # for one answer, on a machine that is busy with other things
SAMPLE = {"spotify_client_id": "sample", "spotify_client_secret": SecretStr("sample"), "port": 0}


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveBot:
    """A running bot, and what a person sees of it."""

    telegram: Telegram
    application: App
    backends: Backends
    services: Services

    async def says(self, chat: User | Chat, pattern: str, *, after: int = 0) -> Message:
        """The bot's newest message that the pattern is found in, edits included."""
        seen = re.compile(pattern, re.DOTALL)
        return await self.telegram.message(
            chat,
            lambda m: m["message_id"] > after and seen.search(m.get("text", "")) is not None,
            PATIENCE_S,
        )

    async def toast(self, user: User, message: Message, button: str) -> str | None:
        """Press a button, and what the bot answers in a toast; None where it shows none."""
        query = self.telegram.press(user, message, button)
        answer = await self.telegram.until(lambda: self.telegram.answers.get(query), PATIENCE_S)
        return answer.get("text")

    async def forge(self, user: User, chat: User | Chat, message: Message, data: str) -> str | None:
        """Send callback data that no button of the message has; the toast that answers."""
        world = self.telegram.world
        query = world.open_query()
        home = world.chats[chat.id]
        content = {
            "id": query,
            "from": user.to_api(),
            "message": message | {"chat": home.to_api()},
            "chat_instance": str(home.id),
            "data": data,
        }
        world.updates.add("callback_query", content)
        answer = await self.telegram.until(lambda: self.telegram.answers.get(query), PATIENCE_S)
        return answer.get("text")

    async def rest(self) -> None:
        """Wait until every update is handled and no job runs."""
        runner, updates = self.services.runner, self.services.update_processor

        def idle() -> bool:
            return runner.idle and updates.idle

        await Quiet(self.telegram, self.application, idle, QUIET_S).settled()

    async def ask(self, user: User, text: str, **options: Any) -> list[Message]:
        """Say something, and the bot's messages that came of it once it has come to rest."""
        said = self.telegram.send_text(user, text, **options)
        return await self.answers(said)

    async def answers(self, said: Message) -> list[Message]:
        await self.rest()
        chat = self.telegram.world.chats[said["chat"]["id"]]
        return [m for m in self.telegram.sent(chat) if m["message_id"] > said["message_id"]]


async def eventually(check: Callable[[], Awaitable[object]]) -> None:
    """Wait until a question to the database has a true answer. Raises TimeoutError."""
    async with asyncio.timeout(PATIENCE_S):
        while not await check():  # noqa: ASYNC110 - a database tells nobody when it changes
            await asyncio.sleep(0.02)


def addresses(loopback: Loopback) -> dict[str, str]:
    """The settings that lead a bot to the services on loopback."""
    known = loopback.addresses
    return {name.lower(): url for name, url in known.items() if name != "CONTROL_URL"}


@asynccontextmanager
async def live(
    settings: Settings,
    *,
    clock: Clock,
    telegram: Telegram | None = None,
    sample: bool = True,
    timing: Timing = PATIENT,
) -> AsyncIterator[LiveBot]:
    """Run the bot until the block ends, as `tracklink run` does by polling."""
    telegram = telegram or Telegram(clock=clock)
    transports = samples.transports() if sample else None
    async with open_backends(
        settings, transports=transports, clock=clock, timing=timing
    ) as backends:
        application = build(
            settings,
            backends,
            token=telegram.token,
            request=FaultyRequest(telegram),
            clock=clock,
            timing=timing,
        )
        async with alive(application, timing=timing):
            yield LiveBot(
                telegram=telegram,
                application=application,
                backends=backends,
                services=services(application),
            )


def complaints(telegram: Telegram, spec: Spec | None) -> list[str]:
    """What Telegram, or the description of its Bot API, has against the calls of a run."""
    for call in telegram.calls:
        call.params = decode(call.params)  # those that met a fault are still as they were sent
    return spec.check(telegram) if spec else telegram.violations


def page(message: Message) -> str:
    """The label of the button that says which page is shown."""
    return next(label for row in buttons(message) for label in row if " / " in label)


def callback_data(message: Message, label: str) -> str:
    """What the button with that label sends to the bot."""
    rows = message["reply_markup"]["inline_keyboard"]
    return str(next(b["callback_data"] for row in rows for b in row if b["text"] == label))


def buttons(message: Message) -> list[list[str]]:
    """The labels of a message's buttons, row by row."""
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [[button["text"] for button in row] for row in rows]
