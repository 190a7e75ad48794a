"""What may stand in the place of a result of the Telegram in memory.

NoResult
├── ApiError    Telegram's own refusal, in its wording
├── RawAnswer   a body that is not Telegram's, as a gateway in between sends
└── NoAnswer    nothing at all: the connection stays silent
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from telegram.error import TimedOut

from bot.sandbox.telegram.errors import ApiError
from bot.sandbox.telegram.request import TerminalRequest

if TYPE_CHECKING:
    from telegram.request import RequestData


class RawAnswer(Exception):
    """An answer of something between bot and Telegram: a status and any bytes."""

    def __init__(self, status: int, body: bytes) -> None:
        super().__init__(f"{status} {body[:40]!r}")
        self.status = status
        self.body = body


class NoAnswer(Exception):
    """Silence: the caller's own timeout ends the call."""


NoResult = ApiError | RawAnswer | NoAnswer


class FaultyRequest(TerminalRequest):
    """The same transport, on which answers may be garbled or get lost."""

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        *_: object,
        **_timeouts: object,
    ) -> tuple[int, bytes]:
        try:
            return await super().do_request(url, method, request_data)
        except RawAnswer as answer:
            return answer.status, answer.body
        except NoAnswer:
            raise TimedOut from None


def too_many(retry_after: int) -> ApiError:
    return ApiError(429, f"Too Many Requests: retry after {retry_after}", retry_after=retry_after)


def server_error() -> ApiError:
    return ApiError(500, "Internal Server Error")


def bad_gateway() -> RawAnswer:
    """The page of the web server in front of Telegram."""
    page = b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body></body>\r\n</html>\r\n"
    return RawAnswer(502, page)
