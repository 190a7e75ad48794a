"""The connection: bounded in time, without secrets in its errors, back when MongoDB is."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from typing import TYPE_CHECKING, Any

import pytest
from pymongo.errors import DuplicateKeyError, OperationFailure, ServerSelectionTimeoutError

from bot.backends import indexes
from bot.config import load
from bot.errors import SettingError, StoreUnavailable, Unstorable
from bot.models import ListingKind
from bot.quota.bursts import Bursts
from bot.quota.ledger import Ledger
from bot.storage.chats import Chats
from bot.storage.database import Database, Mongo, connect, guarded
from bot.storage.jobs import Jobs
from bot.storage.listings import Listings
from bot.storage.matches import Matches
from bot.storage.private_mongod import PrivateMongod
from bot.storage.short_links import ShortLinks
from bot.storage.users import Users

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable
    from pathlib import Path

    from bot.config import Settings

BOUND_S = 5.0  # 3 s for an operation, and what a loaded machine takes to notice


@pytest.fixture
async def server(mongod_binary: Path, tmp_path: Path) -> AsyncIterator[PrivateMongod]:
    """A mongod of this test's own, to be stopped in the middle."""
    server = PrivateMongod(mongod_binary, tmp_path / "mongo")
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def own(server: PrivateMongod) -> AsyncIterator[Mongo]:
    mongo = Mongo(load(_env_file=None, mongodb_uri=server.uri))
    await mongo.open()
    yield mongo
    await mongo.close()


async def test_ping_and_version(mongo: Mongo) -> None:
    """A ping tells the seconds of a round trip, and the server its version."""
    assert 0 < await mongo.ping() < BOUND_S
    assert int((await mongo.version()).split(".")[0]) >= 4
    assert not mongo.private


@pytest.mark.parametrize("collection", sorted(indexes()))
async def test_nothing_is_kept_for_ever(db: Database, collection: str) -> None:
    """Every collection has a time to live: documents go at their `expires_at`."""
    kept = [
        index.get("expireAfterSeconds")
        for index in (await db[collection].index_information()).values()
        if index["key"] == [("expires_at", 1)]
    ]
    assert [0] == kept


def calls(db: Database) -> dict[str, Awaitable[object]]:
    """One call of each room that stands on MongoDB."""
    return {
        "jobs": Jobs(db).claim(),
        "ledger": Ledger(db).reserve(1, job="j", tracks=["t"], limit=1, period="p"),
        "bursts": Bursts(db).take(1),
        "listings": Listings(db).get(ListingKind.ALBUM, "id"),
        "matches": Matches(db).known(["id"], 1),
        "shortlinks": ShortLinks(db).get("x"),
        "users": Users(db).preferences(1),
        "chats": Chats(db).preferences(-1),
    }


async def test_gone_in_the_middle(own: Mongo, server: PrivateMongod) -> None:
    """While MongoDB is down every room says so within its bound; afterwards all work again."""
    assert await own.ping() < BOUND_S
    await server.stop()
    started = time.monotonic()
    results = await asyncio.gather(*calls(own.db).values(), own.ping(), return_exceptions=True)
    assert time.monotonic() - started < BOUND_S
    assert {StoreUnavailable} == {type(result) for result in results}
    await server.start()
    results = await asyncio.gather(*calls(own.db).values(), return_exceptions=True)
    assert not [result for result in results if isinstance(result, Exception)]


async def test_frozen_in_the_middle(own: Mongo, server: PrivateMongod) -> None:
    """A MongoDB that takes connections and never answers holds nobody longer, however many ask."""
    await own.ping()
    assert server.pid is not None
    os.kill(server.pid, signal.SIGSTOP)
    started = time.monotonic()
    results = await asyncio.gather(*(own.ping() for _ in range(100)), return_exceptions=True)
    os.kill(server.pid, signal.SIGCONT)
    assert time.monotonic() - started < BOUND_S
    assert {StoreUnavailable} == {type(result) for result in results}
    assert await own.ping() < BOUND_S


