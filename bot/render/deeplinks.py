"""Addresses that open something in the private chat: `t.me/<bot>?start=album_<id>` and the like.

What Telegram hands on of it is at most 64 letters, digits, `_` and `-`
(https://core.telegram.org/bots/features#deep-linking). Lists that people sent are theirs alone:
no address leads to them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.models import OF_SPOTIFY
from bot.models.links import ElsewhereKind, LinkKind, link_named

if TYPE_CHECKING:
    from bot.models import Listing
    from bot.models.links import Link

HISTORY, FIXES = "history", "fixes"  # commands that show something private
INLINE = "inline"  # who comes from inline results that lead nowhere else
_BASE62 = r"[0-9A-Za-z]{22}"
_APPLE = r"[a-z]{2}-\d{1,20}"  # country and number, which are parted by a colon elsewhere
_NUMBER = r"\d{1,20}"
_SHAPES = {
    LinkKind.TRACK: _BASE62,
    LinkKind.ALBUM: _BASE62,
    LinkKind.PLAYLIST: _BASE62,
    LinkKind.ARTIST: _BASE62,
    ElsewhereKind.YOUTUBE_VIDEO: r"[\w-]{11}",
    ElsewhereKind.YOUTUBE_PLAYLIST: r"[\w-]{2,47}",
    ElsewhereKind.APPLE_TRACK: _APPLE,
    ElsewhereKind.APPLE_ALBUM: _APPLE,
    ElsewhereKind.DEEZER_TRACK: _NUMBER,
    ElsewhereKind.DEEZER_ALBUM: _NUMBER,
    ElsewhereKind.DEEZER_PLAYLIST: _NUMBER,
}
_APPLES = (ElsewhereKind.APPLE_TRACK, ElsewhereKind.APPLE_ALBUM)
_PAYLOAD = re.compile(
    "|".join(f"(?P<{kind}>{kind}_{shape})" for kind, shape in _SHAPES.items()), re.ASCII
)


def start_url(bot: str, listing: Listing) -> str | None:
    """What opens a listing in the private chat with the bot of that username, where it may."""
    payload = payload_of(listing)
    return f"https://t.me/{bot}?start={payload}" if bot and payload else None


def command_url(bot: str, command: str) -> str:
    return f"https://t.me/{bot}?start={command}"


def payload_of(listing: Listing) -> str | None:
    """The payload that leads to a listing; None for one that only its owner may open."""
    kind, name = str(listing.kind), listing.id
    if listing.source not in OF_SPOTIFY:
        kind, _, name = listing.id.partition(":")
    payload = f"{kind}_{name.replace(':', '-')}"
    return payload if link_in(payload) else None


def link_in(payload: str) -> Link | None:
    """The link that a payload stands for; None for one that nobody of ours made."""
    found = _PAYLOAD.fullmatch(payload)
    kind = found and found.lastgroup
    if not kind:
        return None
    name = payload.removeprefix(f"{kind}_")
    return link_named(kind, name.replace("-", ":", 1) if kind in _APPLES else name)
