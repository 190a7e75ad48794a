"""The YouTube Data API's answers, for one world: `search.list` and `videos.list`, with its budget.

Its errors have the shape of Google's APIs; out of budget it answers 403 `quotaExceeded`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.models import Candidate, CandidateKind
from bot.sandbox.services.ids import channel_id
from bot.sandbox.services.messages import Answer
from bot.sandbox.services.world import Search

if TYPE_CHECKING:
    from bot.sandbox.services.messages import Request
    from bot.sandbox.services.world import World

Json = dict[str, Any]

KEY = "loopback-key"
SEARCHES_A_DAY = 100  # of one project, since June 2026
IDS_MAX = 50  # of one videos.list


class DataApi:
    def __init__(self, world: World) -> None:
        self._search = Search(world.finds)
        self._videos = {find.candidate.video_id: find.candidate for find in world.finds}
        self.searches_left = SEARCHES_A_DAY

    def answer(self, request: Request) -> Answer:
        if request.query.get("key", request.headers.get("x-goog-api-key")) != KEY:
            return error(400, "API key not valid. Please pass a valid API key.", "badRequest")
        match request.steps:
            case [*_, "search"]:
                return self._found(request)
            case [*_, "videos"]:
                return self._details(request)
            case _:
                return error(404, "Not found.", "notFound")

    def _found(self, request: Request) -> Answer:
        if self.searches_left <= 0:
            return error(403, "The request cannot be completed: quota exceeded.", "quotaExceeded")
        self.searches_left -= 1
        found = self._search.find(request.query.get("q", ""), tuple(CandidateKind))
        rows = [_row(item) for item in found[: request.number("maxResults", 5)]]
        return Answer.json(200, _list("search", rows))

    def _details(self, request: Request) -> Answer:
        wanted = request.query.get("id", "").split(",")
        if len(wanted) > IDS_MAX:
            return error(400, "The request specifies an invalid filter parameter.", "invalidFilter")
        known = [self._videos[video] for video in wanted if video in self._videos]
        return Answer.json(200, _list("video", [_video(item) for item in known]))


def error(status: int, message: str, reason: str) -> Answer:
    detail = {"message": message, "domain": "youtube.quota", "reason": reason}
    return Answer.json(status, {"error": {"code": status, "message": message, "errors": [detail]}})


def _list(kind: str, items: list[Json]) -> Json:
    page = {"totalResults": len(items), "resultsPerPage": len(items)}
    return {"kind": f"youtube#{kind}ListResponse", "etag": "made-up", "pageInfo": page} | {
        "items": items
    }


def _row(found: Candidate) -> Json:
    identity = {"kind": "youtube#video", "videoId": found.video_id}
    return {"kind": "youtube#searchResult", "etag": "made-up", "id": identity} | {
        "snippet": _snippet(found)
    }


def _video(found: Candidate) -> Json:
    minutes, seconds = divmod(round(found.duration_s or 0), 60)
    return {
        "kind": "youtube#video",
        "etag": "made-up",
        "id": found.video_id,
        "snippet": _snippet(found),
        "contentDetails": {"duration": f"PT{minutes}M{seconds}S", "licensedContent": True},
        "statistics": {"viewCount": str(found.views or 0)},
        "status": {"uploadStatus": "processed", "privacyStatus": "public", "embeddable": True},
    }


def _snippet(found: Candidate) -> Json:
    artist = found.artists[0] if found.artists else found.channel or ""
    channel = f"{artist} - Topic" if found.kind is CandidateKind.AUDIO else artist
    delivered = f"Provided to YouTube by Made-up Records\n\n{found.title} · {artist}"
    return {
        "publishedAt": "2024-01-01T00:00:00Z",
        "channelId": channel_id(channel),
        "title": found.title,
        "description": delivered if found.kind is CandidateKind.AUDIO else "",
        "thumbnails": {},
        "channelTitle": channel,
        "categoryId": "10",
        "liveBroadcastContent": "none",
    }
