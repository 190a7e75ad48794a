"""The buttons of a card that open the track at each platform."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.models import Finding, Platform
from bot.models.results import spotify_url
from bot.models.view import State
from bot.platforms.urls import SEARCHES, music_url, spotify_search_url, youtube_search_url
from bot.render.reply import Button

if TYPE_CHECKING:
    from bot.models.view import ListingView
    from bot.render.i18n import Words

IN_A_ROW = 2  # of phones 40 characters wide


def link_buttons(view: ListingView, words: Words) -> list[tuple[Button, ...]]:
    """In the order in which the platforms were chosen, two in a row."""
    made = [_button(Platform(platform), view, words) for platform in view.platforms]
    buttons = [button for button in made if button]
    return [tuple(buttons[at : at + IN_A_ROW]) for at in range(0, len(buttons), IN_A_ROW)]


def _button(platform: Platform, view: ListingView, words: Words) -> Button | None:
    match platform:
        case Platform.SPOTIFY:
            return _spotify(view, words)
        case Platform.YOUTUBE:
            return _youtube(view, words)
        case Platform.YOUTUBE_MUSIC:
            video = _video_id(view)
            return Button("YouTube Music ↗", url=music_url(video)) if video else None
        case Platform.APPLE_MUSIC | Platform.DEEZER:
            url = view.pages_found.get((0, platform))
            return Button(f"{SEARCHES[platform][0]} ↗", url=url) if url else None


def _spotify(view: ListingView, words: Words) -> Button:
    track = view.listing.tracks[0]
    if url := spotify_url(track, view.results.get(0)):
        return Button(words.plain("Spotify ↗"), url=url)
    return Button(words.plain("Spotify search ↗"), url=spotify_search_url(track))


def _youtube(view: ListingView, words: Words) -> Button | None:
    result = view.results.get(0)
    if isinstance(result, Finding) and result.match:
        return Button(words.plain("YouTube ↗"), url=result.match.candidate.url)
    if view.state is State.RUNNING:
        return None
    return Button(words.plain("YouTube search ↗"), url=youtube_search_url(view.listing.tracks[0]))


def _video_id(view: ListingView) -> str | None:
    result = view.results.get(0)
    match = result.match if isinstance(result, Finding) else None
    return match.candidate.video_id if match else None
