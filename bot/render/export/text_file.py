"""Plain text for people, every track with its links; and M3U8 for players that read YouTube."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.models.outside_text import isolated, one_line
from bot.models.results import allowed_songs, count
from bot.platforms.urls import spotify_search_url
from bot.render.export.json_file import Row, rows_of, why_none
from bot.render.listing import facts, summary
from bot.render.problems import source_of
from bot.render.reply import plain

if TYPE_CHECKING:
    from markupsafe import Markup

    from bot.models import Track
    from bot.models.view import ListingView
    from bot.render.export.json_file import Row
    from bot.render.i18n import Words

WHOLE = 10_000  # units of a name: no message's limits hold in a file
UNKNOWN_S = -1  # the length of a recording where it is not known
_INDENT = "   "


def render_txt(view: ListingView, words: Words) -> bytes:
    """UTF-8 with a mark and CRLF: without them some phones and editors guess wrong."""
    listing = view.listing
    heading = (
        isolated(one_line(listing.title)) or words.plain("Untitled"),
        *(plain(line) for line in facts(listing, words, WHOLE)),
        listing.url or "",
    )
    blocks = ["\n".join(line for line in heading if line)]
    blocks += [
        _entry(row, track, source_of(listing), words)
        for row, track in zip(rows_of(view), listing.tracks, strict=True)
    ]
    blocks.append(plain(found(view, words)))
    text = "\n\n".join(block for block in blocks if block) + "\n"
    return text.replace("\n", "\r\n").encode("utf-8-sig", "replace")


def found(view: ListingView, words: Words) -> Markup:
    """What was found; songs whose links are not stored any more count as not looked up."""
    counts = count(view.listing, view.results, view.allowed)
    ended = counts.looked_up + counts.failed
    lost = len(allowed_songs(view.listing, view.allowed)) - ended
    return summary(replace(counts, failed=counts.failed + lost), words, source_of(view.listing))


def _entry(row: Row, track: Track, service: str, words: Words) -> str:
    name = isolated(row.name) or words.plain("Untitled")
    length = words.length(row.duration_ms)
    heading = f"{words.number(row.position)}  {' · '.join(part for part in (name, length) if part)}"
    return "\n".join(
        (heading, *(f"{_INDENT}{line}" for line in _links(row, track, service, words)))
    )


def _links(row: Row, track: Track, service: str, words: Words) -> list[str]:
    lines = [f"Spotify: {row.spotify_url}"] if row.spotify_url else []
    if not row.is_song:
        return [*lines, why_none(row, service, words)]
    if not lines:
        lines.append(f"{words.plain('Spotify search')}: {spotify_search_url(track)}")
    return [*lines, f"{youtube_label(row, words)}: {row.youtube_url}"]


def youtube_label(row: Row, words: Words) -> str:
    match row.kind:
        case "audio":
            return words.plain("YouTube, official audio")
        case "video":
            return words.plain("YouTube, official video")
        case "chosen":
            return words.plain("YouTube, chosen by you or by several listeners")
    return words.plain("YouTube search")


def render_m3u8(view: ListingView, words: Words) -> bytes:
    """UTF-8 without a mark, as RFC 8216 asks. What has no official recording is a comment."""
    title = one_line(view.listing.title)
    lines = ["#EXTM3U", *([f"#PLAYLIST:{title}"] if title else [])]
    for row in rows_of(view):
        if row.is_found:
            seconds = round(row.duration_ms / 1000) if row.duration_ms else UNKNOWN_S
            lines += [f"#EXTINF:{seconds},{row.name}", str(row.youtube_url)]
            continue
        why = why_none(row, source_of(view.listing), words)
        why = words.plain("no official recording known") if row.is_song else why
        lines.append(f"# {words.number(row.position)}  {row.name}: {why}")
    return "".join(f"{line}\n" for line in lines).encode("utf-8", "replace")
