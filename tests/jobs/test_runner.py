"""Jobs: from a link to a finished message, in turn for each user, across failures and restarts."""

from __future__ import annotations

import asyncio
from contextlib import nullcontext
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
import structlog

from bot.errors import NotFound, Service, StoreUnavailable
from bot.jobs import runner
from bot.jobs.execution import MOST_REASON
from bot.jobs.queues import MOST, RUN
from bot.models import ListingKind
from bot.models.job import Job, JobState
from bot.models.view import State
from bot.quota.ledger import Ledger
from bot.storage.jobs import Jobs
from bot.telemetry import MASK
from tests.jobs.scene import DOWN, EVERY_S, TODAY, beats, until_done, until_renewed, until_shown
from tests.stage import listing

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.models import Listing
    from bot.quota.ledger import Grant
    from tests.jobs.scene import Scene


async def test_a_listing_is_shown_resolved_paid_and_ended(scene: Scene) -> None:
    """First the list as Spotify gave it, last the list with all its links; one message."""
    job = await scene.run(listing(5, local=1))
    first, last = scene.screen.shown[0][1], scene.screen.shown[-1][1]
    assert (State.RUNNING, {}) == (first.state, first.results)
    assert (State.DONE, 5) == (last.state, len(last.results))
    assert (JobState.DONE, 101) == (job.state, job.reply_id)
    assert 5 == job.outcome["counts"]["official"]
    assert 5 == await scene.used()


async def test_a_track_is_shown_once_with_its_link(scene: Scene) -> None:
    """A quick look-up needs no card in between."""
    await scene.run(listing(1))
    assert [State.DONE] == [view.state for _, view, _ in scene.screen.shown]


async def test_a_slow_track_gets_its_card_before_its_link(scene: Scene) -> None:
    scene.searcher.gate.clear()
    await scene.runner.submit(scene.job(listing(1)))
    await scene.screen.until(1)
    scene.searcher.gate.set()
    await scene.finish()
    assert [State.RUNNING, State.DONE] == [view.state for _, view, _ in scene.screen.shown]


async def test_a_stored_listing_is_shown_once(scene: Scene) -> None:
    """Nothing is left to look up, so there is nothing to edit."""
    await scene.run(listing(30), user_id=7)
    scene.screen.shown.clear()
    await scene.run(listing(30), name="again", user_id=8)
    assert [(State.DONE, 30)] == [(v.state, len(v.results)) for _, v, _ in scene.screen.shown]


async def test_edits_are_joined(scene: Scene) -> None:
    """However fast results come, edits of a message keep their distance, and the last arrives."""
    scene.searcher.steps = asyncio.Semaphore(0)
    await scene.runner.submit(scene.job(listing(60), user_id=7))
    for _ in range(60):
        scene.searcher.steps.release()
        await asyncio.sleep(0.012)
    await scene.finish()
    edits = [at for _, _, at in scene.screen.shown[1:]]
    assert len(edits) >= 3
    assert all(after - before >= EVERY_S - 0.01 for before, after in pairwise(edits))
    assert 60 == len(scene.screen.shown[-1][1].results)


async def test_the_page_on_screen_goes_first(scene: Scene) -> None:
    """Whoever turns to page 3 sees its links before those of page 2."""
    scene.searcher.gate.clear()
    job = scene.job(listing(60), user_id=7)
    await scene.runner.submit(job)
    await scene.screen.until(1)
    assert await scene.runner.turn(await scene.stored(job.id), 2)
    assert not await scene.runner.turn(await scene.stored(job.id), 3)
    scene.searcher.gate.set()
    await scene.finish()
    first = {int(title.split()[1]) for title in scene.searcher.found[4:20]}
    assert first <= set(range(40, 60))
    assert 2 == (await scene.stored(job.id)).page


@pytest.mark.parametrize(("whole_up_to", "read"), [(45, 45), (44, 20)])
async def test_pages_turn_after_a_restart(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, whole_up_to: int, read: int
) -> None:
    """From what is stored, with the counts of the whole; of a long list the page alone is read."""
    monkeypatch.setattr(runner, "READ_WHOLE", whole_up_to)  # else of lists above a hundred tracks
    job = await scene.run(listing(45), user_id=7)
    await scene.runner.stop()
    scene.runner = scene.new_runner()
    newer = {"counts": {**job.outcome["counts"], "of_tomorrow": 1}}
    assert await scene.runner.turn(replace(job, outcome={**job.outcome, **newer}), 1)
    _, view, _ = scene.screen.shown[-1]
    assert (1, read, 45) == (view.page, len(view.results), view.counts and view.counts.official)
    assert (read == 45) == view.whole
    assert not await scene.runner.turn(job, 3)


