"""What Spotify refuses to this app, remembered so that not every link asks again."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.errors import Refused, Service

if TYPE_CHECKING:
    from datetime import datetime

    from bot.clock import Clock
    from bot.models import Listing

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
