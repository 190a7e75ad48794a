"""Places for jobs: what waits for one chat or person waits in the store, and costs others none."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pytest

from bot.jobs.queues import MOST, RUN, RUN_IN_CHAT, WAIT_OF_PERSON
from bot.models.job import JobState
from bot.storage.jobs import Jobs
from tests.jobs.scene import beats, until_shown
from tests.stage import Screen, listing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.models.job import Job
    from bot.models.view import ListingView
    from tests.jobs.scene import Scene

GROUP, OTHER_GROUP = -100, -200


@dataclass
class HeldScreen(Screen):
    """Chats that take nothing until they are let go, as those whose minute is used up."""

    held: dict[int, asyncio.Event] = field(default_factory=dict)

    def room(self, job: Job) -> bool:
        return job.chat_id not in self.held

    async def show(self, job: Job, view: Callable[[], ListingView]) -> Job | None:
        if may_go := self.held.get(job.chat_id):
            await may_go.wait()
        return await super().show(job, view)


@pytest.fixture
def screen(scene: Scene) -> HeldScreen:
    held = {GROUP: asyncio.Event(), OTHER_GROUP: asyncio.Event()}
    scene.screen = HeldScreen(held=held)
    return scene.screen


def few(**most: int) -> Mapping[str, int]:
    names = {"run": RUN, "in_chat": RUN_IN_CHAT, "of_person": WAIT_OF_PERSON}
    return {**MOST, **{names[name]: count for name, count in most.items()}}


async def send(
    scene: Scene, number: int, *, chat: int, user: int | None = None, songs: int = 1
) -> str:
    """A link of one person more, or of this one, in a chat; its job's id."""
    scene.now.forward(seconds=0.001)
    asked = scene.job(listing(songs, number=number), name=f"{number:02}", user_id=user or number)
    kind = "private" if chat > 0 else "group"
    await scene.runner.submit(replace(asked, chat_id=chat, chat_type=kind))
    return asked.id


async def done(scene: Scene, count: int) -> None:
    async with asyncio.timeout(20):
        while await scene.db["jobs"].count_documents({"state": "done"}) < count:  # noqa: ASYNC110  MongoDB tells nobody
            await asyncio.sleep(0.02)


def shown(scene: Scene) -> list[str]:
    return [name for name, _, _ in scene.screen.shown]


async def test_a_crowd_in_one_group_costs_others_nothing(scene: Scene, screen: HeldScreen) -> None:
    """Few of its jobs are held here; a stranger is answered meanwhile, and then they all are."""
    scene.runner.start()
    for number in range(30):
        await send(scene, number, chat=GROUP, user=100 + number // 2)
    await beats(scene.runner)
    here = [each.waits for each in scene.runner._queues.entries.values()]
    stranger = await send(scene, 99, chat=7, user=7)
    await until_shown(scene, 1)
    assert ([stranger], MOST[RUN_IN_CHAT]) == (shown(scene), here.count(False))
    assert len(here) <= 2 * MOST[RUN_IN_CHAT]
    assert [] == scene.screen.said  # that they wait would be what the others wait for
    screen.held[GROUP].set()
    await done(scene, 31)
    assert 31 == len(shown(scene)) == len(set(shown(scene)))


async def test_those_put_off_keep_their_turn(scene: Scene, screen: HeldScreen) -> None:
    """Who comes when places are free again waits behind those that came before."""
    scene.runner = scene.new_runner(places=few(in_chat=1))
    for number in range(1, 5):
        await send(scene, number, chat=GROUP)
    screen.held[GROUP].set()
    await scene.finish()
    await send(scene, 5, chat=GROUP)
    assert ["01"] == shown(scene)
    scene.runner.start()
    await done(scene, 5)
    assert ["01", "02", "03", "04", "05"] == shown(scene)


async def test_a_persons_links_keep_their_order_beyond_what_waits_here(scene: Scene) -> None:
    """More of them than are told that they wait, and in several chats."""
    scene.runner = scene.new_runner(places=few(of_person=1))
    scene.runner.start()
    scene.searcher.gate.clear()
    for number in range(1, 8):
        await send(scene, number, chat=-300 - number % 2, user=1)
    await beats(scene.runner)
    assert 2 == len(scene.runner._queues.entries)
    scene.searcher.gate.set()
    await done(scene, 7)
    ends = [name for name, view, _ in scene.screen.shown if view.results]
    assert [f"{number:02}" for number in range(1, 8)] == ends


async def test_a_single_track_passes_the_lists_of_its_chat(
    scene: Scene, screen: HeldScreen
) -> None:
    """And lists that are put off in one group hold up none in another."""
    scene.runner = scene.new_runner(places=few(in_chat=1))
    scene.runner.start()
    screen.held[OTHER_GROUP].set()
    for number in range(1, 4):
        await send(scene, number, chat=GROUP, songs=2)
    single = await send(scene, 4, chat=GROUP)
    other = await send(scene, 5, chat=OTHER_GROUP, songs=2)
    assert {"01", single, other} >= scene.runner._queues.entries.keys()
    assert JobState.RUNNING is (await scene.stored(single)).state
    await done(scene, 1)
    assert {other} == set(shown(scene))
    screen.held[GROUP].set()
    await done(scene, 5)


async def test_where_places_are_scarce_new_chats_come_first(
    scene: Scene, screen: HeldScreen
) -> None:
    """A group that has one waits with all its others behind who has none."""
    scene.runner = scene.new_runner(places=few(run=2, in_chat=2))
    await send(scene, 1, chat=GROUP)
    await send(scene, 2, chat=OTHER_GROUP)
    for number in (3, 4):
        await send(scene, number, chat=GROUP)
    stranger = await send(scene, 5, chat=5)
    screen.held[OTHER_GROUP].set()
    await done(scene, 1)
    scene.runner.start()
    await done(scene, 2)
    assert ["02", stranger] == shown(scene)
    screen.held[GROUP].set()
    await done(scene, 5)


async def test_two_processes_answer_a_crowd_once_whoever_of_them_dies(
    scene: Scene, screen: HeldScreen
) -> None:
    """What was put off by one that is gone is taken by the other, in its turn, once."""
    runners = [scene.new_runner(places=few(in_chat=2)) for _ in range(2)]
    dead = Jobs(scene.db, clock=scene.now, owner="dead")
    for number in range(20):
        asked = scene.job(listing(1, number=number), name=f"{number:02}", user_id=100 + number)
        asked = replace(asked, chat_id=GROUP, chat_type="group")
        await (dead.start if number < 2 else dead.accept)(asked)
    screen.held[GROUP].set()
    for runner in runners:
        runner.start()
    await done(scene, 18)
    scene.now.forward(seconds=26)
    await done(scene, 20)
    await asyncio.gather(*(runner.stop() for runner in runners))
    assert ["00", "01"] == sorted(shown(scene)[18:])
    assert [f"{number:02}" for number in range(20)] == sorted(shown(scene))


async def test_a_crowd_without_a_store_is_answered_from_memory(
    scene: Scene, screen: HeldScreen
) -> None:
    """There is no other place for it to wait in."""
    scene.runner = scene.new_runner(places=few(in_chat=1))
    screen.held[GROUP].set()
    for number in range(1, 4):
        asked = scene.job(listing(1, number=number), user_id=number)
        await scene.runner.submit(replace(asked, chat_id=GROUP), store=False)
    await scene.finish()
    assert 3 == len(shown(scene))
