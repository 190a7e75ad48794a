"""Requests to stand-in services and their answers, whatever carries them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    content: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def json(cls, status: int, body: Any) -> Answer:
        content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        return cls(status, content, {"content-type": "application/json; charset=utf-8"})

    @classmethod
    def html(cls, status: int, text: str) -> Answer:
        return cls(status, text.encode(), {"content-type": "text/html; charset=utf-8"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """`query` holds the first value of each name; the names of `headers` are in small letters."""

    method: str
    host: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    @classmethod
    def of(cls, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Request:
        parts = urlsplit(url)
        return cls(
            method=method,
            host=parts.hostname or "",
            path=unquote(parts.path),
            query={name: values[0] for name, values in parse_qs(parts.query).items()},
            headers={name.lower(): value for name, value in headers.items()},
            body=body,
        )

    @property
    def steps(self) -> list[str]:
        return [step for step in self.path.split("/") if step]

    def at(self, path: str) -> Request:
        return replace(self, path=path)

    def number(self, name: str, default: int) -> int:
        text = self.query.get(name, "")
        return int(text) if text.isdecimal() else default

    def json(self) -> dict[str, Any]:
        """The body as an object; empty when it is none."""
        try:
            body = json.loads(self.body)
        except ValueError:
            return {}
        return body if isinstance(body, dict) else {}


class Refusal(Exception):
    """The service says no; the status and the message are the service's own."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
