"""YouTube Music's search answers at their real weight: 20 rows of about 9 KB, most of it menus."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bot.sandbox.services import music_shapes as shapes
from bot.sandbox.services.messages import Answer
from bot.sandbox.services.music import Music
from tests.e2e import worlds

if TYPE_CHECKING:
    from bot.models import Candidate
    from bot.sandbox.services.messages import Request
    from bot.sandbox.services.world import World

Json = dict[str, Any]

ROWS = 20
_TRACKING = "CLgCEL7uBRgBIhMI" + "c2FtcGxlc2FtcGxl" + "wgMVtQ23AB3FCAIu"
_FEEDBACK = "AB9zfpK" + "c2FtcGxlIGZlZWRiYWNrIHRva2VuLCBtYWRlIHVw" * 2 + "UREs7ZqN"
_SERVICES = (
    ("Play next", "QUEUE_PLAY_NEXT", "INSERT_AFTER_CURRENT_VIDEO"),
    ("Add to queue", "ADD_TO_REMOTE_QUEUE", "INSERT_AT_END"),
)
_PAGES = (
    ("Go to album", "ALBUM", "MUSIC_PAGE_TYPE_ALBUM"),
    ("Go to artist", "ARTIST", "MUSIC_PAGE_TYPE_ARTIST"),
)
_OTHERS = (("Save to playlist", "ADD_TO_PLAYLIST"), ("Share", "SHARE"))


class FullSizeMusic(Music):
    """Puts what it finds above rows of other songs; nothing found stays nothing."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        fillers = [worlds.audio(song) for song in worlds.tracks("fillers", ROWS)]
        self._fillers = [_dump(full(shapes.song_row(found), found)) for found in fillers]
        marked = _dump(shapes.search("Songs", [{"here": True}]))
        self._before, self._after = marked.split(b'{"here":true}')

    def answer(self, request: Request) -> Answer:
        if request.steps[-1:] != ["search"]:
            return super().answer(request)
        found = self.songs(request.json())
        if not found:
            return super().answer(request)
        rows = [_dump(full(shapes.song_row(song), song)) for song in found]
        rows += self._fillers[: ROWS - len(rows)]
        content = self._before + b",".join(rows) + self._after
        return Answer(200, content, {"content-type": "application/json; charset=UTF-8"})


def full(row: Json, found: Candidate) -> Json:
    """The row with the pictures, buttons and menus that nobody reads."""
    inner = row["musicResponsiveListItemRenderer"]
    _look(inner["overlay"]["musicItemThumbnailOverlayRenderer"], found)
    radio = inner["menu"]["menuRenderer"]["items"][0]
    more = {
        "trackingParams": _TRACKING,
        "thumbnail": {"musicThumbnailRenderer": {"thumbnail": {"thumbnails": _pictures(found)}}},
        "menu": {"menuRenderer": {"items": [radio, *_menu(found)], "trackingParams": _TRACKING}},
        "flexColumnDisplayStyle": "MUSIC_RESPONSIVE_LIST_ITEM_FLEX_COLUMN_DISPLAY_STYLE_TWO_LINE",
        "itemHeight": "MUSIC_RESPONSIVE_LIST_ITEM_HEIGHT_TALL",
    }
    return {"musicResponsiveListItemRenderer": inner | more}


def _look(overlay: Json, found: Candidate) -> None:
    button = overlay["content"]["musicPlayButtonRenderer"]
    button |= {
        name: {"iconType": icon}
        for name, icon in (
            ("playIcon", "PLAY_ARROW"),
            ("pauseIcon", "PAUSE"),
            ("playingIcon", "VOLUME_UP"),
        )
    }
    button |= {
        name: {"accessibilityData": {"label": f"{verb} {found.title} - {found.artists[0]}"}}
        for name, verb in (("accessibilityPlayData", "Play"), ("accessibilityPauseData", "Pause"))
    }
    button |= {
        "iconColor": 4294967295,
        "backgroundColor": 0,
        "activeBackgroundColor": 0,
        "loadingIndicatorColor": 4294901760,
        "iconLoadingColor": 0,
        "activeScaleFactor": 1,
        "buttonSize": "MUSIC_PLAY_BUTTON_SIZE_SMALL",
        "rippleTarget": "MUSIC_PLAY_BUTTON_RIPPLE_TARGET_SELF",
    }
    layers = {"gradientLayerColors": ["3422552064", "3422552064"]}
    overlay |= {
        "background": {"verticalGradient": layers},
        "contentPosition": "MUSIC_ITEM_THUMBNAIL_OVERLAY_CONTENT_POSITION_CENTERED",
        "displayStyle": "MUSIC_ITEM_THUMBNAIL_OVERLAY_DISPLAY_STYLE_PERSISTENT",
    }


def _menu(found: Candidate) -> list[Json]:
    queue = [_queue(found, *words) for words in _SERVICES]
    pages = [_page(*words) for words in _PAGES]
    return [
        *queue,
        _toggle("LIBRARY_ADD"),
        _toggle("FAVORITE"),
        *pages,
        _page("Share", "SHARE", ""),
    ]


def _queue(found: Candidate, text: str, icon: str, position: str) -> Json:
    toast = {"notificationTextRenderer": {"successResponseText": _text(f"{text}: done")}}
    return {
        "menuServiceItemRenderer": {
            "text": _text(text),
            "icon": {"iconType": icon},
            "serviceEndpoint": {
                "clickTrackingParams": _TRACKING,
                "queueAddEndpoint": {
                    "queueTarget": {
                        "videoId": found.video_id,
                        "onEmptyQueue": {
                            "clickTrackingParams": _TRACKING,
                            "watchEndpoint": {"videoId": found.video_id},
                        },
                    },
                    "queueInsertPosition": position,
                    "commands": [
                        {"clickTrackingParams": _TRACKING, "addToToastAction": {"item": toast}}
                    ],
                },
            },
            "trackingParams": _TRACKING,
        }
    }


def _toggle(icon: str) -> Json:
    def endpoint() -> Json:
        return {
            "clickTrackingParams": _TRACKING,
            "feedbackEndpoint": {"feedbackToken": _FEEDBACK},
            "actions": [{"clickTrackingParams": _TRACKING, "addToLibraryFeedbackToken": _FEEDBACK}],
        }

    return {
        "toggleMenuServiceItemRenderer": {
            "defaultText": _text("Save to library"),
            "defaultIcon": {"iconType": icon},
            "defaultServiceEndpoint": endpoint(),
            "toggledText": _text("Remove from library"),
            "toggledIcon": {"iconType": f"{icon}_OFF"},
            "toggledServiceEndpoint": endpoint(),
            "trackingParams": _TRACKING,
        }
    }


def _page(text: str, icon: str, page_type: str) -> Json:
    config = {"browseEndpointContextMusicConfig": {"pageType": page_type}}
    return {
        "menuNavigationItemRenderer": {
            "text": _text(text),
            "icon": {"iconType": icon},
            "navigationEndpoint": {
                "clickTrackingParams": _TRACKING,
                "browseEndpoint": {
                    "browseId": "MPREb_madeUpId00",
                    "browseEndpointContextSupportedConfigs": config,
                },
            },
            "trackingParams": _TRACKING,
        }
    }


def _pictures(found: Candidate) -> list[Json]:
    address = f"https://lh3.googleusercontent.com/{found.video_id}{'made-up' * 12}"
    return [
        {"url": f"{address}=w{size}-h{size}-l90-rj", "width": size, "height": size}
        for size in (60, 120)
    ]


def _text(text: str) -> Json:
    return {"runs": [{"text": text}]}


def _dump(body: Json) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
