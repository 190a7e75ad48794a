"""The message of a search: its words, its buttons, and Telegram's limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.models import Track
from bot.models.links import Elsewhere, ElsewhereKind, LinkKind, SpotifyLink
from bot.models.view import Song
from bot.render import search
from bot.render.reply import plain, units
from tests.render.building import sends

if TYPE_CHECKING:
    from bot.render.i18n import Words

MOTHS = Song(
    link=SpotifyLink(LinkKind.TRACK, "4uLU6hMCjMI75M1A2tKUQC"),
    track=Track(title="Paper Moths", artists=("Ottoline Brack", "Guest"), duration_ms=227_000),
)
LONGEST_ID = 2**52 - 1  # https://core.telegram.org/bots/api#user: at most 52 significant bits


def test_songs_to_choose_from(words: Words) -> None:
    """A button for each song: title, artists and length, as far as they are known."""
    link = Elsewhere(ElsewhereKind.YOUTUBE_VIDEO, "mWQIzeMqdwA")
    bare = Song(link=link, track=Track(title="Lamp"))
    reply = search.render_choices("<paper>", [MOTHS, bare], 7, words)

    assert "Songs for “<paper>”. Which one is it?\nFound on YouTube Music." == plain(reply.html)
    assert [
        ("Paper Moths — Ottoline Brack, Guest (3:47)", "w:7:track:4uLU6hMCjMI75M1A2tKUQC"),
        ("Lamp", "w:7:youtube_video:mWQIzeMqdwA"),
    ] == [(row[0].text, sends(row[0])) for row in reply.rows]
    assert "YouTube" not in search.render_choices("paper", [MOTHS], 7, words).html


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(), st.text(), st.lists(st.text()))
def test_whatever_it_is_called(words: Words, asked: str, title: str, artists: list[str]) -> None:
    """Button and text stay within Telegram's limits, and no button is without a label."""
    song = Song(link=MOTHS.link, track=Track(title=title, artists=artists, duration_ms=1))
    reply = search.render_choices(asked, [song], LONGEST_ID, words)
    [[button]] = reply.rows

    assert button.text
    assert units(button.text) < 100
    assert len(sends(button).encode()) <= 64
    assert units(plain(reply.html)) < 200
    assert units(plain(search.render_nothing_found(asked, words))) < 300
