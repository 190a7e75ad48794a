"""A message ready to be sent: HTML, rows of buttons, and the page whose preview it shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

if TYPE_CHECKING:
    from bot.render.i18n import Words


# The signs of a YouTube link, the same everywhere and explained in /help
AUDIO_SIGN, VIDEO_SIGN, SEARCH_SIGN, CHOSEN_SIGN = "♪", "▶", "⌕", "✎"
_ALL_PLATFORMS = "https://song.link/s/"  # keyless page for a Spotify track id


@dataclass(frozen=True, slots=True)
class Button:
    """A button that opens `url` or sends `data` back to the bot (1 to 64 bytes)."""

    text: str
    url: str | None = None
    data: str | None = None


Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class Reply:
    """`preview` is the address whose preview stands above the text, None for no preview."""

    html: Markup
    rows: Rows = ()
    preview: str | None = None


def back_button(job: str, page: int, words: Words) -> Button:
    """Shows that page of a listing again, with its own buttons."""
    return Button(words.plain("Back"), data=f"p:{job}:{page}")


def link(text: str, url: str) -> Markup:
    return Markup('<a href="{}">{}</a>').format(url, text)


def all_platforms_url(spotify_id: str | None) -> str | None:
    return _ALL_PLATFORMS + spotify_id if spotify_id else None
