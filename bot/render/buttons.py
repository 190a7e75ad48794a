"""Buttons that lead out of a message: to each platform, to other people, and to files."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from bot.models import ListingKind, Platform
from bot.models.results import spotify_url
from bot.models.view import Format, State
from bot.platforms.urls import SEARCHES, music_url
from bot.render.callback_data import ChooseFormat, SendFile
from bot.render.deeplinks import start_url
from bot.render.reply import Button, back_button, in_rows, shorten
from bot.spotify import links
from bot.youtube.urls import search_url

if TYPE_CHECKING:
    from markupsafe import Markup

    from bot.models import Listing
    from bot.models.view import ListingView
    from bot.render.i18n import Words
    from bot.render.reply import Rows

IN_A_ROW = 2  # of phones 40 characters wide


def link_buttons(view: ListingView, words: Words) -> list[tuple[Button, ...]]:
    """In the order in which the platforms were chosen, two in a row."""
    made = [_button(Platform(platform), view, words) for platform in view.platforms]
    return in_rows([button for button in made if button], IN_A_ROW)


def _button(platform: Platform, view: ListingView, words: Words) -> Button | None:
    match platform:
        case Platform.SPOTIFY:
            return _spotify(view, words)
        case Platform.YOUTUBE:
            return _youtube(view, words)
        case Platform.YOUTUBE_MUSIC:
            match = view.match(0)
            url = match and music_url(match.candidate.video_id)
            return Button("YouTube Music ↗", url=url) if url else None
        case Platform.APPLE_MUSIC | Platform.DEEZER:
            url = view.pages_found.get((0, platform))
            return Button(f"{SEARCHES[platform][0]} ↗", url=url) if url else None


def _spotify(view: ListingView, words: Words) -> Button:
    track = view.listing.tracks[0]
    if url := spotify_url(track, view.results.get(0)):
        return Button("Spotify ↗", url=url)
    return Button(words.plain("Spotify search ↗"), url=links.search_url(track))


def _youtube(view: ListingView, words: Words) -> Button | None:
    if match := view.match(0):
        return Button("YouTube ↗", url=match.candidate.url)
    if view.state is State.RUNNING:
        return None
    return Button(words.plain("YouTube search ↗"), url=youtube_search_url(view.listing.tracks[0]))


_SHARE = "https://t.me/share/url"
TITLE_UNITS = (
    120  # percent-encoded far below the 2,048 characters that Telegram takes as an address
)


def share_button(view: ListingView, words: Words) -> Button | None:
    """None for a list that only its owner may open, and before the bot's name is known."""
    url = start_url(view.bot, view.listing)
    if url is None:
        return None
    query = f"url={quote(url, safe='')}&text={quote(_title(view.listing), safe='')}"
    return Button(words.plain("Share ↗"), url=f"{_SHARE}?{query}")


def _title(listing: Listing) -> str:
    track = listing.tracks[0] if listing.kind is ListingKind.TRACK and listing.tracks else None
    by = ", ".join(track.artists) if track else listing.owner
    return shorten(" — ".join(part for part in (listing.title, by) if part), TITLE_UNITS)


_ROWS = (
    (Format.CSV, Format.TXT, Format.M3U8),
    (Format.JSON, Format.HTML, Format.ZIP),
)


def export_button(job: str, words: Words) -> Button:
    return Button(words.plain("Export"), data=ChooseFormat(job))


def export_rows(job: str, page: int, words: Words) -> Rows:
    """The choice of a format, and the way back to that page of the listing."""
    rows = [
        tuple(Button(_label(kind, words), data=SendFile(job, kind)) for kind in row)
        for row in _ROWS
    ]
    return (*rows, (back_button(job, page, words),))


def render_too_large(words: Words) -> Markup:
    return words.gettext(
        "Telegram takes files of up to 50 MB from bots, and this list makes a larger one. "
        "Choose All as ZIP, which is smaller, or CSV."
    )


def _label(kind: Format, words: Words) -> str:
    match kind:
        case Format.TXT:
            return words.plain("Text")
        case Format.HTML:
            return words.plain("Web page")
        case Format.ZIP:
            return words.plain("All as ZIP")
    return kind.upper()
