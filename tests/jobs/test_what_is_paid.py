"""What a listing costs: a set of tracks, on the day on which they were reserved."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.models.job import JobState
from bot.models.view import State
from bot.storage.jobs import Jobs
from tests.jobs.scene import DOWN, TODAY, beats
from tests.stage import listing

if TYPE_CHECKING:
    from bot.models import Listing
    from bot.models.job import Job
    from tests.jobs.scene import Scene

TOMORROW = "2026-11-21"
TEN_TO_MIDNIGHT = datetime(2026, 11, 20, 23, 50, tzinfo=UTC)


def changed(scene: Scene, was: Listing, tracks: Listing) -> Listing:
    """The playlist as its owner has made it by now, and nobody has read it since."""
    scene.memory.listings.clear()
    return replace(was, tracks=tracks.tracks, total=len(tracks.tracks))


def counts(job: Job) -> tuple[int, int]:
    """How many of its songs were found, and held back."""
    return job.outcome["counts"]["official"], job.outcome["counts"]["withheld"]


async def used(scene: Scene) -> tuple[int, int]:
    """Of both days."""
    return await scene.used(), await scene.ledger.used(1, period=TOMORROW)


async def reserved_by_a_dead_process(scene: Scene, job: Job, tracks: int) -> None:
    await scene.jobs.accept(job)
    await Jobs(scene.db, clock=scene.now, owner="dead").claim_id(job.id)
    keys = [track.key for track in scene.shelf.listings[job.link_id].tracks[:tracks]]
    await scene.meter.open(job, await scene.meter.standing(1, keys, job.id), keys)


async def test_swapped_songs_are_new_ones(scene: Scene) -> None:
    """A playlist that was paid and whose songs are others now costs what others cost."""
    was = listing(20)
    await scene.run(was)
    job = await scene.run(changed(scene, was, listing(20, number=2)), name="again")
    assert (10, 10) == counts(job)
    assert (30, 30) == (await scene.used(), len(scene.searcher.found))


async def test_songs_on_top_take_nothing_away(scene: Scene) -> None:
    """What was paid stays, wherever it stands by now; the new songs wait for a day that pays."""
    was, new = listing(30), listing(2, number=2)
    await scene.run(was)
    on_top = replace(was, tracks=[*new.tracks, *was.tracks])
    job = await scene.run(changed(scene, was, on_top), name="again")
    _, view, _ = scene.screen.shown[-1]
    assert (30, 2) == counts(job)
    assert [*range(2, 32)] == sorted(view.results)
    assert 30 == await scene.used()


async def test_a_song_is_paid_once_wherever_it_stands(scene: Scene) -> None:
    """Twice in a list, in another list, alone."""
    was = listing(5)
    await scene.run(replace(was, tracks=[*was.tracks, *was.tracks]))
    await scene.run(listing(5, number=1), name="again")
    await scene.run(replace(listing(6, number=2), tracks=was.tracks[2:3]), name="other")
    assert 5 == await scene.used()


async def test_a_page_turned_later_shows_what_is_paid(scene: Scene) -> None:
    """Songs that came into the list since are there without a link, though it is stored."""
    was, other = listing(20), listing(20, number=2)
    await scene.run(was)
    await scene.run(other, name="other", user_id=2)
    mixed = replace(was, tracks=[*was.tracks[:5], *other.tracks[:5]])
    scene.memory.listings[was.key] = changed(scene, was, mixed)  # somebody else has read it
    view = await scene.runner.stored(await scene.stored("job-1"), 0)
    assert view is not None
    assert [*range(5)] == sorted(view.results)


@pytest.mark.parametrize("turned", [False, True], ids=["page", "whole"])
async def test_a_list_that_was_held_back_in_part(scene: Scene, turned: bool) -> None:
    """Its pages show what that person has paid for by now."""
    await scene.run(listing(50))
    job = await scene.stored("job-1")
    view = await (scene.runner.whole(job) if turned else scene.runner.stored(job, 0))
    assert view is not None
    assert [*range(30)] == sorted(view.results)
    assert {*range(30)} == view.allowed


async def test_what_failed_is_not_paid(scene: Scene) -> None:
    """It costs when it comes."""
    scene.searcher.failing = {"Song 1": DOWN}
    await scene.run(listing(3))
    assert 2 == await scene.used()
    scene.searcher.failing = {}
    await scene.run(listing(3), name="again")
    assert 3 == await scene.used()


async def test_the_day_of_the_act_counts(scene: Scene) -> None:
    """A job that waited until midnight had passed is not refused by yesterday's allowance."""
    scene.now.time = TEN_TO_MIDNIGHT
    await scene.run(listing(30))
    late = scene.job(listing(20, number=2))
    await scene.jobs.accept(late)
    scene.now.forward(minutes=105)
    scene.runner.start()
    await scene.screen.until(len(scene.screen.shown) + 2)
    await scene.finish()
    assert (20, 0) == counts(await scene.stored(late.id))
    assert (30, 20) == await used(scene)


