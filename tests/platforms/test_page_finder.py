from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import pytest

from bot.errors import Service, StoreUnavailable, Unavailable
from bot.models import Platform, Track
from bot.models.music import PlatformTrack
from bot.platforms.apple import Apple
from bot.platforms.deezer import Deezer
from bot.platforms.page_finder import (
    PageFinder,
    apple_page,
    deezer_page,
    name,
    page_of,
)
from bot.storage.platform_pages import PlatformPages
from tests.platforms import test_apple, test_deezer
from tests.platforms.conftest import Table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

TRACK = Track(
    title="Glass Harbour",
    artists=("Nine Lanterns",),
    duration_ms=212_000,
    isrc="GB1",
    spotify_id="1" * 22,
)
OTHER = Track(title="Ropewalk", artists=("Nine Lanterns",), spotify_id="2" * 22)
SAME = test_deezer.track(title="Glass Harbour", duration=212)
COVER = test_deezer.track(
    title="Glass Harbour", artist={"name": "Somebody"}, contributors=[{"name": "Somebody"}]
)


@dataclass
class Memory(PlatformPages):
    """A store of pages, that may be down."""

    pages: dict[str, str | None] = field(default_factory=dict)
    down: bool = False

    async def get_many(self, keys: Sequence[str]) -> dict[str, str | None]:
        self._answer()
        return {key: self.pages[key] for key in keys if key in self.pages}

    async def put_many(self, pages: Mapping[str, str | None]) -> None:
        self._answer()
        self.pages |= pages

    def _answer(self) -> None:
        if self.down:
            raise StoreUnavailable("down")


async def seek(track: Track, *, url: str | None = "https://x") -> str | None:
    """Knows the page of one track; others fail."""
    if track is not TRACK:
        raise Unavailable(Service.DEEZER)
    return url


async def test_by_its_code() -> None:
    """One request, and what it brings is judged."""
    table = Table({"track/isrc:GB1": SAME})
    assert test_deezer.PAGE == await deezer_page(Deezer(table), TRACK)
    assert 1 == len(table.asked)


async def test_a_code_that_names_another_song() -> None:
    """It is not believed: words are searched for, and judged as well."""
    table = Table({"track/isrc:GB1": COVER, "search": {"data": [COVER, SAME]}})
    assert test_deezer.PAGE == await deezer_page(Deezer(table), TRACK)
    assert ["track/isrc:GB1", "search"] == [path for path, _ in table.asked]


async def test_nothing_surely_the_same() -> None:
    """None, rather than somebody else's song."""
    table = Table({"search": {"data": [COVER]}})
    assert None is await deezer_page(Deezer(table), OTHER)


async def test_apples_page() -> None:
    """Found in the shop of a country."""
    table = Table({"search": test_apple.results(test_apple.song())})
    page = await apple_page(Apple(table), TRACK, country="tr")
    assert test_apple.PAGE == page
    assert "tr" == table.asked[0][1]["country"]


def test_a_page_without_an_address_is_none() -> None:
    assert None is page_of(TRACK, [PlatformTrack(track=TRACK, url=None)])


async def test_what_is_found_is_kept() -> None:
    """Misses too; what failed is neither found nor kept."""
    memory = Memory()
    finder = PageFinder({Platform.DEEZER: seek}, memory)
    found: dict[str, str | None] = {}
    await finder.seek([(Platform.DEEZER, TRACK), (Platform.DEEZER, OTHER)], found)

    assert {name(Platform.DEEZER, TRACK): "https://x"} == found == memory.pages
    assert found == await finder.stored([(Platform.DEEZER, TRACK), (Platform.DEEZER, OTHER)])


async def test_without_a_store() -> None:
    """Nothing is known, and what is found is there all the same."""
    for store in (None, Memory(down=True)):
        finder = PageFinder({Platform.DEEZER: partial(seek, url=None)}, store)
        found: dict[str, str | None] = {}
        await finder.seek([(Platform.DEEZER, TRACK)], found)
        assert {name(Platform.DEEZER, TRACK): None} == found
        assert {} == await finder.stored([(Platform.DEEZER, TRACK)])


@pytest.mark.parametrize(
    ("platform", "single", "expected"),
    [
        (Platform.DEEZER, True, True),
        (Platform.DEEZER, False, True),
        (Platform.APPLE_MUSIC, True, True),
        (Platform.APPLE_MUSIC, False, False),
    ],
)
def test_rows_of_lists_only_where_it_is_cheap(
    platform: Platform, *, single: bool, expected: bool
) -> None:
    """A platform that answers few requests is asked for single tracks alone."""
    finder = PageFinder({platform: seek}, Memory())
    assert expected is finder.can(str(platform), single=single)
    assert not PageFinder({}, Memory()).can(str(platform), single=single)
