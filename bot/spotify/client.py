"""spotipy, tamed: it never sleeps, never prints a token, and raises only errors of `bot.errors`."""

from __future__ import annotations

import logging
import threading
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import requests
import spotipy  # type: ignore[import-untyped]  # ships no types
from spotipy.cache_handler import MemoryCacheHandler  # type: ignore[import-untyped]  # as above
from spotipy.oauth2 import SpotifyClientCredentials  # type: ignore[import-untyped]  # as above

from bot.clock import Timing
from bot.errors import Service, SourceError, Unavailable, Unreadable
from bot.spotify.faults import TokenRefused, api_fault, token_fault

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from requests.adapters import BaseAdapter

_API = Service.SPOTIFY_API


class Credentials(SpotifyClientCredentials):  # type: ignore[misc]  # untyped base
    """The app's token, one for all threads, kept in memory."""

    def __init__(
        self,
        client_id: str,
        client_secret: str,
        *,
        token_url: str,
        adapter: BaseAdapter,
        timing: Timing = Timing(),
    ) -> None:
        super().__init__(
            client_id,
            client_secret,
            requests_session=_session(adapter, _check_token),
            requests_timeout=timing.web_api_silence_s,
            cache_handler=MemoryCacheHandler(),
        )
        self.OAUTH_TOKEN_URL = token_url
        self._lock = threading.Lock()
        self._failures = 0
        self._failure: SourceError | None = None

    def get_access_token(self, **_: bool) -> str:
        """The token, asked for once however many threads wait for it; they share its failure."""
        failures = self._failures
        with self._lock:
            if self._failure and failures != self._failures:
                raise self._failure
            try:
                token: str = guarded(partial(super().get_access_token, as_dict=False))
            except SourceError as error:
                self._failure, self._failures = error, self._failures + 1
                raise
            self._failure = None
            return token

    def forget(self, token: str) -> None:
        """Drop this token, unless another thread has already renewed it."""
        with self._lock:
            kept = self.cache_handler.get_cached_token()
            if kept and kept.get("access_token") == token:
                self.cache_handler.save_token_to_cache(None)


class Client(spotipy.Spotify):  # type: ignore[misc]  # untyped base
    """One thread's client, asked by route: of those of 2026 spotipy lacks some."""

    def __init__(
        self,
        credentials: Credentials,
        *,
        api_url: str,
        adapter: BaseAdapter,
        timing: Timing = Timing(),
    ) -> None:
        def check(status: int, answer: requests.Response) -> None:
            fault = api_fault(status, answer.headers, answer.text)
            if isinstance(fault, TokenRefused):
                sent = answer.request.headers.get("Authorization", "")
                credentials.forget(sent.removeprefix("Bearer "))
            raise fault

        super().__init__(
            auth_manager=credentials,
            requests_session=_session(adapter, check),
            requests_timeout=timing.web_api_silence_s,
        )
        self.prefix = f"{api_url}/"

    def ask(self, path: str, **params: str | int) -> dict[str, Any]:
        """GET a route. A token that has run out is renewed once."""
        try:
            return self._ask(path, params)
        except TokenRefused:
            return self._ask(path, params)

    def _ask(self, path: str, params: Mapping[str, str | int]) -> dict[str, Any]:
        data = guarded(lambda: self._get(path, **params))
        if not isinstance(data, dict):
            raise Unreadable(_API, f"not a JSON object: {path.partition('/')[0]}")
        return data


def silence() -> None:
    """Keep spotipy's own log lines out: at DEBUG they hold the token, and failures are ours."""
    for name in ("spotipy.client", "spotipy.oauth2"):
        logging.getLogger(name).disabled = True


def guarded(call: Callable[[], Any]) -> Any:
    """What `call` returns. Whatever spotipy or requests raise becomes an error of `bot.errors`.

    Causes are cut off: they hold requests, and requests hold the token.
    """
    try:
        return call()
    except SourceError:
        raise
    except requests.Timeout:
        raise Unavailable(_API, "no answer in time") from None
    except ValueError as error:  # truncated JSON, which is a RequestException too
        raise Unreadable(_API, type(error).__name__) from None
    except requests.RequestException as error:
        raise Unavailable(_API, type(error).__name__) from None
    except Exception as error:  # noqa: BLE001 - spotipy trips over shapes it does not expect
        raise Unreadable(_API, f"spotipy failed: {type(error).__name__}") from None


def _session(
    adapter: BaseAdapter, check: Callable[[int, requests.Response], None]
) -> requests.Session:
    """A plain session, with which spotipy does not wait in the thread for a Retry-After.

    Proxies and certificates come from the environment as usual.
    """

    def hook(answer: requests.Response, **_: Any) -> None:
        # Before spotipy sees it: it loses the status when an error's JSON has an unknown shape.
        if answer.status_code != HTTPStatus.OK:
            check(answer.status_code, answer)

    session = requests.Session()
    # Without one, requests puts what ~/.netrc says of the host in place of the token's header.
    session.auth = lambda request: request
    session.hooks["response"].append(hook)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


def _check_token(status: int, answer: requests.Response) -> None:
    raise token_fault(status, answer.headers, answer.text)
