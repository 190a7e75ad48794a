"""Choices of people: one for each person and track, counted while many choose at once."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.models import Candidate, CandidateKind, Chooser, Finding, Match, Track
from bot.storage import corrections as module
from bot.storage import matches
from bot.storage.corrections import COLLECTION, CorrectionStore
from bot.storage.matches import Matches
from bot.storage.users import KEPT as USER_KEPT

if TYPE_CHECKING:
    from bot.storage.database import Database
    from tests.conftest import SetClock

ANNA, BEN, CLEO, DAN, EVE, FAY = range(7_000_000_001, 7_000_000_007)  # beyond 32 bits
SONG = Track(title="$ave $$title", artists=("$artists",), spotify_id="song")
OTHER = Track(title="Other", artists=("Band",), spotify_id="other")


def candidate(video: str) -> Match:
    found = Candidate(
        video_id=video,
        title="$video",
        channel="A channel",
        artists=("Band",),
        duration_s=201.5,
        kind=CandidateKind.UPLOAD,
        views=12,
        explicit=False,
    )
    return Match(candidate=found, score=0.1)


RIGHT, WRONG = candidate("right"), candidate("wrong")


@pytest.fixture
def fixes(db: Database, now: SetClock) -> CorrectionStore:
    return CorrectionStore(db, clock=now)


async def vote(
    fixes: CorrectionStore, match: Match | None, *users: int, track: Track = SONG
) -> None:
    for user in users:
        assert await fixes.choose(user, track, match, official=False)


async def holds(fixes: CorrectionStore, user: int, track: Track = SONG) -> Finding | None:
    return (await said(fixes, user, track.key)).get(track.key)


async def said(fixes: CorrectionStore, user: int, *keys: str) -> dict[str, Finding]:
    """What people say of these tracks, beside what was found for them."""
    db: Database = fixes._fixes.database  # type: ignore[assignment]  # its types say otherwise
    return (await Matches(db, fixes).known(keys, user))[1]


def by(chooser: Chooser, match: Match | None) -> Finding:
    return Finding(match=match, chosen=chooser, unproven=True)


async def test_a_choice_holds_for_who_made_it(fixes: CorrectionStore) -> None:
    """It comes back whole, for that person and that track alone."""
    await vote(fixes, RIGHT, ANNA)

    assert by(Chooser.YOU, RIGHT) == await holds(fixes, ANNA)
    assert None is await holds(fixes, BEN)
    assert None is await holds(fixes, ANNA, OTHER)


async def test_what_the_matcher_accepted_stays_official(fixes: CorrectionStore) -> None:
    """A choice says whether the matcher took the recording for official; nobody's vote does."""
    await fixes.choose(ANNA, SONG, RIGHT, official=True)
    mine = await holds(fixes, ANNA)

    assert mine is not None
    assert mine.official


@pytest.mark.parametrize(("match", "people"), [(RIGHT, 3), (None, 5)])
async def test_enough_people_choose_for_everybody(
    fixes: CorrectionStore, match: Match | None, people: int
) -> None:
    """Three different people who say the same say it for everybody; "none is right" needs five."""
    *some, last = range(100, 100 + people)
    await vote(fixes, match, *some)
    before = await holds(fixes, DAN)
    await vote(fixes, match, last)

    assert None is before
    assert by(Chooser.LISTENERS, match) == await holds(fixes, DAN)
    assert by(Chooser.YOU, match) == await holds(fixes, last)


@pytest.mark.parametrize(("match", "people"), [(RIGHT, 7), (None, 9)])
async def test_many_people_choose_over_the_search(
    fixes: CorrectionStore, match: Match | None, people: int
) -> None:
    """So many that it holds in place of what the search is sure of."""
    *some, last = range(100, 100 + people)
    await vote(fixes, match, *some)
    assert by(Chooser.LISTENERS, match) == await holds(fixes, DAN)
    await vote(fixes, match, last)
    assert by(Chooser.MANY, match) == await holds(fixes, DAN)


