"""Sharing a listing: a button by which Telegram asks whom to send it to."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from bot.models import ListingKind
from bot.render.deeplinks import start_url
from bot.render.reply import Button
from bot.render.text import shorten

if TYPE_CHECKING:
    from bot.models import Listing
    from bot.models.view import ListingView
    from bot.render.i18n import Words

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
