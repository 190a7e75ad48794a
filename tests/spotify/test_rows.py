"""The Web API's JSON with names that nothing else takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bot.models.music import NAME_CHARS
from bot.spotify import rows

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.models import Listing


def album(identity: str, data: dict[str, Any]) -> Listing:
    return rows.read_album(identity, {**data, "tracks": {"items": [], "total": 0}})[0]


@pytest.mark.parametrize(
    "read", [album, rows.read_playlist_head, rows.read_track_listing, rows.read_artist_head]
)
@pytest.mark.parametrize(
    ("name", "title"),
    [(" Cut \ud83d", "Cut ?"), ("x" * 60_000, "x" * NAME_CHARS), ("  ", "")],
)
def test_titles(read: Callable[[str, Any], Listing], name: str, title: str) -> None:
    """Halves of characters are replaced and endless names cut, as MongoDB and addresses ask."""
    assert title == read("1" * 22, {"name": name}).title
