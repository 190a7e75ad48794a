"""Lists that people sent, so that their pages and buttons work as long as those of links.

The rows are compressed in parts, so that a page of them is read without the others, and a list of
10,000 lines stays far below a document's 16 MB. Packing a whole list takes a thread of its own, and
unpacking one leaves room between its parts: either would hold up everybody.
"""

from __future__ import annotations

import asyncio
import json
import zlib
from base64 import urlsafe_b64encode
from datetime import timedelta
from functools import partial
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, TypeVar

from pymongo import ASCENDING, IndexModel

from bot.clock import Clock, utc_now
from bot.models import RowKind
from bot.models.outline import Outline, in_runs
from bot.models.songlist import Miss, Row, SongList, Unread
from bot.storage.database import EXPIRING, Database, guarded, readable_in_parts
from bot.storage.listings import read_outline, written_outline

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

T = TypeVar("T")

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
PART = 200  # rows that are unpacked at once: 2 ms
_ID_BYTES = 12  # 16 characters


class Uploads:
    """A document is `{_id, user_id, title, rows, misses, outline, expires_at}`.

    `rows` and `misses` are in parts. Older ones have both in one value, `lines`, until they are
    first read.
    """

    def __init__(self, db: Database, *, clock: Clock = utc_now) -> None:
        self._uploads = db[COLLECTION]
        self._clock = clock

    async def put(self, user_id: int, songs: SongList, *, title: str) -> str:
        """Keep a list; its id, the same when the same person sends the same list again.

        `title` is for one that has none of its own.
        """
        title = songs.title or title
        identity, packed = await asyncio.to_thread(_named, user_id, title, songs)
        document = {"user_id": user_id, "title": title, "expires_at": self._clock() + KEPT}
        async with guarded():
            await self._uploads.replace_one({"_id": identity}, document | packed, upsert=True)
        return identity

    async def get(self, identity: str, rows: range | None = None) -> SongList | None:
        """The list; with `rows`, only those parts that hold these rows, and no misses."""
        shown: dict[str, Any] = {}
        if rows:
            first, last = rows[0] // PART, rows[-1] // PART
            shown = {"misses": 0, "rows": {"$slice": [first, last - first + 1]}}
        async with guarded():
            kept = {"_id": identity, "expires_at": {"$gt": self._clock()}}
            document = await self._uploads.find_one(kept, shown)
            if document and "lines" in document:
                done = await readable_in_parts(self._put_in_order, document, COLLECTION)
                document = await self._uploads.find_one(kept, shown) if done else None
        return await readable_in_parts(partial(_songs, rows=rows), document, COLLECTION)

    @guarded()
    async def learn(self, identity: str, outline: Outline) -> None:
        """Keep what the rows turned out to be, whose names were asked for."""
        await self._uploads.update_one(
            {"_id": identity}, {"$set": {"outline": written_outline(outline)}}
        )

    @guarded()
    async def forget(self, user_id: int) -> int:
        return (await self._uploads.delete_many({"user_id": user_id})).deleted_count

    async def _put_in_order(self, document: dict[str, Any]) -> bool:
        packed = await asyncio.to_thread(_repacked, document["lines"])
        change = {"$set": packed, "$unset": {"lines": 1}}
        await self._uploads.update_one({"_id": document["_id"]}, change)
        return True


def _named(user_id: int, title: str, songs: SongList) -> tuple[str, dict[str, Any]]:
    """The id of a list and its packed fields. The id is that of all its lines in one value."""
    rows = _written([[getattr(row, name) for name in ROW] for row in songs.rows])
    misses = _written([[miss.line, miss.text, str(miss.why)] for miss in songs.misses])
    # As `json` writes the whole, but not in one go, in which no other thread could work.
    whole = f'{{"rows": [{_joined(rows)}], "misses": [{_joined(misses)}]}}'
    lines = zlib.compress(whole.encode())
    name = b"\x1f".join((str(user_id).encode(), title.encode(), lines))
    identity = urlsafe_b64encode(blake2b(name, digest_size=_ID_BYTES).digest()).decode()
    return identity, _packed(rows, misses, songs.rows)


def _repacked(lines: bytes) -> dict[str, Any]:
    kept = json.loads(zlib.decompress(lines))
    rows = [_row(row) for row in kept["rows"]]
    return _packed(_written(kept["rows"]), _written(kept["misses"]), rows)


def _packed(written: list[str], missed: list[str], rows: Sequence[Row]) -> dict[str, Any]:
    return {
        "rows": [zlib.compress(part.encode()) for part in written],
        "misses": [zlib.compress(part.encode()) for part in missed],
        "outline": written_outline(_outline(rows)),
    }


def _written(values: Sequence[list[Any]]) -> list[str]:
    """Parts of so many values each, as JSON."""
    starts = range(0, len(values), PART)
    return [json.dumps(values[start : start + PART], ensure_ascii=False) for start in starts]


def _joined(parts: Sequence[str]) -> str:
    return ", ".join(part[1:-1] for part in parts)


def _outline(rows: Sequence[Row]) -> Outline:
    """As far as the lines alone tell it: what a bare link leads to is not known."""
    kinds = [RowKind.NAMELESS if row.is_nameless else RowKind.SONG for row in rows]
    lengths = [row.length_ms for row in rows]
    return Outline(in_runs(kinds), sum(filter(None, lengths)) if all(lengths) else None)


async def _songs(document: dict[str, Any], rows: range | None) -> SongList:
    return SongList(
        title=document["title"],
        rows=await _unpacked(document["rows"], _row),
        misses=await _unpacked(document.get("misses", ()), _miss),
        start=rows[0] // PART * PART if rows else 0,
        outline=read_outline(document["outline"]),
    )


async def _unpacked(parts: Sequence[bytes], read: Callable[[list[Any]], T]) -> list[T]:
    values: list[T] = []
    for part in parts:
        values += map(read, json.loads(zlib.decompress(part)))
        await asyncio.sleep(0)
    return values


def _row(kept: list[Any]) -> Row:
    given = dict(zip(ROW, kept, strict=True))
    link = given["link"]
    return Row(**given | {"link": (link[0], link[1]) if link else None})


def _miss(kept: list[Any]) -> Miss:
    line, text, why = kept
    return Miss(line=line, text=text, why=Unread(why))
