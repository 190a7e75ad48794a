"""How a message looks in a terminal, in plain text, and on a picture."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from rich.console import Group
from rich.style import Style
from rich.table import Table
from rich.text import Text

from bot.render.terminal import terminal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import RenderableType

    from bot.sandbox.telegram.entities import Entity
    from bot.sandbox.telegram.state import Message

STYLES = {
    "bold": "bold",
    "italic": "italic",
    "underline": "underline",
    "strikethrough": "strike",
    "code": "bright_black",
    "pre": "bright_black",
    "spoiler": "dim",
    "blockquote": "italic dim",
    "expandable_blockquote": "italic dim",
    "bot_command": "cyan",
}
LINK = "underline blue"
WHO_WIDTH = 5
KB = 1024
PICTURE_WIDTH = 62
# rich's own frame without its font files from a content delivery network
PICTURE = """\
<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font-family: ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace;
  font-size: {char_height}px; line-height: {line_height}px; }}
.{unique_id}-title {{ font-family: sans-serif; font-size: 18px; font-weight: bold; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" />
</clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


def buttons(message: Message) -> list[dict[str, Any]]:
    """The buttons of a message in reading order; their numbers count from 1."""
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [button for row in rows for button in row]


def body(message: Message, *, urls: bool) -> Text:
    """Text or caption with its styles; with `urls` the address stands behind each link's text."""
    kind = "text" if "text" in message else "caption"
    entities = message.get("entities" if kind == "text" else "caption_entities", [])
    return _styled(message.get(kind, ""), entities, urls=urls)


def draw(
    message: Message, *, is_bot: bool, urls: bool, notes: Iterable[str] = ()
) -> RenderableType:
    """A message for a terminal, wrapped to its width, with who wrote it at the side."""
    who = Text("bot", "bold green") if is_bot else Text("you", "bold cyan")
    grid = Table.grid(padding=(0, 1, 0, 0), expand=True)
    grid.add_column(width=WHO_WIDTH - 1, no_wrap=True)
    grid.add_column(ratio=1, overflow="fold")
    grid.add_row(who, Group(*_parts(message, urls=urls, notes=notes)))
    return grid


def plain(message: Message, *, is_bot: bool, notes: Iterable[str] = ()) -> str:
    """A message as lines for a script, never wrapped, links with their addresses."""
    parts = [part.plain for part in _parts(message, urls=True, notes=notes)]
    lines = "\n".join(parts).split("\n")
    first = "bot" if is_bot else "you"
    heads = [first, *[""] * (len(lines) - 1)]
    return "\n".join(
        f"{h:<{WHO_WIDTH}}{line}".rstrip() for h, line in zip(heads, lines, strict=True)
    )


def picture(drawn: Iterable[RenderableType], *, title: str, width: int = PICTURE_WIDTH) -> str:
    """An SVG of drawn messages that asks no other host for anything."""
    console = terminal(
        record=True, width=width, file=io.StringIO(), force_terminal=True, color_system="truecolor"
    )
    for renderable in drawn:
        console.print(renderable)
        console.print()
    return console.export_svg(title=title, code_format=PICTURE, unique_id="tracklink")


def _parts(message: Message, *, urls: bool, notes: Iterable[str]) -> list[Text]:
    parts = [body(message, urls=urls)] if message.get("text") or message.get("caption") else []
    if document := message.get("document"):
        size = document["file_size"]
        amount = f"{size / KB:.0f} KB" if size >= KB else f"{size} bytes"
        parts.insert(0, Text(f"▤ {document['file_name']} ({amount})", "bold"))
    if "photo" in message:
        parts.insert(0, Text("▣ photo", "bold"))
    parts += [Text(note, "dim") for note in notes]
    return parts + _keyboard(message, urls=urls)


def _keyboard(message: Message, *, urls: bool) -> list[Text]:
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    lines, number = [], 1
    for row in rows:
        line = Text()
        for button in row:
            line.append("  " if line else "").append_text(_button(number, button, urls=urls))
            number += 1
        lines.append(line)
    return [Text(), *lines] if lines else []


def _button(number: int, button: dict[str, Any], *, urls: bool) -> Text:
    url = button.get("url")
    label = Text.assemble((f"[{number}] ", "bold yellow"), button["text"])
    label.stylize(Style(reverse=True, link=url), len(label) - len(button["text"]))
    return label.append(f" <{url}>", "dim") if url and urls else label


def _styled(source: str, entities: list[Entity], *, urls: bool) -> Text:
    text, at = Text(source), _positions(source)
    ends: list[tuple[int, str]] = []
    for entity in entities:
        begin, end = at[entity["offset"]], at[entity["offset"] + entity["length"]]
        if entity["type"] in ("text_link", "url"):
            url = entity.get("url") or source[begin:end]
            text.stylize(Style.parse(LINK) + Style(link=url), begin, end)
            if entity["type"] == "text_link":
                ends.append((end, url))
        else:
            text.stylize(STYLES.get(entity["type"], ""), begin, end)
    return _with_urls(text, ends) if urls else text


def _with_urls(text: Text, ends: list[tuple[int, str]]) -> Text:
    whole, begin = Text(), 0
    for end, url in sorted(ends):
        whole.append_text(text[begin:end]).append(f" <{url}>", "dim")
        begin = end
    return whole.append_text(text[begin:])


def _positions(source: str) -> list[int]:
    """The index into the string for each offset in UTF-16 units."""
    positions: list[int] = []
    for index, char in enumerate(source):
        positions += [index] * (1 + (ord(char) > 0xFFFF))  # noqa: PLR2004  end of the BMP
    return [*positions, len(source)]
