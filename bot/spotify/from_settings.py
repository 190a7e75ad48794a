"""What of Spotify the settings turn on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import Service, SettingError

if TYPE_CHECKING:
    from bot.net.network import Network
    from bot.spotify.api import WebApi
    from bot.spotify.covers import Covers
    from bot.spotify.embed import EmbedPage
    from bot.spotify.short_links import ShortLinkStore
    from bot.spotify.sources import ListingSource, SpotifyCatalog


def make_web_api(net: Network) -> WebApi | None:
    settings = net.settings
    if not settings.spotify_client_id or not settings.spotify_client_secret:
        return None
    from bot.spotify.api import WIDTH, WebApi
    from bot.spotify.limits import calls

    return WebApi(
        settings.spotify_client_id,
        settings.spotify_client_secret.get_secret_value(),
        market=settings.spotify_market,
        api_url=settings.spotify_api_url,
        token_url=settings.spotify_token_url,
        circuit=net.circuit(Service.SPOTIFY_API),
        adapter=net.adapter(WIDTH),
        budget=net.budget(calls(settings.spotify_calls)),
        clock=net.clock,
        timing=net.timing,
    )


def make_embed(net: Network) -> EmbedPage | None:
    if not net.settings.spotify_embed:
        return None
    from bot.spotify.embed import EmbedPage

    circuit = net.circuit(Service.SPOTIFY_WEB)
    web_url = net.settings.spotify_web_url
    return EmbedPage(net.http, circuit, web_url=web_url, timing=net.timing)


def make_catalog(
    net: Network, web_api: WebApi | None, short_links: ShortLinkStore | None
) -> SpotifyCatalog:
    """Raises SettingError where nothing is left to read listings from."""
    from bot.spotify.short_links import ShortLinks
    from bot.spotify.sources import SpotifyCatalog

    sources: list[ListingSource] = [each for each in (web_api, make_embed(net)) if each]
    if not sources:
        raise SettingError(
            "SPOTIFY_EMBED is off and SPOTIFY_CLIENT_ID is not set, so no list can be read: make "
            "an app on developer.spotify.com and set its id and secret, or turn SPOTIFY_EMBED on."
        )
    # Short links have a circuit of their own: their hosts are not the embed page's.
    circuit = net.circuit(Service.SPOTIFY_WEB, "spotify_short_links")
    web_url = net.settings.spotify_web_url
    short = ShortLinks(net.http, circuit, short_links, web_url=web_url, timing=net.timing)
    return SpotifyCatalog(sources, short)


def make_covers(net: Network) -> Covers:
    from bot.spotify.covers import Covers

    return Covers(net.http, net.circuit(Service.SPOTIFY_WEB, "spotify_covers"))
