"""Addresses at other platforms that need no request: searches, recordings by id. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

from bot.models import Platform
from bot.youtube.matching.same_song import query

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.models import Track

MUSIC_WEB = "https://music.youtube.com"
APPLE_WEB = "https://music.apple.com"
DEEZER_WEB = "https://www.deezer.com"


def music_url(video_id: str) -> str:
    return f"{MUSIC_WEB}/watch?v={video_id}"


def music_search_url(track: Track) -> str:
    return f"{MUSIC_WEB}/search?q={quote_plus(query(track), errors='replace')}"


def apple_search_url(track: Track) -> str:
    return f"{APPLE_WEB}/search?term={quote_plus(query(track), errors='replace')}"


def deezer_search_url(track: Track) -> str:
    return f"{DEEZER_WEB}/search/{quote(query(track), safe='', errors='replace')}"


# Platforms whose pages are searched for, with their names, which are the same in all languages
SEARCHES: Mapping[Platform, tuple[str, Callable[[Track], str]]] = {
    Platform.APPLE_MUSIC: ("Apple Music", apple_search_url),
    Platform.DEEZER: ("Deezer", deezer_search_url),
}
