"""Documents of another shape, by another version or a hand: each spoils only itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.models import Candidate, Finding, ListingKind, Match, Reason, Track
from bot.models.job import Job, JobState
from bot.models.links import LinkKind, SpotifyLink
from bot.models.preferences import Plan
from bot.models.songlist import Miss, Row, SongList, Unread
from bot.quota.bursts import Bursts
from bot.quota.ledger import Ledger
from bot.storage.chats import Chats
from bot.storage.corrections import CorrectionStore
from bot.storage.exports import Exports
from bot.storage.jobs import SHAPE, Jobs
from bot.storage.listings import Listings
from bot.storage.matches import Matches
from bot.storage.platform_pages import PlatformPages
from bot.storage.seen_updates import SeenUpdates
from bot.storage.service_state import Circuits, ServiceBudgets
from bot.storage.short_links import ShortLinks
from bot.storage.uploads import Uploads
from bot.storage.users import Users
from tests.stage import listing, spotify_id

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from bot.clock import Clock
    from bot.storage.database import Database
    from tests.conftest import SetClock

    Call = Callable[[Database, Clock], Awaitable[object]]

ODD: tuple[Any, ...] = (None, 5, -1.5, "x", True, [], ["x"], {}, {"x": 1}, b"x")
ONE = listing(1)
SONG = ONE.tracks[0]
FOUND = Match(
    candidate=Candidate(video_id="v", title="Song", artists=("Band",), views=5),
    score=0.9,
    reasons=[Reason(code="title", weight=1.0, detail="same")],
)
MISS = Miss(line=2, text="c", why=next(iter(Unread)))
LIST = SongList(
    title="Mine",
    rows=[Row(line=1, text="a", title="b")],
    misses=[MISS],
)
LINK = SpotifyLink(LinkKind.ALBUM, spotify_id(5))


def job(now: Clock) -> Job:
    return Job(
        id="odd",
        user_id=1,
        chat_id=1,
        message_id=7,
        chat_type="private",
        link_kind="album",
        link_id="x",
        created_at=now(),
        outcome={"title": "x", "listing": "y"},
    )


async def _written(db: Database, now: Clock) -> None:
    """A good document in each collection."""
    await Jobs(db, clock=now).accept(job(now))
    await Listings(db, clock=now).put(ONE)
    await Matches(db, clock=now).put(SONG.key, Finding(match=FOUND, others=[FOUND]))
    await Users(db, clock=now).choose(1, language="de")
    await Chats(db, clock=now).choose(-1, language="de")
    await CorrectionStore(db, clock=now).choose(1, SONG, FOUND, official=True)
    await Exports(db, clock=now).remember("digest", "file")
    await PlatformPages(db, clock=now).put_many({"page": "https://x"})
    await SeenUpdates(db, bot_id="7", clock=now).claim(1, "me", lease_s=8.0)
    await Circuits(db, clock=now).open("s", now() + timedelta(seconds=30))
    await ServiceBudgets(db, clock=now).take("s", 1, calls=1, limit=9, since=now())
    await ShortLinks(db, clock=now).put("short", LINK)
    await Uploads(db, clock=now).put(1, LIST, title="x")
    await Bursts(db, clock=now).take(1)


async def _upload(db: Database, now: Clock) -> object:
    [document] = await db["uploads"].find().to_list(None)
    return await Uploads(db, clock=now).get(document["_id"])


async def _circuits(db: Database, now: Clock) -> object:
    circuits = Circuits(db, clock=now)
    await circuits.all()
    await circuits.claim("s", "me", within_s=5.0)
    await circuits.open("s", now() + timedelta(seconds=30))
    return await circuits.all()


async def _updates(db: Database, now: Clock) -> object:
    return await SeenUpdates(db, bot_id="7", clock=now).claim(1, "you", lease_s=8.0)


async def _corrections(db: Database, now: Clock) -> object:
    fixes = CorrectionStore(db, clock=now)
    await Matches(db, fixes, clock=now).known([SONG.key], 1)
    await Matches(db, fixes, clock=now).known([SONG.key], 2)
    return await fixes.of_user(1)


async def _matches(db: Database, now: Clock) -> object:
    matches = Matches(db, clock=now)
    for reasons in (True, False):
        await matches.known([SONG.key], 1, reasons=reasons)
    return await matches.read(SONG.key)


async def _listing(db: Database, now: Clock) -> object:
    return await Listings(db, clock=now).get(ListingKind.TRACK, ONE.id)


READ: dict[str, Call] = {
    "listings": _listing,
    "matches": _matches,
    "users": lambda db, now: Users(db, clock=now).preferences(1),
    "chats": lambda db, now: Chats(db, clock=now).preferences(-1),
    "fixes": _corrections,
    "exports": lambda db, now: Exports(db, clock=now).file_id("digest"),
    "pages": lambda db, now: PlatformPages(db, clock=now).get_many(["page"]),
    "updates": _updates,
    "circuits": _circuits,
    "budgets": lambda db, now: ServiceBudgets(db, clock=now).take(
        "s", 1, calls=1, limit=9, since=now() - timedelta(seconds=30)
    ),
    "shortlinks": lambda db, now: ShortLinks(db, clock=now).get("short"),
    "uploads": _upload,
    "bursts": lambda db, now: Bursts(db, clock=now).take(1),
}


def spoilt(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The document with each of its fields gone, and with each as something else."""
    for name in document.keys() - {"_id"}:
        yield {key: value for key, value in document.items() if key != name}
        yield from (document | {name: odd} for odd in ODD)
        row = document[name]
        if isinstance(row, list) and row:
            yield from (document | {name: [odd, *row[1:]]} for odd in ODD)
            if isinstance(row[0], dict):
                for field in spoilt(row[0]):
                    yield document | {name: [field, *row[1:]]}
            if isinstance(row[0], list):
                for at in range(len(row[0])):
                    yield from (
                        document | {name: [[*row[0][:at], odd, *row[0][at + 1 :]]]} for odd in ODD
                    )


