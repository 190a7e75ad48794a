"""A text and its entities, in Telegram's units, and what counts as a link."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

Entity = dict[str, Any]

LINK_SCHEMES = ("http", "https", "tg", "ton", "tonsite")


@dataclass(slots=True)
class Formatted:
    """A text as Telegram keeps it; `remarks` name what Telegram lets pass but shows otherwise."""

    text: str
    entities: list[Entity] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def utf16(text: str) -> int:
    """The length in UTF-16 code units, in which Telegram counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def is_link(url: str) -> bool:
    """Whether Telegram keeps this address as a link; others vanish without an error."""
    if any(char.isspace() for char in url):
        return False
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        host = parts.hostname or ""
    except ValueError:
        return False
    if parts.scheme not in LINK_SCHEMES:
        return False
    return parts.scheme in ("tg", "ton") or "." in host.strip(".")


def in_order(entities: list[Entity]) -> list[Entity]:
    return sorted(entities, key=lambda entity: (entity["offset"], -entity["length"]))
