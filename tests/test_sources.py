"""Which sources the settings turn on, and what the first link need not wait for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr

from bot.backends import open_sources
from bot.config import load
from bot.errors import SettingError
from bot.net.network import Network
from bot.spotify.sources import make_embed, make_web_api
from bot.youtube.data_api import make_data_api
from bot.youtube.music import make_music
from tests.e2e import worlds
from tests.e2e.faults import How
from tests.e2e.live import SAMPLE, addresses
from tests.e2e.services import Loopback
from tests.e2e.serving import serve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.config import Settings

KEYLESS = {"spotify_client_id": None, "spotify_client_secret": None}


@pytest.fixture
def loopback() -> Iterator[Loopback]:
    with serve(Loopback(world=worlds.world([worlds.playlist("Short walk", 3)]))) as loopback:
        yield loopback


@pytest.fixture
def settings(loopback: Loopback) -> Settings:
    return load(_env_file=None).model_copy(update=SAMPLE | addresses(loopback))


async def test_the_first_link_finds_all_warm(loopback: Loopback, settings: Settings) -> None:
    """Warming up fetches the token and the visitor's id before anyone asks for a list."""
    async with Network(settings) as net, open_sources(net) as sources:
        await sources.warm_up()

    assert 1 == len(loopback.requests("spotify_token"))
    assert ["/"] == [entry.path for entry in loopback.requests("youtube_music")]


@pytest.mark.parametrize("service", ["spotify_token", "spotify_api", "youtube_music"])
async def test_warming_up_never_fails(loopback: Loopback, settings: Settings, service: str) -> None:
    """A service that fails at the start keeps nobody from starting."""
    loopback.fail(service, How.STATUS, status=403)
    async with Network(settings) as net, open_sources(net) as sources:
        await sources.warm_up()


async def test_without_credentials_there_is_no_web_api(settings: Settings) -> None:
    """Then the public page alone is read."""
    async with (
        Network(settings.model_copy(update=KEYLESS)) as net,
        open_sources(net) as sources,
    ):
        assert None is sources.web_api
        await sources.warm_up()


async def test_nothing_to_read_lists_from(settings: Settings) -> None:
    """Without credentials and without the public page the program says what to set."""
    nothing = settings.model_copy(update=KEYLESS | {"spotify_embed": False})
    with pytest.raises(SettingError, match="SPOTIFY_EMBED is off and SPOTIFY_CLIENT_ID is not set"):
        async with Network(nothing) as net, open_sources(net):
            pass


async def test_each_source_can_be_turned_off(settings: Settings) -> None:
    """A source that is off, or has no key, is not made."""
    off = settings.model_copy(
        update=KEYLESS | {"spotify_embed": False, "youtube_music": False, "youtube_api_key": None}
    )
    async with Network(off) as net:
        made = [make(net) for make in (make_embed, make_web_api, make_music, make_data_api)]

    assert [None] * 4 == made


async def test_a_key_turns_the_data_api_on(settings: Settings) -> None:
    """YOUTUBE_API_KEY alone is needed."""
    keyed = settings.model_copy(update={"youtube_api_key": SecretStr("key")})
    async with Network(keyed) as net:
        assert make_data_api(net)
