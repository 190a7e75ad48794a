"""The links of all platforms in a text. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.platforms.links import find_elsewhere
from bot.spotify.links import find_links_at

if TYPE_CHECKING:
    from bot.links import Link


def find_all_links(text: str) -> list[Link]:
    """All links that lead somewhere known, in order of appearance, each once."""
    found: list[tuple[int, Link]] = [*find_links_at(text), *find_elsewhere(text)]
    return list(dict.fromkeys(link for _, link in sorted(found, key=lambda pair: pair[0])))
