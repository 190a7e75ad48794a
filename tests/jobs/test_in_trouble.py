"""Jobs whose process, store or chat fails them: none is lost, none is paid twice or cut short."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import structlog

from bot.errors import (
    ChatBusy,
    ChatRefused,
    NotFound,
    Refused,
    Service,
    SourceError,
    StoreUnavailable,
    Unavailable,
)
from bot.models.job import Job, JobState
from bot.quota.ledger import Grant, Ledger
from bot.quota.unstored import LOOKUPS
from bot.storage.jobs import Jobs
from tests.jobs.scene import beats, until_done, until_renewed, until_shown
from tests.stage import listing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.models.view import ListingView
    from tests.jobs.scene import Scene

AWAY = Unavailable(Service.SPOTIFY_API, "timed out")


@pytest.fixture
def nothing_follows(monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that takes jobs, but none that goes on with another."""
    accept = Jobs.accept

    async def only_the_first(self: Jobs, job: Job) -> bool:
        if job.again:
            raise StoreUnavailable("MongoDB does not answer")
        return await accept(self, job)

    monkeypatch.setattr(Jobs, "accept", only_the_first)


async def test_a_list_taken_over_is_whole_however_little_is_left_of_the_day(scene: Scene) -> None:
    """What it reserved itself, before its process ended, is its own."""
    scene.searcher.steps = asyncio.Semaphore(5)
    await scene.runner.submit(scene.job(listing(30)))
    await scene.screen.until(2)
    await scene.runner.stop()
    scene.searcher.steps = None
    scene.runner = scene.new_runner()
    scene.runner.start()
    job = await until_done(scene, "job-1")
    assert (30, 0) == (job.outcome["counts"]["official"], job.outcome["counts"]["withheld"])
    assert 30 == await scene.used()


