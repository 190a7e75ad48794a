"""Answers of YouTube Music's own interface (InnerTube), from candidates: what its web page reads.

Only what a reader of them needs is here; a real row weighs about 9 KB, most of it menus.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.models import CandidateKind
from bot.sandbox.services.shapes.ids import album_browse_id, channel_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.models import Candidate

Json = dict[str, Any]

BULLET: Json = {"text": " • "}
VIDEO_TYPES = {
    CandidateKind.AUDIO: "MUSIC_VIDEO_TYPE_ATV",
    CandidateKind.VIDEO: "MUSIC_VIDEO_TYPE_OMV",
    CandidateKind.OFFICIAL: "MUSIC_VIDEO_TYPE_OFFICIAL_SOURCE_MUSIC",
    CandidateKind.UPLOAD: "MUSIC_VIDEO_TYPE_UGC",
}
EXPLICIT: Json = {
    "musicInlineBadgeRenderer": {
        "icon": {"iconType": "MUSIC_EXPLICIT_BADGE"},
        "accessibilityData": {"accessibilityData": {"label": "Explicit"}},
    }
}
HOME_PAGE = (
    '<!DOCTYPE html><html><head><script>ytcfg.set({"VISITOR_DATA": "c2FtcGxl"});</script></head>'
    "<body></body></html>"
)


def search(title: str, rows: Sequence[Json]) -> Json:
    """The answer to a filtered search; `title` is the shelf's: Songs or Videos."""
    if not rows:
        return _tabs({"itemSectionRenderer": {"contents": [_nothing_found()]}})
    shelf = {
        "title": {"runs": [{"text": title}]},
        "contents": list(rows),
        "shelfDivider": {"musicShelfDividerRenderer": {"hidden": True}},
    }
    return _tabs({"musicShelfRenderer": shelf})


def song_row(found: Candidate) -> Json:
    runs = artist_runs(found.artists)
    if found.album:
        runs += [BULLET, album_run(found)]
    runs += [BULLET, {"text": clock(found.duration_s)}]
    plays = {"text": f"{short(found.views or 0)}\u00a0plays"}
    return list_row(found, [[title_run(found)], runs, [plays]])


def video_row(found: Candidate) -> Json:
    page = "ARTIST" if found.kind is not CandidateKind.UPLOAD else "USER_CHANNEL"
    runs = artist_runs(found.artists or [found.channel or ""], page=page)
    runs += [BULLET, {"text": f"{short(found.views or 0)} views"}]
    runs += [BULLET, {"text": clock(found.duration_s)}]
    return list_row(found, [[title_run(found)], runs])


def album_page(title: str, artist: str, year: int, found: Sequence[Candidate]) -> Json:
    seconds = int(sum(item.duration_s or 0 for item in found))
    header = {
        "title": {"runs": [{"text": title}]},
        "subtitle": {"runs": [{"text": "Album"}, BULLET, {"text": str(year)}]},
        "straplineTextOne": {"runs": artist_runs([artist])},
        "secondSubtitle": {
            "runs": [{"text": f"{len(found)} songs"}, BULLET, {"text": f"{seconds // 60} minutes"}]
        },
        "buttons": [],
    }
    rows = [_album_row(item, number) for number, item in enumerate(found, 1)]
    return {
        "contents": {
            "twoColumnBrowseResultsRenderer": {
                "tabs": [{"tabRenderer": {"content": section("musicResponsiveHeader", header)}}],
                "secondaryContents": section("musicShelf", {"contents": rows}),
            }
        }
    }


def clock(seconds: float | None) -> str:
    minutes, rest = divmod(round(seconds or 0), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def short(number: int) -> str:
    """A count as YouTube writes it: 950, 12K, 1.5M."""
    for size, sign in ((1_000_000_000, "B"), (1_000_000, "M"), (1_000, "K")):
        if number >= size:
            return f"{number / size:.1f}".removesuffix(".0") + sign
    return str(number)


def _tabs(section: Json) -> Json:
    tab = {
        "title": "YT Music",
        "selected": True,
        "content": {"sectionListRenderer": {"contents": [section]}},
        "tabIdentifier": "music_search_catalog",
    }
    return {"contents": {"tabbedSearchResultsRenderer": {"tabs": [{"tabRenderer": tab}]}}}


def section(name: str, content: Json) -> Json:
    return {"sectionListRenderer": {"contents": [{f"{name}Renderer": content}]}}


def _nothing_found() -> Json:
    return {"messageRenderer": {"text": {"runs": [{"text": "No results for your search."}]}}}


def watch(found: Candidate) -> Json:
    endpoint: Json = {"videoId": found.video_id}
    if kind := VIDEO_TYPES.get(found.kind):
        config = {"watchEndpointMusicConfig": {"musicVideoType": kind}}
        endpoint["watchEndpointMusicSupportedConfigs"] = config
    return {"watchEndpoint": endpoint}


def browse(identity: str, page: str) -> Json:
    config = {"browseEndpointContextMusicConfig": {"pageType": f"MUSIC_PAGE_TYPE_{page}"}}
    endpoint = {"browseId": identity, "browseEndpointContextSupportedConfigs": config}
    return {"browseEndpoint": endpoint}


def title_run(found: Candidate) -> Json:
    return {"text": found.title, "navigationEndpoint": watch(found)}


def artist_runs(names: Sequence[str], *, page: str = "ARTIST") -> list[Json]:
    runs: list[Json] = []
    for number, name in enumerate(names):
        if number:
            runs.append({"text": " & " if number == len(names) - 1 else ", "})
        runs.append({"text": name, "navigationEndpoint": browse(channel_id(name), page)})
    return runs


def album_run(found: Candidate) -> Json:
    identity = album_browse_id(found.album or "", found.artists[0] if found.artists else "")
    return {"text": found.album, "navigationEndpoint": browse(identity, "ALBUM")}


def column(runs: Sequence[Json], *, fixed: bool = False) -> Json:
    name = "Fixed" if fixed else "Flex"
    priority = "MUSIC_RESPONSIVE_LIST_ITEM_COLUMN_DISPLAY_PRIORITY_HIGH"
    text: Json = {"runs": list(runs)} if runs else {}
    content = {"text": text, "displayPriority": priority}
    return {f"musicResponsiveListItem{name}ColumnRenderer": content}


def list_row(found: Candidate, columns: Sequence[Sequence[Json]]) -> Json:
    button = {"musicPlayButtonRenderer": {"playNavigationEndpoint": watch(found)}}
    row: Json = {
        "overlay": {"musicItemThumbnailOverlayRenderer": {"content": button}},
        "flexColumns": [column(runs) for runs in columns],
        "menu": {"menuRenderer": {"items": [_radio(found)]}},
        "playlistItemData": {"videoId": found.video_id},
    }
    return {
        "musicResponsiveListItemRenderer": row | ({"badges": [EXPLICIT]} if found.explicit else {})
    }


def _radio(found: Candidate) -> Json:
    about = {"text": {"runs": [{"text": "Start radio"}]}, "icon": {"iconType": "MIX"}}
    return {"menuNavigationItemRenderer": about | {"navigationEndpoint": watch(found)}}


def _album_row(found: Candidate, number: int) -> Json:
    plays = {"text": f"{short(found.views or 0)} plays"}
    row = list_row(found, [[title_run(found)], artist_runs(found.artists), [plays]])
    row["musicResponsiveListItemRenderer"] |= {
        "fixedColumns": [column([{"text": clock(found.duration_s)}], fixed=True)],
        "index": {"runs": [{"text": str(number)}]},
    }
    return row
