"""What of YouTube the settings turn on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import Service

if TYPE_CHECKING:
    from bot.net.network import Network
    from bot.youtube.data_api import DataApi
    from bot.youtube.music import YouTubeMusic


def make_music(net: Network) -> YouTubeMusic | None:
    settings = net.settings
    if not settings.youtube_music:
        return None
    from bot.youtube.music import YouTubeMusic

    return YouTubeMusic(
        base_url=settings.youtube_music_url,
        circuit=net.circuit(Service.YOUTUBE_MUSIC),
        width=settings.youtube_lookups,
        adapter=net.adapter(settings.youtube_lookups),
        clock=net.clock,
        timing=net.timing,
    )


def make_data_api(net: Network) -> DataApi | None:
    if not net.settings.youtube_api_key:
        return None
    from bot.youtube.data_api import DataApi
    from bot.youtube.limits import searches

    return DataApi(
        net.http,
        key=net.settings.youtube_api_key.get_secret_value(),
        base_url=net.settings.youtube_api_url,
        circuit=net.circuit(Service.YOUTUBE_API),
        budget=net.budget(searches()),
        clock=net.clock,
        timing=net.timing,
    )
