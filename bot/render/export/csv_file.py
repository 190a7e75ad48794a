"""CSV that spreadsheets open as it is meant: UTF-8 with a mark, no cell taken for a formula."""

from __future__ import annotations

import csv
from io import StringIO
from typing import TYPE_CHECKING

from bot.models.outside_text import for_csv
from bot.render.export.json_file import rows_of

if TYPE_CHECKING:
    from bot.models.view import ListingView
    from bot.render.export.json_file import Row
    from bot.render.i18n import Words

# For programs: the same in every language
COLUMNS = (
    *("position", "title", "artists", "album", "length", "isrc"),
    *("spotify_url", "youtube_url", "kind", "score"),
)
ARTISTS_SEPARATOR = "; "  # "Tyler, The Creator" is one artist


def render_csv(view: ListingView, words: Words) -> bytes:
    """One row a track. What could be a formula is kept from it by an apostrophe."""
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows(map(for_csv, _cells(row, words)) for row in rows_of(view))
    return out.getvalue().encode("utf-8-sig", "replace")


def _cells(row: Row, words: Words) -> tuple[str, ...]:
    return (
        str(row.position),
        row.title,
        ARTISTS_SEPARATOR.join(row.artists),
        row.album,
        words.length(row.duration_ms),
        row.isrc,
        row.spotify_url or "",
        row.youtube_url or "",
        row.kind,
        "" if row.score is None else str(row.score),
    )
