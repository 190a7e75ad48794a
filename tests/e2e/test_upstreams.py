"""Every service outside, failing in every way: bounded tries, and a circuit that spares it."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import SecretStr

from bot.clock import Timing
from bot.config import load
from bot.errors import RateLimited, SourceError, Unavailable, Unreadable
from bot.models import ListingKind
from bot.net.circuit import ATTEMPTS, FAILURES_TO_OPEN, OPEN_S
from bot.net.network import Network
from bot.platforms.apple import make_apple
from bot.platforms.deezer import make_deezer
from bot.spotify.sources import make_embed, make_web_api
from bot.youtube.data_api import make_data_api
from bot.youtube.music import make_music
from tests.e2e import worlds
from tests.e2e.data_api import KEY
from tests.e2e.faults import How
from tests.e2e.live import addresses, eventually
from tests.e2e.services import Loopback
from tests.e2e.serving import serve

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from tests.conftest import SetClock

ALBUM = worlds.album("Demo tape", 5)
SONG = ALBUM.tracks[0]
HUNG_S = 0.1  # in place of the seconds that a person would wait
HASTY = Timing(
    attempt_s=10 * HUNG_S,
    web_api_silence_s=HUNG_S,
    embed_page_s=HUNG_S,
    platform_answer_s=HUNG_S,
    data_api_answer_s=HUNG_S,
    music_silence_s=HUNG_S,
)


@dataclass(frozen=True)
class Source:
    """How one service is asked. `path` is a part of the request's, `made` what makes the call."""

    service: str
    made: Callable[..., Any]
    path: str = ""


@asynccontextmanager
async def _web_api(net: Network) -> Any:
    made = make_web_api(net)
    assert made
    yield lambda: made.listing(ListingKind.TRACK, str(SONG.spotify_id))
    made.close()


@asynccontextmanager
async def _embed(net: Network) -> Any:
    made = make_embed(net)
    assert made
    yield lambda: made.listing(ListingKind.ALBUM, ALBUM.id)


@asynccontextmanager
async def _music(net: Network) -> Any:
    made = make_music(net)
    assert made
    yield lambda: made.search(SONG.title, "songs")
    made.close()


@asynccontextmanager
async def _data_api(net: Network) -> Any:
    made = make_data_api(net)
    assert made
    yield made.probe


@asynccontextmanager
async def _apple(net: Network) -> Any:
    made = make_apple(net)
    assert made
    yield lambda: made.search(SONG)


@asynccontextmanager
async def _deezer(net: Network) -> Any:
    made = make_deezer(net)
    assert made
    yield lambda: made.search(SONG)


SOURCES = [
    Source("spotify_token", _web_api),
    Source("spotify_api", _web_api),
    Source("spotify_web", _embed),
    Source("youtube_music", _music, "search"),
    Source("youtube_api", _data_api),
    Source("apple", _apple),
    Source("deezer", _deezer),
]
# What each fault raises, and how often it is asked before that
DOWN = [
    ({"how": How.STATUS, "status": 500}, Unavailable, ATTEMPTS),
    ({"how": How.HTML, "status": 502}, Unavailable, ATTEMPTS),
    ({"how": How.RESET}, Unavailable, ATTEMPTS),
    ({"how": How.HANG}, Unavailable, ATTEMPTS),
    ({"how": How.TRUNCATED}, (Unavailable, Unreadable), ATTEMPTS),
]


@pytest.fixture
def loopback() -> Iterator[Loopback]:
    with serve(Loopback(world=worlds.world([ALBUM]))) as loopback:
        yield loopback


@asynccontextmanager
async def asking(
    source: Source, loopback: Loopback, now: SetClock, timing: Timing = Timing()
) -> AsyncIterator[Any]:
    """A call of the service, with nothing known of it yet."""
    settings = load(
        _env_file=None,
        spotify_client_id="sample",
        spotify_client_secret=SecretStr("sample"),
        youtube_api_key=SecretStr(KEY),
        **addresses(loopback),
    )
    async with Network(settings, clock=now, timing=timing) as net, source.made(net) as call:
        yield call


