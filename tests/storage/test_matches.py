"""Stored findings: many at once, whole, and only while they hold."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.models import Candidate, CandidateKind, Finding, Match, Reason
from bot.storage import matches as module
from bot.storage.matches import KEPT, MISS_KEPT, OTHERS, PARTIAL_KEPT, Matches, Stored

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta

    from bot.storage.database import Database
    from tests.conftest import SetClock


def candidate(number: int, kind: CandidateKind = CandidateKind.AUDIO) -> Candidate:
    return Candidate(
        video_id=f"video{number:06}",
        title="One More Time",
        channel="Daft Punk - Topic",
        artists=["Daft Punk", "Romanthony"],
        album="Discovery",
        duration_s=320.4,
        kind=kind,
        views=1_000_000,
        explicit=False,
    )


def finding(number: int = 0, others: int = 2) -> Finding:
    reasons = [Reason(code="title", weight=2.5, detail="same title") for _ in range(4)]
    return Finding(
        match=Match(candidate=candidate(number), score=0.97, reasons=reasons),
        others=[
            Match(candidate=candidate(number + each, CandidateKind.UPLOAD), score=0.4)
            for each in range(1, others + 1)
        ],
    )


async def known(
    matches: Matches, keys: Sequence[str], *, reasons: bool = True
) -> dict[str, Finding]:
    """What was found, as listings show it."""
    return (await matches.known(keys, 1, reasons=reasons))[0]


MISS = Finding(others=[Match(candidate=Candidate(video_id="x", title="y"), score=0.2)])


async def test_comes_back_as_it_was(db: Database, now: SetClock) -> None:
    """A match, its reasons and the other candidates survive; unknown keys are left out."""
    matches = Matches(db, clock=now)
    wanted = {"a": finding(), "b": MISS, "c": Finding()}
    await matches.put_many(wanted)
    found = await matches.read_many(["a", "b", "c", "d", "a"])
    assert wanted == {key: stored.finding for key, stored in found.items()}
    assert found["a"] == await matches.read("a")
    assert await matches.read("d") is None


async def test_listings_need_the_match_alone(db: Database, now: SetClock) -> None:
    """What a listing shows comes without the other candidates, and a miss is a finding too."""
    matches = Matches(db, clock=now)
    await matches.put_many({"a": finding(), "b": MISS})
    found = await known(matches, ["a", "b", "c", "a"])
    assert {"a": finding(others=0), "b": Finding()} == found


async def test_put_one_again(db: Database, now: SetClock) -> None:
    """A new finding takes the place of the old one."""
    matches = Matches(db, clock=now)
    await matches.put("a", MISS)
    await matches.put("a", finding())
    assert {"a": finding(others=0)} == await known(matches, ["a"])


async def test_tells_version_and_time(db: Database, now: SetClock) -> None:
    """Which matcher judged when is kept, so that a newer one may judge again."""
    await Matches(db, version=3, clock=now).put("a", finding())
    stale = replace(finding(), stale=True)
    assert {"a": Stored(stale, 3, now())} == await Matches(db, clock=now).read_many(["a"])


async def test_keeps_five_others(db: Database, now: SetClock) -> None:
    """More candidates than a correction offers are not stored."""
    matches = Matches(db, clock=now)
    await matches.put("a", finding(others=OTHERS + 3))
    stored = await matches.read("a")
    assert stored is not None
    assert finding(others=OTHERS) == stored.finding


@pytest.mark.parametrize(
    ("kept", "found"),
    [(KEPT, finding()), (MISS_KEPT, MISS), (PARTIAL_KEPT, replace(finding(), partial=True))],
)
async def test_expires(db: Database, now: SetClock, kept: timedelta, found: Finding) -> None:
    """A match holds for 30 days and a miss for 2, though MongoDB has not deleted it yet."""
    matches = Matches(db, clock=now)
    await matches.put("a", found)
    now.forward(seconds=kept.total_seconds() - 1)
    assert await known(matches, ["a"])
    now.forward(seconds=1)
    assert {} == await known(matches, ["a"])


async def test_nothing_to_do(db: Database) -> None:
    """No keys and no findings need no MongoDB."""
    matches = Matches(db)
    await matches.put_many({})
    assert {} == await known(matches, [])


async def test_one_query(db: Database, now: SetClock) -> None:
    """5,000 tracks are read in one query, as MongoDB's own profile of the operations shows."""
    matches = Matches(db, clock=now)
    keys = [f"track{number}" for number in range(5000)]
    await matches.put_many({key: finding(others=0) for key in keys[:300]})
    await db["system.profile"].drop()
    await db.command("profile", 2)
    assert 300 == len(await known(matches, keys))
    await db.command("profile", 0)
    seen = db["system.profile"].find({"ns": f"{db.name}.{module.COLLECTION}"})
    assert ["command"] == [operation["op"] async for operation in seen]


