"""One row of a listing, and the YouTube link of a track wherever it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from bot.models import CandidateKind, Finding, ListingKind, Match, RowKind, Track
from bot.outcome import spotify_url
from bot.render.elsewhere import source_of
from bot.render.reply import AUDIO_SIGN, CHOSEN_SIGN, SEARCH_SIGN, VIDEO_SIGN, link
from bot.render.text import isolated, shorten
from bot.spotify import links as spotify
from bot.youtube.links import search_url

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.render.views import ListingView
    from bot.render.words import Words

NAME_UNITS = 120  # of a title or of all artists together, in UTF-16 units
_INDENT = "    "
_SEPARATOR = Markup(" · ")


def join(parts: Sequence[str | Markup]) -> Markup:
    """The parts that are not empty, with the dot between them."""
    return _SEPARATOR.join(part for part in parts if part)


def name(text: str, most: int = NAME_UNITS) -> str:
    return isolated(shorten(text, most))


def artists(track: Track, most: int = NAME_UNITS) -> str:
    return name(", ".join(track.artists), most)


def title(track: Track, words: Words, most: int = NAME_UNITS) -> str:
    """The track's title; a row that Spotify lost has none."""
    return name(track.title, most) or words.plain("Untitled")


def sign(match: Match, *, official: bool) -> str:
    """Only an art track is audio; whatever else is official has a picture."""
    if not official:
        return CHOSEN_SIGN
    return AUDIO_SIGN if match.kind is CandidateKind.AUDIO else VIDEO_SIGN


def official_link(match: Match, words: Words) -> Markup:
    return link(words.plain("YouTube"), match.candidate.url)


def search_link(track: Track, words: Words) -> Markup:
    return link(words.plain("YouTube search"), search_url(track))


def spotify_link(track: Track, result: object, words: Words) -> Markup:
    """The song's page at Spotify, or a search that is labelled as one."""
    if url := spotify_url(track, result):
        return link("Spotify", url)
    return spotify_search_link(track, words) + " " + SEARCH_SIGN


def spotify_search_link(track: Track, words: Words) -> Markup:
    return link(words.plain("Spotify search"), spotify.search_url(track))


def row(view: ListingView, at: int, words: Words, *, withheld: bool, most: int) -> Markup:
    """Two lines: number, title, guests and length; then the links, or why there are none."""
    track = view.listing.tracks[at]
    listing = view.listing
    # The page of an artist is called like the artist.
    own = listing.title if listing.kind is ListingKind.ARTIST else listing.owner or ""
    is_own = ", ".join(track.artists).casefold() == own.casefold()
    guests = "" if is_own else artists(track, most)
    heading = join(
        (
            Markup("<b>{}</b>").format(title(track, words, most)),
            guests,
            words.length(track.duration_ms),
        )
    )
    number = words.number(at + 1)
    return Markup("{}  {}\n{}{}").format(
        number, heading, _INDENT, _links(view, at, words, withheld=withheld)
    )


def _links(view: ListingView, at: int, words: Words, *, withheld: bool) -> Markup:
    track = view.listing.tracks[at]
    match track.row:
        case RowKind.LOCAL:
            return words.gettext("local file, only on its owner's device")
        case RowKind.GONE:
            return words.gettext("no longer on {service}", service=source_of(view.listing))
        case RowKind.EPISODE:
            page = link("Spotify", track.url) if track.url else ""
            return join((page, words.gettext("podcast episode")))
    page = spotify_link(track, view.results.get(at), words)
    return join((page, "" if withheld else _youtube(view, at, words)))


def _youtube(view: ListingView, at: int, words: Words) -> Markup:
    result = view.results.get(at)
    if isinstance(result, Finding) and result.match:
        return (
            official_link(result.match, words) + " " + sign(result.match, official=result.official)
        )
    if result is None and view.state == "running":
        return words.gettext("looking…")
    return search_link(view.listing.tracks[at], words) + " " + SEARCH_SIGN
