"""A Telegram whose time stands still until a test moves it, and a person in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.staged.telegram import Telegram

if TYPE_CHECKING:
    from bot.sandbox.telegram.state import User


@dataclass
class Timer:
    """Seconds that pass when a test says so."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def timer() -> Timer:
    return Timer()


@pytest.fixture
def telegram(timer: Timer) -> Telegram:
    return Telegram(timer=timer, group_limit=20)


@pytest.fixture
def alice(telegram: Telegram) -> User:
    """A person whom the bot knows: she has written to it, and it has read that."""
    alice = telegram.user("Alice", username="alice")
    telegram.send_text(alice, "/start")
    telegram.world.updates.pending.clear()
    return alice
