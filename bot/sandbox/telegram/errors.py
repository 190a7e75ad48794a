"""Telegram's refusals, in its own wording."""

from __future__ import annotations

from typing import Any


class ApiError(Exception):
    """A refusal. `parameters` are Telegram's ResponseParameters."""

    def __init__(self, error_code: int, description: str, **parameters: int) -> None:
        super().__init__(f"{error_code} {description}")
        self.error_code = error_code
        self.description = description
        self.parameters = parameters

    def payload(self) -> dict[str, Any]:
        """The body that Telegram sends with this error."""
        body = {"ok": False, "error_code": self.error_code, "description": self.description}
        return body | ({"parameters": self.parameters} if self.parameters else {})


def bad_request(reason: str) -> ApiError:
    return ApiError(400, f"Bad Request: {reason}")


def forbidden(reason: str) -> ApiError:
    return ApiError(403, f"Forbidden: {reason}")


def conflict(reason: str) -> ApiError:
    return ApiError(409, f"Conflict: {reason}")


def not_found() -> ApiError:
    return ApiError(404, "Not Found")


def unauthorized() -> ApiError:
    return ApiError(401, "Unauthorized")
