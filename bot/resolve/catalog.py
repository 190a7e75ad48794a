"""Where links lead: Spotify's go to its catalogue, each other kind to the place that knows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from bot.errors import UnsupportedLink
from bot.models.links import Elsewhere

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.models import Listing
    from bot.models.links import ElsewhereKind, Link, SpotifyLink
    from bot.platforms.listings import Place


class Spotify(Protocol):
    """See bot.spotify.sources."""

    async def resolve(self, link: SpotifyLink) -> Link: ...
    async def listing(self, link: SpotifyLink, *, alone: bool = True) -> Listing: ...


class Catalog:
    """The one catalogue of the resolver."""

    def __init__(self, spotify: Spotify, others: Mapping[ElsewhereKind, Place]) -> None:
        self._spotify = spotify
        self._others = others

    def having(self, others: Mapping[ElsewhereKind, Place]) -> Catalog:
        """The same with more places."""
        return Catalog(self._spotify, {**self._others, **others})

    async def resolve(self, link: Link) -> Link:
        """What to read for this link. Raises UnsupportedLink or SourceError."""
        if isinstance(link, Elsewhere):
            return await self._place(link).resolve(link)
        return await self._spotify.resolve(link)

    async def listing(self, link: Link, *, alone: bool = True) -> Listing:
        """`alone` as Spotify's catalogue has it. Raises UnsupportedLink or SourceError."""
        if isinstance(link, Elsewhere):
            return await self._place(link).listing(link)
        return await self._spotify.listing(link, alone=alone)

    def _place(self, link: Elsewhere) -> Place:
        if link.kind not in self._others:
            raise UnsupportedLink(link.kind)
        return self._others[link.kind]
