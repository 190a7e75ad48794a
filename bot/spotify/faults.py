"""What the Web API and its token service mean by an error, and what they refuse to an app.

What an app may do depends on when it was made: see the README's limits.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from bot.clock import is_ahead
from bot.errors import (
    NotFound,
    RateLimited,
    Refused,
    Service,
    SourceError,
    Unavailable,
    Unreadable,
)
from bot.net.payload import parsed, seconds, text

if TYPE_CHECKING:
    from collections.abc import Awaitable, Mapping
    from datetime import datetime

    from bot.clock import Clock
    from bot.models import Listing

WINDOW_S = 30.0  # Spotify counts calls over a rolling window of 30 s
QUOTA_EXCEEDED_S = 900.0  # the developer account's allowance for all its apps is used up
_DETAIL = 120  # characters of a foreign message that a log line holds
_QUOTA = "QUOTA_EXCEEDED"  # stands where `error` is an object inside it, else beside or in it
_BAD_ID = "invalid base62 id"
_BAD_CREDENTIALS = (HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
_API = Service.SPOTIFY_API

# Long-lived public pages: a 1987 hit, its album, and the playlist of Spotify's API reference
PROBE_TRACK = "4uLU6hMCjMI75M1A2tKUQC"
PROBE_ALBUM = "6N9PS4QXF1D0OWPk0Sxtb4"
PROBE_PLAYLIST = "3cEYpjA9oz9GiPac4AsH4n"
PROBE_QUERY = "isrc:GBARL9300135"
# A right hangs on the class of the app and changes by Spotify's or the operator's hand only.
KEPT = timedelta(hours=1)
APP_KEPT = timedelta(minutes=5)  # Premium may be renewed at any time


class AppRefused(Refused):
    """Every call of this Spotify app is refused until its operator acts."""


class TokenRefused(AppRefused):
    """The access token is not valid. Said of a fresh one, it is the app that is refused."""


class RowsRefused(Refused):
    """A playlist's rows are refused; `head` is the listing without them, its total if known."""

    def __init__(self, head: Listing, detail: str) -> None:
        super().__init__(Service.SPOTIFY_API, detail)
        self.head = head


def api_fault(status: int, headers: Mapping[str, str], body: str) -> SourceError:
    """The error behind an answer of the Web API that is not 200."""
    error = parsed(body)
    message = text(error, "error", "message") or text(error, "error") or _plain(body)
    message = message[:_DETAIL]
    match status:
        case HTTPStatus.UNAUTHORIZED | HTTPStatus.FORBIDDEN:
            return _refused(status, message)
        case HTTPStatus.NOT_FOUND:
            return NotFound(_API, f"404 {message}")
        case HTTPStatus.TOO_MANY_REQUESTS:
            return _rate_limited(headers, error)
        case HTTPStatus.BAD_REQUEST if _BAD_ID in message.lower():
            return NotFound(_API, f"400 {message}")
    return _other(status, message)


def token_fault(status: int, headers: Mapping[str, str], body: str) -> SourceError:
    """The error behind an answer of the token service that is not 200."""
    error = parsed(body)
    reason = text(error, "error") or text(error, "error", "message") or _plain(body)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return _rate_limited(headers, error)
    if status in _BAD_CREDENTIALS:
        return AppRefused(
            _API, f"SPOTIFY_CLIENT_ID and SPOTIFY_CLIENT_SECRET are not accepted: {reason}"
        )
    return _other(status, f"token service: {reason}")


def _refused(status: int, message: str) -> SourceError:
    if "user authentication" in message.lower():
        return Refused(_API, "needs a user's consent, which this program does not ask for")
    if status == HTTPStatus.UNAUTHORIZED:
        return TokenRefused(_API, f"401 {message}")
    if "premium" in message.lower():
        return AppRefused(_API, f"the Spotify app's owner needs Premium: {message}")
    return Refused(_API, f"403 {message}")


def _rate_limited(headers: Mapping[str, str], error: Any) -> RateLimited:
    wait = seconds(headers.get("Retry-After"), default=WINDOW_S)
    if _QUOTA in (text(error, "error", "reason"), text(error, "reason"), text(error, "error")):
        return RateLimited(_API, "429 quota exceeded", retry_after_s=max(wait, QUOTA_EXCEEDED_S))
    return RateLimited(_API, f"429, again in {wait:.0f} s", retry_after_s=wait)


def _other(status: int, message: str) -> SourceError:
    passing = status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.REQUEST_TIMEOUT
    return (Unavailable if passing else Unreadable)(_API, f"{status} {message}")


def _plain(body: str) -> str:
    if "<" in body[:_DETAIL]:
        return "an HTML page"
    return " ".join(body[:_DETAIL].split()) or "without a message"


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


class Refusals:
    """The refusals that still hold, each under the name of what was refused."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._held: dict[str, tuple[str, datetime, timedelta]] = {}

    def note(self, what: str, error: Refused, *, kept: timedelta = KEPT) -> None:
        self._held[what] = (error.detail, self._clock() + kept, kept)

    def held(self, what: str) -> str | None:
        """Why `what` is refused at the moment; None when it may be asked for."""
        if what not in self._held:
            return None
        detail, until, kept = self._held[what]
        return detail if is_ahead(until, self._clock(), kept) else None