async def test_the_whole_of_a_listing(scene: Scene) -> None:
    """All that was found is read again after a restart, but not while it is being looked up."""
    job = await scene.run(listing(25), user_id=7)
    shown = await scene.runner.whole(await scene.stored(job.id))
    await scene.runner.stop()
    scene.runner = scene.new_runner()
    again = await scene.runner.whole(await scene.stored(job.id))

    assert None is await scene.runner.whole(replace(job, state=JobState.WAITING))
    assert shown
    assert again
    assert set(range(25)) == set(shown.results) == set(again.results)
    assert (True, True) == (shown.whole, again.whole)


async def test_the_grant_is_the_first_songs(scene: Scene) -> None:
    """All Spotify links, as many YouTube links as the day allows, and the note says so."""
    job = await scene.run(listing(40))
    _, view, _ = scene.screen.shown[-1]
    assert set(range(30)) == set(view.results)
    assert view.shortfall
    assert (30, 40, 30) == (view.shortfall.granted, view.shortfall.wanted, view.shortfall.limit)
    assert 10 == job.outcome["counts"]["withheld"]
    assert 30 == await scene.used()


async def test_the_same_listing_the_same_day_is_free(scene: Scene) -> None:
    await scene.run(listing(20))
    await scene.run(listing(20), name="again")
    assert 20 == await scene.used()


async def test_what_failed_is_given_back_and_paid_when_it_comes(scene: Scene) -> None:
    """A failure costs nothing; opened again, the rest is looked up and only it is paid."""
    scene.searcher.failing = {f"Song {at}": DOWN for at in range(5)}
    await scene.run(listing(8))
    assert 3 == await scene.used()
    scene.searcher.failing = {}
    await scene.run(listing(8), name="again")
    assert 8 == await scene.used()
    await scene.run(listing(8), name="once more")
    assert 8 == await scene.used()


async def test_stopping_and_opening_again_is_no_way_around_the_limit(scene: Scene) -> None:
    """What was given back is reserved again."""
    scene.searcher.gate.clear()
    await scene.runner.submit(scene.job(listing(25)))
    await scene.screen.until(1)
    assert 1 == await scene.runner.cancel(1)
    scene.searcher.gate.set()
    await scene.finish()
    _, view, _ = scene.screen.shown[-1]
    assert State.STOPPED == view.state
    assert len(view.results) == await scene.used() < 25
    await scene.run(listing(25), name="again")
    assert 25 == await scene.used()


async def test_a_long_listing_goes_on_the_next_day(scene: Scene) -> None:
    """What was paid stays free, so the day's allowance reaches the songs that it did not."""
    await scene.run(listing(50))
    assert 30 == await scene.used()
    scene.now.forward(days=1)
    job = await scene.run(listing(50), name="tomorrow")
    assert (50, 0) == (job.outcome["counts"]["official"], job.outcome["counts"]["withheld"])
    assert 20 == await scene.ledger.used(1, period="2026-11-21")


async def test_another_user_pays_for_what_is_stored(scene: Scene) -> None:
    """A listing has its price for each person, whoever asked for it before."""
    await scene.run(listing(20))
    await scene.run(listing(20), name="other", user_id=2)
    assert [20, 20] == [await scene.used(1), await scene.used(2)]


async def test_a_link_that_gives_no_listing_costs_nothing(scene: Scene) -> None:
    job = scene.job(listing(3))
    scene.shelf.error = NotFound(Service.SPOTIFY_WEB)
    await scene.runner.submit(job)
    await scene.finish()
    assert [f"problem {job.id} NotFound"] == scene.screen.said
    assert (JobState.DONE, 0) == ((await scene.stored(job.id)).state, await scene.used())


async def test_the_same_message_is_answered_once(scene: Scene) -> None:
    """Telegram sends an update again when it is not sure that it arrived."""
    job = await scene.run(listing(2))
    assert not await scene.runner.submit(replace(job, reply_id=None))
    assert 2 == len(scene.screen.shown)


