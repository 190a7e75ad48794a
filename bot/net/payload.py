"""Careful reading of what services send: a missing or odd value is None, never an exception."""

from __future__ import annotations

import json
import re
import time
from email.utils import parsedate_to_datetime
from typing import Any

MOST_TEXT = 4000  # characters; names and titles stay far below, addresses of covers too
# How answers may be packed: in one layer. A second one makes 863 MB of 822 bytes.
PACKING = "gzip"
_UNPACKED = ("", "identity")
_CODE = re.compile(r"[0-9A-Za-z-]{1,64}")
_ADDRESS = re.compile(r"https?://[!-~]{1,2000}")
MOST_DIGITS = 9  # as milliseconds 11 days; numbers of hundreds of digits fit into no float


def parsed(said: str | bytes) -> Any:
    """JSON; None where it is none, or nested too deep."""
    try:
        return json.loads(said)
    except (ValueError, RecursionError):
        return None


def is_packed(encoding: str | None) -> bool:
    """Whether a body with that `Content-Encoding` is packed. Raises ValueError for another way."""
    said = (encoding or "").strip().lower()
    if said not in (PACKING, *_UNPACKED):
        raise ValueError("an answer packed in a way that was not asked for")
    return said == PACKING


def dig(value: Any, *path: str) -> Any:
    """The value under `path` in nested JSON objects, or None where a step of it is missing."""
    for step in path:
        if not isinstance(value, dict):
            return None
        value = value.get(step)
    return value


def rows(value: Any, *path: str) -> list[Any]:
    found = dig(value, *path)
    return found if isinstance(found, list) else []


def text(value: Any, *path: str) -> str | None:
    """A text that holds more than blanks, without those around it, bounded."""
    found = dig(value, *path)
    if not isinstance(found, str):
        return None
    # JSON can hold halves of characters, which neither MongoDB nor Telegram takes.
    whole = found[:MOST_TEXT].encode("utf-8", "replace").decode()
    return whole.strip() or None


def code(value: Any, *path: str) -> str | None:
    """An id or an ISRC, of which addresses are made: letters, digits, hyphens."""
    found = text(value, *path)
    return found if found and _CODE.fullmatch(found) else None


def address(value: Any, *path: str) -> str | None:
    """An address without blanks and control characters, as messages and files can hold it."""
    found = text(value, *path)
    return found if found and _ADDRESS.fullmatch(found) else None


def whole(value: Any, *path: str) -> int | None:
    """A number that is not negative."""
    found = dig(value, *path)
    if isinstance(found, bool) or not isinstance(found, (int, float)):
        return None
    return int(found) if 0 <= found < 2**53 else None


def digits(said: str) -> int | None:
    """A number written as at most `MOST_DIGITS` ASCII digits."""
    short = len(said) <= MOST_DIGITS and said.isascii() and said.isdecimal()
    return int(said) if short else None


def length_ms(value: Any, *path: str) -> int | None:
    """A length in milliseconds; Spotify sends 0 where it does not know it."""
    return whole(value, *path) or None


def flag(value: Any, *path: str) -> bool | None:
    found = dig(value, *path)
    return found if isinstance(found, bool) else None


def names(value: Any, *path: str) -> tuple[str, ...]:
    return tuple(name for row in rows(value, *path) if (name := text(row, "name")))


def year(value: Any, *path: str) -> int | None:
    """The year of a date such as `2001-03-12`, `2001` or `1987-11-12T00:00:00Z`."""
    date = text(value, *path) or ""
    return int(date[:4]) if date[:4].isascii() and date[:4].isdecimal() and date > "0001" else None


def cover(images: list[Any]) -> str | None:
    """The address of the largest picture."""
    known = [image for image in images if address(image, "url")]
    widest = max(known, key=lambda image: whole(image, "width") or _max_width(image), default=None)
    return address(widest, "url")


def _max_width(image: Any) -> int:
    return whole(image, "maxWidth") or 0


def seconds(value: str | None, *, default: float) -> float:
    """A `Retry-After` header, a number or an HTTP date, in seconds; else the default.

    RFC 9110 §10.2.3. It may be absurdly long: bot.net.circuit cuts it.
    """
    told = value.strip() if value else ""
    if re.fullmatch(r"[0-9]{1,20}(\.[0-9]{1,9})?", told):
        return float(told)
    try:
        return max(0.0, parsedate_to_datetime(told).timestamp() - time.time())
    except (ValueError, OverflowError):
        return default
