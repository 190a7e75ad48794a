"""Short links followed to what they stand for, from Spotify's hosts and to Spotify's hosts only."""

from __future__ import annotations

import html
import re
from contextlib import suppress
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import structlog

from bot.clock import Timing
from bot.errors import NotFound, Refused, StoreUnavailable, Unreadable, UnsupportedLink
from bot.models import SPOTIFY_WEB
from bot.models.links import LinkKind, SpotifyLink
from bot.net.hosts import SPOTIFY_HOSTS
from bot.net.http import WEB
from bot.net.short_links import Walk
from bot.spotify.links import find_links

if TYPE_CHECKING:
    from urllib.parse import SplitResult

    import httpx

    from bot.net.circuit import CircuitBreaker
    from bot.net.http import Page
    from bot.storage.short_links import ShortLinks as ShortLinkStore

# Where the pages of link services name their target, apart from links that merely stand on them
_TARGET_TAG = re.compile(
    r"<(?:meta|link)\b(?=[^<>]{0,2000}(?:og:url|al:\w+:url|twitter:app:url|refresh|canonical))"
    r"[^<>]{0,2000}>",
    re.IGNORECASE,
)

log = structlog.get_logger()


class ShortLinks:
    """Follows Spotify's, by its `Rules`. `web_url` stands in for https://open.spotify.com."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        circuit: CircuitBreaker,
        store: ShortLinkStore | None,
        *,
        web_url: str,
        timing: Timing = Timing(),
    ) -> None:
        self._walk = Walk(http, circuit, self, timing=timing)
        self._store = store
        self._web_url = web_url

    async def resolve(self, link: SpotifyLink) -> SpotifyLink:
        """What the short link stands for.

        Raises NotFound, UnsupportedLink when that has no tracks, Refused, Unavailable, Unreadable.
        """
        target = await self._stored(link.id) or await self._follow(link)
        if not target.leads_to_tracks:
            raise UnsupportedLink(target.kind)
        return target

    async def _stored(self, short_id: str) -> SpotifyLink | None:
        if self._store:
            with suppress(StoreUnavailable):
                return await self._store.get(short_id)
        return None

    async def _follow(self, link: SpotifyLink) -> SpotifyLink:
        try:
            target = await self._walk.follow(link.url)
        except NotFound:
            await self._keep(link, None)
            raise
        await self._keep(link, target)
        return target

    async def _keep(self, link: SpotifyLink, target: SpotifyLink | None) -> None:
        if not self._store:
            return
        with suppress(StoreUnavailable):
            if target:
                await self._store.put(link.id, target)
            else:
                await self._store.put_gone(link.id)

    def address(self, url: str) -> str:
        url = self._spotifys(url)
        parts = urlsplit(url)
        if parts.scheme != "https" or parts.netloc.lower() not in SPOTIFY_HOSTS:
            raise _leads_away(parts)
        if not parts.path.strip("/"):
            raise NotFound(WEB, "the short link leads to Spotify's front page")
        rest = url.removeprefix(SPOTIFY_WEB)
        return url if rest == url else self._web_url + rest

    def at(self, url: str) -> SpotifyLink | None:
        url = self._spotifys(url)
        if urlsplit(url).netloc.lower() not in SPOTIFY_HOSTS:
            return None
        return next((link for link in find_links(url)[:1] if not link.is_short), None)

    def named(self, page: Page) -> SpotifyLink:
        match page.status:
            case HTTPStatus.OK:
                return _named_in(page.text)
            case HTTPStatus.NOT_FOUND | HTTPStatus.GONE:
                raise NotFound(WEB, f"status {page.status}")
            case HTTPStatus.UNAUTHORIZED | HTTPStatus.FORBIDDEN:
                raise Refused(WEB, f"status {page.status}")
        raise Unreadable(WEB, f"status {page.status}")

    def _spotifys(self, url: str) -> str:
        """`url` with Spotify's own name in place of `web_url`."""
        rest = url.removeprefix(self._web_url)
        return SPOTIFY_WEB + rest if rest != url and rest[:1] in ("", "/", "?") else url


def _leads_away(parts: SplitResult) -> NotFound | UnsupportedLink:
    host = parts.hostname or ""
    if host == "spotify.com" or host.endswith(".spotify.com"):
        return NotFound(WEB, f"the short link leads to {host}")
    log.warning("short_link_leads_away", host=host, scheme=parts.scheme)
    return UnsupportedLink(LinkKind.SHORT)


def _named_in(text: str) -> SpotifyLink:
    plain = html.unescape(text).replace("\\/", "/")
    named = find_links(" ".join(_TARGET_TAG.findall(plain))) + find_links(plain)
    full = [link for link in named if not link.is_short]
    if not full:
        raise Unreadable(WEB, "the short link's page names no target")
    return next((link for link in full if link.leads_to_tracks), full[0])