async def test_one_listing_at_a_time_for_each_user(scene: Scene) -> None:
    """The second waits, is told for what, and becomes its own message; others do not wait."""
    scene.searcher.gate.clear()
    await scene.runner.submit(scene.job(listing(3, number=1)))
    await scene.screen.until(1)
    await scene.runner.submit(scene.job(listing(2, number=2)))
    await scene.screen.until(2)
    await scene.runner.submit(scene.job(listing(2, number=3), user_id=2))
    await scene.screen.until(3)
    assert ["waiting job-2 List 1"] == scene.screen.said
    assert ["job-1", "job-3"] == [name for name, _, _ in scene.screen.shown]
    scene.searcher.gate.set()
    await scene.finish()
    assert [102, 101] == [(await scene.stored(f"job-{n}")).reply_id for n in (2, 1)]


async def test_a_turn_that_comes_soon_needs_no_note(scene: Scene) -> None:
    scene.runner = scene.new_runner(wait_note_after_s=5.0)
    for number in (1, 2, 3):
        await scene.runner.submit(scene.job(listing(1, number=number)))
    await scene.finish()
    assert [] == scene.screen.said
    assert ["job-1", "job-2", "job-3"] == [name for name, _, _ in scene.screen.shown]


async def test_waiting_jobs_can_be_stopped(scene: Scene) -> None:
    """The one that runs ends where it is; the one that waits never begins."""
    scene.searcher.gate.clear()
    await scene.runner.submit(scene.job(listing(3, number=1)))
    await scene.screen.until(1)
    await scene.runner.submit(scene.job(listing(2, number=2)))
    await scene.screen.until(2)
    assert 2 == await scene.runner.cancel(1)
    scene.searcher.gate.set()
    await scene.finish()
    assert "stopped job-2" == scene.screen.said[-1]
    assert JobState.DONE == (await scene.stored("job-2")).state
    assert "job-2" not in [name for name, _, _ in scene.screen.shown]


async def test_one_job_can_be_stopped_by_its_button(scene: Scene) -> None:
    scene.searcher.gate.clear()
    await scene.runner.submit(scene.job(listing(3)))
    await scene.screen.until(1)
    running = scene.runner.running("job-1")
    assert running is not None
    assert 0 == await scene.runner.cancel(1, "another")
    assert 1 == await scene.runner.cancel(1, running.id)
    scene.searcher.gate.set()
    await scene.finish()
    assert scene.runner.running("job-1") is None


async def test_a_job_stopped_before_its_listing_came(scene: Scene) -> None:
    """Its Spotify links are shown, and nothing is looked up."""
    reached = asyncio.Event()
    job = scene.job(listing(3))
    found, may_go = scene.shelf.listing, asyncio.Event()

    async def slow(link: object, **_: object) -> Listing:
        reached.set()
        await may_go.wait()
        return await found(link)  # type: ignore[arg-type]  # passed on as it came

    scene.shelf.listing = slow  # type: ignore[method-assign]
    await scene.runner.submit(job)
    await reached.wait()
    while scene.runner.running(job.id) is None:  # noqa: ASYNC110  as above
        await asyncio.sleep(0.01)
    assert 1 == await scene.runner.cancel(1)
    may_go.set()
    await scene.finish()
    assert [State.STOPPED] == [view.state for _, view, _ in scene.screen.shown]
    assert (0, []) == (await scene.used(), scene.searcher.found)


async def test_a_job_stopped_while_it_is_taken_in(scene: Scene) -> None:
    """It counts once and never begins."""
    await scene.runner.submit(scene.job(listing(3)))
    assert 1 == await scene.runner.cancel(1)
    await scene.finish()
    assert (JobState.DONE, 0) == ((await scene.stored("job-1")).state, await scene.used())


async def test_a_stopped_process_hands_its_jobs_on(scene: Scene) -> None:
    """The next one goes on where it stood, edits the same message, and pays once."""
    scene.searcher.steps = asyncio.Semaphore(2)
    await scene.runner.submit(scene.job(listing(10)))
    await scene.screen.until(1)
    while len(scene.memory.findings) < 2:  # noqa: ASYNC110  what the store holds has no event
        await asyncio.sleep(0.01)
    await scene.runner.stop()
    assert JobState.WAITING == (await scene.stored("job-1")).state
    scene.searcher.steps = None
    scene.runner = scene.new_runner()
    scene.runner.start()
    async with asyncio.timeout(10):
        while (await scene.stored("job-1")).state is not JobState.DONE:  # noqa: ASYNC110  as above
            await asyncio.sleep(0.01)
    assert 10 == len(set(scene.searcher.found)) == len(scene.searcher.found)
    assert (101, 10) == ((await scene.stored("job-1")).reply_id, await scene.used())


