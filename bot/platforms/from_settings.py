"""What of the other platforms the settings turn on, and where links of theirs lead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiolimiter import AsyncLimiter

from bot.clock import Timing
from bot.errors import Service
from bot.models import Platform
from bot.net.json_service import JsonClient

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.models.links import ElsewhereKind
    from bot.net.network import Network
    from bot.platforms.apple import Apple
    from bot.platforms.deezer import Deezer
    from bot.platforms.listings import OnSpotify, Place, Videos
    from bot.platforms.page_finder import PageFinder, Seeker, Store
    from bot.youtube.music import YouTubeMusic


@dataclass(frozen=True, slots=True, kw_only=True)
class Platforms:
    """`apple` and `deezer` are None where they are turned off."""

    places: Mapping[ElsewhereKind, Place]
    apple: Apple | None
    deezer: Deezer | None

    def pages(self, store: Store | None, *, market: str, timing: Timing = Timing()) -> PageFinder:
        """Where tracks' pages are found; Apple's in the shop of `market`, a country."""
        from bot.platforms.page_finder import ApplePages, DeezerPages, PageFinder

        seekers: dict[Platform, Seeker] = {}
        if self.apple:
            seekers[Platform.APPLE_MUSIC] = ApplePages(self.apple, country=market.lower())
        if self.deezer:
            seekers[Platform.DEEZER] = DeezerPages(self.deezer)
        return PageFinder(seekers, store, timing=timing)


def make_platforms(
    net: Network,
    *,
    spotify: OnSpotify | None = None,
    music: YouTubeMusic | None = None,
    videos: Videos | None = None,
) -> Platforms:
    """`spotify` finds Spotify's tracks for those of other places."""
    from bot.platforms.listings import ApplePlace, DeezerPlace, YouTubePlace
    from bot.platforms.short_links import ShortLinks

    apple, deezer = make_apple(net), make_deezer(net)
    youtube = YouTubePlace(music, videos, spotify)
    places: dict[ElsewhereKind, Place] = dict.fromkeys(youtube.kinds, youtube)
    if apple:
        places |= dict.fromkeys(ApplePlace.kinds, ApplePlace(apple, spotify))
    if deezer:
        # Their short links have a circuit of their own: their hosts are not the API's.
        circuit = net.circuit(Service.DEEZER, "deezer_short_links")
        short = ShortLinks(net.http, circuit, timing=net.timing)
        places |= dict.fromkeys(DeezerPlace.kinds, DeezerPlace(deezer, short, spotify))
    return Platforms(places=places, apple=apple, deezer=deezer)


def make_apple(net: Network) -> Apple | None:
    if not net.settings.apple_music:
        return None
    from bot.platforms import apple

    client = JsonClient(
        net.http,
        net.circuit(Service.APPLE),
        base_url=net.settings.itunes_api_url,
        rate=AsyncLimiter(apple.RATE, apple.PER_S),
        fault=apple.fault,
        timing=net.timing,
    )
    return apple.Apple(client)


def make_deezer(net: Network) -> Deezer | None:
    if not net.settings.deezer:
        return None
    from bot.platforms import deezer

    client = JsonClient(
        net.http,
        net.circuit(Service.DEEZER),
        base_url=net.settings.deezer_api_url,
        rate=AsyncLimiter(deezer.RATE, deezer.PER_S),
        fault=deezer.fault,
        timing=net.timing,
    )
    return deezer.Deezer(client)
