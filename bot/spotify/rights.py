"""What a Spotify app may do. It depends on when the app was made: see the README's limits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Awaitable

# Long-lived public pages: a 1987 hit, its album, and the playlist of Spotify's API reference
PROBE_TRACK = "4uLU6hMCjMI75M1A2tKUQC"
PROBE_ALBUM = "6N9PS4QXF1D0OWPk0Sxtb4"
PROBE_PLAYLIST = "3cEYpjA9oz9GiPac4AsH4n"
PROBE_QUERY = "isrc:GBARL9300135"


@dataclass(frozen=True, slots=True)
class Right:
    """Whether a kind of call is answered, and if not, why."""

    allowed: bool
    reason: str = ""

    def __bool__(self) -> bool:
        return self.allowed


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """What the credentials may read."""

    track: Right
    album: Right
    search: Right
    playlist_items: Right


async def right(call: Awaitable[object]) -> Right:
    """Whether the call goes through."""
    try:
        await call
    except SourceError as error:
        return Right(allowed=False, reason=error.detail or type(error).__name__)
    return Right(allowed=True)