async def test_open_does_not_wait_for_a_server() -> None:
    """A MongoDB that is not there yet keeps nobody from starting, and is told without secrets."""
    mongo = Mongo(load(_env_file=None, mongodb_uri="mongodb://bot:s3cr3t@127.0.0.1:1/?w=1"))
    await mongo.open()
    with pytest.raises(StoreUnavailable, match=r"127\.0\.0\.1:1.*refused") as raised:
        await mongo.ping()
    await mongo.close()
    assert "s3cr3t" not in f"{raised.value!r} {mongo!r} {raised.value.__context__!r}"


async def test_closed(mongo_settings: Settings) -> None:
    """Before it is opened and after it is closed the store is not available."""
    with pytest.raises(StoreUnavailable, match="closed"):
        await Mongo(mongo_settings).ping()


@pytest.mark.parametrize(
    "uri",
    [
        "postgres://bot:s3cr3t@host/db",
        "mongodb://bot:s3cr3t/5@host",
        "mongodb://bot:s3cr3t?5@host",
        "mongodb://bot:s3cr@3t@host",
        "mongodb://bot:s3cr3t@host:port",
        "mongodb://bot:s3cr3t@host/?tls=perhaps",
        "mongodb://[s3cr3t",
        "mongodb://",
        "s3cr3t",
    ],
)
def test_wrong_address(uri: str) -> None:
    """A wrong MONGODB_URI is named, with how it should look, and not quoted."""
    with pytest.raises(SettingError, match=r"^MONGODB_URI is not") as raised:
        connect(uri)
    assert "s3cr3t" not in f"{raised.value!r} {raised.value.__cause__!r}"


@pytest.mark.parametrize(
    ("asked", "wrong"),
    [
        ("tls=true&tlsCAFile=/nowhere.pem", "names a file that cannot be read"),
        (f"tls=true&tlsCAFile={__file__}", "names a file that cannot be read"),
        ("w=0", "with w=0 nobody knows what was stored"),
    ],
)
def test_address_that_cannot_work(asked: str, wrong: str) -> None:
    """Certificates that are not there, and writes without an answer, are refused by name."""
    with pytest.raises(SettingError, match=rf"^MONGODB_URI:? {wrong}") as raised:
        connect(f"mongodb://bot:s3cr3t@host/?{asked}")
    assert "s3cr3t" not in str(raised.value)


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (OperationFailure("x", 18, {"errmsg": "Authentication failed."}), "Authentication failed."),
        (OperationFailure("not authorized", 13), "not authorized"),
        (
            ServerSelectionTimeoutError(
                "host:1: timed out (configured timeouts: 3 s), Timeout: 3.0s, Topology …"
            ),
            "host:1: timed out",
        ),
        (DuplicateKeyError(""), "DuplicateKeyError"),
    ],
)
async def test_reasons(error: Exception, text: str) -> None:
    """The driver's errors end as one, which keeps the reason and drops the noise."""
    with pytest.raises(StoreUnavailable) as raised:
        async with guarded():
            raise error
    assert f"MongoDB does not answer: {text}" == str(raised.value)


async def test_what_fails_of_a_document_is_told_apart(db: Database) -> None:
    """It would fail again, and must not hold up what waits behind it."""
    await db["odd"].insert_one({"_id": 1, "used": "x"})
    for wrong in ({"$subtract": ["$used", 1]}, {"$filter": {"input": "$used", "cond": True}}):
        with pytest.raises(Unstorable):
            async with guarded():
                await db["odd"].update_one({"_id": 1}, [{"$set": {"used": wrong}}])
    await db.drop_collection("odd")


async def test_bound() -> None:
    """What the driver only queues is ended as well."""
    with pytest.raises(StoreUnavailable, match="did not answer within 0 s"):
        async with guarded(within_s=0.0, grace_s=0.01):
            await asyncio.Event().wait()


@pytest.mark.parametrize(
    "value",
    [2**70, object(), "half \ud800", "x" * 17_000_000],
    ids=["int", "object", "half", "big"],
)
async def test_what_mongodb_cannot_hold_is_not_stored(db: Database, value: Any) -> None:
    """Values of strangers that BSON has no room for are an error of the store, as any other."""
    with pytest.raises(StoreUnavailable):
        async with guarded():
            await db["odd"].insert_one({"value": value})
