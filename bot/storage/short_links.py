"""Where Spotify's short links lead, so that each is followed once."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.clock import Clock, ahead, utc_now
from bot.errors import NotFound, Service
from bot.models.links import LinkKind, SpotifyLink
from bot.storage.database import EXPIRING, QUICK, Database, guarded, readable, shaped

if TYPE_CHECKING:
    from bot.storage.database import Document

COLLECTION = "shortlinks"
INDEXES = {COLLECTION: (EXPIRING,)}
KEPT = timedelta(days=30)
GONE_KEPT = timedelta(hours=6)  # it will not come to lead anywhere


class ShortLinks:
    def __init__(self, db: Database, *, clock: Clock = utc_now) -> None:
        self._links = db.get_collection(COLLECTION, write_concern=QUICK)
        self._clock = clock

    @guarded()
    async def get(self, short_id: str) -> SpotifyLink | None:
        """What `short_id` leads to, where it was followed in the last 30 days.

        Raises NotFound for one that led to nothing in the last hours.
        """
        now = self._clock()
        known = {"_id": short_id, "expires_at": ahead(now, KEPT)}
        gone = {"_id": _gone(short_id), "expires_at": ahead(now, GONE_KEPT)}
        document = await self._links.find_one({"$or": [known, gone]})
        if document and document["_id"] != short_id:
            raise NotFound(Service.SPOTIFY_WEB, "a short link that is known to lead to nothing")
        return readable(_link, document, COLLECTION)

    @guarded()
    async def put(self, short_id: str, link: SpotifyLink) -> None:
        document = {"kind": str(link.kind), "id": link.id, "expires_at": self._clock() + KEPT}
        await self._links.replace_one({"_id": short_id}, document, upsert=True)

    @guarded()
    async def put_gone(self, short_id: str) -> None:
        document = {"expires_at": self._clock() + GONE_KEPT}
        await self._links.replace_one({"_id": _gone(short_id)}, document, upsert=True)


def _gone(short_id: str) -> str:
    return f"gone:{short_id}"


def _link(document: Document) -> SpotifyLink:
    shaped((document["id"],), (str,))
    return SpotifyLink(LinkKind(document["kind"]), document["id"])
