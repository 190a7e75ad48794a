"""The services' circuits, for all tests of this folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.errors import Service
from bot.net.circuit import CircuitBreaker
from bot.spotify.api import WebApi
from tests.spotify.webapi import API_URL, SECRET, TOKEN_URL, FakeSpotify

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import SetClock


@pytest.fixture
def api_upstream(now: SetClock) -> CircuitBreaker:
    return CircuitBreaker(Service.SPOTIFY_API, clock=now)


@pytest.fixture
def web_upstream(now: SetClock) -> CircuitBreaker:
    return CircuitBreaker(Service.SPOTIFY_WEB, clock=now)


@pytest.fixture
def spotify() -> FakeSpotify:
    return FakeSpotify()


@pytest.fixture
def api(spotify: FakeSpotify, api_upstream: CircuitBreaker, now: SetClock) -> Iterator[WebApi]:
    api = WebApi(
        "client-id",
        SECRET,
        market="US",
        api_url=API_URL,
        token_url=TOKEN_URL,
        circuit=api_upstream,
        adapter=spotify,
        clock=now,
    )
    yield api
    api.close()