async def test_a_group_is_nobody(fixes: CorrectionStore) -> None:
    """Anybody can make three groups: each has its own choice, and none chooses for others."""
    groups = (-1001, -1002, -1003)
    await vote(fixes, RIGHT, *groups)
    assert None is await holds(fixes, DAN)
    assert by(Chooser.YOU, RIGHT) == await holds(fixes, groups[0])
    await vote(fixes, RIGHT, ANNA, BEN)
    assert None is await holds(fixes, DAN)


async def test_a_choice_counts_from_when_its_person_does(fixes: CorrectionStore) -> None:
    """Those of before as well, as soon as that person chooses again."""
    await vote(fixes, RIGHT, ANNA, BEN)
    await fixes.choose(CLEO, SONG, RIGHT, official=False, counts=False)
    before = await holds(fixes, DAN)
    await vote(fixes, WRONG, CLEO, track=OTHER)

    assert None is before
    assert by(Chooser.LISTENERS, RIGHT) == await holds(fixes, DAN)


async def test_one_person_has_one_vote(fixes: CorrectionStore) -> None:
    """Choosing again changes the choice and adds no vote."""
    await vote(fixes, WRONG, ANNA)
    await vote(fixes, RIGHT, ANNA, ANNA, ANNA, BEN, BEN)

    assert None is await holds(fixes, DAN)
    assert by(Chooser.YOU, RIGHT) == await holds(fixes, ANNA)


async def test_own_choice_comes_before_everybodys(fixes: CorrectionStore) -> None:
    await vote(fixes, RIGHT, ANNA, BEN, CLEO)
    await vote(fixes, WRONG, DAN)

    assert by(Chooser.YOU, WRONG) == await holds(fixes, DAN)
    assert by(Chooser.LISTENERS, RIGHT) == await holds(fixes, EVE)


async def test_more_people_win_and_a_tie_changes_nothing(fixes: CorrectionStore) -> None:
    """What holds for everybody gives way only to what more people choose."""
    everybody = 99
    await vote(fixes, WRONG, ANNA, BEN, CLEO)
    await vote(fixes, RIGHT, DAN, EVE, FAY)
    tie = await holds(fixes, everybody)
    await vote(fixes, RIGHT, ANNA)
    more = await holds(fixes, everybody)
    await vote(fixes, WRONG, DAN)
    after = await holds(fixes, everybody)

    assert by(Chooser.LISTENERS, WRONG) == tie
    assert by(Chooser.LISTENERS, RIGHT) == more
    assert by(Chooser.LISTENERS, RIGHT) == after


async def test_votes_at_once_are_all_counted(fixes: CorrectionStore) -> None:
    """Many people who choose at the same moment have one vote each: none is lost, none doubled."""
    users = range(1, 41)
    await asyncio.gather(*(vote(fixes, RIGHT if user % 4 else WRONG, user, user) for user in users))
    await asyncio.gather(*(fixes.undo(user, SONG.key) for user in users if user % 4 and user > 2))

    assert by(Chooser.MANY, WRONG) == await holds(fixes, 99)
    await asyncio.gather(*(fixes.undo(user, SONG.key) for user in users if user > 8))
    assert None is await holds(fixes, 99)


async def test_an_undone_vote_is_taken_back(fixes: CorrectionStore, db: Database) -> None:
    """What held only with it holds no more, and the last one leaves nothing behind."""
    await vote(fixes, RIGHT, ANNA, BEN, CLEO)

    assert await fixes.undo(ANNA, SONG.key)
    assert not await fixes.undo(ANNA, SONG.key)
    assert None is await holds(fixes, ANNA)
    assert await fixes.undo(BEN, SONG.key)
    assert await fixes.undo(CLEO, SONG.key)
    assert 0 == await db[COLLECTION].count_documents({})


