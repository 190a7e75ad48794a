"""YouTube Music's interface behind its web page, answering for one world."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from bot.models import CandidateKind
from bot.samples.messages import Answer
from bot.samples.shapes import music as shapes
from bot.samples.world import Search

if TYPE_CHECKING:
    from bot.models import Candidate
    from bot.samples.messages import Request
    from bot.samples.world import World

SONGS = "EgWKAQII"  # how the `params` of a search among songs begins; of videos: EgWKAQIQ
SONG_KINDS = (CandidateKind.AUDIO,)
VIDEO_KINDS = (
    CandidateKind.VIDEO,
    CandidateKind.OFFICIAL,
    CandidateKind.UPLOAD,
    CandidateKind.UNKNOWN,
)
ALBUM_YEAR = 2024


class Music:
    def __init__(self, world: World) -> None:
        self._world = world

    @cached_property
    def _index(self) -> Search:
        return Search(self._world.finds)

    @cached_property
    def _albums(self) -> dict[str, list[Candidate]]:
        return self._world.albums()

    def answer(self, request: Request) -> Answer:
        match request.steps:
            case []:
                return Answer.html(200, shapes.HOME_PAGE)
            case ["youtubei", "v1", "search"]:
                return Answer.json(200, self._search(request.json()))
            case ["youtubei", "v1", "browse"]:
                return self._album(request.json().get("browseId", ""))
            case _:
                return _not_found()

    def songs(self, asked: dict[str, Any]) -> list[Candidate] | None:
        """What a search among songs finds; None when it is among videos."""
        if not str(asked.get("params", "")).startswith(SONGS):
            return None
        return self._index.find(str(asked.get("query", "")), SONG_KINDS)

    def _search(self, asked: dict[str, Any]) -> dict[str, Any]:
        songs = self.songs(asked)
        if songs is not None:
            return shapes.search("Songs", [shapes.song_row(song) for song in songs])
        videos = self._index.find(str(asked.get("query", "")), VIDEO_KINDS)
        return shapes.search("Videos", [shapes.video_row(video) for video in videos])

    def _album(self, identity: str) -> Answer:
        found = self._albums.get(identity)
        if not found:
            return _not_found()
        page = shapes.album_page(found[0].album or "", found[0].artists[0], ALBUM_YEAR, found)
        return Answer.json(200, page)


def _not_found() -> Answer:
    error = {"code": 404, "message": "Requested entity was not found.", "status": "NOT_FOUND"}
    return Answer.json(404, {"error": error})
