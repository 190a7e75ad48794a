"""The services outside, made from the settings: where listings come from, and YouTube."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import structlog

from bot.errors import Service, SettingError
from bot.models import CandidateKind
from bot.net.circuit import CircuitBreaker
from bot.platforms.from_settings import open_platforms
from bot.resolve.catalog import Catalog

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import httpx
    from requests.adapters import BaseAdapter

    from bot.clock import Clock
    from bot.config import Settings
    from bot.net.circuit import SharedState
    from bot.platforms.from_settings import Platforms
    from bot.resolve.scheduler import LookupScheduler
    from bot.spotify.api import WebApi
    from bot.spotify.covers import Covers
    from bot.spotify.embed import EmbedPage
    from bot.spotify.short_links import ShortLinkStore
    from bot.spotify.sources import ListingSource, SpotifyCatalog
    from bot.storage.service_budgets import ServiceBudgets
    from bot.youtube.data_api import DataApi
    from bot.youtube.finder import Finder, Hearing
    from bot.youtube.music import YouTubeMusic

log = structlog.get_logger()

CONNECT_S = 5.0
ANSWER_S = 10.0  # the longest a page outside may take


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What the processes of a bot know in common; without them, each knows its own."""

    circuits: SharedState | None = None
    budgets: ServiceBudgets | None = None


ALONE = Shared()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    catalog: Catalog
    platforms: Platforms
    lookups: LookupScheduler
    finder: Finder
    web_api: WebApi | None
    music: YouTubeMusic | None
    covers: Covers

    async def warm_up(self) -> None:
        """Do now what the first link would otherwise wait for: a token, a visitor id.

        The probe also learns what the credentials may do, so that no link has to find it out.
        """
        async with asyncio.TaskGroup() as group:
            if self.web_api:
                group.create_task(_probe(self.web_api))
            if self.music:
                group.create_task(self.music.warm_up())


async def _probe(web_api: WebApi) -> None:
    rights = asdict(await web_api.probe())
    refused = {name: right["reason"] for name, right in rights.items() if not right["allowed"]}
    log.info("spotify credentials probed", refused=refused)


@asynccontextmanager
async def open_sources(
    settings: Settings,
    *,
    clock: Clock,
    short_links: ShortLinkStore | None = None,
    shared: Shared = ALONE,
    sample: bool = False,
    heard: Hearing | None = None,
) -> AsyncIterator[Sources]:
    """All sources that the settings turn on; with `sample`, made-up ones inside the package.

    `heard` is told how the candidates of each track were judged.

    Raises SettingError where nothing is left to read listings from.
    """
    transport, adapter = _sample_transports() if sample else (None, None)
    async with open_http(settings, transport) as http:
        web_api = make_web_api(settings, clock, adapter, shared)
        music = make_music(settings, clock, adapter, shared)
        videos = make_data_api(settings, http, clock, shared)
        finder = _finder(settings, music, videos, heard)
        lookups = _lookups(settings, finder, web_api)
        spotify = _catalog(settings, http, web_api, short_links, clock=clock, shared=shared)
        platforms = open_platforms(
            settings,
            http,
            clock=clock,
            circuits=shared.circuits,
            web_api=web_api,
            music=music,
            videos=videos,
        )
        try:
            yield Sources(
                catalog=Catalog(spotify, platforms.places),
                platforms=platforms,
                lookups=lookups,
                finder=finder,
                web_api=web_api,
                music=music,
                covers=_covers(http, clock),
            )
        finally:
            await lookups.close()
            for client in (web_api, music):
                if client:
                    client.close()


def _covers(http: httpx.AsyncClient, clock: Clock) -> Covers:
    from bot.spotify.covers import Covers

    return Covers(http, CircuitBreaker(Service.SPOTIFY_WEB, clock=clock))


def open_http(
    settings: Settings, transport: httpx.AsyncBaseTransport | None = None
) -> httpx.AsyncClient:
    import httpx

    from bot.net import hosts

    timeout = httpx.Timeout(ANSWER_S, connect=CONNECT_S)
    return httpx.AsyncClient(
        timeout=timeout, transport=transport, event_hooks=hosts.hooks(settings)
    )


def _sample_transports() -> tuple[httpx.AsyncBaseTransport, BaseAdapter]:
    from bot.sandbox import services

    return services.http_transport(), services.requests_adapter()


