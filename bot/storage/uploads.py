"""Lists that people sent, so that their pages and buttons work as long as those of links.

The rows are one compressed value: a list of 10,000 lines stays far below a document's 16 MB.
"""

from __future__ import annotations

import json
import zlib
from base64 import urlsafe_b64encode
from datetime import timedelta
from hashlib import blake2b
from typing import Any

from pymongo import ASCENDING, IndexModel

from bot.clock import Clock, utc_now
from bot.models.songlist import Miss, Row, SongList, Unread
from bot.storage.database import EXPIRING, Database, guarded, readable

COLLECTION = "uploads"
KEPT = timedelta(days=30)  # as long as the job that shows it
INDEXES = {
    COLLECTION: (
        IndexModel([("user_id", ASCENDING)]),
        EXPIRING,
    )
}
# The fields of a row, in the order in which they are stored.
ROW = ("line", "text", "title", "artists", "album", "length_ms", "isrc", "link")
_ID_BYTES = 12  # 16 characters


class Uploads:
    """A document is `{_id, user_id, title, lines, expires_at}`."""

    def __init__(self, db: Database, *, clock: Clock = utc_now) -> None:
        self._uploads = db[COLLECTION]
        self._clock = clock

    @guarded()
    async def put(self, user_id: int, songs: SongList, *, title: str) -> str:
        """Keep a list; its id, the same when the same person sends the same list again.

        `title` is for one that has none of its own.
        """
        title = songs.title or title
        lines = zlib.compress(json.dumps(_lines(songs), ensure_ascii=False).encode())
        name = b"\x1f".join((str(user_id).encode(), title.encode(), lines))
        identity = urlsafe_b64encode(blake2b(name, digest_size=_ID_BYTES).digest()).decode()
        document = {
            "user_id": user_id,
            "title": title,
            "lines": lines,
            "expires_at": self._clock() + KEPT,
        }
        await self._uploads.replace_one({"_id": identity}, document, upsert=True)
        return identity

    @guarded()
    async def get(self, identity: str) -> SongList | None:
        document = await self._uploads.find_one(
            {"_id": identity, "expires_at": {"$gt": self._clock()}}
        )
        return readable(_songs, document, COLLECTION)

    @guarded()
    async def forget(self, user_id: int) -> int:
        return (await self._uploads.delete_many({"user_id": user_id})).deleted_count


def _lines(songs: SongList) -> dict[str, Any]:
    return {
        "rows": [[getattr(row, name) for name in ROW] for row in songs.rows],
        "misses": [[miss.line, miss.text, str(miss.why)] for miss in songs.misses],
    }


def _songs(document: dict[str, Any]) -> SongList:
    kept = json.loads(zlib.decompress(document["lines"]))
    return SongList(
        title=document["title"],
        rows=[_row(row) for row in kept["rows"]],
        misses=[Miss(line=line, text=text, why=Unread(why)) for line, text, why in kept["misses"]],
    )


def _row(kept: list[Any]) -> Row:
    given = dict(zip(ROW, kept, strict=True))
    link = given["link"]
    return Row(**given | {"link": (link[0], link[1]) if link else None})
