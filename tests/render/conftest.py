"""The English words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.render.words import load_languages

if TYPE_CHECKING:
    from bot.render.words import Words


@pytest.fixture(scope="session")
def words() -> Words:
    return load_languages().words("en")
