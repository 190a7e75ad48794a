"""The way to Telegram: guarded, pooled, and never waited for without end.

On aiohttp, where a call takes a quarter of the processor time that python-telegram-bot's own way
on httpx takes. What it says of an address, a proxy, a certificate and a failure is as there.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import aiohttp
import httpx
from requests.utils import get_environ_proxies, select_proxy
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest

from bot.net import hosts
from bot.net.http import MOST_BYTES

if TYPE_CHECKING:
    from telegram._utils.types import ODVInput
    from telegram.request import RequestData

    from bot.config import Settings

CONNECTIONS = 64
CONNECT_S = 5.0
TELEGRAM_S = 20.0  # the longest a call of the Bot API may take, files aside
SLOWEST = 10_000  # bytes a second; a file that leaves slower counts as stuck
LARGE = 65_536  # bytes; more leave in pieces, between which the others have their turn
KEPT_S = 5.0  # how long a socket is kept without a call, as httpx does
# Plain: what Telegram says is short, and what is not packed cannot unpack to more than it is.
HEADERS = {"User-Agent": BaseRequest.USER_AGENT, "Accept-Encoding": "identity"}
FORM = {**HEADERS, "Content-Type": "application/x-www-form-urlencoded"}


class TelegramRequest(BaseRequest):
    """At most `connections` calls at once; one more waits as long as an answer is waited for.

    Raises TimedOut and NetworkError, and HostNotAllowed for another host than Telegram's.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        connections: int = CONNECTIONS,
        connect_s: float = CONNECT_S,
        answer_s: float = TELEGRAM_S,
    ) -> None:
        self._allowed = hosts.outgoing(settings)
        self._connections = connections
        self._connect_s = connect_s
        self._answer_s = answer_s
        # Asked once: the environment does not change, and reading it takes longer than a call.
        base = settings.telegram_base_url
        self._proxy = select_proxy(base, get_environ_proxies(base))
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        return self._answer_s

    async def initialize(self) -> None:
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    limit=self._connections,
                    keepalive_timeout=KEPT_S,
                    ssl=httpx.create_ssl_context(),  # the same certificates as everywhere here
                ),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
            )

    async def shutdown(self) -> None:
        if self._session:
            await self._session.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        *_: Any,
        **__: Any,
    ) -> tuple[int, bytes]:
        """Wait `read_timeout` for each part of the answer; the other times are this one's own."""
        hosts.check(url, self._allowed)
        if self._session is None or self._session.closed:
            raise RuntimeError("the way to Telegram is closed")
        body, headers = _written(url, request_data)
        silence = self._answer_s if read_timeout is self.DEFAULT_NONE else read_timeout
        timeout = self._timeout(silence, len(body))  # type: ignore[arg-type]  # see DEFAULT_NONE
        try:
            async with self._session.request(
                method,
                url,
                data=BytesIO(body) if len(body) > LARGE else body,
                headers=headers,
                timeout=timeout,
                proxy=self._proxy,
                allow_redirects=False,
            ) as answer:
                return answer.status, await _read(answer)
        except TimeoutError as error:
            raise TimedOut from error
        except (
            aiohttp.ClientResponseError
        ) as error:  # its text quotes the address, and so the token
            raise NetworkError(f"{type(error).__name__}: {error.message}") from None
        except (aiohttp.ClientError, OSError) as error:
            raise NetworkError(f"{type(error).__name__}: {error}") from error

    def _timeout(self, silence: float | None, size: int) -> aiohttp.ClientTimeout:
        """What is sent ends with the whole call: aiohttp has no time for writing alone."""
        turn = self._answer_s + self._connect_s
        whole = None if silence is None or not size else turn + silence + size / SLOWEST
        return aiohttp.ClientTimeout(
            total=whole, connect=turn, sock_connect=self._connect_s, sock_read=silence
        )


def _written(url: str, data: RequestData | None) -> tuple[bytes, dict[str, str]]:
    """The body and its headers. Files are few, and httpx writes their names as browsers do."""
    if data is None:
        return b"", HEADERS
    if not data.contains_files:
        return urlencode(data.json_parameters).encode(), FORM
    files: Any = data.multipart_data
    written = httpx.Request("POST", url, data=data.json_parameters, files=files)
    kind = written.headers["Content-Type"]
    return written.read(), {**HEADERS, "Content-Type": kind}


async def _read(answer: aiohttp.ClientResponse) -> bytes:
    """Raises NetworkError for what was not asked for: a packed answer, or one without end."""
    if answer.headers.get("Content-Encoding", "identity") != "identity":
        raise NetworkError("a packed answer, where a plain one was asked for")
    body = bytearray()
    async for part in answer.content.iter_any():
        body += part
        if len(body) > MOST_BYTES:
            raise NetworkError(f"an answer of more than {MOST_BYTES} bytes")
    return bytes(body)