async def test_chunks(db: Database, now: SetClock) -> None:
    """Beyond what one query holds, several give the same."""
    matches = Matches(db, clock=now, query_keys=2)
    wanted = {f"t{number}": finding(number, others=0) for number in range(5)}
    await matches.put_many(wanted)
    assert wanted == await known(matches, list(wanted))


def test_reading_is_fast(db: Database, now: SetClock) -> None:
    """A hundred full findings are made of their documents within a few milliseconds."""
    matches = Matches(db)
    document = {**matches._document("a", finding(others=5), now()), "_id": "a"}
    started = time.process_time()
    for _ in range(1000):
        matches._read(document)
    assert (time.process_time() - started) / 10 < 0.030


async def test_widen(db: Database, now: SetClock) -> None:
    """Other candidates take the place of those that were kept; when it expires stays as it was."""
    matches = Matches(db, clock=now)
    others = finding(1, others=OTHERS + 2).others
    assert not await matches.widen("a", others)
    await matches.put("a", finding(others=1))
    now.forward(days=29)
    assert await matches.widen("a", others)
    stored = await matches.read("a")
    assert stored is not None
    assert stored.wide
    assert replace(finding(), others=others[:OTHERS]) == stored.finding
    now.forward(days=1)
    assert None is await matches.read("a")


async def test_an_older_judgement_is_stale(db: Database, now: SetClock) -> None:
    """It brings its candidates, so that today's matcher can judge them again."""
    await Matches(db, version=1, clock=now).put_many({"a": finding(), "b": MISS})
    await Matches(db, version=2, clock=now).put("c", finding())
    found = await known(Matches(db, version=2, clock=now), ["a", "b", "c"])
    assert {
        "a": replace(finding(), stale=True),
        "b": replace(MISS, stale=True),
        "c": finding(others=0),
    } == found


async def test_reasons_are_read_only_when_asked_for(db: Database, now: SetClock) -> None:
    """A listing shows none of them, and a miss has none."""
    matches = Matches(db, clock=now)
    await matches.put_many({"a": finding(), "b": MISS})
    found = await known(matches, ["a", "b"], reasons=False)
    kept = finding(others=0).match
    assert kept is not None
    assert {"a": Finding(match=replace(kept, reasons=())), "b": Finding()} == found


async def test_what_spotify_has_for_words(db: Database, now: SetClock) -> None:
    """Spotify's id for a song that came as words is kept; without one it is soon asked again."""
    matches = Matches(db, clock=now)
    whole = replace(finding(1, others=0), spotify_id="4uLU6hMCjMI75M1A2tKUQC")
    half = finding(2, others=0)
    await matches.put_many({"text:a": whole, "text:b": half, "c": half})
    assert {"text:a": whole, "text:b": half, "c": half} == await known(
        matches, ["text:a", "text:b", "c"]
    )
    now.forward(days=3)
    assert {"text:a", "c"} == set(await known(matches, ["text:a", "text:b", "c"]))
