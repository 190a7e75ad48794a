"""One row of a listing, and a track's links wherever they stand: what each is called, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from bot.models import CandidateKind, Chooser, Finding, ListingKind, Match, Platform, RowKind, Track
from bot.models.results import spotify_url
from bot.platforms.urls import (
    SEARCHES,
    music_search_url,
    music_url,
    spotify_search_url,
    youtube_search_url,
)
from bot.render.problems import source_of
from bot.render.reply import (
    AUDIO_SIGN,
    CHOSEN_SIGN,
    NAME_UNITS,
    SEARCH_SIGN,
    VIDEO_SIGN,
    link,
    name,
)
from bot.youtube.match import summary

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.models import Match
    from bot.models.view import ListingView
    from bot.render.i18n import Words

INDENT = "    "
_SEPARATOR = Markup(" · ")


def join(parts: Sequence[str | Markup]) -> Markup:
    """The parts that are not empty, with the dot between them."""
    return _SEPARATOR.join(part for part in parts if part)


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


def found_link(match: Match, *, official: bool) -> Markup:
    return link("YouTube", match.candidate.url) + " " + sign(match, official=official)


def search_link(track: Track, words: Words) -> Markup:
    return link(words.plain("YouTube search"), youtube_search_url(track)) + " " + SEARCH_SIGN


def spotify_link(track: Track, result: object, words: Words) -> Markup:
    """The song's page at Spotify, or a search that is labelled as one."""
    if url := spotify_url(track, result):
        return link("Spotify", url)
    return link(words.plain("Spotify search"), spotify_search_url(track)) + " " + SEARCH_SIGN


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
        number, heading, INDENT, _links(view, at, words, withheld=withheld)
    )


def _links(view: ListingView, at: int, words: Words, *, withheld: bool) -> Markup:
    track = view.listing.tracks[at]
    page = link("Spotify", track.url) if track.url else ""
    match track.row:
        case RowKind.LOCAL:
            return words.gettext("local file, only on its owner's device")
        case RowKind.GONE:
            return words.gettext("no longer on {service}", service=source_of(view.listing))
        case RowKind.NAMELESS:
            return join((page, words.gettext("not looked up: its name is not known")))
        case RowKind.EPISODE:
            return join((page, words.gettext("podcast episode")))
    youtube = "" if withheld else _youtube(view, at, words)
    return join(platform_links(view, at, words, youtube=youtube, withheld=withheld))


def _youtube(view: ListingView, at: int, words: Words) -> Markup:
    result = view.results.get(at)
    if isinstance(result, Finding) and result.match:
        return found_link(result.match, official=result.official)
    if result is None and view.state == "running":
        return words.gettext("looking…")
    return search_link(view.listing.tracks[at], words)


def platform_links(
    view: ListingView, at: int, words: Words, *, youtube: str | Markup, withheld: bool = False
) -> list[str | Markup]:
    """A track's links at the platforms that are chosen, in their order; Spotify's where none is."""
    track, result = view.listing.tracks[at], view.results.get(at)
    links: list[str | Markup] = []
    for platform in view.platforms:
        match platform:
            case Platform.SPOTIFY:
                links.append(spotify_link(track, result, words))
            case Platform.YOUTUBE:
                links.append(youtube)
            case Platform.YOUTUBE_MUSIC:
                links.append("" if withheld else _music_link(view, at, words))
            case Platform.APPLE_MUSIC | Platform.DEEZER:
                links.append("" if withheld else _page_link(view, at, Platform(platform), words))
    return [each for each in links if each] or [spotify_link(track, result, words)]


def _music_link(view: ListingView, at: int, words: Words) -> str | Markup:
    """The same recording at YouTube Music, or a search there."""
    if match := view.match(at):
        return link("YouTube Music", music_url(match.candidate.video_id))
    if view.results.get(at) is None and view.state == "running":
        return ""
    return _search("YouTube Music", music_search_url(view.listing.tracks[at]), words)


def _page_link(view: ListingView, at: int, platform: Platform, words: Words) -> str | Markup:
    """The page that was found; a search where none was, nothing while it is looked up."""
    if (at, platform) not in view.pages_found:
        return ""
    service, search = SEARCHES[platform]
    if url := view.pages_found[at, platform]:
        return link(service, url)
    return _search(service, search(view.listing.tracks[at]), words)


def _search(service: str, url: str, words: Words) -> Markup:
    return link(words.plain("{service} search", service=service), url) + " " + SEARCH_SIGN


def official_kind(match: Match, words: Words) -> Markup:
    if match.kind is CandidateKind.AUDIO:
        return words.gettext("official audio")
    return words.gettext("official video")


def unproven_kind(match: Match, words: Words) -> Markup:
    """What YouTube says a candidate is, where nothing says that it is the right official one."""
    match match.kind:
        case CandidateKind.AUDIO:
            return words.gettext("audio")
        case CandidateKind.UPLOAD:
            return words.gettext("a user's upload")
    return words.gettext("video")


def chosen_by(chooser: Chooser, words: Words) -> Markup:
    """Whose choice it is. Others read it too, in groups: to them "you" would be somebody else."""
    if chooser is Chooser.YOU:
        return words.gettext("chosen by hand")
    return words.gettext("chosen by listeners")


def none_is_right(chooser: Chooser, words: Words) -> Markup:
    if chooser is Chooser.YOU:
        return words.gettext("Marked by hand: no recording there is right.")
    return words.gettext("Listeners said that no recording there is right.")


def because(match: Match, words: Words) -> Markup:
    """What agrees, such as `Same title, artist and length`; empty when nothing is worth saying."""
    facts = {
        "title": words.plain("title"),
        "artist": words.plain("artist"),
        "album": words.plain("album"),
        "length": words.plain("length"),
    }
    agreeing = set(summary(match))
    same = [fact for code, fact in facts.items() if code in agreeing]
    return words.gettext("Same {facts}", facts=words.series(same)) if same else Markup()
