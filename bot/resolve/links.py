"""The links of all platforms in a text. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.models.links import Elsewhere, ElsewhereKind
from bot.platforms.links import find_elsewhere
from bot.spotify.links import find_links_at

if TYPE_CHECKING:
    from bot.models.links import Link


def find_all_links(text: str) -> list[Link]:
    """All links that lead somewhere known, in order of appearance, each once."""
    found: list[tuple[int, Link]] = [*find_links_at(text), *find_elsewhere(text)]
    return list(dict.fromkeys(link for _, link in sorted(found, key=lambda pair: pair[0])))


def is_worth_a_word(link: Link) -> bool:
    """Whether a link is answered in a group where nobody asked for it.

    People post YouTube's channels and the like there all day, and mean nothing by it.
    """
    if not isinstance(link, Elsewhere):
        return True
    return link.listing_kind is not None or link.kind is ElsewhereKind.DEEZER_SHORT


def is_perhaps_music(link: Link) -> bool:
    """Whether only its page tells if a link leads to music: most videos do not."""
    return isinstance(link, Elsewhere) and link.kind is ElsewhereKind.YOUTUBE_VIDEO
