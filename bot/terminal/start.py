"""`tracklink chat`: the same Application and handlers, with a terminal in place of Telegram."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.app import build, open_backends, services
from bot.terminal.chat import run_chat
from bot.terminal.core import TOKEN

if TYPE_CHECKING:
    from telegram.request import BaseRequest

    from bot.app import App
    from bot.config import Settings


async def chat(settings: Settings, *, sample: bool) -> int:
    """Chat until the input ends; the exit code."""
    async with open_backends(settings, sample=sample) as backends:
        built: list[App] = []

        def build_here(request: BaseRequest) -> App:
            built.append(build(settings, backends, token=TOKEN, request=request))
            return built[0]

        def idle() -> bool:
            return services(built[0]).runner.idle

        return await run_chat(build_here, folder=settings.tracklink_data, idle=idle)
