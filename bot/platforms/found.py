"""A track as another platform has it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.models import Track


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformTrack:
    """`url` is its page there."""

    track: Track
    url: str | None
