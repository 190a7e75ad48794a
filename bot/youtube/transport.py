"""How ytmusicapi's requests travel: to our address, with bounds, and with errors that say more."""

from __future__ import annotations

import threading
from typing import Any

import requests
from requests.adapters import BaseAdapter

from bot.clock import Timing
from bot.errors import NotFound, RateLimited, Refused, Service, SourceError, Unavailable
from bot.net.bounded import Bounded
from bot.net.payload import seconds

HOST = "https://music.youtube.com"  # the only one that ytmusicapi asks without an account
CONNECT_S = 3.05  # just over TCP's first retransmission
RETRY_AFTER_S = 60.0  # where a 429 does not say


class Transport(BaseAdapter):
    """Sends what is meant for YouTube Music to `base_url`, through the adapter `under`.

    Raises SourceErrors by status where ytmusicapi would lose it over a body that is no JSON.
    Redirects (to a consent page, to a sign-in) are refused, not followed.

    A thread that gets its answer has the processor to itself until it says `done`, or asks again:
    eight that parse at once all end late, and their next eight requests leave late. One after the
    other, the first is on its way again while the last still parses.
    """

    def __init__(self, base_url: str, *, under: BaseAdapter, timing: Timing = Timing()) -> None:
        super().__init__()
        self._base_url = base_url
        self._under = Bounded(Service.YOUTUBE_MUSIC, under=under, timing=timing)
        # Proxies and certificates from the environment: asked once, for the true address.
        with requests.Session() as session:
            options = session.merge_environment_settings(base_url, {}, True, None, None)
        self._parsing = threading.Lock()
        self._mine = threading.local()
        timeout = (CONNECT_S, timing.music_silence_s)
        self._options: dict[str, Any] = {**options, "timeout": timeout}

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        """Send it with the transport's own timeouts, proxies and certificates."""
        self.done()
        sent = request.copy()
        sent.url = self._base_url + (request.url or "").removeprefix(HOST)
        try:
            answer = self._under.send(sent, **self._options)
        except requests.RequestException as error:
            raise Unavailable(Service.YOUTUBE_MUSIC, type(error).__name__) from None
        _check(answer, is_page=request.method == "GET")
        self._parsing.acquire()
        self._mine.turn = True
        return answer

    def done(self) -> None:
        """This thread has read its answer. To be called after each use, whatever came of it."""
        if getattr(self._mine, "turn", False):
            self._mine.turn = False
            self._parsing.release()

    def close(self) -> None:
        self._under.close()


def _check(answer: requests.Response, *, is_page: bool) -> None:
    status = answer.status_code
    if status == requests.codes.too_many:
        wait = seconds(answer.headers.get("Retry-After"), default=RETRY_AFTER_S)
        raise RateLimited(Service.YOUTUBE_MUSIC, "HTTP 429", retry_after_s=wait)
    if status >= requests.codes.multiple_choices:
        raise _by_status(status)(Service.YOUTUBE_MUSIC, f"HTTP {status}")
    if not is_page and "html" in answer.headers.get("Content-Type", ""):
        # What an address gets that Google holds for a robot; it passes by itself.
        raise Unavailable(Service.YOUTUBE_MUSIC, "a page instead of data")


def _by_status(status: int) -> type[SourceError]:
    if status == requests.codes.not_found:
        return NotFound
    passing = status == requests.codes.timeout or status >= requests.codes.server_error
    return Unavailable if passing else Refused