async def test_a_reservation_whose_answer_got_lost_is_not_taken_twice(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The person is told that the links wait; the job goes on by itself and pays once."""
    reserve, lost = Ledger.reserve, iter([True])

    async def unheard(*arguments: object, **given: object) -> Grant:
        grant = await reserve(*arguments, **given)  # type: ignore[arg-type]  # as they came
        if next(lost, False):
            raise StoreUnavailable("MongoDB did not answer within 3 s")
        return grant

    monkeypatch.setattr(Ledger, "reserve", unheard)
    await scene.runner.submit(scene.job(listing(30)))
    await scene.finish()
    assert scene.screen.shown[-1][1].store_down
    scene.now.forward(minutes=1)
    scene.runner.start()
    job = await until_done(scene, "job-1")
    assert 30 == job.outcome["counts"]["official"] == await scene.used()
    assert {101} == {scene.screen._placed(job).reply_id}


async def test_a_stored_job_that_could_not_be_counted_goes_on_by_itself(scene: Scene) -> None:
    """MongoDB was away when its list was opened: its YouTube links come into the same message."""
    scene.memory.down = True
    await scene.runner.submit(scene.job(listing(3)))
    await scene.finish()
    told = scene.screen.shown[-1][1]
    scene.memory.down = False
    scene.now.forward(minutes=1)
    scene.runner.start()
    job = await until_done(scene, "job-1")
    assert (True, True, {}) == (told.store_down, told.goes_on, told.results)
    assert (101, 3) == (job.reply_id, len(scene.screen.shown[-1][1].results))


async def test_a_track_that_finds_the_store_down_has_both_links(scene: Scene) -> None:
    """Nothing of it is said; it is stored and counted when the store is back."""
    scene.memory.down = True
    await scene.runner.submit(scene.job(listing(1)), store=False)
    await scene.finish()
    shown = scene.screen.shown[-1][1]
    scene.runner.start()
    job = await until_done(scene, "job-1")
    assert (False, 1) == (shown.store_down, len(shown.results))
    assert (1, 101, 1) == (await scene.used(), job.reply_id, len(scene.screen.shown))
    assert (1, "List 1") == (job.outcome["spent"], job.outcome["title"])


async def test_a_stored_track_that_cannot_be_counted_has_both_links(scene: Scene) -> None:
    """It ends at once and is counted later."""
    scene.memory.down = True
    await scene.runner.submit(scene.job(listing(1)))
    await scene.finish()
    scene.runner.start()
    job = await until_done(scene, "job-1")
    await beats(scene.runner)
    assert (1, 1) == (len(scene.screen.shown[-1][1].results), job.outcome["spent"])
    assert 1 == await scene.used()


async def test_more_tracks_than_are_lent_come_later(scene: Scene) -> None:
    """Each gets its YouTube link in its own message when the store is back."""
    scene.memory.down = True
    for number in range(LOOKUPS + 1):
        name = f"job-{number}"
        await scene.runner.submit(scene.job(listing(1, number=number), name=name), store=False)
        await scene.finish()
    waits = scene.screen.shown[-1][1]
    scene.memory.down = False
    scene.runner.start()
    last = await until_done(scene, f"job-{LOOKUPS}")
    assert (True, True, {}) == (waits.store_down, waits.goes_on, waits.results)
    assert (101 + LOOKUPS, 1) == (last.reply_id, last.outcome["spent"])


async def test_a_list_that_finds_the_store_down_goes_on_by_itself(scene: Scene) -> None:
    """Nobody has to send its link again."""
    await scene.runner.submit(scene.job(listing(3)), store=False)
    await scene.finish()
    told = scene.screen.shown[-1][1]
    scene.runner.start()
    job = await until_done(scene, "job-1")
    assert (True, True, {}) == (told.store_down, told.goes_on, told.results)
    assert (101, 3, 3) == (job.reply_id, job.outcome["spent"], await scene.used())


async def test_a_process_that_ends_stores_what_came_while_the_store_was_down(scene: Scene) -> None:
    """The list runs yet, and the store is back."""
    scene.screen.turn.clear()
    await scene.runner.submit(scene.job(listing(3)), store=False)
    while scene.runner.running("job-1") is None:  # noqa: ASYNC110  it can only be asked
        await asyncio.sleep(0.01)
    scene.screen.turn.set()
    await scene.runner.stop()
    assert JobState.WAITING == (await scene.stored("job-1")).state


async def test_where_others_may_have_the_job_nothing_is_answered_without_the_store(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An insert that was given up may land, and another process would answer as well."""

    async def lost(*_: object) -> None:
        raise StoreUnavailable("MongoDB did not answer within 3 s")

    monkeypatch.setattr(Jobs, "start", lost)
    scene.runner = scene.new_runner(alone=False)
    with pytest.raises(StoreUnavailable):
        await scene.runner.submit(scene.job(listing(3)))
    assert (True, []) == (scene.runner.idle, scene.screen.shown)


async def test_a_store_that_fails_one_job_for_good_does_not_try_it_for_ever(scene: Scene) -> None:
    """Three attempts; what stands in the chat is the answer then."""
    scene.memory.down = True
    scene.runner.start()
    await scene.runner.submit(scene.job(listing(3)))
    job = await until_done(scene, "job-1", hurry=True)
    assert (3, "List 1", 0) == (job.attempts, job.outcome["title"], job.outcome["spent"])
    assert [True, True, False] == [view.goes_on for _, view, _ in scene.screen.shown]
    assert [] == scene.screen.said


async def test_a_list_that_could_not_be_read_is_read_later(scene: Scene) -> None:
    """Nobody has to send the link again: its message says when, and becomes the list then."""
    scene.shelf.error = AWAY
    first = await scene.run(listing(3))
    scene.shelf.error = None
    scene.runner.start()
    job = await until_done(scene, "job-1-again1", hurry=True)
    assert (["problem job-1 Unavailable, again in 60 s"], {}) == (scene.screen.said, first.outcome)
    assert (101, 3) == (job.reply_id, job.outcome["counts"]["official"])
    assert 3 == await scene.used()


async def test_a_list_that_can_never_be_read_is_not_tried_for_ever(scene: Scene) -> None:
    """The last time the person is told to send it again."""
    scene.shelf.error = AWAY
    scene.runner.start()
    await scene.runner.submit(scene.job(listing(3)))
    for name in ("job-1", "job-1-again1", "job-1-again2", "job-1-again3"):
        await until_done(scene, name, hurry=True)
    assert None is await scene.jobs.get("job-1-again4")
    *again, last = scene.screen.said
    assert [True] * 3 == [", again in " in said for said in again]
    assert "problem job-1-again3 Unavailable" == last


@pytest.mark.parametrize("error", [NotFound(Service.SPOTIFY_API), Refused(Service.SPOTIFY_WEB)])
async def test_what_will_not_pass_is_not_tried_again(scene: Scene, error: SourceError) -> None:
    scene.shelf.error = error
    await scene.run(listing(3))
    assert None is await scene.jobs.get("job-1-again1")
    assert [f"problem job-1 {type(error).__name__}"] == scene.screen.said


async def test_what_nobody_asked_for_is_not_tried_again(scene: Scene) -> None:
    """A group has talked on by then."""
    scene.shelf.error = AWAY
    await scene.runner.submit(replace(scene.job(listing(3)), unasked=True))
    await scene.finish()
    assert None is await scene.jobs.get("job-1-again1")


@pytest.mark.usefixtures("nothing_follows")
async def test_who_was_told_that_it_goes_on_is_not_forgotten(scene: Scene) -> None:
    """MongoDB went away between the sentence and the job that goes on: this one is tried again."""
    scene.shelf.error = AWAY
    await scene.runner.submit(scene.job(listing(3)))
    await scene.finish()
    scene.shelf.error = None
    scene.runner.start()
    job = await until_done(scene, "job-1", hurry=True)
    assert (101, 3) == (job.reply_id, job.outcome["counts"]["official"])


@pytest.mark.usefixtures("nothing_follows")
async def test_a_job_that_can_never_be_continued_ends(scene: Scene) -> None:
    """After three attempts, whatever the store makes of what follows."""
    scene.shelf.error = AWAY
    scene.runner.start()
    await scene.runner.submit(scene.job(listing(3)))
    job = await until_done(scene, "job-1", hurry=True)
    assert (3, {}) == (job.attempts, job.outcome)


async def test_who_stops_a_list_during_an_outage_has_stopped_it(scene: Scene) -> None:
    """It does not begin again by itself when the store is back, and costs nothing."""
    scene.memory.down = True
    scene.screen.turn.clear()
    await scene.runner.submit(scene.job(listing(3)))
    while scene.runner.running("job-1") is None:  # noqa: ASYNC110  it can only be asked
        await asyncio.sleep(0.01)
    assert 1 == await scene.runner.cancel(1, "job-1")
    scene.screen.turn.set()
    await scene.finish()
    scene.memory.down = False
    job = await scene.stored("job-1")
    assert (JobState.DONE, True, 0) == (job.state, job.outcome["stopped"], await scene.used())
    assert not scene.screen.shown[-1][1].goes_on


async def test_a_page_turned_here_is_not_turned_back(scene: Scene) -> None:
    """While it waits for its chat, the heartbeat finds what is stored."""
    scene.runner.start()
    scene.searcher.gate.clear()
    await scene.runner.submit(scene.job(listing(60), user_id=7))
    await until_shown(scene, 1)
    scene.screen.turn.clear()
    turning = asyncio.create_task(scene.runner.turn(await scene.stored("job-1"), 2))
    await beats(scene.runner)
    scene.screen.turn.set()
    assert await turning
    scene.searcher.gate.set()
    await scene.finish()
    assert {2} == {view.page for _, view, _ in scene.screen.shown[1:]}


async def test_the_next_job_runs_whatever_became_of_the_one_before(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its chat was busy while the ledger had not yet said what it reserves."""
    reserve, show = Ledger.reserve, scene.screen.show

    async def slow(*arguments: object, **given: object) -> Grant:
        await asyncio.sleep(0.05)
        return await reserve(*arguments, **given)  # type: ignore[arg-type]  # as they came

    async def busy(job: Job, *view: object) -> Job | None:
        if job.id == "job-1":
            await asyncio.sleep(0)
            raise ChatBusy("flood", retry_in_s=1)
        return await show(job, *view)  # type: ignore[arg-type]  # as they came

    monkeypatch.setattr(Ledger, "reserve", slow)
    monkeypatch.setattr(scene.screen, "show", busy)
    await scene.runner.submit(scene.job(listing(3)))
    await scene.runner.submit(scene.job(listing(2, number=2)))
    await scene.finish()
    assert JobState.DONE == (await scene.stored("job-2")).state


async def test_a_job_that_is_tried_again_pays_for_all_that_it_found(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its chat was busy in the middle: what was found by then is paid, and later the rest."""
    scene.searcher.steps = asyncio.Semaphore(2)
    show, busy = scene.screen.show, iter([False, True])

    async def now_and_then(*arguments: object) -> Job | None:
        if next(busy, False):
            raise ChatBusy("flood", retry_in_s=1)
        return await show(*arguments)  # type: ignore[arg-type]  # as they came

    monkeypatch.setattr(scene.screen, "show", now_and_then)
    await scene.runner.submit(scene.job(listing(20)))
    await scene.finish()
    before = await scene.used()
    for _ in range(40):  # some are looked up for nobody
        scene.searcher.steps.release()
    scene.now.forward(minutes=1)
    scene.runner.start()
    job = await until_done(scene, "job-1")
    assert 2 == before
    assert 20 == job.outcome["counts"]["official"] == await scene.used()


async def test_what_is_said_afterwards_is_said_whatever_the_heartbeat_finds(scene: Scene) -> None:
    """The job is done by then, and its lease is nobody's."""
    said = []

    async def afterwards(job: Job, _: ListingView) -> None:
        await beats(scene.runner)
        said.append(job.id)

    scene.runner = scene.new_runner(afterwards)
    scene.runner.start()
    await scene.runner.submit(scene.job(listing(3)))
    await scene.finish()
    assert ["job-1"] == said


@pytest.mark.parametrize("error", [ChatRefused("BUTTON_DATA_INVALID"), RuntimeError("a bug")])
async def test_the_heart_beats_on_whatever_a_page_fails_of(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """A page that was turned through another process cannot be shown; the lease is kept."""
    scene.runner.start()
    scene.searcher.gate.clear()
    await scene.runner.submit(scene.job(listing(60), user_id=7))
    await until_shown(scene, 1)

    async def refuse(*_: object) -> None:
        raise error

    monkeypatch.setattr(scene.screen, "show", refuse)
    await scene.jobs.save("job-1", page=2)
    await beats(scene.runner)
    await until_renewed(scene, "job-1")


async def test_no_lease_waits_for_a_page_that_waits_for_its_chat(scene: Scene) -> None:
    """Telegram may hold a chat back for longer than a lease."""
    scene.runner.start()
    scene.searcher.gate.clear()
    await scene.runner.submit(scene.job(listing(60), user_id=7))
    await scene.runner.submit(scene.job(listing(20, number=2), user_id=8))
    await until_shown(scene, 2)
    scene.screen.turn.clear()
    await scene.jobs.save("job-1", page=2)
    await beats(scene.runner)
    await until_renewed(scene, "job-1")
    await until_renewed(scene, "job-2")
    scene.screen.turn.set()


async def test_a_heartbeat_that_fails_is_not_the_last(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else all leases of the process would run out, and nobody would know."""
    outbox, broken = scene.runner._context.outbox, iter([True])
    write = outbox.write

    async def fail_once() -> bool:
        if next(broken, False):
            raise RuntimeError("a bug")
        return await write()

    monkeypatch.setattr(outbox, "write", fail_once)
    with structlog.testing.capture_logs() as logged:
        scene.runner.start()
        await scene.jobs.accept(scene.job(listing(3)))
        await until_done(scene, "job-1")
    assert ["a heartbeat failed"] == [e["event"] for e in logged if e["log_level"] == "error"]


async def test_after_an_outage_the_living_come_before_those_who_take_over(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a message whose number could not be noted would be sent again by another process."""
    scene.runner, other = (scene.new_runner(calm_s=600.0) for _ in range(2))  # beyond any test
    late, early = scene.runner._jobs.owner, other._jobs.owner
    away, beats = {late, early}, Counter[str]()

    async def renew(self: Jobs, job_ids: Iterable[str]) -> dict[str, Job]:
        beats[self.owner] += 1
        if self.owner in away:
            raise StoreUnavailable("MongoDB does not answer")
        return await renew_stored(self, job_ids)

    async def save(self: Jobs, job_id: str, **changes: Any) -> bool:
        if away:
            raise StoreUnavailable("MongoDB does not answer")
        return await save_stored(self, job_id, **changes)

    async def beat_on(owner: str) -> None:
        """Until a beat that begins now has come to its end: the one after it has begun."""
        last = beats[owner] + 2
        async with asyncio.timeout(10):
            while beats[owner] < last:  # noqa: ASYNC110  a beat has no event
                await asyncio.sleep(0.01)

    renew_stored, save_stored = Jobs.renew, Jobs.save
    monkeypatch.setattr(Jobs, "renew", renew)
    monkeypatch.setattr(Jobs, "save", save)
    scene.searcher.gate.clear()
    await scene.runner.submit(scene.job(listing(10)))
    await other.submit(scene.job(listing(2, number=2), user_id=8))
    await until_shown(scene, 2)
    scene.runner.start()
    other.start()
    await beat_on(late)
    await beat_on(early)
    scene.now.forward(seconds=26)
    away.remove(early)
    await beat_on(early)
    unnoted = await scene.stored("job-1")
    away.clear()
    await beat_on(late)
    noted = await scene.stored("job-1")
    scene.searcher.gate.set()
    await scene.finish()
    await other.stop()
    assert (late, None) == (unnoted.owner, unnoted.reply_id)
    assert (late, True) == (noted.owner, noted.reply_id is not None)
