"""A process that runs jobs, with small stand-ins around it and a real MongoDB."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.clock import Timing
from bot.errors import Service, Unavailable
from bot.jobs.execution import JobContext
from bot.jobs.queues import MOST
from bot.jobs.runner import Runner
from bot.models.job import Job, JobState
from bot.quota.ledger import Ledger
from bot.quota.meter import Meter
from bot.quota.policy import Plans
from bot.resolve.resolver import Resolver
from bot.resolve.scheduler import LookupScheduler
from bot.storage.jobs import Jobs
from tests.stage import Memory, Screen, Searcher, Shelf

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from bot.models import Listing
    from bot.models.view import ListingView
    from bot.storage.database import Database
    from tests.conftest import SetClock

EVERY_S = 0.15  # instead of 3 s
# What takes seconds in the chat takes moments here.
SOON = Timing(
    edit_every_s=EVERY_S,
    almost_done_s=0.0,
    card_wait_s=0.1,
    wait_note_after_s=0.05,
    heartbeat_s=0.05,
)
PLANS = Plans(free=30, plus=300, admins=frozenset({7}), zone=ZoneInfo("UTC"))
TODAY = "2026-11-20"
DOWN = Unavailable(Service.YOUTUBE_MUSIC, "timed out")


class Scene:
    """A process with its runner; `other` is a second one on the same store."""

    def __init__(self, db: Database, now: SetClock) -> None:
        self.db, self.now = db, now
        self.shelf, self.memory, self.searcher = Shelf(), Memory(), Searcher().open()
        self.screen = Screen()
        self.jobs = Jobs(db, clock=now)
        self.ledger = Ledger(db, clock=now)
        self.meter = Meter(self.ledger, PLANS, clock=now)
        self.runner = self.new_runner()

    def new_runner(
        self,
        afterwards: Callable[[Job, ListingView], Awaitable[None]] | None = None,
        places: Mapping[str, int] = MOST,
        *,
        alone: bool = True,
        **waits: float,
    ) -> Runner:
        timing = replace(SOON, **waits)
        lookups = LookupScheduler(self.searcher, width=4)
        resolver = Resolver(self.shelf, lookups, listings=self.memory, findings=self.memory)
        return Runner(
            JobContext(
                resolver=resolver,
                jobs=Jobs(self.db, clock=self.now, timing=timing),
                meter=self.meter,
                presenter_of=lambda _: self.screen,
                alone=alone,
                clock=self.now,
                timing=timing,
                afterwards=afterwards,
                places=places,
            )
        )

    def job(self, to: Listing, *, name: str = "", user_id: int = 1) -> Job:
        self.shelf.add(to)
        return Job(
            id=name or f"job-{to.title[-1]}",
            user_id=user_id,
            chat_id=user_id,
            message_id=5,
            chat_type="private",
            link_kind=to.kind,
            link_id=to.id,
            created_at=self.now(),
        )

    async def finish(self) -> None:
        async with asyncio.timeout(20):
            while not self.runner.idle:  # noqa: ASYNC110  idle is what an outsider can ask for
                await asyncio.sleep(0.01)

    async def run(self, to: Listing, **given: object) -> Job:
        """Run one job to its end; the stored job."""
        job = self.job(to, **given)  # type: ignore[arg-type]  # a test's own fields
        await self.runner.submit(job)
        await self.finish()
        return await self.stored(job.id)

    async def stored(self, job_id: str) -> Job:
        job = await self.jobs.get(job_id)
        assert job is not None
        return job

    async def used(self, user_id: int = 1) -> int:
        return await self.ledger.used(user_id, period=TODAY)


async def until_shown(scene: Scene, count: int) -> None:
    async with asyncio.timeout(10):
        await scene.screen.until(count)


async def until_done(scene: Scene, job_id: str, *, hurry: bool = False) -> Job:
    """With `hurry` no time passes while it waits to be tried again."""
    async with asyncio.timeout(10):
        while (job := await scene.stored(job_id)).state is not JobState.DONE:
            if hurry and job.lease_until and job.state is JobState.WAITING:
                scene.now.time = max(scene.now(), job.lease_until)
            await asyncio.sleep(0.02)
    return job


async def until_renewed(scene: Scene, job_id: str) -> None:
    """Until the lease of a job is as long as if it began now."""
    scene.now.forward(seconds=10)
    whole = scene.now() + timedelta(seconds=SOON.lease_s)
    async with asyncio.timeout(10):
        while (await scene.stored(job_id)).lease_until != whole:  # noqa: ASYNC110  MongoDB tells nobody
            await asyncio.sleep(0.01)


async def beats(runner: Runner, times: int = 3) -> None:
    """Until its heart has beaten so often from now on."""
    heart, beaten = runner._heartbeat, asyncio.Semaphore(0)
    beat = heart._beat

    async def counted() -> None:
        await beat()
        beaten.release()

    heart._beat = counted  # type: ignore[method-assign]  # to count
    async with asyncio.timeout(10):
        for _ in range(times):
            await beaten.acquire()
    heart._beat = beat  # type: ignore[method-assign]
