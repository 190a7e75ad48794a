"""Everything that the program writes in a run in which everything fails, searched for secrets."""

from __future__ import annotations

from base64 import b64encode, urlsafe_b64encode
from itertools import product
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_plus

import pytest

from bot.telemetry import MASK
from tests.e2e import worlds
from tests.e2e.faults import How
from tests.e2e.process import ROOT, SECRETS, BotProcess, free_port, running
from tests.e2e.services import Loopback
from tests.e2e.serving import serve

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.e2e.telegram_server import TelegramServer

PASSWORD = "pässwörd/with signs@3f2a"
CLIENT_ID = "client-id-5e8d"
PATIENCE_S = 40.0
# What a mistake in the program could put into an error: all that it knows, in every spelling.
MISTAKE = """
from base64 import b64encode
from urllib.parse import quote

from bot.telegram.handlers import about


async def fail(update, context):
    settings = context.services.settings
    known = {name: getattr(value, "get_secret_value", lambda: value)() for name, value in settings}
    pair = f"{known['spotify_client_id']}:{known['spotify_client_secret']}"
    try:
        raise ConnectionError(f"{known} {settings!r}")
    except ConnectionError:
        spelled = [quote(str(value), safe="") for value in known.values()]
        raise RuntimeError(
            f"https://api.telegram.org/bot{known['telegram_bot_token']}/getMe",
            {"Authorization": f"Basic {b64encode(pair.encode()).decode()}"},
            b64encode(pair.encode()),
            spelled,
        )


about.on_help = fail
"""
SONG = worlds.tracks("Short walk", 3)[0]
FAULTS: list[dict[str, Any]] = [
    {"how": How.STATUS, "status": 500},
    {"how": How.STATUS, "status": 429, "headers": {"Retry-After": "80000"}},
    {"how": How.HTML},
    {"how": How.TRUNCATED},
    {"how": How.RESET},
]


def spellings(secret: str) -> Iterator[str]:
    raw = secret.encode()
    encoded = {quote(secret), quote(secret, safe=""), quote_plus(secret)}
    yield from (secret, secret[: len(secret) * 2 // 3], repr(secret)[1:-1], ascii(secret)[1:-1])
    yield from encoded | {each.lower() for each in encoded}
    # In base64 a text looks different at each of three places; the edges depend on what is beside.
    for code, at in product((b64encode, urlsafe_b64encode), range(3)):
        yield (
            code(b"\0" * at + raw).decode().rstrip("=")[2 * at : -2]
            if at
            else (code(raw).decode().rstrip("=")[:-1])
        )


@pytest.mark.parametrize("log_format", ["text", "json"])
async def test_no_secret_is_ever_written(
    tmp_path: Path, telegram_server: TelegramServer, log_format: str
) -> None:
    """Neither by failing services, nor by a failing database, nor in the traceback of a mistake."""
    trap = tmp_path / "trap"
    trap.mkdir()
    (trap / "sitecustomize.py").write_text(MISTAKE)
    loopback = Loopback(world=worlds.world([worlds.playlist("Short walk", 3)]))
    for service, fault in product(("spotify_token", "spotify_api", "spotify_web"), FAULTS):
        loopback.fail(service, left=2, **fault)
    user = quote(PASSWORD, safe="")
    telegram = telegram_server.telegram
    with serve(loopback):
        bot = BotProcess.before(
            tmp_path,
            telegram_server,
            loopback,
            MONGODB_URI=f"mongodb://bot:{user}@127.0.0.1:{free_port()}/?authSource=admin",
            SPOTIFY_CLIENT_ID=CLIENT_ID,
            LOG_FORMAT=log_format,
            PYTHONPATH=f"{ROOT}:{trap}",
        )
        async with running(bot):
            alice = telegram.user("Alice")
            for text in ("/help", str(SONG.url), "/quota"):
                said = telegram.send_text(alice, text)
                await telegram.message(
                    alice,
                    lambda m, after=said["message_id"]: m["message_id"] > after,  # type: ignore[misc]
                    PATIENCE_S,
                )

    log, token = bot.log, telegram.token
    secrets = [token, token.split(":")[1], PASSWORD, *SECRETS.values()]
    secrets.append(f"{CLIENT_ID}:{SECRETS['SPOTIFY_CLIENT_SECRET']}")
    assert "Traceback" in log
    assert "RuntimeError" in log
    assert MASK in log
    assert [] == [form for secret in secrets for form in spellings(secret) if form in log]
