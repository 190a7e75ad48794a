"""The results of inline mode: how they look in the list, and the message that each becomes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from markupsafe import Markup

from bot.models import Listing, ListingKind, Source
from bot.models.links import Elsewhere
from bot.models.view import ListingView
from bot.platforms.urls import youtube_search_url
from bot.render.card import card_head, render_card
from bot.render.deeplinks import INLINE, start_url
from bot.render.listing import heading, kind_name
from bot.render.reply import Button, Reply, name, plain
from bot.render.rows import artists, join, search_link, spotify_link, title

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.models.view import Song, Suggestion
    from bot.render.i18n import Words
    from bot.render.reply import Rows

HEADER = "listing"  # the id of the result that is no track


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """`title` and `about` stand in the list, with the cover; `reply` is what is sent."""

    id: str
    title: str
    about: str
    reply: Reply
    cover_url: str | None = None


def render_offer(
    offer: Suggestion, words: Words, *, bot: str, platforms: tuple[str, ...]
) -> list[Result]:
    """A listing first, then its tracks; each with a button, so that it can be filled in later."""
    songs = [_song(song, words, bot, platforms) for song in offer.songs]
    return [_listing(offer.listing, words, bot), *songs] if offer.listing else songs


def render_hint(offer: Suggestion, words: Words) -> tuple[str, str]:
    """The button above the results: its text, and what /start gets when it is pressed."""
    if not offer.asked:
        return words.plain("Type a song, or paste a link"), INLINE
    if offer.whole:
        return words.plain("Nothing found. Ask me in private"), INLINE
    return words.plain("That takes longer. Ask me in private"), _payload(offer)


def url_buttons(rows: Sequence[Sequence[Button]]) -> Rows:
    """Only what works in a chat that does not know the bot."""
    kept = (tuple(button for button in row if button.url) for row in rows)
    return tuple(row for row in kept if row)


def _payload(offer: Suggestion) -> str:
    link = offer.link
    if link is None or isinstance(link, Elsewhere) or not link.leads_to_tracks:
        return INLINE
    return f"{link.kind}_{link.id}"


def _song(song: Song, words: Words, bot: str, platforms: tuple[str, ...]) -> Result:
    track = song.track
    about = join((artists(track), words.length(track.duration_ms)))
    return Result(
        id=f"{song.link.kind}:{song.link.id}",
        title=title(track, words),
        about=plain(about),
        reply=_card(song, words, bot, platforms),
        cover_url=song.cover_url,
    )


def _card(song: Song, words: Words, bot: str, platforms: tuple[str, ...]) -> Reply:
    """The whole card where its links are known, else one to be filled in."""
    listing = Listing(
        kind=ListingKind.TRACK,
        id=song.link.id,
        title=song.track.title,
        source=Source.UPLOAD if isinstance(song.link, Elsewhere) else Source.WEB_API,
        tracks=(song.track,),
    )
    results = {0: song.finding} if song.finding else {}
    view = ListingView(listing=listing, results=results, platforms=platforms, bot=bot)
    whole = render_card(view, words)
    if song.finding:
        return replace(whole, rows=(*url_buttons(whole.rows), _open(listing, words, bot)))
    return _beginning(song, listing, words, bot)


def _beginning(song: Song, listing: Listing, words: Words, bot: str) -> Reply:
    """What is true already: it is filled in when Telegram says that it was chosen."""
    track = song.track
    links = (spotify_link(track, None, words), search_link(track, words))
    lines = (*card_head(track, words), Markup("  ·  ").join(links))
    youtube = Button(words.plain("YouTube search ↗"), url=youtube_search_url(track))
    spotify = (Button("Spotify ↗", url=track.url),) if track.url else ()
    rows = ((*spotify, youtube), _open(listing, words, bot))
    return Reply(Markup("\n").join(lines), rows, preview=track.url)


def _listing(listing: Listing, words: Words, bot: str) -> Result:
    total = max(listing.total or 0, len(listing.tracks))
    about = join(
        (
            name(listing.owner) if listing.owner else "",
            kind_name(listing.kind, words),
            words.ngettext("{n} track", "{n} tracks", total),
        )
    )
    return Result(
        id=HEADER,
        title=name(listing.title) or words.plain("Untitled"),
        about=plain(about),
        reply=Reply(heading(listing, words), (_open(listing, words, bot),), preview=listing.url),
        cover_url=listing.cover_url,
    )


def _open(listing: Listing, words: Words, bot: str) -> tuple[Button, ...]:
    """The button that leads to the bot, and there to the listing where /start can name it."""
    url = start_url(bot, listing) or f"https://t.me/{bot}"
    if listing.kind is ListingKind.TRACK:
        return (Button(words.plain("Open in Tracklink ↗"), url=url),)
    return (Button(words.plain("All tracks and links ↗"), url=url),)
