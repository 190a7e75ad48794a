"""Updates are claimed by one process, and by another when that one died or gave them back."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from bot.storage.seen_updates import KEPT, Claim, Claimed, SeenUpdates

if TYPE_CHECKING:
    from bot.storage.database import Database
    from tests.conftest import SetClock

OURS, TAKEN, DONE = Claimed(Claim.OURS), Claimed(Claim.TAKEN), Claimed(Claim.DONE)


@pytest.fixture
def updates(db: Database, now: SetClock) -> SeenUpdates:
    return SeenUpdates(db, bot_id="7", clock=now)


async def test_only_one_gets_an_update(updates: SeenUpdates) -> None:
    """However many ask at once, one handles it."""
    claims = [updates.claim(1, f"process {n}", lease_s=15) for n in range(8)]
    assert [OURS] + [TAKEN] * 7 == sorted(
        await asyncio.gather(*claims), key=lambda claimed: claimed.claim
    )


async def test_what_is_done_stays_done(updates: SeenUpdates, now: SetClock) -> None:
    """Neither its lease nor the one who handled it brings it back."""
    await updates.claim(1, "a", lease_s=15)
    await updates.done(1, "a")
    now.forward(hours=1)
    await updates.release(1, "a")
    assert DONE == await updates.claim(1, "b", lease_s=15)


async def test_a_dead_process_loses_its_update(updates: SeenUpdates, now: SetClock) -> None:
    """With its lease; and when it lives after all, it can no longer end the other's turn."""
    await updates.claim(1, "dead", lease_s=15)
    now.forward(seconds=14)
    assert TAKEN == await updates.claim(1, "b", lease_s=15)
    now.forward(seconds=1)
    assert Claimed(Claim.OURS, 2) == await updates.claim(1, "b", lease_s=15)
    await updates.done(1, "dead")
    assert TAKEN == await updates.claim(1, "c", lease_s=15)


async def test_a_lease_that_is_kept_alive(updates: SeenUpdates, now: SetClock) -> None:
    """A handler may take as long as it needs."""
    await updates.claim(1, "a", lease_s=15)
    now.forward(seconds=10)
    await updates.renew(1, "a", lease_s=15)
    now.forward(seconds=10)
    assert TAKEN == await updates.claim(1, "b", lease_s=15)


async def test_what_is_given_back_can_be_claimed_at_once(updates: SeenUpdates) -> None:
    """The attempt counts."""
    await updates.claim(1, "a", lease_s=15)
    await updates.release(1, "a")
    assert Claimed(Claim.OURS, 2) == await updates.claim(1, "a", lease_s=15)


async def test_bots_do_not_share_their_updates(db: Database, now: SetClock) -> None:
    """Each bot counts its own updates."""
    for bot_id in ("7", "8"):
        updates = SeenUpdates(db, bot_id=bot_id, clock=now)
        assert OURS == await updates.claim(1, "a", lease_s=15)


async def test_claims_expire_after_telegrams_redelivery(
    updates: SeenUpdates, db: Database, now: SetClock
) -> None:
    """Telegram keeps an update for a day; the claim outlives it, and not for ever."""
    await updates.claim(1, "a", lease_s=15)
    kept = await db["updates"].find_one({})
    assert kept
    assert now() + KEPT == kept["expires_at"]
    assert any(
        index.get("expireAfterSeconds") == 0
        for index in (await db["updates"].index_information()).values()
    )
