"""Places that people share: nobody takes all of them, and nobody waits behind somebody's crowd."""

from __future__ import annotations

import asyncio

import pytest

from bot.net.gate import Gate
from bot.net.service_budget import asker

ANNA, BELA, CARLA = 7, 8, 9


class Scene:
    """People who hold places of a gate; `inside` in the order in which they came in."""

    def __init__(self, most: int) -> None:
        self.gate, self.inside = Gate(most), list[int]()
        self.tasks: list[tuple[int, asyncio.Task[None]]] = []

    async def come(self, person: int, times: int) -> None:
        asker.set(person)
        for _ in range(times):
            self.tasks.append((person, asyncio.create_task(self._hold(person))))
        await asyncio.sleep(0.001)

    async def _hold(self, person: int) -> None:
        async with self.gate.place(within_s=30):
            self.inside.append(person)
            try:
                await asyncio.Event().wait()
            finally:
                self.inside.remove(person)

    async def end(self, at: int) -> None:
        _, task = self.tasks.pop(at)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await asyncio.sleep(0.001)


async def test_nobody_takes_all_places() -> None:
    """Half of what the others leave, so that there is one for who comes next."""
    scene = Scene(8)
    for person in (ANNA, BELA, CARLA):
        await scene.come(person, 20)

    assert [ANNA] * 4 + [BELA] * 2 + [CARLA] == scene.inside


async def test_a_place_that_comes_free_is_the_next_ones() -> None:
    """Whoever holds their share is passed by; who gave up waiting takes no place."""
    scene = Scene(3)
    await scene.come(ANNA, 3)
    await scene.come(BELA, 2)
    assert [ANNA, BELA] == scene.inside
    await scene.end(1)  # of Anna's, who waits
    await scene.end(2)  # Bela's, who is inside
    assert [ANNA, BELA] == scene.inside
    await scene.end(0)

    assert [BELA, ANNA] == scene.inside


async def test_whoever_waits_too_long_is_told() -> None:
    gate = Gate(1)
    async with gate.place(within_s=1):
        with pytest.raises(TimeoutError):
            async with gate.place(within_s=0.001):
                pass
    async with gate.place(within_s=1):
        pass
