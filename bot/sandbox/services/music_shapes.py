"""Answers of YouTube Music's own interface (InnerTube), from candidates: what its web page reads.

Only what a reader of them needs is here; a real row weighs about 9 KB, most of it menus.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.models import CandidateKind
from bot.sandbox.services.ids import album_browse_id, channel_id

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
PAGE_ROWS = 100
GREYED_OUT = "MUSIC_ITEM_RENDERER_DISPLAY_POLICY_GREY_OUT"
OWNER = "Sample Listener"
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
    runs = [*_by(found), BULLET, {"text": f"{short(found.views or 0)} views"}]
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
    return _two_columns(header, section("musicShelf", {"contents": rows}))


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


def _two_columns(header: Json, shelf: Json) -> Json:
    tab = {"tabRenderer": {"content": section("musicResponsiveHeader", header)}}
    columns = {"tabs": [tab], "secondaryContents": shelf}
    return {"contents": {"twoColumnBrowseResultsRenderer": columns}}


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


def _length(text: str) -> list[Json]:
    return [column([{"text": text}], name="Fixed")]


def column(runs: Sequence[Json], *, name: str = "Flex") -> Json:
    priority = "MUSIC_RESPONSIVE_LIST_ITEM_COLUMN_DISPLAY_PRIORITY_HIGH"
    text: Json = {"runs": list(runs)} if runs else {}
    content = {"text": text, "displayPriority": priority}
    return {f"musicResponsiveListItem{name}ColumnRenderer": content}


def list_row(found: Candidate, columns: Sequence[Sequence[Json]], **more: Any) -> Json:
    button = {"musicPlayButtonRenderer": {"playNavigationEndpoint": watch(found)}}
    row: Json = {
        "overlay": {"musicItemThumbnailOverlayRenderer": {"content": button}},
        "flexColumns": [column(runs) for runs in columns],
        "menu": {"menuRenderer": {"items": [_radio(found)]}},
        "playlistItemData": {"videoId": found.video_id},
    }
    badges = {"badges": [EXPLICIT]} if found.explicit else {}
    return {"musicResponsiveListItemRenderer": row | badges | more}


def _radio(found: Candidate) -> Json:
    about = {"text": {"runs": [{"text": "Start radio"}]}, "icon": {"iconType": "MIX"}}
    return {"menuNavigationItemRenderer": about | {"navigationEndpoint": watch(found)}}


def _album_row(found: Candidate, number: int) -> Json:
    plays = {"text": f"{short(found.views or 0)} plays"}
    columns = [[title_run(found)], artist_runs(found.artists), [plays]]
    index = {"runs": [{"text": str(number)}]}
    return list_row(found, columns, fixedColumns=_length(clock(found.duration_s)), index=index)


def watch_page(found: Candidate | None, *, year: int) -> Json:
    """The queue that begins with a video; without one, as for a video that is gone."""
    rows = [_queued(found, year)] if found else []
    panel = {"playlistPanelRenderer": {"contents": rows}} if rows else {}
    queue = {"musicQueueRenderer": {"content": panel}}
    tabs = [
        {"tabRenderer": {"title": "Up next", "content": queue}},
        {"tabRenderer": {"title": "Lyrics", "unselectable": True}},
    ]
    results = {"watchNextTabbedResultsRenderer": {"tabs": tabs}}
    return {
        "contents": {
            "singleColumnMusicWatchNextResultsRenderer": {"tabbedRenderer": results},
        }
    }


def playlist_page(identity: str, title: str, rows: Sequence[Candidate | str]) -> Json:
    """A playlist's page with its first rows; a row that is a text is the title of a lost video."""
    person = browse("UCsampleowner", "USER_CHANNEL")
    header = {
        "title": {"runs": [{"text": title}]},
        "subtitle": {"runs": [{"text": "Playlist"}, BULLET, {"text": "2026"}]},
        "secondSubtitle": {"runs": [{"text": f"{len(rows)} tracks"}, BULLET, {"text": "1+ hours"}]},
        "facepile": {
            "avatarStackViewModel": {
                "text": {"content": OWNER},
                "rendererContext": {
                    "commandContext": {"onTap": {"innertubeCommand": person}},
                },
            }
        },
        "buttons": [],
    }
    shelf = {"playlistId": identity, "contents": _page_of(identity, rows, 0)}
    return _two_columns(header, section("musicPlaylistShelf", shelf))


def playlist_more(identity: str, rows: Sequence[Candidate | str], offset: int) -> Json:
    items = {"continuationItems": _page_of(identity, rows, offset)}
    return {"onResponseReceivedActions": [{"appendContinuationItemsAction": items}]}


def _page_of(identity: str, rows: Sequence[Candidate | str], offset: int) -> list[Json]:
    window = [_listed(row) for row in rows[offset : offset + PAGE_ROWS]]
    after = offset + PAGE_ROWS
    if after < len(rows):
        command = {"continuationCommand": {"token": f"{identity}:{after}"}}
        window.append({"continuationItemRenderer": {"continuationEndpoint": command}})
    return window


def _listed(row: Candidate | str) -> Json:
    if isinstance(row, str):
        lost = {
            "flexColumns": [column([{"text": row}]), column([]), column([])],
            "fixedColumns": _length("0:00"),
            "musicItemRendererDisplayPolicy": GREYED_OUT,
        }
        return {"musicResponsiveListItemRenderer": lost}
    columns = [[title_run(row)], _by(row), [album_run(row)] if row.album else []]
    return list_row(row, columns, fixedColumns=_length(clock(row.duration_s)))


def _by(found: Candidate) -> list[Json]:
    page = "USER_CHANNEL" if found.kind is CandidateKind.UPLOAD else "ARTIST"
    return artist_runs(found.artists or [found.channel or ""], page=page)


def _queued(found: Candidate, year: int) -> Json:
    """Songs tell their album and year, videos how often they were seen and liked."""
    byline = _by(found)
    if found.kind is CandidateKind.AUDIO and found.album:
        byline += [BULLET, album_run(found), BULLET, {"text": str(year)}]
    else:
        byline += [BULLET, {"text": f"{short(found.views or 0)} views"}]
        byline += [BULLET, {"text": "12K likes"}]
    return {
        "playlistPanelVideoRenderer": {
            "videoId": found.video_id,
            "title": {"runs": [{"text": found.title}]},
            "longBylineText": {"runs": byline},
            "lengthText": {"runs": [{"text": clock(found.duration_s)}]},
            "navigationEndpoint": watch(found),
            "menu": {"menuRenderer": {"items": []}},
        }
    }
