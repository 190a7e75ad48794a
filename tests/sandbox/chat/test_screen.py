"""How messages look."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from rich.console import Console

from bot.sandbox.chat.screen import body, buttons, draw, picture, plain

LISTING: dict[str, Any] = {
    "text": "🎵 Discovery\nYouTube ♪ https://a.be",
    "entities": [
        {"type": "bold", "offset": 0, "length": 12},
        {"type": "text_link", "offset": 13, "length": 7, "url": "https://youtu.be/x"},
        {"type": "url", "offset": 23, "length": 12},
        {"type": "cashtag", "offset": 0, "length": 1},
    ],
    "reply_markup": {
        "inline_keyboard": [
            [{"text": "◀", "callback_data": "1"}, {"text": "▶", "callback_data": "2"}],
            [{"text": "Play all ↗", "url": "https://b.be"}],
        ]
    },
}


def drawn(message: dict[str, Any], *, width: int = 40, urls: bool = False) -> str:
    console = Console(
        width=width, file=io.StringIO(), force_terminal=True, color_system="truecolor"
    )
    with console.capture() as capture:
        console.print(draw(message, is_bot=True, urls=urls))
    return capture.get()


def visible(ansi: str) -> str:
    return re.sub(r"\x1b\][^\x1b]*\x1b\\|\x1b\[[0-9;]*m", "", ansi)


def test_plain() -> None:
    """Lines for a script: who, links with addresses, numbered buttons, no trailing space."""
    expected = (
        "bot  🎵 Discovery\n"
        "     YouTube <https://youtu.be/x> ♪ https://a.be\n"
        "\n"
        "     [1] ◀  [2] ▶\n"
        "     [3] Play all ↗ <https://b.be>"
    )
    assert expected == plain(LISTING, is_bot=True)
    assert "you  hi\n     a note" == plain({"text": "hi"}, is_bot=False, notes=["a note"])


def test_markup_is_text() -> None:
    """What looks like rich's own markup is shown as it is written."""
    assert "bot  [bold]x[/bold]" == plain({"text": "[bold]x[/bold]"}, is_bot=True)
    assert "[bold]x" in visible(drawn({"text": "[bold]x"}))


def test_links() -> None:
    """In a terminal a link's text can be clicked, and its address stays out of the way."""
    ansi = drawn(LISTING)
    assert ";https://youtu.be/x\x1b\\" in ansi
    assert ";https://b.be\x1b\\" in ansi
    assert "youtu.be" not in visible(ansi)
    assert "YouTube <https://youtu.be/x> ♪" in visible(drawn(LISTING, width=80, urls=True))


def test_styles() -> None:
    """Bold is bold, from the first character on, wide ones counted as one."""
    spans = [(s.start, s.end) for s in body(LISTING, urls=False).spans if s.style == "bold"]
    assert [(0, 11)] == spans


@pytest.mark.parametrize("width", [12, 20, 40])
def test_narrow(width: int) -> None:
    """Nothing is wider than the terminal, wide and right-to-left characters neither."""
    text = "日本語の長い題名 · مرحبا بالعالم · Supercalifragilistic"
    lines = visible(drawn({"text": text, "entities": []}, width=width)).splitlines()
    console = Console(width=200, file=io.StringIO())
    assert all(console.measure(line).maximum <= width for line in lines)
    assert text.replace(" ", "") == "".join(line[5:] for line in lines).replace(" ", "")


@pytest.mark.parametrize(("size", "amount"), [(1, "1 bytes"), (1023, "1023 bytes"), (2048, "2 KB")])
def test_document(size: int, amount: str) -> None:
    """A document shows its name and size, above its caption."""
    message = {"document": {"file_name": "tracks.csv", "file_size": size}, "caption": "all"}
    assert f"bot  ▤ tracks.csv ({amount})\n     all" == plain(message, is_bot=True)


def test_photo() -> None:
    """A picture is named, not drawn."""
    assert "you  ▣ photo" == plain({"photo": [{}]}, is_bot=False)


def test_buttons() -> None:
    """Buttons are counted across rows."""
    assert ["◀", "▶", "Play all ↗"] == [button["text"] for button in buttons(LISTING)]
    assert [] == buttons({"text": "x"})


def test_picture() -> None:
    """The picture is one SVG that names no other host."""
    svg = picture([draw(LISTING, is_bot=True, urls=False)], title="Tracklink")
    assert svg.startswith("<svg ")
    assert "Tracklink" in svg
    assert {"http://www.w3.org/2000/svg"} == set(re.findall(r"https?:[^\"' )<]*", svg)) - {
        "https://a.be"
    }
    assert "url(http" not in svg
