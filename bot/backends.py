"""What an Application stands on, opened before it is built and closed after it."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import structlog

from bot.clock import Timing, utc_now
from bot.errors import Service
from bot.models import CandidateKind
from bot.net.network import Network
from bot.net.shared_circuits import SharedCircuits
from bot.platforms.listings import make_platforms
from bot.quota import bursts, ledger
from bot.resolve.catalog import Catalog
from bot.resolve.scheduler import LookupScheduler
from bot.resolve.song_finder import SongFinder, SpotifyFinder
from bot.spotify.covers import Covers
from bot.spotify.sources import make_catalog, make_web_api
from bot.storage import (
    chats,
    corrections,
    exports,
    jobs,
    listings,
    matches,
    platform_pages,
    readiness,
    seen_updates,
    service_state,
    short_links,
    uploads,
    users,
)
from bot.storage.database import Mongo
from bot.storage.readiness import Readiness
from bot.youtube.data_api import make_data_api
from bot.youtube.finder import Finder
from bot.youtube.music import make_music

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.clock import Clock
    from bot.config import Settings
    from bot.net.network import Transports
    from bot.platforms.listings import Platforms
    from bot.spotify.api import WebApi
    from bot.storage.database import Indexes
    from bot.youtube.finder import Hearing
    from bot.youtube.music import YouTubeMusic

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """The services outside: where listings and recordings come from."""

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


@dataclass(frozen=True, slots=True)
class Backends:
    """The store, and the services outside."""

    mongo: Mongo
    readiness: Readiness
    sources: Sources


@asynccontextmanager
async def open_backends(
    settings: Settings,
    *,
    transports: Transports | None = None,
    clock: Clock = utc_now,
    timing: Timing = Timing(),
) -> AsyncIterator[Backends]:
    """The store and the sources, opened side by side; `transports` stand in for the network.

    Raises SettingError, and StoreUnavailable when the private mongod does not start.
    """
    mongo = Mongo(settings, timing=timing)
    await mongo.open()
    db, token = mongo.db, settings.telegram_bot_token
    pepper = token.get_secret_value().encode() if token else b""
    ready = Readiness(mongo, indexes(), clock=clock, timing=timing)
    shared = SharedCircuits(service_state.Circuits(db, clock=clock), timing=timing)
    try:
        async with (
            Network(
                settings,
                clock=clock,
                timing=timing,
                transports=transports,
                circuits=shared,
                budgets=service_state.ServiceBudgets(db, clock=clock, pepper=pepper),
            ) as net,
            open_sources(net, short_links=short_links.ShortLinks(db, clock=clock)) as sources,
        ):
            tasks = [
                asyncio.create_task(shared.keep()),
                asyncio.create_task(ready.keep()),
                asyncio.create_task(sources.warm_up()),
            ]
            try:
                yield Backends(mongo, ready, sources)
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
                await shared.close()
    finally:
        await mongo.close()


@asynccontextmanager
async def open_sources(
    net: Network, *, short_links: short_links.ShortLinks | None = None, heard: Hearing | None = None
) -> AsyncIterator[Sources]:
    """All sources that the settings turn on.

    `heard` is told how the candidates of each track were judged.

    Raises SettingError where nothing is left to read listings from.
    """
    settings = net.settings
    web_api, music, videos = make_web_api(net), make_music(net), make_data_api(net)
    prefer = CandidateKind(settings.youtube_prefer)
    finder = Finder(music=music, videos=videos, prefer=prefer, heard=heard)
    spotify = SpotifyFinder(web_api) if web_api else None
    platforms = make_platforms(net, spotify=spotify, music=music, videos=videos)
    on_spotify = make_catalog(net, web_api, short_links)
    catalog = Catalog(on_spotify, platforms.readers, platforms.short)
    lookups = LookupScheduler(SongFinder(finder, spotify), width=settings.youtube_lookups)
    try:
        yield Sources(
            catalog=catalog,
            platforms=platforms,
            lookups=lookups,
            finder=finder,
            web_api=web_api,
            music=music,
            covers=Covers(net.http, net.circuit(Service.SPOTIFY_WEB, "spotify_covers")),
        )
    finally:
        await lookups.close()
        for client in (web_api, music):
            if client:
                client.close()


def indexes() -> Indexes:
    """The indexes of each collection, by its name."""
    rooms = (
        bursts,
        chats,
        corrections,
        exports,
        jobs,
        ledger,
        listings,
        matches,
        platform_pages,
        readiness,
        seen_updates,
        service_state,
        short_links,
        uploads,
        users,
    )
    return {name: models for room in rooms for name, models in room.INDEXES.items()}


async def _probe(web_api: WebApi) -> None:
    rights = asdict(await web_api.probe())
    refused = {name: right["reason"] for name, right in rights.items() if not right["allowed"]}
    log.info("spotify credentials probed", refused=refused)
