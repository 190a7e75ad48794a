"""Lists that people sent: kept whole, for a while, and deleted with their person."""

from __future__ import annotations

import json
import zlib
from base64 import urlsafe_b64encode
from dataclasses import replace
from hashlib import blake2b
from typing import TYPE_CHECKING

from bot.models import RowKind
from bot.models.outline import Outline
from bot.models.songlist import Miss, Row, SongList, Unread
from bot.storage.uploads import KEPT, PART, ROW, Uploads

if TYPE_CHECKING:
    from bot.storage.database import Database
    from tests.conftest import SetClock

SONGS = SongList(
    title="Mine",
    rows=[
        Row(line=1, text="a - b", title="b", artists=["a"], album="c", length_ms=5, isrc="X"),
        Row(line=2, text="1", link=("track", "1" * 22)),
    ],
    misses=[Miss(line=3, text="…", why=Unread.NO_SONG)],
)


async def test_a_list_comes_back_whole(db: Database, now: SetClock) -> None:
    uploads = Uploads(db, clock=now)
    name = await uploads.put(1, SONGS, title="unused")

    assert SONGS == await uploads.get(name)
    assert name == await uploads.put(1, SONGS, title="unused")
    assert name != await uploads.put(2, SONGS, title="unused")


async def test_a_list_without_a_name(db: Database, now: SetClock) -> None:
    """It gets the one that is given."""
    uploads = Uploads(db, clock=now)
    kept = await uploads.get(await uploads.put(1, SongList(title=None, rows=SONGS.rows), title="Y"))

    assert kept
    assert "Y" == kept.title


async def test_a_page_is_read_without_the_other_rows(db: Database, now: SetClock) -> None:
    """Only the parts that hold its rows are unpacked, and no misses; the outline says the rest."""
    rows = [Row(line=n, text=f"a - {n}", title=str(n), length_ms=n) for n in range(1, 2 * PART)]
    rows.append(Row(line=0, text="x", link=("track", "1" * 22)))
    uploads = Uploads(db, clock=now)
    name = await uploads.put(1, replace(SONGS, rows=rows), title="")

    for asked, start, count in (
        (range(20, 40), 0, PART),
        (range(PART - 10, PART + 10), 0, 2 * PART),
        (range(2 * PART - 1, 2 * PART), PART, PART),
        (range(9 * PART, 9 * PART + 20), 9 * PART, 0),
    ):
        page = await uploads.get(name, asked)
        assert page
        assert page.outline
        assert (start, rows[start : start + count], []) == (
            page.start,
            [*page.rows],
            [*page.misses],
        )
        assert ((RowKind.SONG, 2 * PART - 1), (RowKind.NAMELESS, 1)) == page.outline.kinds


async def test_what_the_rows_turned_out_to_be_is_kept(db: Database, now: SetClock) -> None:
    """The kind of a bare link is known when Spotify has named it."""
    uploads = Uploads(db, clock=now)
    name = await uploads.put(1, SONGS, title="")
    outline = Outline(((RowKind.SONG, 2),), 7)
    await uploads.learn(name, outline)

    kept = await uploads.get(name, range(1))
    assert kept
    assert outline == kept.outline


async def test_a_list_of_an_older_version(db: Database, now: SetClock) -> None:
    """Its lines in one value are put in order when it is first read, and its name is the same."""
    uploads = Uploads(db, clock=now)
    rows = [[getattr(row, name) for name in ROW] for row in SONGS.rows]
    misses = [[miss.line, miss.text, str(miss.why)] for miss in SONGS.misses]
    kept = json.dumps({"rows": rows, "misses": misses}, ensure_ascii=False).encode()
    lines = zlib.compress(kept)
    old = {"user_id": 1, "title": "Mine", "lines": lines, "expires_at": now() + KEPT}
    digest = blake2b(b"1\x1fMine\x1f" + lines, digest_size=12).digest()
    name = urlsafe_b64encode(digest).decode()

    for asked in (range(1), None):
        await db["uploads"].replace_one({"_id": name}, old, upsert=True)
        found = await uploads.get(name, asked)
        assert found
        assert found.outline
        assert SONGS.rows == found.rows
        assert "lines" not in (await db["uploads"].find_one({"_id": name}) or {})
    assert SONGS == found
    assert name == await uploads.put(1, SONGS, title="")


async def test_a_list_expires(db: Database, now: SetClock) -> None:
    uploads = Uploads(db, clock=now)
    name = await uploads.put(1, SONGS, title="")
    now.time += KEPT

    assert None is await uploads.get(name)


async def test_lists_are_deleted_with_their_person(db: Database, now: SetClock) -> None:
    uploads = Uploads(db, clock=now)
    mine, other = [await uploads.put(user, SONGS, title="") for user in (1, 2)]

    assert 1 == await uploads.forget(1)
    assert None is await uploads.get(mine)
    assert await uploads.get(other)


async def test_the_longest_list(db: Database, now: SetClock) -> None:
    """Ten thousand lines are one document, well below what one may hold."""
    rows = [
        Row(line=n, text=f"Band {n} - Song {n} 日本語", title=f"Song {n}", artists=[f"Band {n}"])
        for n in range(10_000)
    ]
    uploads = Uploads(db, clock=now)
    kept = await uploads.get(await uploads.put(1, SongList(title="x", rows=rows), title=""))

    assert kept
    assert 10_000 == len(kept.rows)