@pytest.mark.parametrize("room", READ)
async def test_whatever_stands_in_a_document_it_is_read_or_passed_over(
    db: Database, now: SetClock, room: str
) -> None:
    """Nothing is raised: an unreadable cache is a miss."""
    await _written(db, now)
    [good] = await db[room].find().to_list(None)
    for odd in spoilt(good):
        await db[room].replace_one({"_id": good["_id"]}, odd)
        await READ[room](db, now)


async def test_an_odd_listing_or_match_is_a_miss(db: Database, now: SetClock) -> None:
    """Names that are no text would fail everybody who asks for them, until they are forgotten."""
    await _written(db, now)
    row = [5, ["Band"], None, None, None, None, spotify_id(1000), "song"]
    await db["listings"].update_one({}, {"$set": {"rows": [row]}})
    await db["matches"].update_one({}, {"$set": {"match": {"video_id": "old"}}})
    assert None is await _listing(db, now)
    assert ({}, {}) == await Matches(db, clock=now).known([SONG.key], 1)


async def test_one_odd_correction_does_not_spoil_a_list(db: Database, now: SetClock) -> None:
    """Of the others in the same query what was found is there."""
    await _written(db, now)
    other = Track(title="Other", spotify_id=spotify_id(77))
    fixes = CorrectionStore(db, clock=now)
    matches = Matches(db, fixes, clock=now)
    await matches.put(other.key, Finding(match=FOUND))
    await db["fixes"].update_one({}, {"$set": {"votes": "x", "winner": 5}})
    known, _ = await matches.known([SONG.key, other.key], 1)
    assert {SONG.key, other.key} == known.keys()


@pytest.mark.parametrize("name", sorted(SHAPE.keys() - {"id", "owner", "attempts"}))
async def test_an_odd_job_ends_with_a_record(db: Database, now: SetClock, name: str) -> None:
    """Nobody can answer it, and those behind it are answered."""
    jobs = Jobs(db, clock=now)
    await jobs.accept(replace(job(now), id="good", user_id=2, created_at=now()))
    await db["jobs"].insert_one(job(now).document() | {name: []})
    while claimed := await jobs.claim():
        assert "good" == claimed.id
    odd = await db["jobs"].find_one({"_id": "odd"})
    assert odd
    assert (JobState.DONE, {"failed": "of another shape"}) == (odd["state"], odd["outcome"])
    await jobs.get("odd")
    await jobs.history(1, 5)
    await jobs.waiting([1, 2], 5)


async def test_a_job_without_a_time_to_begin_begins(db: Database, now: SetClock) -> None:
    """An older version gave none: it would wait for good."""
    document = job(now).document()
    del document["lease_until"]
    await db["jobs"].insert_one(document)
    claimed = await Jobs(db, clock=now).claim()
    assert claimed
    assert "odd" == claimed.id


@pytest.mark.parametrize(
    "plan", [{"plan": "gold"}, {"plan": 5}, {"plan": "plus", "plan_until": "later"}]
)
async def test_an_odd_plan_is_the_free_one(
    db: Database, now: SetClock, plan: dict[str, Any]
) -> None:
    """Its person is served."""
    await db["users"].insert_one({"_id": 1, **plan})
    account = await Ledger(db, clock=now).account(1, period="p")
    assert (Plan.FREE, None) == (account.plan, account.plan_until)
