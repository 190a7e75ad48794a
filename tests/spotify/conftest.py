"""Retries without their waits, and the services' upstreams, for all tests of this folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import stamina

from bot.errors import Service
from bot.upstream import ATTEMPTS, Upstream

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import SetClock


@pytest.fixture(autouse=True)
def quick() -> Iterator[None]:
    """All attempts are made, without the waits between them."""
    with stamina.set_testing(testing=True, attempts=ATTEMPTS):
        yield


@pytest.fixture
def api_upstream(now: SetClock) -> Upstream:
    return Upstream(Service.SPOTIFY_API, clock=now)


@pytest.fixture
def web_upstream(now: SetClock) -> Upstream:
    return Upstream(Service.SPOTIFY_WEB, clock=now)
