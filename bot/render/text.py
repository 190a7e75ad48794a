"""Measuring and cutting text the way Telegram counts it and readers see it."""

from __future__ import annotations

import html

import regex

ELLIPSIS = "…"
# Telegram's text limit after entity parsing, in UTF-16 units (Bot API, sendMessage)
MESSAGE_UNITS = 4096
NAME_UNITS = 120  # of a title or of all artists together, in UTF-16 units
_TAG = regex.compile(r"<[^>]*>")
_GRAPHEME = regex.compile(r"\X")
_SPACE = regex.compile(r"[\s\p{Cc}]+")
_RIGHT_TO_LEFT = regex.compile(r"[\p{Bidi_Class=R}\p{Bidi_Class=AL}]")
_BIDI_CONTROL = regex.compile("[\u202a-\u202e\u2066-\u2069]")
_WORD_JOINER = "\u2060"  # takes no room, and no line is broken there
# Behind what Telegram makes hashtags, mentions, cashtags, commands, addresses and links of
_LIVELY = regex.compile(
    r"(?<=[#@$])(?=[\p{L}\p{N}_])|(?<=(?<![\p{L}\p{N}_/])/)(?=[A-Za-z0-9_])"
    r"|(?<=\.)(?=\p{L}{2})|(?<=:)(?=//)"
)


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


def isolated(text: str) -> str:
    """`text` so that its direction leaves the rest of the line as it is.

    Controls of direction from outside are taken out; they would reach beyond the text.
    """
    bare = _BIDI_CONTROL.sub("", text)
    return f"\u2068{bare}\u2069" if _RIGHT_TO_LEFT.search(bare) else bare


def inert(text: str) -> str:
    """`text` in which Telegram finds nothing to make a link of.

    A song called "@somebody" or "x.com" would call that person or lead to that site, and Telegram
    counts what it finds among a message's entities, so that links of ours would be left out.
    """
    return _LIVELY.sub(_WORD_JOINER, text)


def name(text: str, most: int = NAME_UNITS) -> str:
    """A name from outside as it may stand in a line of ours."""
    return inert(isolated(shorten(text, most)))
