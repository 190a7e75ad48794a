"""Where listings come from: of the sources that are turned on, the first that answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

import structlog

from bot.errors import (
    NotFound,
    Refused,
    Service,
    SettingError,
    SourceError,
    Unavailable,
    UnsupportedLink,
)
from bot.models import Cut, Listing, ListingKind
from bot.net.lean import without
from bot.spotify.embed import EmbedPage
from bot.spotify.faults import RowsRefused
from bot.spotify.short_links import ShortLinks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.models.links import SpotifyLink
    from bot.net.network import Network
    from bot.spotify.api import WebApi
    from bot.storage.short_links import ShortLinks as ShortLinkStore

log = structlog.get_logger()


class ListingSource(Protocol):
    """A rung of the ladder. `listing` raises SourceError; see WebApi for `alone`."""

    @property
    def service(self) -> Service: ...
    async def listing(self, kind: ListingKind, listing_id: str, *, alone: bool) -> Listing: ...


class SpotifyCatalog:
    """Spotify, as far as this program is let in. `sources` are asked in order."""

    def __init__(self, sources: Sequence[ListingSource], short_links: ShortLinks) -> None:
        self._sources = tuple(sources)
        self._short_links = short_links

    async def resolve(self, link: SpotifyLink) -> SpotifyLink:
        """The track, album, playlist or artist behind the link.

        Raises UnsupportedLink where it is something else, SourceError where it can't be told.
        """
        if link.is_short:
            link = await self._short_links.resolve(link)
        if not link.leads_to_tracks:
            raise UnsupportedLink(link.kind)
        return link

    async def listing(self, link: SpotifyLink, *, alone: bool = True) -> Listing:
        """The listing of a resolved link, which is not `alone` where it is a row of a list.

        Raises the most telling SourceError.
        """
        kind, errors = ListingKind(link.kind), list[SourceError]()
        for source in self._sources:
            try:
                listing = await source.listing(kind, link.id, alone=alone)
            except SourceError as error:
                _tell(kind, link.id, error)
                errors.append(error)
            else:
                return _with_total(listing, errors)
        told = most_telling(kind, errors)
        if isinstance(told, NotFound):
            told.sure = isinstance(errors[-1], NotFound)  # the last one sees all that is public
        raise told


def most_telling(kind: ListingKind, errors: Sequence[SourceError]) -> SourceError:
    """Of what kept each source from answering, in their order, the error to tell the user.

    The last source sees all that is public: what it does not find is gone or private. So is a
    track, album or artist that any source does not find, but not a playlist: the Web API hides
    Spotify's own. Otherwise what may pass goes before what stays, the soonest first.
    """
    if not errors:
        return Refused(Service.SPOTIFY_WEB, "no source of listings is turned on")
    missed = [error for error in errors if isinstance(error, NotFound)]
    if missed and (errors[-1] in missed or kind is not ListingKind.PLAYLIST):
        return missed[-1]
    passing = [error for error in errors if isinstance(error, Unavailable)]
    if passing:
        return min(passing, key=_again_at)
    for meaning in (Refused, NotFound):
        if found := [error for error in errors if isinstance(error, meaning)]:
            return found[-1]
    return errors[-1]


def _again_at(error: SourceError) -> datetime:
    """When the source is asked again; without a time, it may answer at the next try."""
    return error.retry_at or datetime.min.replace(tzinfo=UTC)


def _with_total(listing: Listing, errors: Sequence[SourceError]) -> Listing:
    """The listing with the number of rows that a source told while it refused them."""
    totals = [error.head.total for error in errors if isinstance(error, RowsRefused)]
    total = next((total for total in totals if total is not None), None)
    if total is None or total < len(listing.tracks):
        return listing
    return replace(listing, total=total, cut=Cut.LIMIT if total > len(listing.tracks) else None)


def _tell(kind: ListingKind, listing_id: str, error: SourceError) -> None:
    # A missing page is the user's matter, everything else the operator's.
    say = log.info if isinstance(error, NotFound) else log.warning
    say(
        "spotify_source_failed",
        service=str(error.service),
        listing=f"{kind}:{listing_id}",
        error=type(error).__name__,
        detail=error.detail,
    )


def make_web_api(net: Network) -> WebApi | None:
    settings = net.settings
    if not settings.spotify_client_id or not settings.spotify_client_secret:
        return None
    # spotipy takes a third of a second, and would take the name of one error from redis: 6 MB.
    with without("redis", RedisError=ConnectionError):
        from bot.spotify.api import WIDTH, WebApi, calls

    return WebApi(
        settings.spotify_client_id,
        settings.spotify_client_secret.get_secret_value(),
        market=settings.spotify_market,
        api_url=settings.spotify_api_url,
        token_url=settings.spotify_token_url,
        circuit=net.circuit(Service.SPOTIFY_API),
        adapter=net.adapter(WIDTH),
        budget=net.budget(calls(settings.spotify_calls)),
        clock=net.clock,
        timing=net.timing,
    )


def make_embed(net: Network) -> EmbedPage | None:
    if not net.settings.spotify_embed:
        return None
    circuit = net.circuit(Service.SPOTIFY_WEB)
    web_url = net.settings.spotify_web_url
    return EmbedPage(net.http, circuit, web_url=web_url, timing=net.timing)


def make_catalog(
    net: Network, web_api: WebApi | None, short_links: ShortLinkStore | None
) -> SpotifyCatalog:
    """Raises SettingError where nothing is left to read listings from."""
    sources: list[ListingSource] = [each for each in (web_api, make_embed(net)) if each]
    if not sources:
        raise SettingError(
            "SPOTIFY_EMBED is off and SPOTIFY_CLIENT_ID is not set, so no list can be read: make "
            "an app on developer.spotify.com and set its id and secret, or turn SPOTIFY_EMBED on."
        )
    # Short links have a circuit of their own: their hosts are not the embed page's.
    circuit = net.circuit(Service.SPOTIFY_WEB, "spotify_short_links")
    web_url = net.settings.spotify_web_url
    short = ShortLinks(net.http, circuit, short_links, web_url=web_url, timing=net.timing)
    return SpotifyCatalog(sources, short)
