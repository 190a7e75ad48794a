"""Keeps this process and MongoDB of one mind on who has which job, every few seconds."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

import structlog

from bot.carrying import Entry
from bot.errors import ChatBusy, ChatClosed, StoreUnavailable

if TYPE_CHECKING:
    from bot.lanes import Lanes
    from bot.leases import Leases
    from bot.storage.job import Job

log = structlog.get_logger()

HEARTBEAT_S = 5.0


class Heartbeat:
    """Renews the leases of what runs here, and takes in what waits or was left behind."""

    def __init__(self, leases: Leases, lanes: Lanes) -> None:
        self._leases = leases
        self._lanes = lanes

    async def keep(self) -> None:
        """Beat until it is cancelled."""
        while True:
            try:
                await self._leases.write()
                await self._renew()
                await self.recover()
                await self._adopt()
            except StoreUnavailable as error:
                log.warning("leases not renewed", error=str(error))
            await asyncio.sleep(HEARTBEAT_S)

    async def _renew(self) -> None:
        held = {
            job_id: entry
            for job_id, entry in self._lanes.entries.items()
            if entry.claimed and entry.stored and entry.running
        }
        if not held:
            return
        stored = await self._leases.renew(held)
        for job_id, entry in held.items():
            if self._lanes.entries.get(job_id) is entry:
                await self._follow(entry, stored.get(job_id))

    async def _follow(self, entry: Entry, stored: Job | None) -> None:
        """Do with a running job what another process was asked to do with it."""
        if stored is None:
            entry.lost = True
            if entry.running:
                entry.running.cancel()
        elif entry.showing and stored.stop:
            entry.showing.stop()
        elif entry.showing and stored.page != entry.now.page:
            with contextlib.suppress(ChatClosed, ChatBusy):
                await entry.showing.turn(stored.page)

    async def recover(self) -> None:
        """Take over what nobody holds: after a restart, or from a process that died."""
        while not self._lanes.full and (job := await self._leases.next()):
            if entry := self._lanes.entries.get(job.id):
                entry.claimed = True
                continue
            log.info("job taken over", job=job.id, attempts=job.attempts)
            self._lanes.enter(Entry(job, claimed=True, stopped=job.stop))

    async def _adopt(self) -> None:
        """Line up what a user sent to other processes behind what runs for that user here."""
        users = self._lanes.users
        if not users:
            return
        for job in await self._leases.waiting(users):
            if job.id not in self._lanes.entries and self._lanes.busy(job.user_id):
                self._lanes.enter(Entry(job))
