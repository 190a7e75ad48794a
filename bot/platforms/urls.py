"""Addresses that need no request: searches on every platform, recordings by their id. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

from bot.models import SPOTIFY_WEB, YOUTUBE_WEB, Platform
from bot.youtube.matching.same_song import query

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bot.models import Track

MUSIC_WEB = "https://music.youtube.com"
APPLE_WEB = "https://music.apple.com"
DEEZER_WEB = "https://www.deezer.com"
YOUTUBE_PICTURES = "https://i.ytimg.com"
QUERY_CHARS = 200  # far under what browsers and Telegram's link entities take
QUEUE_VIDEOS = 50  # watch_videos drops what is more (seen 2026-11)


def spotify_search_url(track: Track) -> str:
    """Spotify's search for "artist title": what is shown for a song that was not found there."""
    return f"{SPOTIFY_WEB}/search/{quote(_named(track), safe='', errors='replace')}"


def youtube_search_url(track: Track) -> str:
    """The results page for "artist title": what is shown when nothing is surely right."""
    return f"{YOUTUBE_WEB}/results?search_query={quote_plus(_named(track), errors='replace')}"


def _named(track: Track) -> str:
    return " ".join(" ".join((*track.artists[:1], track.title)).split())[:QUERY_CHARS]


def cover_url(video_id: str) -> str:
    """A small picture of a video."""
    return f"{YOUTUBE_PICTURES}/vi/{video_id}/mqdefault.jpg"


def queue_url(video_ids: Sequence[str]) -> str:
    """The page that plays these videos one after the other; at most `QUEUE_VIDEOS`."""
    return f"{YOUTUBE_WEB}/watch_videos?video_ids={quote(','.join(video_ids), safe=',')}"


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
