"""YouTube Music's pages of one video and of a playlist, from candidates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.models import CandidateKind
from bot.sandbox.services.shapes.music import (
    BULLET,
    album_run,
    artist_runs,
    browse,
    clock,
    column,
    list_row,
    section,
    short,
    title_run,
    watch,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.models import Candidate

Json = dict[str, Any]

PAGE_ROWS = 100
GREYED_OUT = "MUSIC_ITEM_RENDERER_DISPLAY_POLICY_GREY_OUT"
OWNER = "Sample Listener"


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
    return {
        "contents": {
            "twoColumnBrowseResultsRenderer": {
                "tabs": [{"tabRenderer": {"content": section("musicResponsiveHeader", header)}}],
                "secondaryContents": section("musicPlaylistShelf", shelf),
            }
        }
    }


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
            "fixedColumns": [column([{"text": "0:00"}], fixed=True)],
            "musicItemRendererDisplayPolicy": GREYED_OUT,
        }
        return {"musicResponsiveListItemRenderer": lost}
    shown = list_row(row, [[title_run(row)], _by(row), [album_run(row)] if row.album else []])
    length = {"fixedColumns": [column([{"text": clock(row.duration_s)}], fixed=True)]}
    shown["musicResponsiveListItemRenderer"] |= length
    return shown


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
