"""Services whose answers are broken in every way: errors of `bot.errors` come out, or a listing."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import asdict
from typing import TYPE_CHECKING

import bson
import pytest
import stamina
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from bot.backends import open_sources
from bot.config import load
from bot.errors import SourceError, UnsupportedLink
from bot.models import ListingKind
from bot.models.results import songs
from bot.models.view import ListingView
from bot.net.network import Network, Transports
from bot.platforms.links import find_elsewhere
from bot.render.card import render_card
from bot.render.i18n import load_languages
from bot.render.listing import render_listing
from bot.resolve import scheduler
from bot.sandbox import services as samples
from bot.sandbox.services import catalogue
from bot.sandbox.services.transports import SampleAdapter, SampleTransport, Services
from bot.spotify.links import find_links
from tests.e2e.data_api import DataApi
from tests.fuzz.mangle import Mangler
from tests.fuzz.profile import fuzzing
from tests.staged.samples import short_link

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bot.backends import Sources
    from bot.models import Finding, Listing
    from bot.models.links import Link
    from bot.sandbox.services.messages import Answer
    from bot.sandbox.services.world import World

# Each makes thousands of calls, and what a property reaches shows little of what is tested.
pytestmark = pytest.mark.no_cover
HOSTS = (
    "api.spotify.com",
    "open.spotify.com",
    "accounts.spotify.com",
    "spotify.link",
    "music.youtube.com",
    "www.googleapis.com",
    "api.deezer.com",
    "itunes.apple.com",
)
LOOKED_UP = 4  # songs of each listing
WORDS = load_languages().words(None)
WORLD = catalogue.world(catalogue.read())
SETTINGS = load(
    _env_file=None,
    spotify_client_id="sample",
    spotify_client_secret=SecretStr("sample"),
    youtube_api_key=SecretStr("sample"),
)


class AllServices(Services):
    """The samples' services, and the Data API beside them."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._data_api = DataApi(world)

    def answer(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        from bot.sandbox.services.messages import Request

        if "www.googleapis.com" in url:
            return self._data_api.answer(Request.of(method, url, headers, body))
        return super().answer(method, url, headers, body)


def known_links() -> list[Link]:
    texts = [*samples.links(), short_link()]
    texts += ["https://www.deezer.com/album/302127", "https://www.deezer.com/track/3135556"]
    texts += ["https://music.apple.com/us/album/discovery/697194953"]
    texts += ["https://music.apple.com/us/album/x/697194953?i=697195462"]
    texts += ["https://music.youtube.com/watch?v=AbCdEfGhIjK"]
    texts += ["https://music.youtube.com/playlist?list=PLAbCdEfGhIjKlMnOpQrStUvWxYz0123456"]
    found: list[Link] = []
    for text in texts:
        found += find_links(text) or [link for _, link in find_elsewhere(text)]
    return found


LINKS = known_links()


@pytest.fixture(autouse=True)
def _quick() -> Iterator[None]:
    with stamina.set_testing(testing=True, attempts=1):
        yield


async def use(link: Link, services: Services | Mangler) -> None:
    """Read a link as the bot does, look up some of its songs, and draw what came."""
    transports = Transports(http=SampleTransport(services), requests=SampleAdapter(services))  # type: ignore[arg-type]  # stand-ins
    async with (
        Network(SETTINGS, transports=transports) as net,
        open_sources(net) as sources,
    ):
        await sources.warm_up()
        try:
            listing = await sources.catalog.listing(await sources.catalog.resolve(link))
        except (SourceError, UnsupportedLink):
            return
        results = await look_up(sources, listing)
    # With the bot's name the share button is there, which puts the title into an address.
    view = ListingView(listing=listing, results=results, bot="tracklink_bot")
    render = render_card if listing.kind is ListingKind.TRACK else render_listing
    reply = render(view, WORDS)
    str(reply.html).encode()
    bson.encode(asdict(listing))  # as it is kept


async def look_up(sources: Sources, listing: Listing) -> dict[int, Finding | SourceError]:
    asked = [(at, listing.tracks[at]) for at in songs(listing)[:LOOKED_UP]]
    return {at: result async for at, result in sources.lookups.order(asked, lane=1)}


@pytest.mark.parametrize("link", LINKS, ids=str)
def test_whole_answers_are_read(link: Link) -> None:
    """Unbroken, all of them are read: the fuzzer starts from what is right."""
    asyncio.run(use(link, AllServices(WORLD)))


@pytest.mark.parametrize("host", HOSTS)
def test_broken_answers(host: str, caplog: pytest.LogCaptureFixture) -> None:
    """No answer, however odd, raises anything but an error of ours, here or in a look-up."""

    @fuzzing(40)
    @given(st.sampled_from(LINKS), st.integers(0, 2**32))
    def check(link: Link, seed: int) -> None:
        asyncio.run(use(link, Mangler(AllServices(WORLD), host, seed)))
        unforeseen = [each for each in caplog.records if each.name == scheduler.__name__]
        assert [] == [each.exc_info for each in unforeseen]

    with caplog.at_level(logging.ERROR, scheduler.__name__):
        check()
