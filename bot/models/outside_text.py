"""Text from outside, made harmless for what it is written into: one function for each kind.

Titles, names, lines of files and answers of services are whatever strangers made them. Raw, they
give orders to a terminal, turn round what stands beside them, pass for a line of the log, call
people in a chat, begin a formula in a spreadsheet, or leave a folder.

A line of a message is `for_message`, and its escaping the renderer's; the share text, a row of a
file and the web page, whose template escapes, are `one_line`; a text file is `isolated` besides.
The others have the name of their kind: `for_terminal`, `for_log`, `for_json`, `for_csv`,
`for_file_name`.
"""

from __future__ import annotations

import unicodedata
from typing import Final

import regex

_BLANK: Final = regex.compile(r"[\s\p{Z}\p{Cc}]+")
# What turns the writing direction of all that follows (UAX #9). The marks LRM, RLM and ALM do not
# reach beyond the signs beside them, and Arabic and Hebrew need them.
_TURNING: Final = "\u202a-\u202e\u2066-\u2069"
_BROKEN: Final = r"\p{Cs}"  # half a surrogate pair: no encoding takes it
_REACHING: Final = regex.compile(f"[{_TURNING}{_BROKEN}]")
_RIGHT_TO_LEFT: Final = regex.compile(r"[\p{Bidi_Class=R}\p{Bidi_Class=AL}]")
_WORD_JOINER: Final = "\u2060"  # takes no room, and no line is broken there
# Behind what Telegram makes hashtags, mentions, cashtags, commands, addresses and links of
_LIVELY: Final = regex.compile(
    r"(?<=[#@$])(?=[\p{L}\p{N}_])|(?<=(?<![\p{L}\p{N}_/])/)(?=[A-Za-z0-9_])"
    r"|(?<=\.)(?=\p{L}{2})|(?<=:)(?=//)"
)
# FSI and PDI stay: `isolated` sets them.
_ORDERS: Final = regex.compile(
    rf"[\p{{Cc}}\u2028\u2029{_TURNING}{_BROKEN}--[\n\t\u2068\u2069]]", regex.VERSION1
)
_IN_JSON: Final = regex.compile(rf"[\x7f-\x9f\u2028\u2029{_TURNING}{_BROKEN}]")
# What a spreadsheet reads as the beginning of a formula (OWASP, CSV injection), wide forms too: at
# the beginning of a cell, and behind what parts cells where commas do not.
_BEGINS: Final = r"(?=[\s\"']*[=+\-@＝＋－＠]|[\"']*[\t\r\n])"
_FORMULA: Final = regex.compile(rf"(^|[;|\t]){_BEGINS}")
_NO_FORMULA: Final = regex.compile(rf"(^|[;|\t])'{_BEGINS}")

# Telegram cuts the stem of a document's name at 60 characters (clean_filename in its TDLib), and
# file systems take 255 bytes, encrypted ones 143.
STEM_CHARS: Final = 60
STEM_BYTES: Final = 120
_SLASHES: Final = regex.compile(r"[/\\|:]")
# Controls, direction overrides, lone halves and what Windows forbids; emoji need their joiners.
_UNSAFE: Final = regex.compile(r"[\p{C}<>\"?*--[\u200c\u200d]]", regex.VERSION1)
_GRAPHEME: Final = regex.compile(r"\X")
_EDGES: Final = " .-_~\u200c\u200d"  # hidden files, options of commands, what Windows drops
# https://learn.microsoft.com/windows/win32/fileio/naming-a-file, also before any extension
_DEVICE: Final = regex.compile(
    r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])(\.|$)", regex.IGNORECASE
)


def one_line(text: str | None) -> str:
    """Text without breaks, control characters, and what turns directions."""
    return _REACHING.sub("", _BLANK.sub(" ", text or "")).strip()


def isolated(text: str) -> str:
    """`text` so that its direction leaves the rest of the line as it is."""
    bare = _REACHING.sub("", text)
    return f"\u2068{bare}\u2069" if _RIGHT_TO_LEFT.search(bare) else bare


def for_message(text: str) -> str:
    """`text` in which Telegram finds nothing to make a link of, and which turns nothing round.

    A song called "@somebody" or "x.com" would call that person or lead to that site, and Telegram
    counts what it finds among a message's entities, so that links of ours would be left out.
    """
    return _LIVELY.sub(_WORD_JOINER, isolated(text))


def for_terminal(text: str) -> str:
    """`text` that gives a terminal no orders (ESC, C1 and their like); lines stay lines."""
    return _ORDERS.sub("", text)


def for_log(value: object) -> str:
    """One value of a line of the log; what could pass for a line of ours is escaped."""
    text = str(value)
    return text if text.isprintable() else repr(text)


def for_json(document: str) -> str:
    """A whole JSON document with the signs escaped that JSON leaves as they are."""
    return _IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", document)


def for_csv(cell: str) -> str:
    """A cell in which an apostrophe stands before whatever could begin a formula."""
    return _FORMULA.sub(r"\1'", cell)


def from_csv(cell: str) -> str:
    """What `for_csv`, or another's export, made this cell of."""
    return _NO_FORMULA.sub(r"\1", cell)


def for_file_name(wanted: str, suffix: str, *, otherwise: str) -> str:
    """`wanted` with `.suffix`, as far as it makes a name; `otherwise` where nothing is left."""
    spaced = _BLANK.sub(" ", unicodedata.normalize("NFC", wanted))
    bare = _UNSAFE.sub("", _SLASHES.sub("-", spaced)).lstrip(_EDGES)
    stem = _cut(bare).rstrip(_EDGES) or otherwise
    return f"_{stem}.{suffix}" if _DEVICE.match(stem) else f"{stem}.{suffix}"


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
