"""`tracklink chat`: the same Application and handlers, with a terminal in place of Telegram."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from bot.app import build, services
from bot.backends import open_backends
from bot.sandbox import services as samples
from bot.sandbox.chat.chat import run_chat
from bot.sandbox.telegram.core import TOKEN

if TYPE_CHECKING:
    from pathlib import Path

    from telegram.request import BaseRequest

    from bot.app import App
    from bot.config import Settings


async def chat(settings: Settings, *, sample: bool, picture: Path | None = None) -> int:
    """Chat until the input ends; the exit code. `picture` gets an SVG of the whole chat."""
    if sample:
        _introduce()
    transports = samples.transports() if sample else None
    async with open_backends(settings, transports=transports) as backends:
        built: list[App] = []

        def build_here(request: BaseRequest) -> App:
            built.append(build(settings, backends, token=TOKEN, request=request))
            return built[0]

        def idle() -> bool:
            return services(built[0]).idle

        return await run_chat(
            build_here, folder=settings.tracklink_data, idle=idle, picture=picture
        )


def _introduce() -> None:
    """Say what there is to paste; on stderr, so that a script reads the chat alone."""
    lines = ("Made-up music, no network; the links lead nowhere. Paste one of these:", "")
    print(*lines, *samples.links(), "", sep="\n", file=sys.stderr)  # noqa: T201 - for a person
