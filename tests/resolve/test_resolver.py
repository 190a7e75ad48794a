"""A link becomes a listing and its tracks get their findings, the stored ones first."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.errors import NotFound, OutOfBudget, Service, SourceError, Unavailable, UnsupportedLink
from bot.models import Cut, Finding
from bot.models.links import LinkKind, SpotifyLink
from bot.resolve import resolver
from bot.resolve.resolver import MOST_UNSAVED, Resolver
from bot.resolve.scheduler import LookupScheduler
from tests.stage import Memory, Searcher, Shelf, finding, listing

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bot.models import Listing

DOWN = Unavailable(Service.YOUTUBE_MUSIC, "timed out")


class Scene:
    def __init__(self) -> None:
        self.shelf, self.memory, self.searcher = Shelf(), Memory(), Searcher().open()
        self.resolver = Resolver(
            self.shelf,
            LookupScheduler(self.searcher, width=4),
            listings=self.memory,
            findings=self.memory,
        )

    async def resolve(
        self, new: Listing, allowed: Iterable[int] | None = None
    ) -> dict[int, object]:
        resolution = await self.resolver.begin(new)
        if allowed is not None:
            resolution.allow(allowed)
        await self.resolver.run(resolution, lane=1)
        await self.resolver.saved()
        return dict(sorted(resolution.results.items()))


@pytest.fixture
def scene() -> Scene:
    return Scene()


def unsure(error: NotFound) -> NotFound:
    error.sure = False
    return error


def link(to: Listing) -> SpotifyLink:
    return SpotifyLink(LinkKind(to.kind), to.id)


async def test_a_listing_is_read_once_and_kept(scene: Scene) -> None:
    """The second person who asks is answered from what is stored."""
    new = scene.shelf.add(listing(3))
    assert new == await scene.resolver.listing(link(new))
    await scene.resolver.saved()
    assert new == await scene.resolver.listing(link(new))
    assert 1 == scene.shelf.asked


async def test_a_cut_listing_is_kept_as_it_was_sent(scene: Scene) -> None:
    """Pages that failed to arrive may come when the link comes again; taps ask nobody."""
    new = scene.shelf.add(replace(listing(3), cut=Cut.FAILED))
    for _ in range(2):
        await scene.resolver.listing(link(new))
        assert new == await scene.resolver.shown(new.key)
    assert 2 == scene.shelf.asked


async def test_what_is_no_longer_kept_is_not_asked_for(scene: Scene) -> None:
    """A message that is old shows no more than it does."""
    new = scene.shelf.add(listing(3))
    with pytest.raises(UnsupportedLink):
        await scene.resolver.shown(new.key)
    assert 0 == scene.shelf.asked


@pytest.mark.parametrize(
    ("error", "asked"),
    [
        (NotFound(Service.SPOTIFY_WEB), 1),
        (unsure(NotFound(Service.SPOTIFY_API)), 2),
        (Unavailable(Service.SPOTIFY_API), 2),
        (OutOfBudget(Service.SPOTIFY_API, retry_after_s=9), 2),
    ],
    ids=["not there", "perhaps there", "out of reach", "beyond the own share"],
)
async def test_what_is_not_there_is_asked_for_once(
    scene: Scene, error: SourceError, asked: int
) -> None:
    """No failure, and no budget that is used up, makes a link a dead one."""
    scene.shelf.error = error
    for _ in range(2):
        with pytest.raises(type(error)):
            await scene.resolver.listing(SpotifyLink(LinkKind.TRACK, "gone"))
        await scene.resolver.saved()

    assert asked == scene.shelf.asked


async def test_every_song_gets_its_finding_and_other_rows_none(scene: Scene) -> None:
    new = listing(5, local=2)
    results = await scene.resolve(new)
    assert {at: finding(new.tracks[at]) for at in range(5)} == results


async def test_a_long_listing_is_known_in_parts(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Others have their turns while thousands are read, and none is left out."""
    monkeypatch.setattr(resolver, "KNOWN_AT_ONCE", 40)
    new = listing(100)
    scene.memory.findings = {track.key: finding(track) for track in new.tracks}
    known = await scene.resolver.known(new, range(5, 100))
    assert (3, list(range(5, 100))) == (scene.memory.queries, list(known))


async def test_stored_findings_are_read_in_one_query(scene: Scene) -> None:
    """A listing of a hundred known tracks costs one query and no search."""
    new = listing(100)
    scene.memory.findings = {track.key: finding(track) for track in new.tracks}
    assert 100 == len(await scene.resolve(new))
    assert (1, []) == (scene.memory.queries, scene.searcher.found)


async def test_what_is_found_is_stored(scene: Scene) -> None:
    new = listing(20)
    await scene.resolve(new)
    assert {track.key for track in new.tracks} == scene.memory.findings.keys()


async def test_only_the_allowed_songs_are_looked_up(scene: Scene) -> None:
    """Wherever they stand in the listing."""
    await scene.resolve(listing(10), allowed=[1, 4, 8])
    assert ["Song 1", "Song 4", "Song 8"] == sorted(scene.searcher.found)


