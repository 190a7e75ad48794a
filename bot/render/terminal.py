"""What is printed: a console to which nothing from outside gives orders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.console import Console, RenderHook
from rich.segment import Segment

from bot.models.outside_text import for_terminal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import ConsoleOptions, RenderableType


class Cleaned:
    """A renderable whose text and addresses hold no orders; those that rich makes of it stay."""

    def __init__(self, renderable: RenderableType) -> None:
        self._renderable = renderable

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        for text, style, control in console.render(self._renderable, options):
            if style and style.link and not style.link.isprintable():
                style = style.update_link(None)  # noqa: PLW2901 - the same without its address
            yield Segment(text if control else for_terminal(text), style, control)


class _Cleaning(RenderHook):
    def process_renderables(self, renderables: list[Any]) -> list[Any]:
        return [Cleaned(each) for each in renderables]


def terminal(**options: Any) -> Console:
    """A rich console, by its options, that prints everything cleaned."""
    console = Console(**options)
    console.push_render_hook(_Cleaning())
    return console
