"""Addresses of YouTube's pages, for people to follow."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

from bot.models import YOUTUBE_WEB

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.models import Track

YOUTUBE_PICTURES = "https://i.ytimg.com"
QUERY_CHARS = 200  # far under what browsers and Telegram's link entities take
QUEUE_VIDEOS = 50  # watch_videos drops what is more (seen 2026-11)


def search_url(track: Track) -> str:
    """The results page for "artist title": what is shown when nothing is surely right."""
    words = " ".join((*track.artists[:1], track.title)).split()
    query = " ".join(words)[:QUERY_CHARS]
    return f"{YOUTUBE_WEB}/results?search_query={quote_plus(query, errors='replace')}"


def cover_url(video_id: str) -> str:
    """A small picture of a video."""
    return f"{YOUTUBE_PICTURES}/vi/{video_id}/mqdefault.jpg"


def queue_url(video_ids: Sequence[str]) -> str:
    """The page that plays these videos one after the other; at most `QUEUE_VIDEOS`."""
    return f"{YOUTUBE_WEB}/watch_videos?video_ids={quote(','.join(video_ids), safe=',')}"
