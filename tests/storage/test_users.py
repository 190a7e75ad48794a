"""Users: one document each, made when there is something to remember, gone when they ask."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.models.preferences import DEFAULTS, Preferences
from bot.storage.users import COLLECTION, KEPT, Users

if TYPE_CHECKING:
    from datetime import datetime

    from bot.storage.database import Database
    from tests.conftest import SetClock

ANNA = 7_000_000_001  # beyond 32 bits, as new Telegram ids are


async def test_a_first_choice_makes_a_user(db: Database, now: SetClock) -> None:
    """Whoever chose nothing is unknown; a first choice makes a user."""
    users = Users(db, clock=now)
    assert await users.preferences(ANNA) is None
    chosen = await users.choose(ANNA, language="tr")

    assert Preferences(language="tr") == chosen == await users.preferences(ANNA)


async def test_plan_and_preferences_do_not_touch(db: Database, now: SetClock) -> None:
    """A plan stays when something is chosen, and what is chosen when a plan is given."""
    users = Users(db, clock=now)
    until = now() + timedelta(days=30)
    await give_plan(db, until)
    await users.choose(ANNA, language="tr", platforms=("deezer", "spotify"))
    assert ("plus", until) == await plan_of(db)
    await give_plan(db, None)
    chosen = await users.preferences(ANNA)
    assert Preferences(language="tr", platforms=("spotify", "deezer")) == chosen


async def give_plan(db: Database, until: datetime | None, **more: object) -> None:
    """As an operator does, also to someone who never came."""
    given = {"plan": "plus", "plan_until": until, **more}
    await db[COLLECTION].update_one({"_id": ANNA}, {"$set": given}, upsert=True)


async def plan_of(db: Database) -> tuple[object, object]:
    document = await db[COLLECTION].find_one({"_id": ANNA})
    assert document is not None
    return document["plan"], document["plan_until"]


async def expires_at(db: Database) -> object:
    document = await db[COLLECTION].find_one({"_id": ANNA})
    assert document is not None
    return document["expires_at"]


async def test_kept_for_a_while(db: Database, now: SetClock) -> None:
    """Use puts off the deletion, noted once a month; a plan that lasts longer does so further."""
    users = Users(db, clock=now)
    await users.choose(ANNA, language="tr")
    first = now() + KEPT
    now.forward(days=10)
    await users.preferences(ANNA)
    assert first == await expires_at(db)
    now.forward(days=25)
    await users.preferences(ANNA)
    assert now() + KEPT == await expires_at(db)
    until = now() + timedelta(days=1000)
    await give_plan(db, until, expires_at=until + KEPT)
    await users.choose(ANNA, language="de")
    assert until + KEPT == await expires_at(db)


async def test_chosen_at_once(db: Database, now: SetClock) -> None:
    """Many first choices and plans at once make one user, who has both."""
    users = Users(db, clock=now)
    await asyncio.gather(
        *(users.choose(ANNA, language="tr") for _ in range(30)),
        *(give_plan(db, None) for _ in range(30)),
    )

    assert ("plus", None) == await plan_of(db)
    assert Preferences(language="tr") == await users.preferences(ANNA)
    assert 1 == await db[COLLECTION].count_documents({})


async def test_what_is_no_preference(db: Database, now: SetClock) -> None:
    """A name that no preference has is refused, before anything is written."""
    users = Users(db, clock=now)
    with pytest.raises(TypeError, match="preferences have no colour"):
        await users.choose(ANNA, colour="red")
    assert 0 == await db[COLLECTION].count_documents({})


async def test_what_older_or_newer_versions_stored(db: Database, now: SetClock) -> None:
    """Platforms and modes that this version does not know are passed over."""
    users = Users(db, clock=now)
    await users.choose(ANNA, platforms=("myspace",), mode="whispering")
    assert DEFAULTS == await users.preferences(ANNA)


async def test_forget(db: Database, now: SetClock) -> None:
    """What is forgotten is gone; the second time there is nothing to forget."""
    users = Users(db, clock=now)
    await users.choose(ANNA, language="tr")
    assert await users.forget(ANNA)
    assert await users.preferences(ANNA) is None
    assert not await users.forget(ANNA)
