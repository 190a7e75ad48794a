"""The recorded real answers of `../shared/payloads`, under the links they were recorded for."""

from __future__ import annotations

import json
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.sandbox.services.messages import Answer
from bot.sandbox.services.music import SONGS
from bot.sandbox.services.world import SHARE, words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.sandbox.services.messages import Request

PAYLOADS = Path(__file__).parents[2].parent / "shared" / "payloads"
API_FOLDERS = ("spotify-web-api", "spotify-2026")  # the newer shape wins
API_KINDS = ("track", "album", "artist", "playlist")
EDITORIAL = "37i9dQ"  # how ids of Spotify's own playlists begin; apps get 404 since 2024
PAGE_MAX = 50


class Recorded:
    """Answers what was recorded, None for all else."""

    def __init__(self, folder: Path = PAYLOADS) -> None:
        self._folder = folder

    @staticmethod
    def exist() -> bool:
        return PAYLOADS.is_dir()

    @cached_property
    def api_objects(self) -> dict[str, dict[str, Any]]:
        """Tracks, albums, artists and playlists of the Web API by `kind/id`."""
        found = (body for folder in API_FOLDERS for body in self._objects(folder))
        return {f"{body['type']}/{body['id']}": body for body in found}

    @cached_property
    def embeds(self) -> dict[str, dict[str, Any]]:
        """What the script tag of embed pages holds, by `kind/id`."""
        pages = self._objects("spotify-embed")
        return {f"{page['page'].split('/')[1]}/{page['query']['id']}": page for page in pages}

    def spotify_api(self, request: Request) -> Answer | None:
        match request.at(request.path.removeprefix("/v1")).steps:
            case ["playlists", _, "tracks"]:
                return None
            case [kind, identity, *rest] if not identity.startswith(EDITORIAL):
                body = self.api_objects.get(f"{kind.removesuffix('s')}/{identity}")
            case _:
                return None
        if body is None:
            return None
        return Answer.json(200, _page(body, request) if rest else body)

    def spotify_web(self, request: Request) -> Answer | None:
        match request.steps:
            case ["embed", kind, identity]:
                page = self.embeds.get(f"{kind}/{identity}")
            case _:
                return None
        if page is None:
            return None
        script = json.dumps(page, ensure_ascii=False).replace("</", "<\\/")
        tag = f'<script id="__NEXT_DATA__" type="application/json">{script}</script>'
        return Answer.html(200, f"<!DOCTYPE html><html><body>{tag}</body></html>")

    def youtube_music(self, request: Request) -> Answer | None:
        """The recorded search of that kind, when one of its rows holds the query's words."""
        if request.steps[-1:] != ["search"]:
            return None
        asked = request.json()
        songs = str(asked.get("params", "")).startswith(SONGS)
        name = "search_songs_20231226" if songs else "search_videos_20240612"
        body = self._read(f"youtube-music/{name}.json")
        query = words(asked.get("query", ""))
        rows = (words(text) for text in _rows(body))
        if not any(len(query & row) >= SHARE * len(query) for row in rows):
            return None
        return Answer.json(200, body)

    def _objects(self, folder: str) -> Iterator[dict[str, Any]]:
        for path in sorted((self._folder / folder).glob("*.json")):
            body = self._read(f"{folder}/{path.name}")
            is_page = "page" in body and "query" in body
            if is_page or (body.get("type") in API_KINDS and body.get("id")):
                yield body

    def _read(self, name: str) -> dict[str, Any]:
        body = json.loads((self._folder / name).read_text(encoding="utf-8"))
        return body if isinstance(body, dict) else {}


def _page(body: dict[str, Any], request: Request) -> dict[str, Any]:
    """The rows asked for, of those inside the recorded object."""
    rows = body.get("items") or body.get("tracks") or {}
    offset = request.number("offset", 0)
    limit = min(request.number("limit", 20), PAGE_MAX)
    window = rows.get("items", [])[offset : offset + limit]
    total = len(rows.get("items", []))
    return {"items": window, "offset": offset, "limit": limit, "total": total, "next": None}


def _rows(body: dict[str, Any]) -> Iterator[str]:
    tabs = body["contents"]["tabbedSearchResultsRenderer"]["tabs"]
    for section in tabs[0]["tabRenderer"]["content"]["sectionListRenderer"]["contents"]:
        for row in section.get("musicShelfRenderer", {}).get("contents", ()):
            columns = row["musicResponsiveListItemRenderer"]["flexColumns"]
            runs = (
                run["text"]
                for column in columns
                for run in column["musicResponsiveListItemFlexColumnRenderer"]["text"]["runs"]
            )
            yield " ".join(runs)
