"""Apple Music through the iTunes Search API: keyless; songs, albums and searches."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from bot.errors import NotFound, RateLimited, Service, SourceError, Unreadable
from bot.models import Listing, ListingKind, Source, Track
from bot.models.music import PlatformTrack
from bot.net.json_service import JsonClient
from bot.net.payload import address, length_ms, rows, text, year
from bot.net.service_budget import rolling
from bot.platforms.links import COUNTRY
from bot.platforms.urls import APPLE_WEB
from bot.youtube.matching.same_song import query

if TYPE_CHECKING:
    from bot.models.links import Elsewhere
    from bot.net.network import Network

HOST = "itunes.apple.com"
# "approximately 20 calls per minute (subject to change)": Apple's iTunes Search API documentation
RATE = rolling(Service.APPLE, 20, timedelta(minutes=1))
REFUSED_S = 60.0  # a 403 is how Apple says that it was asked too often; it passes with the minute
RESULTS = 10
ALBUM_ROWS = 200  # the most that a lookup gives


def fault(status: int, _: Any) -> SourceError | None:
    if status == HTTPStatus.FORBIDDEN:
        return RateLimited(Service.APPLE, "HTTP 403", retry_after_s=REFUSED_S)
    return None


class Apple:
    """Reads links and finds songs. Raises SourceError."""

    def __init__(self, web: JsonClient) -> None:
        self._web = web

    async def track(self, link: Elsewhere) -> PlatformTrack:
        """The song of a link, with its page."""
        found = _songs(await self._look_up(link))
        if not found:
            raise NotFound(Service.APPLE, "no such song")
        return found[0]

    async def album(self, link: Elsewhere) -> Listing:
        """An album with its songs; music videos on it are left out."""
        data = await self._look_up(link, entity="song", limit=ALBUM_ROWS)
        head = next((row for row in rows(data, "results") if _is(row, "collection")), None)
        songs = _songs(data)
        if head is None or not songs:
            raise NotFound(Service.APPLE, "no such album")
        return Listing(
            kind=ListingKind.LIST,
            id=link.listing_id,
            title=text(head, "collectionName") or "",
            source=Source.APPLE,
            tracks=[song.track for song in songs],
            owner=text(head, "artistName"),
            year=year(head, "releaseDate"),
            cover_url=address(head, "artworkUrl100"),
            total=len(songs),
            page_url=_page(head, "collectionViewUrl"),
        )

    async def search(self, track: Track, *, country: str = COUNTRY) -> list[PlatformTrack]:
        """Songs that may be this one, best first."""
        asked = {"term": query(track), "media": "music", "entity": "song", "country": country}
        return _songs(await self._web.get("search", **asked, limit=RESULTS))

    async def _look_up(self, link: Elsewhere, **asked: str | int) -> Any:
        country, _, number = link.id.partition(":")
        return await self._web.get("lookup", id=number, country=country, **asked)


def _songs(data: Any) -> list[PlatformTrack]:
    results = data.get("results")
    if not isinstance(results, list):
        raise Unreadable(Service.APPLE, "an answer without results")
    return [_song(row) for row in results if _is(row, "track") and text(row, "kind") == "song"]


def _is(row: Any, wrapper: str) -> bool:
    return text(row, "wrapperType") == wrapper


def _song(row: Any) -> PlatformTrack:
    artist = text(row, "artistName")
    track = Track(
        title=text(row, "trackName") or "",
        artists=(artist,) if artist else (),
        album=text(row, "collectionName"),
        duration_ms=length_ms(row, "trackTimeMillis"),
        explicit=text(row, "trackExplicitness") == "explicit",
    )
    return PlatformTrack(track=track, url=_page(row, "trackViewUrl"))


def _page(row: Any, name: str) -> str | None:
    """Its page at Apple Music without the mark of who asked; never an address of another host."""
    url = address(row, name) or ""
    if not url.startswith(f"{APPLE_WEB}/"):
        return None
    return url.replace("&uo=4", "").replace("?uo=4", "")


def make_apple(net: Network) -> Apple | None:
    """None where it is turned off."""
    if not net.settings.apple_music:
        return None
    url = net.settings.itunes_api_url
    return Apple(JsonClient(net, Service.APPLE, base_url=url, rate=RATE, fault=fault))
