"""A listing as a file of any format."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.render.export.csv_file import render_csv
from bot.render.export.data import render_json
from bot.render.export.formats import Format
from bot.render.export.html_page import render_page
from bot.render.export.m3u import render_m3u8
from bot.render.export.names import safe_name
from bot.render.export.rows import one_line
from bot.render.export.text_file import render_txt
from bot.render.export.zip_archive import pack

if TYPE_CHECKING:
    from bot.models.view import ListingView, Picture
    from bot.render.i18n import Words


_RENDERERS = {
    Format.CSV: render_csv,
    Format.TXT: render_txt,
    Format.M3U8: render_m3u8,
    Format.JSON: render_json,
}


@dataclass(frozen=True, slots=True)
class File:
    name: str
    content: bytes


def export(view: ListingView, kind: Format, words: Words, picture: Picture | None = None) -> File:
    """The file of a listing whose `results` are whole. The same bytes for the same listing."""
    if kind is not Format.ZIP:
        return File(_name(view, kind, words), _content(view, kind, words, picture))
    files = {
        _name(view, each, words): _content(view, each, words, picture)
        for each in Format
        if each is not Format.ZIP
    }
    return File(_name(view, kind, words), pack(files))


def _content(view: ListingView, kind: Format, words: Words, picture: Picture | None) -> bytes:
    if kind is Format.HTML:
        return render_page(view, words, picture)
    return _RENDERERS[kind](view, words)


def _name(view: ListingView, kind: Format, words: Words) -> str:
    listing = view.listing
    owner = listing.owner if listing.owner != listing.title else None
    wanted = " - ".join(part for part in (one_line(owner), one_line(listing.title)) if part)
    return safe_name(wanted, kind, otherwise=words.plain("list"))
