"""Users: one document each, made at first sight, gone when they ask or stay away."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from pymongo.errors import DuplicateKeyError

from bot.quota.policy import Plan
from bot.storage.users import COLLECTION, KEPT, User, Users

if TYPE_CHECKING:
    import pytest

    from bot.storage.mongo import Database
    from tests.conftest import SetClock

ANNA = 7_000_000_001  # beyond 32 bits, as new Telegram ids are


async def test_first_and_last_seen(db: Database, now: SetClock) -> None:
    """A user is made at first sight with the free plan, and each visit is noted."""
    users = Users(db, clock=now)
    assert await users.get(ANNA) is None
    first = now()
    await users.seen(ANNA)
    now.forward(days=1)
    seen = await users.seen(ANNA)
    expected = User(
        id=ANNA,
        plan=Plan.FREE,
        plan_until=None,
        language=None,
        created_at=first,
        seen_at=now(),
    )
    assert expected == seen
    assert expected == await users.get(ANNA)


async def test_plan_and_language(db: Database, now: SetClock) -> None:
    """A plan and a language stay when the user comes again; a plan may be for good."""
    users = Users(db, clock=now)
    until = now() + timedelta(days=30)
    await users.set_plan(ANNA, Plan.PLUS, until)
    await users.set_language(ANNA, "tr")
    seen = await users.seen(ANNA)
    assert (Plan.PLUS, until, "tr") == (seen.plan, seen.plan_until, seen.language)
    assert (await users.set_plan(ANNA, Plan.PLUS)).plan_until is None


async def expires_at(db: Database) -> object:
    document = await db[COLLECTION].find_one({"_id": ANNA})
    assert document is not None
    return document["expires_at"]


async def test_kept_for_a_while(db: Database, now: SetClock) -> None:
    """Each visit puts off the deletion, and a plan that lasts longer does so further."""
    users = Users(db, clock=now)
    await users.seen(ANNA)
    now.forward(days=10)
    await users.seen(ANNA)
    assert now() + KEPT == await expires_at(db)
    until = now() + timedelta(days=1000)
    await users.set_plan(ANNA, Plan.PLUS, until)
    await users.seen(ANNA)
    assert until + KEPT == await expires_at(db)


async def test_seen_at_once(db: Database, now: SetClock) -> None:
    """Many first sights at once make one user."""
    users = Users(db, clock=now)
    await asyncio.gather(*(users.seen(ANNA) for _ in range(30)))
    assert 1 == await db[COLLECTION].count_documents({})


async def test_first_sights_collide(
    db: Database, now: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When two first sights of a user collide, the one that lost tries again."""
    users = Users(db, clock=now)
    upsert, lost = users._upsert, [DuplicateKeyError("E11000")]

    async def colliding(*args: Any) -> dict[str, Any]:
        if lost:
            raise lost.pop()
        return await upsert(*args)

    monkeypatch.setattr(users, "_upsert", colliding)
    assert await users.seen(ANNA) == await users.get(ANNA)


async def test_forget(db: Database, now: SetClock) -> None:
    """What is forgotten is gone; the second time there is nothing to forget."""
    users = Users(db, clock=now)
    await users.seen(ANNA)
    assert await users.forget(ANNA)
    assert await users.get(ANNA) is None
    assert not await users.forget(ANNA)
