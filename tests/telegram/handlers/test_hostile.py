"""Names that strangers choose, on their whole way into chat messages and toasts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.e2e import worlds
from tests.e2e.live import addresses, complaints, live
from tests.e2e.services import Loopback
from tests.e2e.serving import serve
from tests.telegram.conftest import QUICK

if TYPE_CHECKING:
    from bot.config import Settings
    from tests.conftest import SetClock
    from tests.e2e.spec import Spec

HOSTILE = [
    "<b>bold</b><a href='https://evil.test'>x</a>",
    "</b></a><script>alert(1)</script>",
    "&lt;b&gt; &amp; &#x3C;i&#x3E;",
    "\u202egnp.exe\u202c",
    "a\u200b\u200d\ufeffb\u0301" * 30,
    "line\nline\r\n\tline\u2028x",
    "\x00\x07\x1b[31mred",
    "*_`[x](https://evil.test)~||",
    "{title} {0} %s %(x)s ${x}",
    "A" * 3000,
    "\U0001f469\u200d\U0001f467" * 200,
    "https://evil.test/@admin #tag /start",
]


@pytest.mark.parametrize("name", HOSTILE, ids=lambda name: ascii(name[:20]))
async def test_names_stay_text(
    settings: Settings, now: SetClock, spec: Spec | None, name: str
) -> None:
    """Whatever a title, an artist or a list's name holds: no markup, no link, no error of it."""
    plain = worlds.playlist("Short walk", 2)
    songs = [replace(song, title=name, artists=(name,), album=name) for song in plain.tracks]
    hostile = replace(plain, title=name, owner=name, tracks=songs)
    loopback = Loopback(world=worlds.world([hostile]))
    with serve(loopback):
        ours = settings.model_copy(update=addresses(loopback))
        async with live(ours, clock=now, sample=False, timing=QUICK) as bot:
            alice = bot.telegram.user("Alice")
            shown = [
                *await bot.ask(alice, hostile.url or ""),
                *await bot.ask(alice, songs[0].url or ""),
            ]
    hosts = {
        entity["url"].split("/")[2]
        for message in shown
        for entity in message.get("entities", ())
        if entity["type"] == "text_link"
    }

    assert 2 == len(shown)
    assert {"open.spotify.com"} <= hosts <= {"open.spotify.com", "www.youtube.com"}
    assert [] == complaints(bot.telegram, spec)
    assert all("\u202e" not in message["text"] for message in shown)
