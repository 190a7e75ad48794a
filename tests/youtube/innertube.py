"""Made-up answers of YouTube Music in its true shape, and a stand-in that gives them."""

from __future__ import annotations

import io
import json
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import requests
from requests.adapters import BaseAdapter

Json = dict[str, Any]

ATV, OMV = "MUSIC_VIDEO_TYPE_ATV", "MUSIC_VIDEO_TYPE_OMV"
GREYED_OUT = "MUSIC_ITEM_RENDERER_DISPLAY_POLICY_GREY_OUT"
HEAD = {"Content-Type": "application/json; charset=UTF-8"}
MAIN_PAGE = '<script>ytcfg.set({"VISITOR_DATA": "a-visitor"});</script>'


def song(
    title: str = "Glass Harbour",
    *,
    video: str | None = "songsongs01",
    artists: tuple[str, ...] = ("Nine Lanterns",),
    album: str | None = "Night Ferry",
    album_id: str = "MPREb_ferry",
    length: str | None = "3:32",
    kind: str | None = ATV,
    explicit: bool = False,
) -> Json:
    """A row among songs: "artists • album • length", then how often it was played."""
    told = [
        *(_run(name, _page(f"UC{name}")) for name in artists),
        *([_run(album, _page(album_id))] if album else []),
        *([_run(length)] if length else []),
    ]
    row = _row(video, kind, [[_run(title)], _dotted(told, len(artists)), [_run("1.5M plays")]])
    if explicit:
        row["badges"] = [_badge("Explicit")]
    return {"musicResponsiveListItemRenderer": row}


def video(
    title: str = "Glass Harbour (Official Video)",
    *,
    video: str | None = "videovideo1",
    channel: str = "Nine Lanterns",
    views: str = "1.4M views",
    length: str = "3:50",
    kind: str | None = OMV,
) -> Json:
    """A row among videos: "channel • views • length"."""
    told = _dotted([_run(channel, _page("UCchannel")), _run(views), _run(length)], 1)
    return {"musicResponsiveListItemRenderer": _row(video, kind, [[_run(title)], told])}


def album_song(number: int, title: str, *, video: str | None, length: str = "3:32") -> Json:
    """A row of an album's page: the artists only where they are not the album's."""
    row = _row(video, ATV, [[_run(title)], [], [_run("161K plays")]])
    row["index"] = {"runs": [{"text": str(number)}]}
    row["fixedColumns"] = [
        {"musicResponsiveListItemFixedColumnRenderer": {"text": {"runs": [{"text": length}]}}}
    ]
    if video is None:  # not on sale where it is asked from
        del row["overlay"]
        row["musicItemRendererDisplayPolicy"] = GREYED_OUT
    return {"musicResponsiveListItemRenderer": row}


def answer(*rows: Json, shelf: str = "Songs", more: bool = False) -> Json:
    """A search's answer. `more`: a second page is offered, as it always is."""
    found: Json = {"title": {"runs": [{"text": shelf}]}, "contents": list(rows)}
    if more:
        found["continuations"] = [{"nextContinuationData": {"continuation": "page-2"}}]
    return _tabbed({"musicShelfRenderer": found})


def nothing() -> Json:
    message = {"messageRenderer": {"text": {"runs": [{"text": "No results"}]}}}
    return _tabbed({"itemSectionRenderer": {"contents": [message]}})


def album(*rows: Json, title: str = "Night Ferry", artist: str = "Nine Lanterns") -> Json:
    """An album's page."""
    header = {
        "title": {"runs": [{"text": title}]},
        "subtitle": {"runs": [{"text": "Album"}, {"text": " • "}, {"text": "2021"}]},
        "straplineTextOne": {"runs": [_run(artist, _page("UCartist"))]},
        "secondSubtitle": {"runs": [{"text": "9 songs"}, {"text": " • "}, {"text": "38 minutes"}]},
        "buttons": [{"musicPlayButtonRenderer": {"playNavigationEndpoint": {}}}],
    }
    left = {"sectionListRenderer": {"contents": [{"musicResponsiveHeaderRenderer": header}]}}
    right = {
        "sectionListRenderer": {"contents": [{"musicShelfRenderer": {"contents": list(rows)}}]}
    }
    columns = {"tabs": [{"tabRenderer": {"content": left}}], "secondaryContents": right}
    return {"contents": {"twoColumnBrowseResultsRenderer": columns}}


