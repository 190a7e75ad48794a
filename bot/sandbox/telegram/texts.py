"""What Telegram makes of a text: lengths, entities, link previews.

Numbers: https://core.telegram.org/bots/api and https://limits.tginfo.me (seen 2026-11).
"""

from __future__ import annotations

import re
from typing import Any

from bot.sandbox.telegram.entities import Entity, Formatted, in_order, is_link, utf16
from bot.sandbox.telegram.errors import bad_request
from bot.sandbox.telegram.html import parse_html

TEXT_UNITS = 4096
CAPTION_UNITS = 1024
ENTITIES = 100  # what comes after the hundredth is dropped in silence
PREVIEW_OPTIONS = frozenset(
    {"is_disabled", "url", "prefer_small_media", "prefer_large_media", "show_above_text"}
)

_TLDS = "com|net|org|link|io|be|me|de|fr|uk|tv|fm|app|dev|co|info|tr|eu|ly|gl|to|cc|am"
_DETECTED = re.compile(
    rf"(?P<url>https?://[^\s<>\"]+|(?<![\w@./-])(?:[\w-]+\.)+(?:{_TLDS})\b(?:[/?#][^\s<>\"]*)?)"
    r"|(?<![\w/])(?P<bot_command>/[A-Za-z0-9_]{1,64}(?:@\w{3,32})?)(?![\w/])"
    r"|(?<![\w@])(?P<mention>@[A-Za-z]\w{3,31})\b"
    r"|(?<![\w#])(?P<hashtag>#\w*[^\W\d]\w*)"
)
_HIDING = frozenset(
    {"text_link", "code", "pre", "url", "bot_command", "mention", "hashtag", "text_mention"}
)
_TRAILING = ".,:;!?'\")]}»"


def format_text(
    text: str, parse_mode: str | None = None, entities: list[Entity] | None = None
) -> Formatted:
    """Parse, trim and complete with the links, mentions and commands that Telegram finds."""
    if parse_mode and parse_mode.lower() != "html":
        raise bad_request("unsupported parse_mode")
    text = text.replace("\r", "")
    if parse_mode:
        formatted = parse_html(text)
    else:
        formatted = Formatted(text, [_checked_entity(entity, text) for entity in entities or []])
    _trim(formatted)
    formatted.entities = in_order([*formatted.entities, *_missing(formatted)])
    if len(formatted.entities) > ENTITIES:
        formatted.remarks.append(f"{len(formatted.entities)} entities, {ENTITIES} are shown")
        formatted.entities = formatted.entities[:ENTITIES]
    return formatted


def detect(text: str) -> list[Entity]:
    """The entities that Telegram itself finds in a plain text."""
    found = []
    for match in _DETECTED.finditer(text):
        kind, value = str(match.lastgroup), match[0]
        if kind == "url":
            value = value.rstrip(_TRAILING)
        entity = {"type": kind, "offset": utf16(text[: match.start()]), "length": utf16(value)}
        found.append(entity)
    return found


def check_preview(options: Any) -> dict[str, Any] | None:
    if options is None:
        return None
    if not isinstance(options, dict):
        raise bad_request("object expected as link preview options")
    url = options.get("url")
    if url is not None and not is_link(url):
        raise bad_request("WEBPAGE_URL_INVALID")
    return options


def preview_remarks(options: dict[str, Any] | None) -> list[str]:
    unknown = sorted(set(options or {}) - PREVIEW_OPTIONS)
    return [f"link_preview_options without meaning: {', '.join(unknown)}"] if unknown else []


def _checked_entity(entity: Any, text: str) -> Entity:
    try:
        begin, length, kind = entity["offset"], entity["length"], entity["type"]
        fits = begin >= 0 and length > 0 and begin + length <= utf16(text)
    except (TypeError, KeyError):
        raise bad_request("can't parse entities: expected an Object") from None
    if not fits or not isinstance(kind, str):
        raise bad_request("can't parse entities: entity is outside the text")
    if kind == "text_link" and not is_link(entity.get("url", "")):
        raise bad_request("can't parse entities: entity URL is invalid")
    return dict(entity)


def _trim(formatted: Formatted) -> None:
    kept = formatted.text.lstrip()
    shift = utf16(formatted.text) - utf16(kept)
    formatted.text = kept.rstrip()
    end = utf16(formatted.text)
    entities = []
    for entity in formatted.entities:
        begin = max(entity["offset"] - shift, 0)
        length = min(entity["offset"] + entity["length"] - shift, end) - begin
        if length > 0:
            entities.append(entity | {"offset": begin, "length": length})
    formatted.entities = entities


def _missing(formatted: Formatted) -> list[Entity]:
    """Detected entities that do not lie under a link or in code, where Telegram looks for none."""
    hiding = [e for e in formatted.entities if e["type"] in _HIDING]
    return [found for found in detect(formatted.text) if not any(_meet(found, e) for e in hiding)]


def _meet(one: Entity, other: Entity) -> bool:
    return bool(
        one["offset"] < other["offset"] + other["length"]
        and other["offset"] < one["offset"] + one["length"]
    )
