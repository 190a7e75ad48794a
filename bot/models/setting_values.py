"""What the value of a setting may look like.

Each rule gives the value, or raises ValueError in words that follow the variable's name.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

if TYPE_CHECKING:
    from pathlib import Path

TOKEN: Final = re.compile(r"\d+:[\w-]+", re.ASCII)
PEOPLE: Final = range(1, 2**52)  # of Telegram's ids (core.telegram.org/bots/api#user)
COUNTRY: Final = "US"
RESERVED: Final = ("admin", "config", "local")  # MongoDB's own databases
_HEADER: Final = (re.compile(r"[!-~]+"), "holds blanks or other signs than ASCII has")
FORMS: Final = {
    "telegram_bot_token": (
        TOKEN,
        "is not a whole bot token: digits, a colon, letters, without quotes",
    ),
    # Telegram takes 1 letter already (core.telegram.org/bots/api#setwebhook); few can be guessed.
    "webhook_secret": (
        re.compile(r"[\w-]{16,256}", re.ASCII),
        "is not 16 to 256 letters, digits, _ and -",
    ),
    "spotify_client_id": _HEADER,
    "spotify_client_secret": _HEADER,
    "youtube_api_key": _HEADER,
}
# No user name: it would be sent. What stands behind a ? or # would be in the way of paths.
_ADDRESS: Final = re.compile(r"https?://[^\s/?#@]+(/[^\s?#]*)?")
_INCOMING: Final = re.compile(r"https?://[^\s/?#@]+(/[^\s?#]*)?(\?[^\s#]*)?")


def formed(name: str, text: str) -> None:
    form, wrong = FORMS[name]
    if not form.fullmatch(text):
        raise ValueError(wrong)


def address(value: str) -> str:
    return _address(value, _ADDRESS)


def incoming(value: str) -> str:
    """Where Telegram finds us: that may have a query."""
    return _address(value, _INCOMING)


def _address(value: str, form: re.Pattern[str]) -> str:
    """In ASCII: the list of hosts compares names as they are written."""
    if not (value.isascii() and form.fullmatch(value) and _has_port(value)):
        raise ValueError("is not an address such as https://example.org")
    return value.rstrip("/")


def _has_port(value: str) -> bool:
    """Whether it has one that there can be, or none."""
    try:
        return urlsplit(value).port != 0
    except ValueError:
        return False


def person(value: int) -> int:
    if value not in PEOPLE:
        raise ValueError("holds what is no person's id (those of groups and channels are negative)")
    return value


def country(value: str) -> str:
    from babel.core import Locale  # only for whoever sets one: its names take 5 MB

    if value != COUNTRY and value not in Locale("en").territories:
        raise ValueError("is no country's code, such as GB")
    return value


def database(value: str) -> str:
    if value.casefold() in RESERVED:
        raise ValueError("is one of MongoDB's own databases")
    return value


def zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("is not an IANA time zone such as Europe/Istanbul") from None
    return value


def path(value: Path) -> Path:
    if "\0" in str(value):
        raise ValueError("is not a path")
    try:
        return value.expanduser()
    except RuntimeError:
        raise ValueError("begins at the home of somebody who has none here") from None
