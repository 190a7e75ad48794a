"""Keeps this process and MongoDB of one mind on who has which job, every few seconds."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

from bot.clock import loop_s
from bot.errors import ChatBusy, ChatClosed, StoreUnavailable
from bot.jobs.execution import Entry

if TYPE_CHECKING:
    from bot.jobs.leases import Leases
    from bot.jobs.progress import ProgressMessage
    from bot.jobs.queues import UserQueues
    from bot.models.job import Job

log = structlog.get_logger()

HEARTBEAT_S = 5.0
# After an outage nothing is taken over for so long: the processes that live have their leases
# renewed by then, and have written which messages they sent.
CALM_S = 12.0


class Heartbeat:
    """Renews the leases of what runs here, and takes in what waits or was left behind."""

    def __init__(self, leases: Leases, lanes: UserQueues) -> None:
        self._leases = leases
        self._lanes = lanes
        self._calm_at = float("-inf")  # loop time

    async def keep(self) -> None:
        """Beat until it is cancelled, whatever a beat fails of."""
        while True:
            try:
                await self._beat()
            except StoreUnavailable as error:
                self._calm_at = loop_s() + CALM_S
                log.warning("leases not renewed", error=str(error))
            except Exception:
                log.exception("a heartbeat failed")
            await asyncio.sleep(HEARTBEAT_S)

    async def _beat(self) -> None:
        await self._renew()
        await self._leases.write()
        if loop_s() >= self._calm_at:
            await self.recover()
            await self._adopt()

    async def _renew(self) -> None:
        held = {
            job_id: entry
            for job_id, entry in self._lanes.entries.items()
            if entry.claimed and entry.stored and not entry.ending
        }
        if not held:
            return
        stored = await self._leases.renew(held)
        for job_id, entry in held.items():
            if self._lanes.entries.get(job_id) is entry:
                self._follow(entry, stored.get(job_id))

    def _follow(self, entry: Entry, stored: Job | None) -> None:
        """Do with a job that is held here what another process was asked to do with it."""
        if stored is None:
            self._lose(entry)
        elif entry.showing and stored.stop:
            entry.showing.stop()
        elif entry.showing and stored.page != entry.page and _is_over(entry.turning):
            # Turned elsewhere since the last beat; a page that was turned here is stored later.
            entry.page = stored.page
            if stored.page != entry.now.page:
                # Beside the beat: it may wait a minute for its chat, and the leases can't.
                entry.turning = asyncio.create_task(_turn(entry.showing, stored.page))

    def _lose(self, entry: Entry) -> None:
        if entry.running is None:
            entry.claimed = False  # it asks again when its turn comes
        elif not entry.ending:
            entry.running.cancel()

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


async def _turn(showing: ProgressMessage, page: int) -> None:
    try:
        await showing.turn(page)
    except (ChatClosed, ChatBusy) as error:
        log.info("page not turned", job=showing.job.id, reason=str(error))
    except Exception:
        log.exception("page not turned", job=showing.job.id)


def _is_over(task: asyncio.Task[None] | None) -> bool:
    return task is None or task.done()