@dataclass
class Said:
    """An answer on the wire."""

    body: bytes | Json
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=lambda: HEAD)

    def response(self, request: requests.PreparedRequest) -> requests.Response:
        found = requests.Response()
        found.status_code = self.status
        found.headers.update(self.headers)
        body = self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()
        found.raw = io.BytesIO(body)
        found.request = request
        found.url = request.url or ""
        return found


Reply = Said | Exception | Callable[[requests.PreparedRequest], Said]


class Wire(BaseAdapter):
    """A transport that answers each path with its replies in turn, and the last one for ever."""

    def __init__(self, **replies: Reply | list[Reply]) -> None:
        """By the last step of the path: `search=`, `browse=`; `page=` for the main page."""
        super().__init__()
        self.replies = {
            name: list(reply) if isinstance(reply, list) else [reply]
            for name, reply in {"page": Said(MAIN_PAGE.encode()), **replies}.items()
        }
        self.requests: list[requests.PreparedRequest] = []
        self.options: list[Mapping[str, Any]] = []
        self.closed = False
        self._count: Counter[str] = Counter()
        self._lock = threading.Lock()

    def send(self, request: requests.PreparedRequest, *_: Any, **options: Any) -> requests.Response:
        name = "page" if request.method == "GET" else self.path(request).rsplit("/", 1)[-1]
        with self._lock:
            self.requests.append(request)
            self.options.append(options)
            turn = min(self._count[name], len(self.replies[name]) - 1)
            self._count[name] += 1
        reply = self.replies[name][turn]
        if isinstance(reply, Exception):
            raise reply
        return (reply if isinstance(reply, Said) else reply(request)).response(request)

    def asked(self, name: str) -> list[requests.PreparedRequest]:
        """Requests for this path, or GETs where it is `page`."""
        if name == "page":
            return [request for request in self.requests if request.method == "GET"]
        return [request for request in self.requests if self.path(request).endswith(name)]

    def close(self) -> None:
        self.closed = True

    @staticmethod
    def path(request: requests.PreparedRequest) -> str:
        return (request.url or "").split("?", maxsplit=1)[0]


def body_of(request: requests.PreparedRequest) -> Json:
    found: Json = json.loads(request.body or b"{}")
    return found


def _row(video: str | None, kind: str | None, columns: list[list[Json]]) -> Json:
    watch = {
        **({"videoId": video} if video else {}),
        "watchEndpointMusicSupportedConfigs": {
            "watchEndpointMusicConfig": {"musicVideoType": kind} if kind else {}
        },
    }
    play = {"musicPlayButtonRenderer": {"playNavigationEndpoint": {"watchEndpoint": watch}}}
    radio = {"menuNavigationItemRenderer": {"navigationEndpoint": {"watchEndpoint": watch}}}
    return {
        "overlay": {"musicItemThumbnailOverlayRenderer": {"content": play}},
        "flexColumns": [
            {"musicResponsiveListItemFlexColumnRenderer": {"text": {"runs": runs} if runs else {}}}
            for runs in columns
        ],
        "menu": {"menuRenderer": {"items": [radio]}},
    }


def _run(text: str, page: Json | None = None) -> Json:
    return {"text": text, **({"navigationEndpoint": page} if page else {})}


def _page(browse_id: str) -> Json:
    return {"browseEndpoint": {"browseId": browse_id}}


def _badge(label: str) -> Json:
    told = {"accessibilityData": {"accessibilityData": {"label": label}}}
    return {"musicInlineBadgeRenderer": told}


def _dotted(runs: list[Json], artists: int) -> list[Json]:
    """Artists are parted by " & ", all else by a dot."""
    told: list[Json] = []
    for index, run in enumerate(runs):
        if index:
            told.append({"text": " & " if index < artists else " • "})
        told.append(run)
    return told


def _tabbed(section: Json) -> Json:
    content = {"sectionListRenderer": {"contents": [section]}}
    tabs = {"tabs": [{"tabRenderer": {"content": content}}]}
    return {"contents": {"tabbedSearchResultsRenderer": tabs}}
