"""What libraries send through requests, with bounds: the time and the size of a whole answer.

The timeouts of requests are for the silence between two bytes, so an answer that drips outlives
them for ever, and the thread that reads it cannot be stopped from outside.
"""

from __future__ import annotations

import io
import socket
import threading
import time
from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Any

import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection

from bot.clock import Timing
from bot.errors import Service, Unavailable, Unreadable
from bot.net.payload import PACKING, is_packed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MAX_BYTES = 8_000_000  # unpacked; YouTube Music's recorded answers are 130 to 480 KB
PIECE_BYTES = 65_536


class Bounded(BaseAdapter):
    """Reads each answer of `under` to its end.

    Raises Unavailable for one that is not there after `whole_answer_s`, Unreadable for one of more
    than `most` bytes, and what `under` raises.
    """

    def __init__(
        self,
        service: Service,
        *,
        under: BaseAdapter,
        most: int = MAX_BYTES,
        timing: Timing = Timing(),
    ) -> None:
        super().__init__()
        self._service = service
        self._under = under
        self._most = most
        self._timing = timing

    def send(self, request: requests.PreparedRequest, *_: Any, **options: Any) -> requests.Response:
        """Takes its options by name. Of them `stream` is of no use: the answer is read."""
        ends = time.monotonic() + self._timing.whole_answer_s
        request.headers["Accept-Encoding"] = PACKING
        try:
            with (
                self._under.send(request, **{**options, "stream": True}) as answer,
                # Looked up when it is time: not every `under` has one.
                _shut_at(ends, lambda: answer.raw.shutdown()),  # noqa: PLW0108
            ):
                body = self._read(answer)
        except TimeoutError:
            raise Unavailable(self._service, "the answer is too slow") from None
        except RuntimeError:  # the system has no thread to give for its time
            raise Unavailable(self._service, "no thread to watch the answer's time") from None
        return _whole(answer, request, body)

    def _read(self, answer: requests.Response) -> bytes:
        try:
            is_packed(answer.headers.get("Content-Encoding"))
        except ValueError as error:
            raise Unreadable(self._service, str(error)) from None
        body = bytearray()
        for piece in answer.iter_content(PIECE_BYTES):
            body += piece
            if len(body) > self._most:
                raise Unreadable(self._service, f"an answer of more than {self._most} bytes")
        return bytes(body)

    def close(self) -> None:
        self._under.close()


class KeptConnections(HTTPAdapter):
    """Sockets that all threads share: a call then costs one round trip, whoever makes it."""

    def __init__(self, width: int, *, timing: Timing = Timing()) -> None:
        super().__init__(pool_maxsize=width)
        self._timing = timing

    def get_connection_with_tls_context(self, *args: Any, **options: Any) -> Any:
        pool: Any = super().get_connection_with_tls_context(*args, **options)
        if bound := _WITH_BOUND_HEADS.get(pool.ConnectionCls):
            pool.ConnectionCls = partial(bound, self._timing.whole_answer_s)
        return pool


class _BoundHead:
    """A connection whose answers begin within `whole_s`: their status and headers may drip too."""

    sock: socket.socket

    def __init__(self, whole_s: float, /, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._whole_s = whole_s

    def getresponse(self) -> Any:
        sock = self.sock  # of which an answer may take possession
        # urllib3 and requests make a timeout of their own of the TimeoutError.
        with _shut_at(time.monotonic() + self._whole_s, lambda: sock.shutdown(socket.SHUT_RD)):
            return super().getresponse()  # type: ignore[misc]  # of what it is mixed into


class _Connection(_BoundHead, HTTPConnection):
    pass


class _TlsConnection(_BoundHead, HTTPSConnection):
    pass


_WITH_BOUND_HEADS: dict[Any, Any] = {
    HTTPConnection: _Connection,
    HTTPSConnection: _TlsConnection,
}


@contextmanager
def _shut_at(ends: float, shut: Callable[[], None]) -> Iterator[None]:
    """Wake a thread that still reads when `time.monotonic()` is `ends`, with a TimeoutError."""

    def fire() -> None:
        # It ended just now by itself; or it cannot be shut, as TLS to a proxy around TLS.
        with suppress(OSError, RuntimeError, ValueError, AttributeError):
            shut()

    timer = threading.Timer(max(0.0, ends - time.monotonic()), fire)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        # Whatever came of it: headers that were cut short look like whole ones to http.client.
        if time.monotonic() >= ends:
            raise TimeoutError from None


def _whole(
    answer: requests.Response, request: requests.PreparedRequest, body: bytes
) -> requests.Response:
    """The same answer with its body read. In UTF-8: guessing it would cost more than parsing."""
    whole = requests.Response()
    whole.status_code = answer.status_code
    whole.reason = answer.reason
    whole.headers = answer.headers
    whole.encoding = "utf-8"
    whole.request = request
    whole.url = request.url or ""
    whole.raw = io.BytesIO(body)
    return whole
