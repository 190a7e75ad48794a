"""What the Telegram in memory answers instead of a result.

NoResult
├── ApiError    Telegram's own refusal, in its wording
├── RawAnswer   a body that is not Telegram's, as a gateway in between sends
└── NoAnswer    nothing at all: the connection stays silent
"""

from __future__ import annotations

from typing import Any


class NoResult(Exception):
    """Base of all that stands in the place of a result."""


class ApiError(NoResult):
    """A refusal. `retry_after` is in whole seconds, as Telegram sends it."""

    def __init__(
        self, error_code: int, description: str, *, retry_after: int = 0, migrated_to: int = 0
    ) -> None:
        super().__init__(f"{error_code} {description}")
        self.error_code = error_code
        self.description = description
        parameters = {"retry_after": retry_after, "migrate_to_chat_id": migrated_to}
        self.parameters = {name: value for name, value in parameters.items() if value}

    def payload(self) -> dict[str, Any]:
        """The body that Telegram sends with this error."""
        body = {"ok": False, "error_code": self.error_code, "description": self.description}
        return body | ({"parameters": self.parameters} if self.parameters else {})


class RawAnswer(NoResult):
    """An answer of something between bot and Telegram: a status and any bytes."""

    def __init__(self, status: int, body: bytes) -> None:
        super().__init__(f"{status} {body[:40]!r}")
        self.status = status
        self.body = body


class NoAnswer(NoResult):
    """Silence: the caller's own timeout ends the call."""


def bad_request(reason: str) -> ApiError:
    return ApiError(400, f"Bad Request: {reason}")


def migrated(new_id: int) -> ApiError:
    return ApiError(
        400,
        "Bad Request: group chat was upgraded to a supergroup chat",
        migrated_to=new_id,
    )


def forbidden(reason: str) -> ApiError:
    return ApiError(403, f"Forbidden: {reason}")


def conflict(reason: str) -> ApiError:
    return ApiError(409, f"Conflict: {reason}")


def not_found() -> ApiError:
    return ApiError(404, "Not Found")


def unauthorized() -> ApiError:
    return ApiError(401, "Unauthorized")


def too_many(retry_after: int) -> ApiError:
    return ApiError(429, f"Too Many Requests: retry after {retry_after}", retry_after=retry_after)


def server_error() -> ApiError:
    return ApiError(500, "Internal Server Error")


def bad_gateway() -> RawAnswer:
    """The page of the web server in front of Telegram."""
    page = b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body></body>\r\n</html>\r\n"
    return RawAnswer(502, page)