async def test_a_dead_process_loses_its_job(scene: Scene) -> None:
    """After the lease another takes it over; what was reserved is reserved once."""
    job = scene.job(listing(10))
    await scene.jobs.accept(job)
    await Jobs(scene.db, clock=scene.now, owner="dead").claim_id(job.id)
    tracks = [track.key for track in listing(10).tracks]
    await scene.meter.open(job, await scene.meter.standing(1, tracks, job.id), tracks)
    scene.runner.start()
    await beats(scene.runner)
    assert [] == scene.screen.shown
    scene.now.forward(seconds=26)
    await scene.screen.until(1)
    await scene.finish()
    assert (JobState.DONE, 10) == ((await scene.stored(job.id)).state, await scene.used())


async def test_leases_are_kept_alive(scene: Scene) -> None:
    scene.runner.start()
    scene.searcher.gate.clear()
    await scene.runner.submit(scene.job(listing(3)))
    await scene.screen.until(1)
    await until_renewed(scene, "job-1")
    scene.searcher.gate.set()


async def test_a_lost_lease_ends_the_work(scene: Scene) -> None:
    """Another process has the job: nothing more is shown here."""
    scene.runner.start()
    scene.searcher.gate.clear()
    await scene.runner.submit(scene.job(listing(3)))
    await until_shown(scene, 1)
    await scene.db["jobs"].delete_many({})
    await scene.finish()
    assert 1 == len(scene.screen.shown)
    scene.searcher.gate.set()


async def test_pages_and_stops_reach_the_process_that_runs_the_job(scene: Scene) -> None:
    """Buttons come in anywhere; whoever has the job finds them in the store."""
    scene.runner.start()
    other = scene.new_runner()
    scene.searcher.gate.clear()
    await scene.runner.submit(scene.job(listing(45), user_id=7))
    await until_shown(scene, 1)
    while (await scene.stored("job-1")).reply_id is None:  # noqa: ASYNC110  noted with its page
        await asyncio.sleep(0.01)
    await scene.jobs.save("job-1", page=1)
    await until_shown(scene, 2)
    assert 1 == await other.cancel(7, "job-1")
    while scene.screen.shown[-1][1].state is not State.STOPPED:
        scene.searcher.gate.set()
        await asyncio.sleep(0.01)
    assert 1 == scene.screen.shown[1][1].page


async def test_what_another_process_took_in_waits_behind_what_runs_here(scene: Scene) -> None:
    """It is told so, and goes on at once when its turn comes."""
    scene.runner.start()
    scene.searcher.gate.clear()
    await scene.runner.submit(scene.job(listing(3)))
    await until_shown(scene, 1)
    await scene.jobs.accept(scene.job(listing(2, number=2)))
    await until_shown(scene, 2)
    assert ["waiting job-2 List 1"] == scene.screen.said
    scene.searcher.gate.set()
    await scene.finish()
    assert JobState.DONE == (await scene.stored("job-2")).state


async def test_more_jobs_than_fit_wait_in_the_store(scene: Scene) -> None:
    """They are taken when there is room; none is lost, and memory is bounded."""
    scene.runner = scene.new_runner(places={**MOST, RUN: 2})
    scene.searcher.gate.clear()
    for number in range(1, 5):
        await scene.runner.submit(scene.job(listing(1, number=number), user_id=number))
    assert 2 == len(scene.runner._queues.entries)
    scene.runner.start()
    scene.searcher.gate.set()
    for number in range(1, 5):
        while (await scene.stored(f"job-{number}")).state is not JobState.DONE:  # noqa: ASYNC110  as above
            await asyncio.sleep(0.01)


