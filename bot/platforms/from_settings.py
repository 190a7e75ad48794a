"""The other platforms, made from the settings: the places that links of theirs lead to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.errors import Service
from bot.models import Platform
from bot.net.circuit import CircuitBreaker

if TYPE_CHECKING:
    from collections.abc import Mapping

    import httpx

    from bot.clock import Clock
    from bot.config import Settings
    from bot.models.links import ElsewhereKind
    from bot.net.circuit import SharedState
    from bot.platforms.apple import Apple
    from bot.platforms.deezer import Deezer
    from bot.platforms.page_finder import PageFinder, Seeker, Store
    from bot.resolve.catalog import Place
    from bot.spotify.api import WebApi
    from bot.youtube.data_api import DataApi
    from bot.youtube.music import YouTubeMusic


@dataclass(frozen=True, slots=True, kw_only=True)
class Platforms:
    """`apple` and `deezer` are None where they are turned off."""

    places: Mapping[ElsewhereKind, Place]
    apple: Apple | None
    deezer: Deezer | None

    def pages(self, store: Store | None, *, market: str) -> PageFinder:
        """Where tracks' pages are found; Apple's in the shop of `market`, a country."""
        from bot.platforms.page_finder import ApplePages, DeezerPages, PageFinder

        seekers: dict[Platform, Seeker] = {}
        if self.apple:
            seekers[Platform.APPLE_MUSIC] = ApplePages(self.apple, country=market.lower())
        if self.deezer:
            seekers[Platform.DEEZER] = DeezerPages(self.deezer)
        return PageFinder(seekers, store)


def open_platforms(
    settings: Settings,
    http: httpx.AsyncClient,
    *,
    clock: Clock,
    circuits: SharedState | None = None,
    web_api: WebApi | None = None,
    music: YouTubeMusic | None = None,
    videos: DataApi | None = None,
) -> Platforms:
    """Spotify's tracks are found where there is a Web API."""
    from bot.platforms.listings import ApplePlace, DeezerPlace, YouTubePlace
    from bot.platforms.short_links import ShortLinks
    from bot.resolve.spotify_finder import SpotifyFinder

    spotify = SpotifyFinder(web_api) if web_api else None
    apple = make_apple(settings, http, CircuitBreaker(Service.APPLE, clock=clock, shared=circuits))
    deezer = make_deezer(
        settings, http, CircuitBreaker(Service.DEEZER, clock=clock, shared=circuits)
    )
    youtube = YouTubePlace(music, videos, spotify)
    places: dict[ElsewhereKind, Place] = dict.fromkeys(youtube.kinds, youtube)
    if apple:
        places |= dict.fromkeys(ApplePlace.kinds, ApplePlace(apple, spotify))
    if deezer:
        # Their short links have a circuit of their own: their hosts are not the API's.
        circuit = CircuitBreaker(
            Service.DEEZER, clock=clock, shared=circuits, name="deezer_short_links"
        )
        place = DeezerPlace(deezer, ShortLinks(http, circuit), spotify)
        places |= dict.fromkeys(DeezerPlace.kinds, place)
    return Platforms(places=places, apple=apple, deezer=deezer)


def make_apple(
    settings: Settings, http: httpx.AsyncClient, circuit: CircuitBreaker
) -> Apple | None:
    if not settings.apple_music:
        return None
    from aiolimiter import AsyncLimiter

    from bot.net.json_service import Web
    from bot.platforms import apple

    rate = AsyncLimiter(apple.RATE, apple.PER_S)
    base_url = settings.itunes_api_url
    return apple.Apple(Web(http, circuit, base_url=base_url, rate=rate, fault=apple.fault))


def make_deezer(
    settings: Settings, http: httpx.AsyncClient, circuit: CircuitBreaker
) -> Deezer | None:
    if not settings.deezer:
        return None
    from aiolimiter import AsyncLimiter

    from bot.net.json_service import Web
    from bot.platforms import deezer

    rate = AsyncLimiter(deezer.RATE, deezer.PER_S)
    base_url = settings.deezer_api_url
    return deezer.Deezer(Web(http, circuit, base_url=base_url, rate=rate, fault=deezer.fault))
