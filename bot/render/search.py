"""A search by words: the songs to choose from, or what to try instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.models.links import Elsewhere
from bot.render.callback_data import OpenSong
from bot.render.i18n import marked
from bot.render.reply import Button, Reply, name

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from markupsafe import Markup

    from bot.errors import SourceError
    from bot.models import Track
    from bot.models.view import Song
    from bot.render.i18n import Words

MOST = 8  # songs to choose from: what a phone shows without scrolling
ASKED_UNITS = 100  # of the words that were searched for
_TITLE_UNITS, _ARTISTS_UNITS = 48, 32  # of a button, which a phone cuts at some 40 letters

_TITLE_AND_ARTISTS = marked("{title} — {artists}")
_WITH_LENGTH = marked("{song} ({length})")


def render_choices(asked: str, songs: Sequence[Song], user_id: int, words: Words) -> Reply:
    """The songs that were found, a button for each; only that user may press them."""
    text = words.gettext("Songs for “{asked}”. Which one is it?", asked=name(asked, ASKED_UNITS))
    if any(isinstance(song.link, Elsewhere) for song in songs):
        text += "\n" + words.gettext("Found on YouTube Music.")
    return Reply(text, tuple((_button(song, user_id, words),) for song in songs))


def _button(song: Song, user_id: int, words: Words) -> Button:
    return Button(_label(song.track, words), data=OpenSong(user_id, song.link.kind, song.link.id))


def _label(track: Track, words: Words) -> str:
    song = name(track.title, _TITLE_UNITS) or words.plain("Untitled")
    if artists := name(", ".join(track.artists), _ARTISTS_UNITS):
        song = words.plain(_TITLE_AND_ARTISTS, title=song, artists=artists)
    length = words.length(track.duration_ms)
    return words.plain(_WITH_LENGTH, song=song, length=length) if length else song


def render_nothing_found(asked: str, words: Words) -> Markup:
    return words.gettext(
        "I found no song for “{asked}”. Try the artist and the title, fewer words, "
        "or another spelling.",
        asked=name(asked, ASKED_UNITS),
    )


def render_how_to_search(words: Words) -> Markup:
    return words.gettext(
        "Write the song behind the command: <code>/search artist title</code>. "
        "In our private chat the words alone are enough."
    )


def render_search_down(error: SourceError, words: Words, now: datetime) -> Markup:
    if span := words.span_until(error.retry_at, now):
        return words.gettext(
            "Neither Spotify nor YouTube answers my search at the moment. Send that again in "
            "{span}, or send a link.",
            span=span,
        )
    return words.gettext(
        "Neither Spotify nor YouTube answers my search at the moment. Send that again in a few "
        "minutes, or send a link."
    )
