"""The way to Telegram: guarded, pooled, and never waited for without end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telegram.request import HTTPXRequest

from bot.net import hosts

if TYPE_CHECKING:
    from bot.config import Settings

CONNECTIONS = 64
TELEGRAM_S = 20.0  # the longest a call of the Bot API may take, files aside


def telegram_request(settings: Settings, *, connections: int = CONNECTIONS) -> HTTPXRequest:
    return HTTPXRequest(
        connection_pool_size=connections,
        connect_timeout=5.0,
        read_timeout=TELEGRAM_S,
        write_timeout=TELEGRAM_S,
        pool_timeout=TELEGRAM_S,
        httpx_kwargs={"event_hooks": hosts.hooks(settings)},
    )
