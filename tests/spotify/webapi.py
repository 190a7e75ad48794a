"""A small Spotify Web API behind a `requests` adapter: tokens, pages, and faults on demand."""

from __future__ import annotations

import io
import json
import threading
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import requests
from requests.adapters import BaseAdapter

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

API_URL = "https://api.spotify.test/v1"
TOKEN_URL = "https://accounts.spotify.test/api/token"
SECRET = "client-secret-5e2f"
Query = dict[str, str]


@dataclass(frozen=True)
class Reply:
    """What a route answers; a body that is no text goes out as JSON."""

    status: int = 200
    body: Any = ""
    headers: Mapping[str, str] = field(default_factory=dict)


def error(status: int, message: str, **more: str) -> Reply:
    """An error in the Web API's own shape."""
    return Reply(status, {"error": {"status": status, "message": message, **more}})


NO_USER = error(401, "Valid user authentication required")
FORBIDDEN = error(403, "Forbidden")
PREMIUM = Reply(403, "Active premium subscription required for the owner of the app.")


class FakeSpotify(BaseAdapter):
    """Routes by their path below /v1; every access token is good until it is revoked."""

    def __init__(self) -> None:
        self.routes: dict[str, Callable[[Query], Any]] = {}
        self.once: dict[str, list[Reply | Exception]] = {}  # said before the route's own answer
        self.always: dict[str, Reply | Exception] = {}
        self.token: Reply | Exception | Callable[[], Exception] | None = None
        self.asked: list[tuple[str, Query]] = []
        self.together: threading.Barrier | None = None  # holds calls back until so many are there
        self._issued = 0
        self._revoked: set[str] = set()
        self._lock = threading.Lock()

    @property
    def counts(self) -> Counter[str]:
        """How often each path was asked for."""
        return Counter(path for path, _ in self.asked)

    def revoke(self) -> None:
        """Let all tokens given out so far run out."""
        self._revoked |= {f"Bearer token-{number}" for number in range(1, self._issued + 1)}

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        parts = urlsplit(request.url or "")
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        path = parts.path.removeprefix("/v1/")
        with self._lock:
            self.asked.append((path, query))
        if self.together and "token" not in path:
            self.together.wait(timeout=10)
        answer = self._answer(path, query, request)
        if isinstance(answer, Exception):
            raise answer
        return _response(request, answer)

    def close(self) -> None:
        """Nothing is open."""

    def _answer(
        self, path: str, query: Query, request: requests.PreparedRequest
    ) -> Reply | Exception:
        if path == "/api/token":
            return self._give_token()
        if request.headers["Authorization"] in self._revoked:
            return error(401, "The access token expired")
        if queued := self.once.get(path):
            return queued.pop(0)
        if path in self.always:
            return self.always[path]
        route = self.routes.get(path)
        if route is None:
            return error(404, "Resource not found")
        found = route(query)
        return found if isinstance(found, Reply | Exception) else Reply(200, found)

    def _give_token(self) -> Reply | Exception:
        if callable(self.token):
            return self.token()
        if self.token:
            return self.token
        with self._lock:
            self._issued += 1
        return Reply(200, {"access_token": f"token-{self._issued}", "expires_in": 3600})

    def add_playlist(
        self, playlist_id: str, rows: list[Any], *, route: str = "items", **head: Any
    ) -> None:
        """A playlist whose rows are read by `route` alone."""
        self.routes[f"playlists/{playlist_id}"] = lambda _: {
            "name": "Road trip",
            "owner": {"display_name": "Ada", "id": "ada"},
            "images": [{"url": "https://i.scdn.test/small", "width": 64}],
            **head,
        }
        self.routes[f"playlists/{playlist_id}/{route}"] = lambda query: page(rows, query)

    def add_album(self, album_id: str, rows: list[Any], **head: Any) -> None:
        self.routes[f"albums/{album_id}"] = lambda _: {
            "name": "Discovery",
            "artists": [{"name": "Daft Punk"}],
            "release_date": "2001-03-12",
            "images": [],
            "tracks": page(rows, {}),
            **head,
        }
        self.routes[f"albums/{album_id}/tracks"] = lambda query: page(rows, query)


def page(rows: list[Any], query: Query) -> dict[str, Any]:
    """The page of `rows` that a query asks for."""
    limit, offset = int(query.get("limit", 50)), int(query.get("offset", 0))
    shown = rows[offset : offset + limit]
    return {"items": shown, "total": len(rows), "limit": limit, "offset": offset, "next": None}


def song(number: int, **more: Any) -> dict[str, Any]:
    """A track object in the shape of 2026."""
    return {
        "id": f"{number:022d}",
        "name": f"Song {number}",
        "type": "track",
        "artists": [{"name": "Daft Punk"}, {"name": "Romanthony"}],
        "album": {"name": "Discovery", "release_date": "2001-03-12", "images": []},
        "duration_ms": 200_000 + number,
        "explicit": False,
        "external_ids": {"isrc": f"GBDUW{number:07d}"},
        **more,
    }


def row(number: int, **more: Any) -> dict[str, Any]:
    """A playlist's row in the shape of 2026."""
    return {"is_local": False, "item": song(number), **more}


def _response(request: requests.PreparedRequest, reply: Reply) -> requests.Response:
    text = reply.body if isinstance(reply.body, str) else json.dumps(reply.body)
    response = requests.Response()
    response.status_code = reply.status
    response.headers.update(reply.headers)
    response.url = request.url or ""
    response.request = request
    response.encoding = "utf-8"
    response.raw = io.BytesIO(text.encode())
    return response