async def test_what_is_reserved_is_kept_over_midnight(scene: Scene) -> None:
    """Whoever goes on for a dead process finds what it reserved, and takes only the rest anew."""
    scene.now.time = TEN_TO_MIDNIGHT
    await scene.run(listing(25, number=2), name="before")
    job = scene.job(listing(20))
    await reserved_by_a_dead_process(scene, job, tracks=20)
    assert (30, 0) == await used(scene)
    scene.now.forward(minutes=15)
    scene.runner.start()
    await beats(scene.runner)
    await scene.finish()
    assert (20, 0) == counts(await scene.stored(job.id))
    assert (30, 15) == await used(scene)


async def test_what_was_reserved_yesterday_is_given_back_to_yesterday(scene: Scene) -> None:
    """What fails today was not spent, on whatever day it was reserved."""
    scene.now.time = TEN_TO_MIDNIGHT
    scene.searcher.failing = {"Song 0": DOWN, "Song 9": DOWN}
    job = replace(scene.job(listing(10)), again=3)  # it is not tried again
    await reserved_by_a_dead_process(scene, job, tracks=5)
    scene.now.forward(minutes=15)
    scene.runner.start()
    await beats(scene.runner)
    await scene.finish()
    assert JobState.DONE == (await scene.stored(job.id)).state
    assert (4, 4) == await used(scene)


async def test_the_day_turns_while_a_list_runs(scene: Scene) -> None:
    """Its last state does not say that the tracks renew in a second: they have."""
    scene.now.time = TEN_TO_MIDNIGHT
    scene.searcher.gate.clear()
    await scene.runner.submit(scene.job(listing(40)))
    await scene.screen.until(1)
    scene.now.forward(minutes=20)
    scene.searcher.gate.set()
    await scene.finish()
    shown = [view.shortfall.seconds for _, view, _ in scene.screen.shown if view.shortfall]
    assert (600.0, -600.0) == (shown[0], shown[-1])


async def test_what_is_paid_is_free_for_thirty_days(scene: Scene) -> None:
    """From whatever hour of its day on, and the store deletes it after that."""
    await scene.run(listing(3))
    [usage] = [each async for each in scene.db["usage"].find({})]
    assert usage["expires_at"] >= scene.now() + timedelta(days=30)
    assert usage["_id"].endswith(TODAY)


@pytest.mark.parametrize("elsewhere", [False, True], ids=["here", "elsewhere"])
async def test_a_running_list_is_ended_and_settled_before_it_is_forgotten(
    scene: Scene, elsewhere: bool
) -> None:
    """Its message gets its end, what was delivered is paid, and nothing else is left of it."""
    scene.runner.start()
    scene.searcher.steps = asyncio.Semaphore(4)
    await scene.runner.submit(scene.job(listing(25)))
    async with asyncio.timeout(10):
        while len(scene.searcher.found) < 4:  # noqa: ASYNC110  it can only be asked
            await asyncio.sleep(0.01)
    runner = scene.new_runner() if elsewhere else scene.runner
    forgetting = asyncio.create_task(runner.forget(1))
    await beats(scene.runner)
    for _ in range(4):  # those that are under way
        scene.searcher.steps.release()
    await forgetting
    await scene.meter.forget(1)
    await scene.finish()
    _, view, _ = scene.screen.shown[-1]
    assert (State.STOPPED, 8) == (view.state, len(view.results))
    assert (8, None) == (await scene.used(), await scene.jobs.get("job-1"))
    paid = await scene.meter.paid(1, [track.key for track in listing(25).tracks])
    assert frozenset() == paid
