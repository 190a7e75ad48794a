"""What a person, or the administrators of a group, can choose. Nothing here does I/O."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.models import PLATFORMS, Platform


class Mode(StrEnum):
    """When links in a group are answered."""

    AUTOMATIC = "automatic"
    MENTIONED = "mentioned"  # only beside the bot's name, or in a reply to it


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """`language` is an IETF tag, None for what Telegram says; `mode` means something in groups."""

    language: str | None = None
    platforms: tuple[str, ...] = PLATFORMS
    mode: Mode = Mode.AUTOMATIC


DEFAULTS = Preferences()


def in_order(platforms: object) -> tuple[str, ...]:
    """The platforms that are known, once each and in their order; the default where none is."""
    named = set(platforms) if isinstance(platforms, (list, tuple, set, frozenset)) else set()
    return tuple(each.value for each in Platform if each in named) or PLATFORMS


class Plan(StrEnum):
    FREE = "free"
    PLUS = "plus"