async def test_forget_takes_all_votes_back(fixes: CorrectionStore, db: Database) -> None:
    """What is the person's is gone, also out of what held for everybody; others' votes stay."""
    await vote(fixes, RIGHT, ANNA, BEN, CLEO)
    await vote(fixes, None, ANNA, track=OTHER)

    assert 2 == await fixes.forget(ANNA)
    assert 0 == await fixes.forget(ANNA)
    assert None is await holds(fixes, DAN)
    assert by(Chooser.YOU, RIGHT) == await holds(fixes, BEN)
    assert 0 == await db[COLLECTION].count_documents({"votes.user": ANNA})
    assert 1 == await db[COLLECTION].count_documents({})


async def test_the_own_ones_newest_first(fixes: CorrectionStore, now: SetClock) -> None:
    """Each with the names of its track, whatever signs are in them, and what was chosen."""
    await vote(fixes, RIGHT, ANNA, BEN)
    now.forward(minutes=1)
    await vote(fixes, None, ANNA, track=OTHER)
    found = await fixes.of_user(ANNA)

    assert [("Other", ("Band",), None), ("$ave $$title", ("$artists",), RIGHT)] == [
        (fix.title, fix.artists, fix.match) for fix in found
    ]
    assert [now.time, False, "other"] == [found[0].at, found[0].official, found[0].key]
    assert [] == await fixes.of_user(CLEO)


async def test_a_person_can_make_so_many(db: Database, now: SetClock) -> None:
    """Beyond the limit nothing new is taken; what is there can still be changed."""
    fixes = CorrectionStore(db, clock=now, most=1)
    await vote(fixes, RIGHT, ANNA)

    assert not await fixes.choose(ANNA, OTHER, RIGHT, official=False)
    await vote(fixes, WRONG, ANNA)
    assert by(Chooser.YOU, WRONG) == await holds(fixes, ANNA)


@pytest.mark.parametrize("use", ["chooses", "looks", "opens"])
async def test_choices_last_longer_than_their_user(
    fixes: CorrectionStore, now: SetClock, db: Database, use: str
) -> None:
    """Twice as long as the user's record, from the last time that any of them was of use."""
    await vote(fixes, RIGHT, ANNA)
    first = now.time
    now.forward(days=700)
    match use:
        case "chooses":
            await vote(fixes, None, ANNA, track=OTHER)
        case "looks":
            await fixes.of_user(ANNA)
        case "opens":
            await holds(fixes, ANNA)
    document = await db[COLLECTION].find_one({"_id": SONG.key})

    assert module.KEPT >= 2 * USER_KEPT
    assert document is not None
    assert first + timedelta(days=700) + module.KEPT == document["expires_at"]


async def test_who_voted_is_not_told_with_what_holds_for_everybody(
    fixes: CorrectionStore, db: Database
) -> None:
    await vote(fixes, RIGHT, ANNA, BEN, CLEO)
    document = await db[COLLECTION].find_one({})

    assert document is not None
    assert {"video", "match", "official", "spotify_id", "count"} == set(document["winner"])


async def test_many_tracks_are_one_query(fixes: CorrectionStore, db: Database) -> None:
    """A list of 5,000 tracks asks once, as MongoDB's own profile of the operations shows."""
    await vote(fixes, RIGHT, ANNA)
    keys = [SONG.key, *(f"track{number}" for number in range(5000))]
    await db["system.profile"].drop()
    await db.command("profile", 2)
    assert [SONG.key] == list(await said(fixes, ANNA, *keys))
    await db.command("profile", 0)
    read = {"$in": [f"{db.name}.{COLLECTION}", f"{db.name}.{matches.COLLECTION}"]}
    seen = db["system.profile"].find({"ns": read})
    assert ["command"] == [operation["op"] async for operation in seen]


async def test_first_votes_at_once(fixes: CorrectionStore, db: Database) -> None:
    """Of many people who are the first to put a track right, all at once, every vote counts."""
    people = range(100, 140)
    await asyncio.gather(*(vote(fixes, RIGHT, each) for each in people))
    document = await db[COLLECTION].find_one({"_id": SONG.key})

    assert document is not None
    assert [*people] == sorted(each["user"] for each in document["votes"])
    assert by(Chooser.MANY, RIGHT) == await holds(fixes, ANNA)
