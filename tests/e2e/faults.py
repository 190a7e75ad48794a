"""Ways in which a stand-in service fails on purpose."""

from __future__ import annotations

import socket
import struct
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Mapping

    from bot.sandbox.services.messages import Request

BLOCK_PAGE = (
    b"<!DOCTYPE html><html><head><title>Sorry...</title></head><body><h1>We're sorry...</h1>"
    b"<p>... but your computer or network may be sending automated queries.</p></body></html>"
)


class How(StrEnum):
    STATUS = "status"  # another status, with a body in the service's own form unless one is given
    HTML = "html"  # a block page where JSON is expected
    TRUNCATED = "truncated"  # the right answer, cut in its middle
    HANG = "hang"  # no answer, until the other side gives up
    RESET = "reset"  # the connection is thrown away


@dataclass(slots=True, kw_only=True)
class Fault:
    """`left` counts the requests it still strikes (None: all); `path` is a part of their path."""

    how: How
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str | None = None
    path: str = ""
    left: int | None = None

    @classmethod
    def from_json(cls, body: dict[str, Any]) -> Self:
        return cls(**(body | {"how": How(body["how"])}))

    def strikes(self, request: Request) -> bool:
        if self.path not in request.path or self.left == 0:
            return False
        if self.left is not None:
            self.left -= 1
        return True


def reset(transport: asyncio.Transport) -> None:
    """Ends a connection with a TCP reset: lingering for zero seconds throws away what is open."""
    sock: socket.socket = transport.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
