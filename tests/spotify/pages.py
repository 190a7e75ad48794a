"""Embed pages in Spotify's shape, with made-up songs, and a web that answers from a table."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx

from bot.spotify.short_links import ShortLinks

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.models.links import SpotifyLink

WEB_URL = "https://open.spotify.com"


class NoShortLinks(ShortLinks):
    """For links that are none."""

    def __init__(self) -> None:
        """Stands on nothing."""

    async def resolve(self, link: SpotifyLink) -> SpotifyLink:
        raise AssertionError(link)


def page(entity: dict[str, Any] | None, **props: Any) -> str:
    """An embed page; without an entity it is an error page, told by `props`."""
    state = {"state": {"data": {"entity": entity}, "settings": {"session": {"accessToken": "no"}}}}
    data = {"props": {"pageProps": (state if entity is not None else {}) | props}}
    script = json.dumps(data, ensure_ascii=False)
    return (
        '<!DOCTYPE html><html><head><title>Embed</title></head><body><script src="a.js"></script>'
        f'<script id="__NEXT_DATA__" type="application/json">{script}</script></body></html>'
    )


def row(number: int, **more: Any) -> dict[str, Any]:
    return {
        "uri": f"spotify:track:{number:022d}",
        "title": f"Song {number}",
        "subtitle": "Tyler, The Creator,\u00a0 Kali Uchis",
        "duration": 200_000 + number,
        "entityType": "track",
        "isPlayable": True,
        "isExplicit": True,
        **more,
    }


def entity(kind: str, rows: list[Any], **more: Any) -> dict[str, Any]:
    """An album, playlist or artist page's entity."""
    return {
        "type": kind,
        "name": "Flower Boy",
        "title": "Flower Boy",
        "subtitle": "Tyler, The Creator",
        "releaseDate": None,
        "trackList": rows,
        "visualIdentity": {
            "image": [
                {"url": "https://i.scdn.test/300", "maxWidth": 300},
                {"url": "https://i.scdn.test/640", "maxWidth": 640},
            ]
        },
        **more,
    }


class FakeWeb:
    """Answers by address; what is not in the table is 404. Exceptions are raised."""

    def __init__(self) -> None:
        self.pages: dict[str, httpx.Response | Exception | Callable[[], httpx.Response]] = {}
        self.asked: list[httpx.Request] = []

    def client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.MockTransport(self._answer))

    @property
    def addresses(self) -> list[str]:
        return [str(request.url) for request in self.asked]

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        found = self.pages.get(str(request.url), httpx.Response(404))
        if isinstance(found, Exception):
            raise found
        return found() if callable(found) else found
