"""Telegram's HTML parse mode: its tags only, its entities only, its complaints word for word.

Source: https://core.telegram.org/bots/api#html-style and the messages of TDLib's MessageEntity.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.sandbox.telegram.entities import Entity, Formatted, in_order, is_link, utf16
from bot.sandbox.telegram.errors import ApiError, bad_request

TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "a": "text_link",
}
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
LAST_CODE_POINT = 0x10FFFF

_PLAIN = re.compile(r"[^<&]+")
_REFERENCE = re.compile(r"&(?:#x([0-9a-fA-F]+)|#([0-9]+)|([a-zA-Z]+));?")
_NAME = re.compile(r"[^\s>]*")
_ATTRIBUTE = re.compile(r"\s*(?P<name>[^\s=>]*)\s*(?P<equal>=)?\s*")
_TOKEN = re.compile(r"[A-Za-z0-9.-]*")


@dataclass(slots=True)
class _Open:
    tag: str
    offset: int
    begin: int
    argument: str = ""


def parse_html(source: str) -> Formatted:
    """Text without its marks, its entities in Telegram's order, and links it dropped in silence.

    Raises ApiError 400 `can't parse entities` as Telegram does, with offsets in bytes.
    """
    return _Parser(source).run()


class _Parser:
    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0
        self.parts: list[str] = []
        self.units = 0
        self.open: list[_Open] = []
        self.parsed = Formatted("")

    def run(self) -> Formatted:
        while self.at < len(self.source):
            self._step()
        if self.open:
            raise _error(f'Can\'t find end tag corresponding to start tag "{self.open[-1].tag}"')
        self.parsed.text = "".join(self.parts)
        self.parsed.entities = in_order(self.parsed.entities)
        return self.parsed

    def _step(self) -> None:
        if plain := _PLAIN.match(self.source, self.at):
            self._write(plain[0])
            self.at = plain.end()
        elif self.source[self.at] == "&":
            self._reference()
        elif self.source.startswith("</", self.at):
            self._end_tag()
        else:
            self._start_tag()

    def _write(self, text: str) -> None:
        self.parts.append(text)
        self.units += utf16(text)

    def _reference(self) -> None:
        found = _REFERENCE.match(self.source, self.at)
        char = _character(found)
        self._write(char or "&")
        self.at = found.end() if found and char else self.at + 1

    def _where(self, at: int) -> str:
        return f"at byte offset {len(self.source[:at].encode(errors='surrogatepass'))}"

    def _start_tag(self) -> None:
        begin, name = self.at, _NAME.match(self.source, self.at + 1)
        tag = name[0].lower() if name else ""
        self.at = begin + 1 + len(tag)
        if self.at >= len(self.source):
            raise _error(f"Unclosed start tag {self._where(begin)}")
        if tag not in TAGS:
            raise _error(f'Unsupported start tag "{tag}" {self._where(begin)}')
        opened = _Open(tag, self.units, len(self.parts))
        while not self._tag_ends(begin):
            self._attribute(opened, begin)
        if tag == "span" and opened.argument != "spoiler":
            raise _error(f'Tag "span" must have class "tg-spoiler" {self._where(begin)}')
        self.open.append(opened)

    def _tag_ends(self, begin: int) -> bool:
        while self.source[self.at : self.at + 1].isspace():
            self.at += 1
        if self.at >= len(self.source):
            raise _error(f"Unclosed start tag {self._where(begin)}")
        if self.source[self.at] == ">":
            self.at += 1
            return True
        return False

    def _attribute(self, opened: _Open, begin: int) -> None:
        found = _ATTRIBUTE.match(self.source, self.at)
        name = found["name"] if found else ""
        if not found or not name:
            raise _error(f'Empty attribute name in the tag "{opened.tag}" {self._where(begin)}')
        if not found["equal"]:
            self._bare_attribute(opened, name, begin)
            self.at += len(name)
            return
        self.at = found.end()
        opened.argument = _argument(opened.tag, name, self._value(begin)) or opened.argument

    def _bare_attribute(self, opened: _Open, name: str, begin: int) -> None:
        if opened.tag != "blockquote" or name != "expandable":
            raise _error(
                "Expected equal sign in declaration of an attribute of the tag "
                f'"{opened.tag}" {self._where(begin)}'
            )
        opened.argument = name

    def _value(self, begin: int) -> str:
        quote = self.source[self.at : self.at + 1]
        if quote not in ("'", '"'):
            return self._token()
        end = self.source.find(quote, self.at + 1)
        if end < 0:
            raise _error(f"Unclosed start tag {self._where(begin)}")
        value = self.source[self.at + 1 : end]
        self.at = end + 1
        return _REFERENCE.sub(lambda found: _character(found) or found[0], value)

    def _token(self) -> str:
        begin, found = self.at, _TOKEN.match(self.source, self.at)
        value = found[0] if found else ""
        self.at += len(value)
        after = self.source[self.at : self.at + 1]
        if after and after != ">" and not after.isspace():
            raise _error(f"Unexpected end of name token {self._where(begin)}")
        return value.lower()

    def _end_tag(self) -> None:
        begin, name = self.at, _NAME.match(self.source, self.at + 2)
        if not self.open:
            raise _error(f"Unexpected end tag {self._where(begin)}")
        tag = name[0].lower() if name else ""
        end = self.source.find(">", begin)
        if end < 0 or self.source[begin + 2 + len(tag) : end].strip():
            raise _error(f"Unclosed end tag {self._where(begin)}")
        opened = self.open.pop()
        if tag not in ("", opened.tag):
            raise _error(
                f"Unmatched end tag {self._where(begin)}, "
                f'expected "</{opened.tag}>", found "</{tag}>"'
            )
        self.at = end + 1
        self._close(opened)

    def _close(self, opened: _Open) -> None:
        length = self.units - opened.offset
        if not length:
            return
        entity: Entity = {"type": TAGS[opened.tag], "offset": opened.offset, "length": length}
        match opened.tag:
            case "a":
                url = opened.argument or "".join(self.parts[opened.begin :])
                if not is_link(url):
                    self.parsed.remarks.append(f"link to {url!r} dropped")
                    return
                entity["url"] = url
            case "blockquote" if opened.argument:
                entity["type"] = "expandable_blockquote"
            case "pre" | "code":
                if self._is_code_block(entity, opened):
                    return
        self.parsed.entities.append(entity)

    def _is_code_block(self, entity: Entity, opened: _Open) -> bool:
        """`<pre><code class="language-x">` is one entity, a block in that language."""
        if opened.tag == "code" and opened.argument:
            entity["language"] = opened.argument
        inner = self.parsed.entities[-1] if self.parsed.entities else {}
        same = all(inner.get(key) == entity[key] for key in ("offset", "length"))
        if opened.tag == "pre" and same and "language" in inner:
            inner["type"] = "pre"
            return True
        return False


def _argument(tag: str, name: str, value: str) -> str:
    match tag, name:
        case "a", "href":
            return value
        case "code", "class":
            return value.removeprefix("language-") if value.startswith("language-") else ""
        case "span", "class":
            return value.removeprefix("tg-") if value.startswith("tg-") else ""
        case _:
            return ""


def _character(found: re.Match[str] | None) -> str:
    if not found:
        return ""
    hexadecimal, decimal, name = found.groups()
    if name:
        return NAMED.get(name, "")
    code = int(hexadecimal, 16) if hexadecimal else int(decimal)
    is_surrogate = 0xD800 <= code <= 0xDFFF  # noqa: PLR2004  Unicode's own bounds
    return "" if code == 0 or code >= LAST_CODE_POINT or is_surrogate else chr(code)


def _error(reason: str) -> ApiError:
    return bad_request(f"can't parse entities: {reason}")
