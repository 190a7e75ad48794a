"""What can go wrong, one class for each meaning.

TracklinkError
├── SettingError         a setting is missing or wrong; names the variable
├── UnsupportedLink      a link to something without tracks
├── StoreUnavailable     MongoDB does not answer
│   ├── Unstorable       or cannot hold what it is given, and never will
│   └── IndexesMissing   or answers, and lacks indexes that the work stands on
├── HostNotAllowed       a request to a host that is not in the list of bot.net.hosts
├── ChatClosed           nothing can be sent to a chat any more
├── ChatBusy             Telegram takes nothing at the moment; may pass
├── ChatRefused          Telegram finds a request wrong, and will again
├── Crowded              too many wait for the same; may pass
├── NotTaken             an update that Telegram is to send again
├── FileTooLarge         a file that Telegram would not take
└── SourceError          a service outside; `service` names it
    ├── NotFound         there is nothing behind the link, or it is private
    ├── Refused          the service answers others, but not this program
    ├── Unreadable       an answer that is not what the service sends
    └── Unavailable      down, too slow, or out of reach; may pass
        └── RateLimited  asked too often; `retry_after_s` says how long to wait
            └── OutOfBudget  by this program, which keeps below the service's limits
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


class Service(StrEnum):
    """The services outside, by the name that logs and metrics use."""

    SPOTIFY_API = "spotify_api"
    SPOTIFY_WEB = "spotify_web"
    YOUTUBE_MUSIC = "youtube_music"
    YOUTUBE_API = "youtube_api"
    APPLE = "apple"
    DEEZER = "deezer"


OF_SPOTIFY = (Service.SPOTIFY_API, Service.SPOTIFY_WEB)


class TracklinkError(Exception):
    """Base of all errors that the program raises on purpose."""


class SettingError(TracklinkError):
    """A setting is missing or wrong. The text is one sentence for the operator."""


class UnsupportedLink(TracklinkError):
    """A link that leads to no tracks; `kind` says to what."""

    def __init__(self, kind: str) -> None:
        super().__init__(f"links to {kind} pages are not supported")
        self.kind = kind


class StoreUnavailable(TracklinkError):
    """MongoDB does not answer within its deadline."""


class Unstorable(StoreUnavailable):
    """What MongoDB would refuse again: half a letter, or arithmetic on what is no number."""


class IndexesMissing(StoreUnavailable):
    """Indexes could not be made. `reasons` are by their names; none where none was tried yet."""

    def __init__(self, reasons: Mapping[str, str]) -> None:
        said = "; ".join(f"{name}: {reason}" for name, reason in reasons.items())
        super().__init__(f"indexes not made: {said or 'not yet'}")
        self.reasons = reasons


class HostNotAllowed(TracklinkError):
    """A request to a host that is not in the list of `bot.net.hosts`. It was not sent."""


class ChatClosed(TracklinkError):
    """Nothing can be sent there: the person blocked the bot, left, or closed the topic."""


class ChatBusy(TracklinkError):
    """Telegram is out of reach, or asks for a longer wait than is waited: `retry_in_s` seconds."""

    def __init__(self, reason: str, *, retry_in_s: float = 0.0) -> None:
        super().__init__(reason)
        self.retry_in_s = retry_in_s


class ChatRefused(TracklinkError):
    """Telegram finds something wrong with a request. It would find the same again."""


class Crowded(TracklinkError):
    """Too many wait for the same, or one person for too much of it: not taken, and to say so."""


class NotTaken(TracklinkError):
    """An update that was not handled to its end, so that Telegram is to send it again."""


class FileTooLarge(TracklinkError):
    """A file that is larger than Telegram takes from bots."""


class SourceError(TracklinkError):
    """A service outside did not give what was asked. `retry_at` is set when it is known."""

    def __init__(
        self, service: Service, detail: str = "", *, retry_at: datetime | None = None
    ) -> None:
        super().__init__(f"{service}: {detail}" if detail else str(service))
        self.service = service
        self.detail = detail
        self.retry_at = retry_at


class NotFound(SourceError):
    """There is nothing behind the link, or it is private.

    Not `sure` where another source, which may know better, did not answer.
    """

    sure = True


class Refused(SourceError):
    """The service answers, but not to this program: rights, plan or policy."""


class Unreadable(SourceError):
    """The answer has not the shape that the service sends."""


class Unavailable(SourceError):
    """Down, too slow or out of reach. May pass, so it is tried again."""


class RateLimited(Unavailable):
    """Asked too often. `retry_after_s` is the wait in seconds that the service asks for."""

    def __init__(self, service: Service, detail: str = "", *, retry_after_s: float) -> None:
        super().__init__(service, detail)
        self.retry_after_s = retry_after_s


class OutOfBudget(RateLimited):
    """This program's own share of the service's quota is used up. That opens no circuit."""
