"""Files of listings: made once, and sent again by the id that Telegram gave them."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from hashlib import sha256
from typing import TYPE_CHECKING, Protocol

import structlog

from bot.errors import FileTooLarge, StoreUnavailable
from bot.render.export.files import export
from bot.spotify.covers import is_cover

if TYPE_CHECKING:
    from bot.models.view import ListingView, Picture
    from bot.render.export.files import File
    from bot.render.export.formats import Format
    from bot.render.i18n import Words
    from bot.storage.exports import Exports

log = structlog.get_logger()

UPLOAD_BYTES = 50 * 1024 * 1024  # https://core.telegram.org/bots/api#sending-files


class Pictures(Protocol):
    """See bot.spotify.covers."""

    async def picture(self, url: str | None) -> Picture | None: ...


class Post(Protocol):
    """The chat that a file goes to. Both raise ChatClosed and ChatBusy."""

    async def again(self, file_id: str) -> bool:
        """Send a file that Telegram has; False when it does not know it any more."""

    async def upload(self, file: File) -> str | None:
        """Send a file; its id at Telegram."""


class Exporter:
    """Sends listings as files. Their ids hold only for the bot of that token."""

    def __init__(
        self, exports: Exports, covers: Pictures, *, token: str, most_bytes: int = UPLOAD_BYTES
    ) -> None:
        self.exports = exports
        self._covers = covers
        self._most_bytes = most_bytes
        self._bot = token.partition(":")[0]
        self._one_at_a_time = asyncio.Lock()

    async def send(self, view: ListingView, kind: Format, words: Words, post: Post) -> None:
        """Raises FileTooLarge, ChatClosed and ChatBusy.

        The digest is of the file as it is without its cover, so that a file which is there
        already costs no request for one. A store that is away costs an upload, no more.
        """
        bare = await self._made(view, kind, words)
        digest = self._digest(view, bare)
        if (known := await self._known(digest)) and await post.again(known):
            return
        wants_cover = kind.pictured and is_cover(view.listing.cover_url)
        picture = await self._covers.picture(view.listing.cover_url) if wants_cover else None
        file = await self._made(view, kind, words, picture) if picture else bare
        if len(file.content) > self._most_bytes:
            raise FileTooLarge(f"{len(file.content)} bytes")
        file_id = await post.upload(file)
        if file_id and (picture or not wants_cover):  # it may come the next time
            with suppress(StoreUnavailable):
                await self.exports.remember(digest, file_id)

    async def _made(
        self, view: ListingView, kind: Format, words: Words, picture: Picture | None = None
    ) -> File:
        """Beside the event loop, and one after the other: a list of thousands takes seconds."""
        async with self._one_at_a_time:
            return await asyncio.to_thread(export, view, kind, words, picture)

    async def _known(self, digest: str) -> str | None:
        try:
            return await self.exports.file_id(digest)
        except StoreUnavailable as error:
            log.warning("file not looked for", error=str(error))
            return None

    def _digest(self, view: ListingView, bare: File) -> str:
        about = f"{self._bot}\n{bare.name}\n{view.listing.cover_url}\n"
        return sha256(about.encode("utf-8", "replace") + bare.content).hexdigest()
