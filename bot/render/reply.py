"""A message ready to be sent: HTML, rows of buttons, and the page whose preview it shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from bot.render.callback_data import TurnPage

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.render.callback_data import CallbackData
    from bot.render.i18n import Words


# The signs of a YouTube link, the same everywhere and explained in /help
AUDIO_SIGN, VIDEO_SIGN, SEARCH_SIGN, CHOSEN_SIGN = "♪", "▶", "⌕", "✎"
_ALL_PLATFORMS = "https://song.link/s/"  # keyless page for a Spotify track id


@dataclass(frozen=True, slots=True)
class Button:
    """A button that opens `url` or sends `data` back to the bot."""

    text: str
    url: str | None = None
    data: CallbackData | None = None


Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class Reply:
    """`preview` is the address whose preview stands above the text, None for no preview."""

    html: Markup
    rows: Rows = ()
    preview: str | None = None


def back_button(job: str, page: int, words: Words) -> Button:
    """Shows that page of a listing again, with its own buttons."""
    return Button(words.plain("Back"), data=TurnPage(job, page))


def page_buttons(page: int, pages: int, turn: Callable[[int], CallbackData]) -> tuple[Button, ...]:
    """Which page this is, between the ways to the one before and the one behind it."""
    return (
        Button("◀", data=turn(page - 1)),
        Button(f"{page + 1} / {pages}", data=turn(page)),
        Button("▶", data=turn(page + 1)),
    )


def in_rows(buttons: Sequence[Button], most: int) -> list[tuple[Button, ...]]:
    """As many beside each other as a phone shows whole."""
    return [tuple(buttons[at : at + most]) for at in range(0, len(buttons), most)]


def link(text: str, url: str) -> Markup:
    return Markup('<a href="{}">{}</a>').format(url, text)


def all_platforms_url(spotify_id: str | None) -> str | None:
    return _ALL_PLATFORMS + spotify_id if spotify_id else None
