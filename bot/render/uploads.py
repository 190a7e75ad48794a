"""Lists that people send: what is wrong with one, and the file of what was not found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.models import Finding, RowKind
from bot.models.outside_text import one_line
from bot.models.results import spotify_id
from bot.models.songlist import LINE_CHARS, MOST_BYTES, MOST_LINES, Flaw, Unread
from bot.render.i18n import marked
from bot.render.reply import shorten

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markupsafe import Markup

    from bot.models.songlist import SongList
    from bot.models.view import ListingView
    from bot.render.i18n import Words

NOT_FOUND = "not_found.txt"
_MEGABYTE = 1024 * 1024

_FLAWS = {
    Flaw.BINARY: marked(
        "I can't read this file: it is not text. Send .txt or .csv, one song a line."
    ),
    Flaw.EMPTY: marked("There is nothing in this file. Send .txt or .csv, one song a line."),
    Flaw.NO_SONGS: marked(
        "I see no song in it. Write one a line: a Spotify link, or artist - title."
    ),
    Flaw.ONLY_LISTS: marked(
        "That file holds links to albums, playlists or artists. Send these as a message, and each "
        "gets its own answer."
    ),
    Flaw.TOO_BIG: marked(
        "That file is larger than {megabytes} MB, more than Telegram gives to bots. "
        "Send it in parts."
    ),
    Flaw.TOO_LONG: marked(
        "That list is too long: I take {lines} lines at a time. Send it in parts."
    ),
    Flaw.COLUMNS: marked(
        "I don't know the columns of this table. Name them in its first line, such as: "
        "artist, title."
    ),
}
_MISSES = {
    Unread.LIST: marked("a link to a list: send it as a message of its own"),
    Unread.FOREIGN: marked("a link that is not Spotify's: send it as a message of its own"),
    Unread.NO_SONG: marked("no name of a song in it"),
    Unread.NO_TITLE: marked("a row without a title"),
    Unread.TOO_LONG: marked("too long for the name of a song"),
}
_NOWHERE = marked("neither Spotify nor YouTube has surely the right song")
_ROWS = {
    RowKind.GONE: marked("no longer on Spotify"),
    RowKind.NAMELESS: marked("Spotify did not say what this is: send it once more"),
}


def render_flaw(why: Flaw, words: Words) -> Markup:
    """What is wrong with a list as a whole, and what to do."""
    return words.gettext(
        _FLAWS[why], megabytes=MOST_BYTES // _MEGABYTE, lines=words.number(MOST_LINES)
    )


def render_cut_off(words: Words) -> Markup:
    return words.gettext("I am being restarted and did not get to this file. Send it again.")


def render_no_file(words: Words) -> Markup:
    return words.gettext("Telegram did not give me that file. Send it again in a few minutes.")


def list_title(words: Words) -> str:
    """The name of a list that came as text."""
    return words.plain("Your list")


def not_found(songs: SongList, view: ListingView, words: Words) -> tuple[str, int]:
    """The lines that came to nothing, with their reasons, as a list that can be sent again.

    Reasons stand in comments, which the bot passes over. Also how many lines these are.
    """
    lines = sorted([*_misses(songs, words), *_unfound(songs, view, words)], key=lambda at: at[0])
    head = words.plain(
        "{title}: lines without a song. Put them right and send me this file.",
        title=shorten(one_line(view.listing.title), LINE_CHARS),
    )
    text = [f"# {head}", ""]
    for number, said, why in lines:
        reason = words.plain("line {number}: {why}", number=number, why=why)
        text += [f"# {reason}", shorten(one_line(said), LINE_CHARS), ""]
    return "\n".join(text), len(lines)


def render_not_found(count: int, words: Words) -> Markup:
    return words.ngettext(
        "{n} line of your list came to nothing. Here it is, with the reason.",
        "{n} lines of your list came to nothing. Here they are, with the reasons.",
        count,
    )


def _misses(songs: SongList, words: Words) -> Iterator[tuple[int, str, str]]:
    for miss in songs.misses:
        yield miss.line, miss.text, words.plain(_MISSES[miss.why])


def _unfound(songs: SongList, view: ListingView, words: Words) -> Iterator[tuple[int, str, str]]:
    tracks = view.listing.tracks
    for at, (row, track) in enumerate(zip(songs.rows, tracks, strict=False)):
        result = view.results.get(at)
        if why := _ROWS.get(track.row):
            yield row.line, row.text, words.plain(why)
        elif isinstance(result, Finding) and not result.match and not spotify_id(track, result):
            yield row.line, row.text, words.plain(_NOWHERE)