def asked(source: Source, loopback: Loopback) -> int:
    return sum(source.path in each.path for each in loopback.requests(source.service))


async def was_asked(source: Source, loopback: Loopback, times: int) -> bool:
    """So often, once what is under way is noted: a request is noted after its end."""

    async def reached() -> bool:
        return asked(source, loopback) >= times

    await eventually(reached)
    return asked(source, loopback) == times


def named(value: object) -> str | None:
    return value.service if isinstance(value, Source) else None


@pytest.mark.parametrize("source", SOURCES, ids=named)
async def test_it_answers(source: Source, loopback: Loopback, now: SetClock) -> None:
    """Well, each is asked once."""
    async with asking(source, loopback, now) as call:
        await call()

    assert await was_asked(source, loopback, 1)


@pytest.mark.parametrize("source", SOURCES, ids=named)
@pytest.mark.parametrize(("fault", "error", "most"), DOWN, ids=lambda v: str(v)[:40])
async def test_tries_are_bounded(
    source: Source,
    loopback: Loopback,
    now: SetClock,
    *,
    fault: Any,
    error: Any,
    most: int,
) -> None:
    """One call and at most two retries; an answer that nobody can read may be final."""
    timing = HASTY if fault["how"] is How.HANG else Timing()
    loopback.fail(source.service, path=source.path, **fault)
    async with asking(source, loopback, now, timing) as call:
        with pytest.raises(error) as caught:
            await call()

    final = isinstance(caught.value, Unreadable)
    assert await was_asked(source, loopback, 1 if final else most)


@pytest.mark.parametrize("source", SOURCES, ids=named)
async def test_repeated_failures_open_the_circuit(
    source: Source, loopback: Loopback, now: SetClock
) -> None:
    """A service that is down is left alone, then asked once, and trusted when it answers."""
    loopback.fail(source.service, How.STATUS, status=500, path=source.path)
    async with asking(source, loopback, now) as call:
        for _ in range(FAILURES_TO_OPEN):
            with pytest.raises(Unavailable):
                await call()
        before = FAILURES_TO_OPEN * ATTEMPTS
        with pytest.raises(Unavailable, match="circuit open") as closed:
            await call()
        assert await was_asked(source, loopback, before)
        now.forward(seconds=OPEN_S)
        with pytest.raises(Unavailable):
            await call()
        assert await was_asked(source, loopback, before + 1)
        now.forward(seconds=OPEN_S)
        loopback.heal()
        await call()

    assert closed.value.retry_at is not None


@pytest.mark.parametrize("source", SOURCES, ids=named)
async def test_a_long_retry_after_opens_it_at_once(
    source: Source, loopback: Loopback, now: SetClock
) -> None:
    """Nobody sleeps on it; until its time nobody asks. YouTube's own is the day's end."""
    loopback.fail(
        source.service, How.STATUS, status=429, headers={"Retry-After": "80000"}, path=source.path
    )
    async with asking(source, loopback, now) as call:
        with pytest.raises(RateLimited) as first:
            await call()
        with pytest.raises(SourceError, match="circuit open") as second:
            await call()

    told = 20 * 3600 if source.service == "youtube_api" else 80_000
    until = now() + timedelta(seconds=told)
    assert await was_asked(source, loopback, 1)
    assert [until, until] == [first.value.retry_at, second.value.retry_at]


@pytest.mark.parametrize(
    "source", [each for each in SOURCES if each.service != "youtube_api"], ids=named
)
async def test_a_short_retry_after_is_waited_for(
    source: Source, loopback: Loopback, now: SetClock
) -> None:
    """Three seconds are slept through; the answer comes with the second request."""
    headers = {"Retry-After": "3"}
    loopback.fail(source.service, How.STATUS, status=429, headers=headers, path=source.path, left=1)
    async with asking(source, loopback, now) as call:
        await call()

    assert await was_asked(source, loopback, 2)
