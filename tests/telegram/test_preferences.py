"""Preferences through the memory of a process: fresh, bounded, and never in the way."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pytest

from bot.clock import Timing
from bot.errors import StoreUnavailable
from bot.models.preferences import DEFAULTS, Mode, Preferences
from bot.telegram.preferences import FRESH, UNREAD, PreferencesCache

if TYPE_CHECKING:
    from tests.conftest import SetClock

ANNA, GROUP = 7, -7
TURKISH = Preferences(language="tr")


@dataclass
class Shelf:
    """Preferences by owner. `down` as when MongoDB does not answer, `slow` as when it hangs."""

    kept: dict[int, Preferences] = field(default_factory=dict)
    asked: int = 0
    down: bool = False
    slow: bool = False

    async def preferences(self, owner_id: int, /) -> Preferences | None:
        self.asked += 1
        if self.slow:
            await asyncio.Event().wait()
        if self.down:
            raise StoreUnavailable("MongoDB does not answer")
        return self.kept.get(owner_id)

    async def choose(self, owner_id: int, /, **changes: Any) -> Preferences:
        self.kept[owner_id] = replace(self.kept.get(owner_id, DEFAULTS), **changes)
        return self.kept[owner_id]


@pytest.fixture
def users() -> Shelf:
    return Shelf({ANNA: TURKISH})


@pytest.fixture
def chats() -> Shelf:
    return Shelf()


@pytest.fixture
def choices(users: Shelf, chats: Shelf, now: SetClock) -> PreferencesCache:
    return PreferencesCache(users, chats, clock=now)


async def test_read_once_while_fresh(
    choices: PreferencesCache, users: Shelf, now: SetClock
) -> None:
    """The store is asked once in 30 s, and what another process changed is seen then."""
    for _ in range(3):
        await choices.read(ANNA)
    assert (1, TURKISH) == (users.asked, choices.of(ANNA))
    users.kept[ANNA] = Preferences(language="de")
    now.forward(seconds=FRESH.total_seconds())
    await choices.read(ANNA)
    assert (2, "de") == (users.asked, choices.of(ANNA).language)


async def test_a_change_holds_at_once(choices: PreferencesCache, chats: Shelf) -> None:
    """What is chosen here is known here without another question; groups have their own store."""
    await choices.read(GROUP)
    await choices.change(GROUP, mode=Mode.MENTIONED)

    assert Mode.MENTIONED is choices.of(GROUP).mode
    assert (1, [GROUP]) == (chats.asked, list(chats.kept))


@pytest.mark.parametrize("trouble", ["down", "slow"])
async def test_the_store_away(users: Shelf, chats: Shelf, now: SetClock, trouble: str) -> None:
    """Without the store the last known holds, else the defaults; it is asked again in moments."""
    choices = PreferencesCache(users, chats, clock=now, timing=Timing(preferences_s=0.02))
    await choices.read(ANNA)
    setattr(users, trouble, True)
    now.forward(seconds=FRESH.total_seconds())
    for _ in range(3):
        await choices.read(ANNA, ANNA + 1)

    assert (TURKISH, DEFAULTS) == (choices.of(ANNA), choices.of(ANNA + 1))
    assert 3 == users.asked
    setattr(users, trouble, False)
    users.kept[ANNA + 1] = TURKISH
    now.forward(seconds=UNREAD.total_seconds())
    await choices.read(ANNA + 1)
    assert TURKISH == choices.of(ANNA + 1)


async def test_the_memory_is_bounded(users: Shelf, chats: Shelf, now: SetClock) -> None:
    """Those who were read longest ago are forgotten first."""
    choices = PreferencesCache(users, chats, clock=now, most=2)
    for owner in (ANNA, 8, 9):
        await choices.read(owner)

    assert DEFAULTS == choices.of(ANNA)
    await choices.read(8)
    assert 3 == users.asked


async def test_forgotten(choices: PreferencesCache) -> None:
    """Who is forgotten has the defaults again."""
    await choices.read(ANNA)
    choices.forget(ANNA)
    choices.forget(ANNA)

    assert DEFAULTS == choices.of(ANNA)


@pytest.mark.parametrize(
    ("own", "group", "telegram", "expected"),
    [
        (None, None, None, None),
        (None, None, "fr", "fr"),
        ("tr", None, "fr", "tr"),
        ("tr", "de", "fr", "de"),
        (None, "de", None, "de"),
    ],
)
async def test_which_language_holds_in_a_group(
    choices: PreferencesCache,
    own: str | None,
    group: str | None,
    telegram: str | None,
    expected: str | None,
) -> None:
    """The group's, else the person's own choice, else what Telegram says."""
    await choices.change(ANNA, language=own, platforms=("deezer",))
    await choices.change(GROUP, language=group)

    there = choices.effective(ANNA, GROUP, telegram)
    assert (expected, DEFAULTS.platforms) == (there.language, there.platforms)
    assert (own or telegram, ("deezer",)) == (
        choices.effective(ANNA, None, telegram).language,
        choices.effective(ANNA).platforms,
    )
