"""Updates: each is claimed before it is handled, so that it is handled once.

A claim is a lease until the handler has ended: a process that dies with it loses it, and the
update, which Telegram sends again, is handled then.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from bot.clock import Clock, ahead, utc_now
from bot.storage.database import EXPIRING, QUICK, Database, guarded

if TYPE_CHECKING:
    from datetime import datetime

COLLECTION = "updates"
INDEXES = {COLLECTION: (EXPIRING,)}
# Telegram keeps an update for 24 hours (https://core.telegram.org/bots/api#getting-updates).
KEPT = timedelta(hours=48)


class Claim(StrEnum):
    OURS = "ours"
    TAKEN = "taken"  # somebody works on it
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Claimed:
    """What came of a claim. `attempt` counts the claims of this update, from 1."""

    claim: Claim
    attempt: int = 1


class SeenUpdates:
    """The updates of one bot that were taken in.

    Acknowledged by the primary alone: a claim that is lost with it costs a repeated answer to a
    command at worst, as links are answered once by their jobs' ids, and waiting for the others
    would delay every first page.
    """

    def __init__(self, db: Database, *, bot_id: str, clock: Clock = utc_now) -> None:
        self._updates = db.get_collection(COLLECTION, write_concern=QUICK)
        self._bot_id = bot_id
        self._clock = clock

    @guarded()
    async def claim(self, update_id: int, owner: str, *, lease_s: float) -> Claimed:
        """Lease an update that is new, was given back, or whose lease has passed."""
        now = self._clock()
        lease = {"owner": owner, "lease_until": now + timedelta(seconds=lease_s), "done": False}
        new = {"_id": self._key(update_id), "attempts": 1, "expires_at": now + KEPT}
        try:
            await self._updates.insert_one(new | lease)
        except DuplicateKeyError:
            return await self._claim_again(update_id, lease, now)
        return Claimed(Claim.OURS)

    async def _claim_again(self, update_id: int, lease: dict[str, Any], now: datetime) -> Claimed:
        known = {"_id": self._key(update_id)}
        held = ahead(now, lease["lease_until"] - now)
        free = known | {"done": {"$ne": True}, "lease_until": {"$not": held}}
        again: dict[str, Any] | None = await self._updates.find_one_and_update(
            free, {"$set": lease, "$inc": {"attempts": 1}}, return_document=ReturnDocument.AFTER
        )
        if again:
            return Claimed(Claim.OURS, int(again["attempts"]))
        document = await self._updates.find_one(known)
        return Claimed(Claim.DONE if document and document.get("done") else Claim.TAKEN)

    @guarded()
    async def renew(self, update_id: int, owner: str, *, lease_s: float) -> None:
        until = self._clock() + timedelta(seconds=lease_s)
        await self._updates.update_one(
            self._held(update_id, owner), {"$set": {"lease_until": until}}
        )

    @guarded()
    async def done(self, update_id: int, owner: str) -> None:
        """It is answered, or its job is stored: whoever gets it again passes it over."""
        await self._updates.update_one(self._held(update_id, owner), {"$set": {"done": True}})

    @guarded()
    async def release(self, update_id: int, owner: str) -> None:
        """Give it back unhandled: claimable at once, and the attempt counts."""
        await self._updates.update_one(
            self._held(update_id, owner), {"$set": {"lease_until": self._clock()}}
        )

    def _held(self, update_id: int, owner: str) -> dict[str, Any]:
        return {"_id": self._key(update_id), "owner": owner, "done": False}

    def _key(self, update_id: int) -> str:
        return f"{self._bot_id}:{update_id}"
