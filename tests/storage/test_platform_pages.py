from __future__ import annotations

from typing import TYPE_CHECKING

from bot.storage.platform_pages import KEPT, MISS_KEPT, PlatformPages

if TYPE_CHECKING:
    from bot.storage.database import Database
    from tests.conftest import SetClock


async def test_pages_are_kept_for_a_while(db: Database, now: SetClock) -> None:
    """Found ones a month, misses two days, and what was never searched for is left out."""
    pages = PlatformPages(db, clock=now)
    await pages.put_many({"deezer:1": "https://www.deezer.com/track/1", "deezer:2": None})
    await pages.put_many({})

    known = {"deezer:1": "https://www.deezer.com/track/1", "deezer:2": None}
    assert known == await pages.get_many(["deezer:1", "deezer:2", "deezer:3"])
    now.forward(seconds=MISS_KEPT.total_seconds())
    assert {"deezer:1": known["deezer:1"]} == await pages.get_many(list(known))
    now.forward(seconds=KEPT.total_seconds())
    assert {} == await pages.get_many(list(known))


async def test_the_newest_holds(db: Database, now: SetClock) -> None:
    """A miss that was found later is found."""
    pages = PlatformPages(db, clock=now)
    await pages.put_many({"deezer:1": None})
    await pages.put_many({"deezer:1": "https://www.deezer.com/track/1"})
    assert {"deezer:1": "https://www.deezer.com/track/1"} == await pages.get_many(["deezer:1"])
