"""What a Spotify app may do, and what was refused to it lately.

It depends on when the app was made: see the README's limits.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.errors import Refused, Service, SourceError

if TYPE_CHECKING:
    from collections.abc import Awaitable
    from datetime import datetime

    from bot.clock import Clock
    from bot.models import Listing

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


# A right hangs on the class of the app and changes by Spotify's or the operator's hand only.
KEPT = timedelta(hours=1)
APP_KEPT = timedelta(minutes=5)  # Premium may be renewed at any time


class RowsRefused(Refused):
    """A playlist's rows are refused; `head` is the listing without them, its total if known."""

    def __init__(self, head: Listing, detail: str) -> None:
        super().__init__(Service.SPOTIFY_API, detail)
        self.head = head


class Refusals:
    """The refusals that still hold, each under the name of what was refused."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._held: dict[str, tuple[str, datetime]] = {}

    def note(self, what: str, error: Refused, *, kept: timedelta = KEPT) -> None:
        self._held[what] = (error.detail, self._clock() + kept)

    def held(self, what: str) -> str | None:
        """Why `what` is refused at the moment; None when it may be asked for."""
        detail, until = self._held.get(what, ("", None))
        return detail if until and self._clock() < until else None
