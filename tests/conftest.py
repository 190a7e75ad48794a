"""Fixtures for all tests: a real MongoDB, with an empty database for each test, and a clock."""

from __future__ import annotations

import asyncio
import functools
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import stamina
import structlog
from coverage import Coverage
from hypothesis import HealthCheck, settings
from motor.frameworks import asyncio as motor
from pymongo import MongoClient

from bot.backends import indexes
from bot.clock import Timing
from bot.config import load
from bot.errors import SettingError
from bot.render import i18n
from bot.storage.database import Database, Mongo
from bot.storage.private_mongod import PrivateMongod
from bot.storage.private_mongod_process import find_mongod
from bot.storage.readiness import Readiness
from tests.jobs.scene import Scene

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from bot.config import Settings


DATABASE = "test"
MOST_ATTEMPTS = 100  # more than anything is tried

# A MongoDB that is slow on a busy machine is waited for: only one that is away is away.
PATIENT = Timing(shared_state_s=30.0, preferences_s=30.0, claim_s=30.0, stored_pages_s=30.0)

# Neither a slow example nor a slow machine is a failure: speed is for the benchmarks.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """Workers are measured by pytest-cov, which sets this again for what they start themselves."""
    os.environ.pop("COVERAGE_PROCESS_CONFIG", None)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """A worker is measured once: pytest-cov begins twice there, and `no_cover` ends only one."""
    begun = Coverage.current()
    if begun and hasattr(session.config, "workerinput"):
        begun.stop()


@dataclass
class SetClock:
    """A clock that stands still until it is set."""

    time: datetime = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def forward(self, **delta: float) -> None:
        self.time += timedelta(**delta)


@pytest.fixture(scope="session", autouse=True)
def read_once() -> Iterator[None]:
    """Each language's catalogue is parsed once, and not by every bot that a test starts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(i18n, "_read", functools.cache(i18n._read))
        yield


@pytest.fixture(scope="session", autouse=True)
def plain_tracebacks() -> None:
    """As Python writes them: one that rich draws takes as long as a whole test."""
    plain = structlog.dev.ConsoleRenderer(
        colors=False, exception_formatter=structlog.dev.plain_traceback
    )
    structlog.configure(processors=[*structlog.get_config()["processors"][:-1], plain])


@pytest.fixture(scope="session", autouse=True)
def at_once() -> Iterator[None]:
    """Everybody tries as often as ever, without the waits in between."""
    with stamina.set_testing(True, attempts=MOST_ATTEMPTS, cap=True):
        yield


@pytest.fixture(scope="session", autouse=True)
def driver_untraced() -> Iterator[None]:
    """Coverage is for the bot: traced, the threads in which the driver works take twice as long."""
    threads = ThreadPoolExecutor(motor.max_workers, initializer=lambda: sys.settrace(None))
    with threads, pytest.MonkeyPatch.context() as patch:
        patch.setattr(motor, "_EXECUTOR", threads)
        yield


@pytest.fixture
def timing() -> Timing:
    """What the bots of a test wait; a test that needs other waits names its own."""
    return PATIENT


@pytest.fixture
def now() -> SetClock:
    return SetClock()


@pytest.fixture(scope="session")
def mongod_binary() -> Path:
    try:
        return find_mongod(None)
    except SettingError as error:
        pytest.skip(f"no MongoDB to test with: {error}")


@pytest.fixture(scope="session")
def mongod(mongod_binary: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a private mongod that the whole run shares.

    It deletes nothing: by its own clock, all that a test's clock keeps for days is long over.
    """
    server = PrivateMongod(mongod_binary, tmp_path_factory.mktemp("mongo"))
    uri = asyncio.run(server.start())
    with MongoClient[dict[str, object]](uri) as client:
        client.admin.command({"setParameter": 1, "ttlMonitorEnabled": False})
    yield uri
    asyncio.run(server.stop())


@pytest.fixture(scope="session")
def admin(mongod: str) -> Iterator[MongoClient[dict[str, object]]]:
    with MongoClient[dict[str, object]](mongod) as client:
        yield client


@pytest.fixture(scope="session")
def indexed(mongod: str) -> Settings:
    """Settings that name a database with all indexes."""
    settings = load(_env_file=None, mongodb_uri=mongod, mongodb_database=DATABASE)

    async def prepare() -> None:
        mongo = Mongo(settings)
        await mongo.open()
        await Readiness(mongo, indexes()).ensure()
        await mongo.close()

    asyncio.run(prepare())
    return settings


@pytest.fixture
def mongo_settings(indexed: Settings, admin: MongoClient[dict[str, object]]) -> Settings:
    """Settings that name a database without a document.

    It is emptied, not dropped: making all indexes takes 300 ms, emptying 5.
    """
    for name in _with_documents(admin):
        admin[DATABASE][name].delete_many({})
    return indexed


def _with_documents(admin: MongoClient[dict[str, object]]) -> list[str]:
    """The collections that hold something, by one statement for all of them."""
    db = admin[DATABASE]
    names = db.list_collection_names(filter={"name": {"$not": {"$regex": r"^system\."}}})

    def one(name: str) -> list[dict[str, object]]:
        return [{"$limit": 1}, {"$project": {"_id": 0, "name": {"$literal": name}}}]

    others = [{"$unionWith": {"coll": name, "pipeline": one(name)}} for name in names[1:]]
    return [str(found["name"]) for found in db[names[0]].aggregate([*one(names[0]), *others])]


@pytest.fixture
async def mongo(mongo_settings: Settings) -> AsyncIterator[Mongo]:
    """An open connection to that database."""
    mongo = Mongo(mongo_settings)
    await mongo.open()
    yield mongo
    await mongo.close()


@pytest.fixture
def db(mongo: Mongo) -> Database:
    return mongo.db


@pytest.fixture
async def scene(db: Database, now: SetClock) -> AsyncIterator[Scene]:
    scene = Scene(db, now)
    yield scene
    await scene.runner.stop()
