"""Where links lead: Spotify's go to its catalogue, each other kind to what reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from bot.errors import UnsupportedLink
from bot.models.links import Elsewhere, ElsewhereKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.models import Listing
    from bot.models.links import Link
    from bot.platforms.deezer import ShortLinks
    from bot.platforms.listings import Reader
    from bot.spotify.sources import SpotifyCatalog


class UploadReader(Protocol):
    """See bot.resolve.uploads.source."""

    async def __call__(
        self, link: Elsewhere, *, ask: bool = True, rows: range | None = None
    ) -> Listing: ...


class Catalog:
    """The one catalogue of the resolver.

    `short` follows Deezer's short links, `uploads` reads lists that people sent.
    """

    def __init__(
        self,
        spotify: SpotifyCatalog,
        others: Mapping[ElsewhereKind, Reader],
        short: ShortLinks | None = None,
        uploads: UploadReader | None = None,
    ) -> None:
        self._spotify = spotify
        self._others = others if uploads is None else {**others, ElsewhereKind.UPLOAD: uploads}
        self._short = short
        self._uploads = uploads

    def having(self, uploads: UploadReader) -> Catalog:
        """The same, reading what people sent."""
        return Catalog(self._spotify, self._others, self._short, uploads)

    async def resolve(self, link: Link) -> Link:
        """What to read for this link. Raises UnsupportedLink or SourceError."""
        if not isinstance(link, Elsewhere):
            return await self._spotify.resolve(link)
        if self._short and link.kind is ElsewhereKind.DEEZER_SHORT:
            link = await self._short.follow(link)
        self._reader(link)
        return link

    async def listing(self, link: Link, *, alone: bool = True) -> Listing:
        """`alone` as Spotify's catalogue has it. Raises UnsupportedLink or SourceError."""
        if isinstance(link, Elsewhere):
            return await self._reader(link)(link)
        return await self._spotify.listing(link, alone=alone)

    async def sent(self, link: Link, rows: range | None) -> Listing | None:
        """A list that a person sent, as it is kept, or these rows of it; None for other links."""
        if self._uploads and isinstance(link, Elsewhere) and link.kind is ElsewhereKind.UPLOAD:
            return await self._uploads(link, ask=False, rows=rows)
        return None

    def _reader(self, link: Elsewhere) -> Reader:
        if link.kind not in self._others:
            raise UnsupportedLink(link.kind)
        return self._others[link.kind]
