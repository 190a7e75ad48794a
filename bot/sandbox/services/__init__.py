"""Made-up music behind stand-ins of Spotify, YouTube Music, Apple and Deezer, for use offline.

The links lead nowhere. The answers have the services' true shapes, so that everything that reads,
matches and draws them really runs. Begin with `world`, what the stand-ins know; `catalogue` reads
it, and `transports` puts them under httpx and requests. Imports `bot.models` and what it stands in
for in `bot.net`. Import it only where samples are wanted: it brings httpx and requests with it.
"""

from __future__ import annotations

from functools import cache

from bot.net.network import Transports
from bot.sandbox.services import catalogue
from bot.sandbox.services.transports import SampleAdapter, SampleTransport, Services


def links() -> list[str]:
    """The links of the sample listings: a track, an album, playlists, an artist."""
    return catalogue.links(catalogue.read())


def transports() -> Transports:
    """In place of the network: the embed page and short links by httpx, the rest by requests."""
    return Transports(http=SampleTransport(_services()), requests=SampleAdapter(_services()))


@cache
def _services() -> Services:
    """Made once for all transports: they keep nothing of what they are asked."""
    return Services(catalogue.world(catalogue.read()))
