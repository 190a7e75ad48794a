"""Where this program may send requests: one list, and the guards that hold every client to it.

MongoDB, at `MONGODB_URI`, speaks no HTTP and is not among them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from requests.adapters import BaseAdapter

from bot.errors import HostNotAllowed

if TYPE_CHECKING:
    import requests

    from bot.config import Settings

# From and to these alone a short link is followed.
SPOTIFY_HOSTS = frozenset(
    ("spotify.link", "spotify.app.link", "open.spotify.com", "play.spotify.com"),
)
DEEZER_HOSTS = frozenset(
    ("deezer.page.link", "link.deezer.com", "deezer.com", "www.deezer.com"),
)
# Where the covers in recorded answers lie (2026-11); one of another host is left out
COVER_HOSTS = (
    "i.scdn.co",
    "mosaic.scdn.co",
    "thisis-images.scdn.co",
    "image-cdn-ak.spotifycdn.com",
    "image-cdn-fa.spotifycdn.com",
)
INCOMING = "webhook_url"  # the one address among the settings at which we are asked
_PORTS = {"http": 80, "https": 443}

Origin = tuple[str, str, int]  # scheme, host and port


def outgoing(settings: Settings) -> frozenset[Origin]:
    """The services that the settings name, and the hosts of short links and of covers."""
    named = [
        value
        for name, value in settings
        if name.endswith("_url") and name != INCOMING and isinstance(value, str)
    ]
    fixed = (f"https://{host}" for host in (*SPOTIFY_HOSTS, *DEEZER_HOSTS, *COVER_HOSTS))
    return frozenset(origin(address) for address in (*named, *fixed))


def origin(url: str) -> Origin:
    """Raises HostNotAllowed for what is no plain http address: other schemes, user names."""
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS[parts.scheme]
    except (ValueError, KeyError):
        raise HostNotAllowed("not an http address") from None
    if "@" in parts.netloc or not parts.hostname:
        raise HostNotAllowed("an address with a user name, or without a host")
    return parts.scheme, parts.hostname, port


def check(url: str, allowed: frozenset[Origin]) -> None:
    """Raises HostNotAllowed."""
    asked = origin(url)
    if asked not in allowed:
        raise HostNotAllowed(f"{asked[0]}://{asked[1]}:{asked[2]} is not in the list of hosts")


class GuardedAdapter(BaseAdapter):
    """A transport of requests that lets nothing through to other hosts."""

    def __init__(self, settings: Settings, under: BaseAdapter) -> None:
        super().__init__()
        self._allowed = outgoing(settings)
        self._under = under

    def send(
        self, request: requests.PreparedRequest, *args: Any, **options: Any
    ) -> requests.Response:
        check(request.url or "", self._allowed)
        return self._under.send(request, *args, **options)

    def close(self) -> None:
        self._under.close()
