"""The buttons that lead to a listing's files, and what is said when one cannot be sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.render.callback_data import ChooseFormat, SendFile
from bot.render.export.formats import Format
from bot.render.reply import Button, back_button

if TYPE_CHECKING:
    from markupsafe import Markup

    from bot.render.i18n import Words
    from bot.render.reply import Rows

_ROWS = (
    (Format.CSV, Format.TXT, Format.M3U8),
    (Format.JSON, Format.HTML, Format.ZIP),
)


def export_button(job: str, words: Words) -> Button:
    return Button(words.plain("Export"), data=ChooseFormat(job))


def export_rows(job: str, page: int, words: Words) -> Rows:
    """The choice of a format, and the way back to that page of the listing."""
    rows = [
        tuple(Button(_label(kind, words), data=SendFile(job, kind)) for kind in row)
        for row in _ROWS
    ]
    return (*rows, (back_button(job, page, words),))


def render_too_large(words: Words) -> Markup:
    return words.gettext(
        "Telegram takes files of up to 50 MB from bots, and this list makes a larger one. "
        "Choose All as ZIP, which is smaller, or CSV."
    )


def _label(kind: Format, words: Words) -> str:
    match kind:
        case Format.TXT:
            return words.plain("Text")
        case Format.HTML:
            return words.plain("Web page")
        case Format.ZIP:
            return words.plain("All as ZIP")
    return kind.upper()
