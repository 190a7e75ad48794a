"""Lists that people sent: kept whole, for a while, and deleted with their person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.models.songlist import Miss, Row, SongList, Unread
from bot.storage.uploads import KEPT, Uploads

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