async def test_a_message_on_its_way_is_noted_by_a_stop(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the next start would send it again."""
    sending, may_end = asyncio.Event(), asyncio.Event()
    show = scene.screen.show

    async def slow(*arguments: object) -> Job | None:
        sending.set()
        await may_end.wait()
        return await show(*arguments)  # type: ignore[arg-type]  # passed on as they came

    monkeypatch.setattr(scene.screen, "show", slow)
    await scene.runner.submit(scene.job(listing(3)))
    await sending.wait()
    stopping = asyncio.create_task(scene.runner.stop())
    await asyncio.sleep(0.05)
    may_end.set()
    await stopping
    stored = await scene.stored("job-1")
    assert (JobState.WAITING, 101) == (stored.state, stored.reply_id)


async def test_a_job_that_fails_again_and_again_is_given_up(scene: Scene) -> None:
    """The person gets a sentence instead of silence, and what its processes had reserved."""
    await scene.ledger.reserve(1, job="job-1", tracks=["a", "b", "c"], limit=30, period=TODAY)
    await scene.jobs.accept(replace(scene.job(listing(3)), attempts=3))
    scene.runner.start()
    await scene.screen.until(1)
    await scene.finish()
    assert ["problem job-1 TracklinkError"] == scene.screen.said
    assert 0 == await scene.used()


async def test_an_unforeseen_failure_is_told_and_costs_nothing(scene: Scene) -> None:
    """After three attempts, which the log and the job record; what was not looked up is free.

    A secret in what they record is masked, also where that is cut off.
    """
    job = scene.job(listing(3))
    bug = "a bug" + "." * (MOST_REASON - 50)

    async def break_down(*_: object, **__: object) -> None:
        raise RuntimeError(f"{bug} 123456789:{'A' * 35}")

    scene.runner._context.resolver.run = break_down  # type: ignore[method-assign]
    scene.runner.start()
    with structlog.testing.capture_logs() as logged:
        await scene.runner.submit(job)
        await until_done(scene, job.id, hurry=True)
    given_up = [e for e in logged if e["event"] == "job given up"]
    assert ["problem job-1 TracklinkError"] == scene.screen.said
    assert [("error", 3)] == [(entry["log_level"], entry["attempts"]) for entry in given_up]
    assert 3 == sum(entry["event"] == "job failed" for entry in logged)
    reason = f"RuntimeError('{bug} {MASK}')"
    assert [reason] == [entry["reason"] for entry in given_up]
    assert {"failed": reason} == (await scene.stored(job.id)).outcome
    assert 0 == await scene.used()


@pytest.mark.parametrize("end", ["closed", "gone"])
async def test_a_chat_that_is_closed_ends_the_job(scene: Scene, end: str) -> None:
    """Blocked by the user, or the message deleted: no further look-ups, the rest is given back."""
    scene.searcher.gate.clear()
    await scene.runner.submit(scene.job(listing(20)))
    await scene.screen.until(1)
    setattr(scene.screen, end, True)
    with pytest.raises(Exception, match="blocked") if end == "closed" else nullcontext():
        await scene.runner.turn(await scene.stored("job-1"), 0)
    scene.searcher.gate.set()
    await scene.finish()
    assert JobState.DONE == (await scene.stored("job-1")).state
    if end == "gone":
        assert await scene.used() < 20


async def test_without_a_store_spotify_links_are_given(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing can be counted, so nothing is looked up; nothing is lost either."""
    scene.memory.down = True

    async def down(*_: object, **__: object) -> None:
        raise StoreUnavailable("MongoDB does not answer")

    for owner, names in (
        (Jobs, ("accept", "start", "claim_id", "claim", "save", "finish", "release", "cancel")),
        (Ledger, ("reserve", "settle")),
    ):
        for name in names:
            monkeypatch.setattr(owner, name, down)
    scene.runner.start()
    job = scene.job(listing(3))
    assert await scene.runner.submit(job)
    await scene.finish()
    _, view, _ = scene.screen.shown[-1]
    assert (True, frozenset(), {}) == (view.store_down, view.allowed, view.results)
    assert 0 == await scene.runner.cancel(1)


async def test_a_store_that_goes_before_the_end_keeps_the_answer(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was reserved stays reserved until the job is claimed again."""

    async def down(*_: object, **__: object) -> None:
        raise StoreUnavailable("MongoDB does not answer")

    scene.searcher.gate.clear()
    await scene.runner.submit(scene.job(listing(3)))
    await scene.screen.until(1)
    monkeypatch.setattr(Ledger, "settle", down)
    monkeypatch.setattr(Jobs, "finish", down)
    scene.searcher.gate.set()
    await scene.finish()
    assert 3 == len(scene.screen.shown[-1][1].results)


async def test_progress_waits_for_room_and_the_end_does_not(scene: Scene) -> None:
    """In a chat that is busy with other things the last state arrives, and nothing before it."""
    scene.screen.has_room = False
    scene.searcher.steps = asyncio.Semaphore(0)
    await scene.runner.submit(scene.job(listing(30), user_id=7))
    for _ in range(30):
        scene.searcher.steps.release()
        await asyncio.sleep(0.02)
    await scene.finish()
    assert [State.RUNNING, State.DONE] == [view.state for _, view, _ in scene.screen.shown]


@pytest.mark.parametrize(("room", "states"), [(True, 2), (False, 1)])
async def test_a_card_without_its_link_is_shown_where_there_is_room(
    scene: Scene, *, room: bool, states: int
) -> None:
    """Where calls wait already, a card that needs two would make all others wait longer."""
    scene.screen.has_room = room
    scene.searcher.gate.clear()
    song = replace(listing(1), kind=ListingKind.TRACK)
    scene.runner = scene.new_runner(card_wait_s=0.01)
    await scene.runner.submit(scene.job(song))
    await (until_shown(scene, 1) if room else asyncio.sleep(0.05))
    shown = len(scene.screen.shown)
    scene.searcher.gate.set()
    await scene.finish()
    assert [shown, 1] == [states - 1, len(scene.screen.shown) - shown]
    assert State.DONE is scene.screen.shown[-1][1].state


async def test_a_card_is_shown_as_soon_as_there_is_room(scene: Scene) -> None:
    """Its link may take long: the person sees the song meanwhile."""
    scene.screen.has_room = False
    scene.searcher.gate.clear()
    scene.runner = scene.new_runner(card_wait_s=0.01)
    await scene.runner.submit(scene.job(replace(listing(1), kind=ListingKind.TRACK)))
    await asyncio.sleep(0.05)
    before = len(scene.screen.shown)
    scene.screen.has_room = True
    await until_shown(scene, 1)
    scene.searcher.gate.set()
    await scene.finish()
    assert (0, 2) == (before, len(scene.screen.shown))


async def test_what_waits_for_its_turn_is_shown_as_it_is_then(scene: Scene) -> None:
    """Pages turned meanwhile and the end join what waits: nothing old is shown, nothing twice."""
    job = scene.job(listing(60), user_id=7)
    scene.searcher.gate.clear()
    scene.runner = scene.new_runner(edit_every_s=0.01)
    await scene.runner.submit(job)
    await scene.screen.until(1)
    scene.screen.turn.clear()
    stored = await scene.stored(job.id)
    turns = [asyncio.create_task(scene.runner.turn(stored, page)) for page in (1, 2, 1)]
    scene.searcher.gate.set()
    running = scene.runner._queues.entries[job.id]
    while (view := running.view()) and view.state is State.RUNNING:  # noqa: ASYNC110  it tells nobody
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.05)
    scene.screen.turn.set()
    assert [True] * 3 == await asyncio.gather(*turns)
    await scene.finish()
    _, *later = [view for _, view, _ in scene.screen.shown]
    assert [(1, 60, State.DONE)] == [(v.page, len(v.results), v.state) for v in later]


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the store of jobs is asked for, in order."""
    asked = list[str]()
    for name in ("start", "accept", "claim_id", "save", "finish"):
        monkeypatch.setattr(Jobs, name, _noted(asked, name, getattr(Jobs, name)))
    return asked


def _noted(asked: list[str], name: str, call: Callable[..., Any]) -> Callable[..., Any]:
    async def noted(*given: object, **options: object) -> object:
        asked.append(name)
        return await call(*given, **options)

    return noted


async def test_a_stored_card_begins_and_ends_with_one_statement_each(
    scene: Scene, statements: list[str]
) -> None:
    """It is stored with its lease, and its end with the number of its message."""
    await scene.run(listing(1), user_id=2)
    statements.clear()
    job = await scene.run(listing(1), name="again")
    assert ["start", "finish"] == statements
    assert (JobState.DONE, 1, True) == (job.state, job.attempts, job.reply_id is not None)
    assert 1 == job.outcome["spent"] == await scene.used()


# As Spotify has it: a track's listing has the id of its only track.
SINGLE = replace(listing(1), id=listing(1).tracks[0].key)


async def test_a_card_does_not_wait_for_its_payment(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the allowance surely reaches, it is shown while it is counted, and ends paid."""
    reserve, may_count = Ledger.reserve, asyncio.Event()

    async def slow(*given: Any, **options: Any) -> Grant:
        await may_count.wait()
        return await reserve(*given, **options)

    monkeypatch.setattr(Ledger, "reserve", slow)
    await scene.runner.submit(scene.job(SINGLE, name="first"))
    await scene.screen.until(1)
    assert not scene.runner.idle
    may_count.set()
    await scene.finish()
    assert (1, 1) == ((await scene.stored("first")).outcome["spent"], await scene.used())


async def test_a_card_that_could_not_be_paid_is_paid_by_its_next_attempt(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is shown once, and counted once, when the ledger is back."""
    reserve, failures = Ledger.reserve, iter([StoreUnavailable("away")])

    async def failing(*given: Any, **options: Any) -> Grant:
        for failure in failures:
            raise failure
        return await reserve(*given, **options)

    monkeypatch.setattr(Ledger, "reserve", failing)
    scene.runner = scene.new_runner(retry_job_s=0.0)
    scene.runner.start()
    await scene.runner.submit(scene.job(SINGLE, name="first"))
    async with asyncio.timeout(10):
        while (await scene.stored("first")).state is not JobState.DONE:  # noqa: ASYNC110  as above
            await asyncio.sleep(0.02)
    await scene.runner.stop()
    done = await scene.stored("first")
    assert (2, 1, 1) == (done.attempts, done.outcome["spent"], await scene.used())
    assert 101 == done.reply_id == scene.screen._next


async def test_a_number_does_not_wait_for_the_end(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, statements: list[str]
) -> None:
    """While the ledger takes its time, a process that dies must not send the message again."""
    scene.searcher.failing = {"Song 0": NotFound(Service.SPOTIFY_WEB)}
    settle, may_end = Ledger.settle, asyncio.Event()

    async def slow(*given: Any, **options: Any) -> None:
        await may_end.wait()
        await settle(*given, **options)

    monkeypatch.setattr(Ledger, "settle", slow)
    statements.clear()
    await scene.runner.submit(scene.job(listing(1), name="again"))
    async with asyncio.timeout(10):
        while "save" not in statements:  # noqa: ASYNC110  as above
            await asyncio.sleep(0.01)
    noted = await scene.stored("again")
    may_end.set()
    await scene.finish()
    assert (JobState.RUNNING, True) == (noted.state, noted.reply_id is not None)
    assert ["start", "save", "finish"] == statements


async def test_a_last_message_on_its_way_is_noted_by_a_stop(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not ended then: the next start shows it once more in the same message."""
    await scene.run(listing(1), user_id=2)
    sending, may_end = asyncio.Event(), asyncio.Event()
    show = scene.screen.show

    async def slow(*arguments: object) -> Job | None:
        sending.set()
        await may_end.wait()
        return await show(*arguments)  # type: ignore[arg-type]  # passed on as they came

    monkeypatch.setattr(scene.screen, "show", slow)
    await scene.runner.submit(scene.job(listing(1), name="again"))
    await sending.wait()
    stopping = asyncio.create_task(scene.runner.stop())
    await asyncio.sleep(0.05)
    may_end.set()
    await stopping
    left = await scene.stored("again")
    scene.runner = scene.new_runner()
    scene.runner.start()
    done = await until_done(scene, "again")
    assert (JobState.WAITING, 0) == (left.state, left.attempts)
    assert None is not left.reply_id == done.reply_id


async def test_an_end_that_is_not_heard_keeps_the_number_with_it(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """MongoDB is away in the moment in which a stored card is sent: both are written later."""
    await scene.run(listing(1), user_id=2)
    finish, away = Jobs.finish, [True]

    async def down(*given: Any, **options: Any) -> bool:
        if away:
            raise StoreUnavailable("MongoDB does not answer")
        return await finish(*given, **options)

    monkeypatch.setattr(Jobs, "finish", down)
    job = await scene.run(listing(1), name="again")
    away.clear()
    scene.runner.start()
    done = await until_done(scene, "again")
    assert (JobState.RUNNING, None) == (job.state, job.reply_id)
    assert (102, 1) == (done.reply_id, done.outcome["spent"])


async def test_a_user_with_a_job_in_another_process_waits_for_it(scene: Scene) -> None:
    """Whichever process took it in, one runs at a time, and none is lost."""
    other = scene.new_runner()
    other.start()
    scene.runner.start()
    scene.searcher.gate.clear()
    await other.submit(scene.job(listing(3)))
    await until_shown(scene, 1)
    assert await scene.runner.submit(scene.job(listing(2, number=2)))
    assert JobState.WAITING is (await scene.stored("job-2")).state
    scene.searcher.gate.set()
    await until_done(scene, "job-1")
    done = await until_done(scene, "job-2")
    await other.stop()
    assert (1, 5) == (done.attempts, await scene.used())
    assert 2 == len({name for name, view, _ in scene.screen.shown if view.state is State.DONE})


async def test_a_process_that_dies_in_the_first_moment_loses_its_job(scene: Scene) -> None:
    """It stored it with its lease, and nothing more."""
    await Jobs(scene.db, clock=scene.now, owner="dead").start(scene.job(listing(3)))
    scene.runner.start()
    await beats(scene.runner)
    assert [] == scene.screen.shown
    scene.now.forward(seconds=26)
    job = await until_done(scene, "job-1")
    assert (2, 3) == (job.attempts, await scene.used())


class Between:
    """The moment in which a job stands in the store and this process has not heard of it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.reached, self.may_go = asyncio.Event(), asyncio.Event()
        self.lost = False
        start = Jobs.start

        async def slow(jobs: Jobs, job: Job) -> Job | None:
            started = await start(jobs, job)
            self.reached.set()
            await self.may_go.wait()
            if self.lost:
                raise StoreUnavailable("MongoDB did not answer")
            return started

        monkeypatch.setattr(Jobs, "start", slow)


@pytest.fixture
def between(monkeypatch: pytest.MonkeyPatch) -> Between:
    return Between(monkeypatch)


async def test_a_job_stopped_while_it_is_stored(scene: Scene, between: Between) -> None:
    """It counts once and never begins."""
    submitting = asyncio.create_task(scene.runner.submit(scene.job(listing(3))))
    await between.reached.wait()
    assert 1 == await scene.runner.cancel(1)
    between.may_go.set()
    await submitting
    await scene.finish()
    assert (JobState.DONE, {}) == ((await scene.stored("job-1")).state, dict(scene.memory.findings))
    assert [] == scene.screen.shown


async def test_a_process_that_stops_while_it_stores_a_job_gives_it_back(
    scene: Scene, between: Between
) -> None:
    """The next one need not wait until the lease is over."""
    submitting = asyncio.create_task(scene.runner.submit(scene.job(listing(3))))
    await between.reached.wait()
    submitting.cancel()
    await asyncio.gather(submitting, scene.runner.stop(), return_exceptions=True)
    left = await scene.stored("job-1")
    scene.runner = scene.new_runner()
    scene.runner.start()
    done = await until_done(scene, "job-1")
    assert (JobState.WAITING, 0, None) == (left.state, left.attempts, left.owner)
    assert (1, 3) == (done.attempts, await scene.used())


async def test_a_job_whose_storing_was_not_heard_is_answered_once(
    scene: Scene, between: Between
) -> None:
    """MongoDB had it, but its answer got lost: it goes on in its message, whoever finds it."""
    other = scene.new_runner()
    other.start()
    between.lost = True
    between.may_go.set()
    assert await scene.runner.submit(scene.job(listing(3)))
    await scene.finish()
    job = await until_done(scene, "job-1")
    await other.stop()
    assert (101, 3) == (job.reply_id, job.outcome["spent"])
    assert {"job-1"} == {name for name, _, _ in scene.screen.shown}
    assert 102 == scene.screen._placed(replace(job, reply_id=None)).reply_id


async def test_the_heart_beats_while_a_job_is_stored(scene: Scene, between: Between) -> None:
    """It neither renews nor takes over what is not known to be held."""
    scene.runner.start()
    submitting = asyncio.create_task(scene.runner.submit(scene.job(listing(3))))
    await between.reached.wait()
    await beats(scene.runner)
    between.may_go.set()
    await submitting
    job = await until_done(scene, "job-1")
    assert (1, 101) == (job.attempts, job.reply_id)