async def test_a_failed_look_up_is_neither_stored_nor_counted(scene: Scene) -> None:
    scene.searcher.failing = {"Song 1": DOWN}
    new = listing(3)
    resolution = await scene.resolver.begin(new)
    await scene.resolver.run(resolution, lane=1)
    await scene.resolver.saved()
    assert isinstance(resolution.results[1], SourceError)
    assert new.tracks[1].key not in scene.memory.findings
    assert (2, 1) == (resolution.counts.looked_up, resolution.counts.failed)


@pytest.mark.parametrize("found", [True, False])
async def test_a_search_cut_short_counts_only_with_a_match(scene: Scene, found: bool) -> None:
    """Nothing found by half a search is no answer; a sure match is one all the same."""
    from dataclasses import replace

    new = listing(1)
    half = replace(finding(new.tracks[0]) if found else Finding(), partial=True)

    async def find(*_: object, **__: object) -> Finding:
        return half

    scene.searcher.find = find  # type: ignore[method-assign]
    (result,) = (await scene.resolve(new)).values()
    assert found == isinstance(result, Finding)
    assert found == bool(scene.memory.findings)


async def test_a_store_that_fails_behind_the_answer_spoils_nothing(scene: Scene) -> None:
    """Writing is done behind the caller's back; what could not be written is written later."""
    new = scene.shelf.add(listing(2))
    resolution = await scene.resolver.begin(new)
    scene.memory.down = True
    assert new == await scene.resolver.listing(link(new))
    await scene.resolver.run(resolution, lane=1)
    await scene.resolver.saved()
    assert 2 == len(resolution.results)
    assert ({}, {}) == (scene.memory.listings, scene.memory.findings)

    scene.memory.down = False
    await scene.resolver.saved()
    assert [new] == [*scene.memory.listings.values()]
    assert {track.key for track in new.tracks} == scene.memory.findings.keys()


async def test_a_list_is_stored_in_few_statements(scene: Scene) -> None:
    """What is found one by one is gathered; nobody who asks meanwhile looks it up again."""
    new = listing(30)
    resolution = await scene.resolver.begin(new)
    run = asyncio.create_task(scene.resolver.run(resolution, lane=1))
    while len(resolution.results) < 10:
        await resolution.changed.wait()
        resolution.changed.clear()
    written = len(scene.memory.findings)
    known = await scene.resolver.known(new, range(30))
    await run
    await scene.resolver.saved()

    assert (0, True) == (written, len(known) >= 10)
    assert (30, 1) == (len(scene.memory.findings), scene.memory.writes)


async def test_what_waits_for_the_store_is_bounded(scene: Scene) -> None:
    """A store that is away for long costs no memory without end: the oldest is looked up again."""
    scene.memory.down = True
    new = listing(MOST_UNSAVED + 5)
    scene.resolver._keep({track.key: finding(track) for track in new.tracks})
    await scene.resolver.saved()

    scene.memory.down = False
    await scene.resolver.saved()
    assert [track.key for track in new.tracks[5:]] == [*scene.memory.findings]


async def test_a_cancelled_resolution_ends(scene: Scene) -> None:
    """What has not begun is dropped; what has is kept."""
    scene.searcher.gate.clear()
    resolution = await scene.resolver.begin(listing(30))
    run = asyncio.create_task(scene.resolver.run(resolution, lane=1))
    await asyncio.sleep(0)
    resolution.first([29])
    await asyncio.sleep(0)
    resolution.cancel()
    scene.searcher.gate.set()
    await run
    assert 30 > len(resolution.results)


async def test_nothing_to_cancel_or_to_hurry_before_it_runs(scene: Scene) -> None:
    resolution = await scene.resolver.begin(listing(2))
    resolution.first([1])
    resolution.cancel()
    assert [0, 1] == resolution.missing


async def test_a_page_that_is_asked_for_before_it_runs_goes_first(scene: Scene) -> None:
    """Whoever turns the page in the moment before the look-ups begin sees its links first."""
    resolution = await scene.resolver.begin(listing(60))
    resolution.first(range(40, 60))
    await scene.resolver.run(resolution, lane=1, first=range(20))
    first = {int(title.split()[1]) for title in scene.searcher.found[:20]}
    assert set(range(40, 60)) == first


async def test_an_older_judgement_is_made_again_without_a_search(scene: Scene) -> None:
    """A new version of the matcher judges what is stored; the new judgement is stored too."""
    from dataclasses import replace

    new = listing(2)
    old = replace(finding(new.tracks[0]), stale=True)
    scene.memory.findings = {new.tracks[0].key: old, new.tracks[1].key: finding(new.tracks[1])}
    scene.resolver._judge_again = lambda track, finding: Finding()
    results = await scene.resolve(new)
    assert {0: Finding(), 1: finding(new.tracks[1])} == results
    assert [] == scene.searcher.found
    assert Finding() == scene.memory.findings[new.tracks[0].key]


async def test_who_waits_for_what_is_stored_does_not_wait_for_what_comes(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Under a steady load there is always more: leases would not be renewed any more."""
    put = scene.memory.put_many

    async def and_more(findings: Mapping[str, Finding]) -> None:
        await put(findings)
        scene.resolver._keep({f"{len(scene.memory.findings)}": Finding()})

    monkeypatch.setattr(scene.memory, "put_many", and_more)
    scene.resolver._keep({"0": Finding()})
    async with asyncio.timeout(10):
        await scene.resolver.saved()
    scene.memory.down = True
    assert {"0", "1"} <= scene.memory.findings.keys()
