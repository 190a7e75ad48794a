"""Extended M3U8: the official recordings as a playlist for players that read YouTube pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.render.export.rows import one_line, rows_of, why_none
from bot.render.problems import source_of

if TYPE_CHECKING:
    from bot.models.view import ListingView
    from bot.render.export.rows import Row
    from bot.render.i18n import Words

UNKNOWN_S = -1  # the length where it is not known


def render_m3u8(view: ListingView, words: Words) -> bytes:
    """UTF-8 without a mark, as RFC 8216 asks. What has no official recording is a comment."""
    title = one_line(view.listing.title)
    lines = ["#EXTM3U", *([f"#PLAYLIST:{title}"] if title else [])]
    for row in rows_of(view):
        lines += _entry(row) if row.is_found else [_comment(row, source_of(view.listing), words)]
    return "".join(f"{line}\n" for line in lines).encode("utf-8", "replace")


def _entry(row: Row) -> list[str]:
    seconds = round(row.duration_ms / 1000) if row.duration_ms else UNKNOWN_S
    return [f"#EXTINF:{seconds},{row.name}", str(row.youtube_url)]


def _comment(row: Row, service: str, words: Words) -> str:
    why = (
        words.plain("no official recording known") if row.is_song else why_none(row, service, words)
    )
    return f"# {words.number(row.position)}  {row.name}: {why}"
