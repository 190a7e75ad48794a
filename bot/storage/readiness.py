"""Whether the store does what the work needs: it takes a write that lasts, and has its indexes.

A store may answer pings and refuse writes: its user may only read, its disk is full, its set has no
primary. Without a unique index a message may be answered twice, without a TTL index what must not
be kept stays for good.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog
from pymongo import ReturnDocument, WriteConcern
from pymongo.errors import OperationFailure

from bot.clock import SharedClock, Timing, loop_s, utc_now
from bot.errors import IndexesMissing, StoreUnavailable
from bot.storage.database import EXPIRING, guarded, reason_of

if TYPE_CHECKING:
    from pymongo import IndexModel

    from bot.clock import Clock
    from bot.storage.database import Indexes, Mongo

COLLECTION = "health"
INDEXES = {COLLECTION: (EXPIRING,)}
KEPT = timedelta(days=1)
LASTING = WriteConcern(w="majority", j=True)  # the journal too: it is what a full disk refuses

log = structlog.get_logger()


class Readiness:
    """A document is `{_id: "write", at, expires_at}`: the only one, written again and again.

    With a `SharedClock` every write also tells this process what time it is in the store.
    """

    def __init__(
        self, mongo: Mongo, indexes: Indexes, *, clock: Clock = utc_now, timing: Timing = Timing()
    ) -> None:
        self._mongo = mongo
        self._indexes = indexes
        self._clock = clock
        self._timing = timing
        self._wrote_at = float("-inf")  # loop time
        self._writing: asyncio.Task[None] | None = None
        self._reasons: dict[str, str] | None = None  # of the indexes that could not be made

    async def write(self) -> None:
        """Raises StoreUnavailable. All that ask meanwhile share a write, and it holds a moment."""
        if loop_s() - self._wrote_at < self._timing.write_holds_s:
            return
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())
            # Whoever asked may have given up by then.
            self._writing.add_done_callback(lambda task: task.cancelled() or task.exception())
        await asyncio.shield(self._writing)

    async def indexed(self) -> None:
        """Raises IndexesMissing."""
        if self._reasons is None:
            raise IndexesMissing({})
        if self._reasons:
            raise IndexesMissing(self._reasons)

    async def whole(self) -> None:
        """Raises StoreUnavailable where either is so."""
        await self.indexed()
        await self.write()

    async def ensure(self) -> None:
        """Make the indexes that are missing, however one of them fails.

        Any number of processes may do so at once. Raises StoreUnavailable where nothing answers.
        """
        wanted = [(room, each) for room, models in self._indexes.items() for each in models]
        made = await asyncio.gather(*(self._made(*each) for each in wanted))
        failed = {name: why for name, why in made if why}
        if failed and failed != self._reasons:
            log.error("indexes not made", **failed)
        self._reasons = failed

    async def keep(self) -> None:
        """Make the indexes, however late MongoDB comes, and hear what time it is there."""
        wait_s = self._timing.indexes_again_s
        while True:
            try:
                await self.write()
                if self._reasons is None or self._reasons:
                    await self.ensure()
                wait_s = self._timing.store_looked_at_every_s
            except StoreUnavailable as error:
                log.warning("store not ready", error=str(error))
                wait_s = self._timing.indexes_again_s
            await asyncio.sleep(wait_s)

    @guarded()
    async def _made(self, room: str, index: IndexModel) -> tuple[str, str]:
        """Its name, and why it was refused where it was."""
        why = ""
        try:
            await self._mongo.db[room].create_indexes([index])
        except OperationFailure as error:
            why = reason_of(error)
        return f"{room}.{index.document['name']}", why

    @guarded()
    async def _write(self) -> None:
        health = self._mongo.db.get_collection(COLLECTION, write_concern=LASTING)
        began = self._clock()
        until = {"$add": ["$$NOW", KEPT // timedelta(milliseconds=1)]}
        written = await health.find_one_and_update(
            {"_id": "write"},
            [{"$set": {"at": "$$NOW", "expires_at": until}}],
            upsert=True,
            return_document=ReturnDocument.AFTER,
        )
        self._wrote_at = loop_s()
        if isinstance(self._clock, SharedClock):
            self._clock.heard(written["at"], began, self._clock())