def _catalog(
    settings: Settings,
    http: httpx.AsyncClient,
    web_api: WebApi | None,
    short_links: ShortLinkStore | None,
    *,
    clock: Clock,
    shared: Shared,
) -> SpotifyCatalog:
    from bot.spotify.short_links import ShortLinks
    from bot.spotify.sources import SpotifyCatalog

    web = CircuitBreaker(Service.SPOTIFY_WEB, clock=clock, shared=shared.circuits)
    sources: list[ListingSource] = [web_api] if web_api else []
    if embed := make_embed(settings, http, web):
        sources.append(embed)
    if not sources:
        raise SettingError(
            "SPOTIFY_EMBED is off and SPOTIFY_CLIENT_ID is not set, so no list can be read: make "
            "an app on developer.spotify.com and set its id and secret, or turn SPOTIFY_EMBED on."
        )
    # Short links have a circuit of their own: their hosts are not the embed page's.
    short_web = CircuitBreaker(
        Service.SPOTIFY_WEB, clock=clock, shared=shared.circuits, name="spotify_short_links"
    )
    short = ShortLinks(http, short_web, short_links, web_url=settings.spotify_web_url)
    return SpotifyCatalog(sources, short)


def make_embed(
    settings: Settings, http: httpx.AsyncClient, circuit: CircuitBreaker
) -> EmbedPage | None:
    if not settings.spotify_embed:
        return None
    from bot.spotify.embed import EmbedPage

    return EmbedPage(http, circuit, web_url=settings.spotify_web_url)


def make_web_api(
    settings: Settings,
    clock: Clock,
    adapter: BaseAdapter | None = None,
    shared: Shared = ALONE,
) -> WebApi | None:
    if not settings.spotify_client_id or not settings.spotify_client_secret:
        return None
    from bot.net.bounded import kept_connections
    from bot.net.hosts import GuardedAdapter
    from bot.net.service_budget import ServiceBudget
    from bot.spotify.api import WIDTH, WebApi
    from bot.spotify.limits import calls

    return WebApi(
        settings.spotify_client_id,
        settings.spotify_client_secret.get_secret_value(),
        market=settings.spotify_market,
        api_url=settings.spotify_api_url,
        token_url=settings.spotify_token_url,
        circuit=CircuitBreaker(Service.SPOTIFY_API, clock=clock, shared=shared.circuits),
        adapter=GuardedAdapter(settings, adapter or kept_connections(WIDTH)),
        budget=ServiceBudget(calls(settings.spotify_calls), clock=clock, store=shared.budgets),
        clock=clock,
    )


def make_music(
    settings: Settings,
    clock: Clock,
    adapter: BaseAdapter | None = None,
    shared: Shared = ALONE,
) -> YouTubeMusic | None:
    if not settings.youtube_music:
        return None
    from bot.net.bounded import kept_connections
    from bot.net.hosts import GuardedAdapter
    from bot.youtube.music import YouTubeMusic

    width = settings.youtube_lookups
    return YouTubeMusic(
        base_url=settings.youtube_music_url,
        circuit=CircuitBreaker(Service.YOUTUBE_MUSIC, clock=clock, shared=shared.circuits),
        width=width,
        adapter=GuardedAdapter(settings, adapter or kept_connections(width)),
        clock=clock,
    )


def make_data_api(
    settings: Settings, http: httpx.AsyncClient, clock: Clock, shared: Shared = ALONE
) -> DataApi | None:
    if not settings.youtube_api_key:
        return None
    from bot.net.service_budget import ServiceBudget
    from bot.youtube.data_api import DataApi
    from bot.youtube.limits import searches

    return DataApi(
        http,
        key=settings.youtube_api_key.get_secret_value(),
        base_url=settings.youtube_api_url,
        circuit=CircuitBreaker(Service.YOUTUBE_API, clock=clock, shared=shared.circuits),
        budget=ServiceBudget(searches(), clock=clock, store=shared.budgets),
        clock=clock,
    )


def _finder(
    settings: Settings,
    music: YouTubeMusic | None,
    videos: DataApi | None,
    heard: Hearing | None,
) -> Finder:
    from bot.youtube.finder import Finder

    prefer = CandidateKind(settings.youtube_prefer)
    return Finder(music=music, videos=videos, prefer=prefer, heard=heard)


def _lookups(settings: Settings, finder: Finder, web_api: WebApi | None) -> LookupScheduler:
    from bot.resolve.scheduler import LookupScheduler
    from bot.resolve.song_finder import SongFinder
    from bot.resolve.spotify_finder import SpotifyFinder

    songs = SongFinder(finder, SpotifyFinder(web_api) if web_api else None)
    return LookupScheduler(songs, width=settings.youtube_lookups)
