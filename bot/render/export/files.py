"""A listing as a file of any format, under a name that every system takes, or all in one ZIP."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from bot.models.outside_text import for_file_name, one_line
from bot.models.view import Format
from bot.render.export.csv_file import render_csv
from bot.render.export.html_page import render_page
from bot.render.export.json_file import render_json
from bot.render.export.text_file import render_m3u8, render_txt

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.models.view import ListingView, Picture
    from bot.render.i18n import Words

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest that a ZIP can name: no clock is asked
_READABLE = 0o644 << 16  # permissions of Unix, in the upper half of the attributes


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
    return for_file_name(wanted, kind, otherwise=words.plain("list"))


def pack(files: Mapping[str, bytes]) -> bytes:
    """A ZIP of `files` by their names."""
    out = BytesIO()
    with ZipFile(out, "w") as archive:
        for name, content in files.items():
            entry = ZipInfo(name, _EPOCH)
            entry.compress_type = ZIP_DEFLATED
            entry.external_attr = _READABLE
            archive.writestr(entry, content)
    return out.getvalue()
