"""A message ready to be sent, its buttons, and text measured and cut as Telegram counts it."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import TYPE_CHECKING

import regex
from markupsafe import Markup

from bot.models.outside_text import for_message
from bot.render.callback_data import TurnPage

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.render.callback_data import CallbackData
    from bot.render.i18n import Words

ELLIPSIS = "…"
# Telegram's text limit after entity parsing, in UTF-16 units (Bot API, sendMessage)
MESSAGE_UNITS = 4096
NAME_UNITS = 120  # of a title or of all artists together, in UTF-16 units
_TAG = regex.compile(r"<[^>]*>")
_GRAPHEME = regex.compile(r"\X")
_SPACE = regex.compile(r"[\s\p{Cc}]+")


def units(text: str) -> int:
    """The length in UTF-16 units, in which Telegram counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def plain(markup: str) -> str:
    """HTML of ours without its tags and entities."""
    return html.unescape(_TAG.sub("", markup))


def visible_units(markup: str) -> int:
    """The length of HTML after its tags and entities are parsed, in UTF-16 units."""
    return units(plain(markup))


def shorten(text: str, most: int) -> str:
    """At most `most` UTF-16 units of `text` on one line, cut between whole characters."""
    line = _SPACE.sub(" ", text).strip()
    if units(line) <= most:
        return line
    kept: list[str] = []
    room = most - units(ELLIPSIS)
    for grapheme in _GRAPHEME.findall(line):
        room -= units(grapheme)
        if room < 0:
            break
        kept.append(grapheme)
    return "".join(kept).rstrip() + ELLIPSIS


def name(text: str, most: int = NAME_UNITS) -> str:
    """A name from outside as it may stand in a line of ours."""
    return for_message(shorten(text, most))


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
