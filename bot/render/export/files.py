"""A listing as a file of any format, under a name that every system takes, or all in one ZIP."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import regex

from bot.models.view import Format
from bot.render.export.csv_file import render_csv
from bot.render.export.html_page import render_page
from bot.render.export.json_file import one_line, render_json
from bot.render.export.text_file import render_m3u8, render_txt

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.models.view import ListingView, Picture
    from bot.render.i18n import Words

# Telegram cuts the stem of a document's name at 60 characters (clean_filename in its TDLib), and
# file systems take 255 bytes, encrypted ones 143.
STEM_CHARS = 60
STEM_BYTES = 120
_SLASHES = regex.compile(r"[/\\|:]")
_SPACES = regex.compile(r"[\s\p{Z}]+")
# Controls, direction overrides, lone halves and what Windows forbids; emoji need their joiners.
_UNSAFE = regex.compile(r"[\p{C}<>\"?*--[\u200c\u200d]]", regex.VERSION1)
_GRAPHEME = regex.compile(r"\X")
_EDGES = " .-_~\u200c\u200d"  # hidden files, options of commands, what Windows drops in silence
# https://learn.microsoft.com/windows/win32/fileio/naming-a-file, also before any extension
_DEVICE = regex.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])(\.|$)", regex.I)
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
    return safe_name(wanted, kind, otherwise=words.plain("list"))


def safe_name(wanted: str, suffix: str, *, otherwise: str) -> str:
    """`wanted` with `.suffix`, as far as it makes a name; `otherwise` where nothing is left."""
    stem = _cut(_cleaned(wanted)).rstrip(_EDGES) or otherwise
    if _DEVICE.match(stem):
        stem = f"_{stem}"
    return f"{stem}.{suffix}"


def _cleaned(wanted: str) -> str:
    stem = _SPACES.sub(" ", unicodedata.normalize("NFC", wanted))
    return _UNSAFE.sub("", _SLASHES.sub("-", stem)).lstrip(_EDGES)


def _cut(stem: str) -> str:
    """As many whole characters as fit."""
    kept, chars, size = [], 0, 0
    for grapheme in _GRAPHEME.findall(stem):
        chars += len(grapheme)
        size += len(grapheme.encode())
        if chars > STEM_CHARS or size > STEM_BYTES:
            break
        kept.append(grapheme)
    return "".join(kept)


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
