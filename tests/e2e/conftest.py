"""Telegram on loopback, the description of its Bot API, and a database with a password."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.spec import Spec
from tests.e2e.telegram_server import TelegramServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.storage.database import Database, Mongo

PASSWORD = "database-secret-1a2b3c"


@pytest.fixture(scope="session")
def spec() -> Spec | None:
    """The description of the Bot API, where it lies beside the repository."""
    return Spec.load()


@pytest.fixture
async def telegram_server() -> AsyncIterator[TelegramServer]:
    async with TelegramServer() as server:
        yield server


@pytest.fixture
async def database(mongo: Mongo, mongod: str) -> AsyncIterator[dict[str, str]]:
    """The settings that lead to this test's database, as a user with a password."""
    db: Database = mongo.db
    name = f"bot-{db.name}"
    await db.command("createUser", name, pwd=PASSWORD, roles=["readWrite"])
    options = f"directConnection=true&authSource={db.name}"
    uri = f"mongodb://{name}:{PASSWORD}@{mongod.rpartition('@')[2].partition('/')[0]}/?{options}"
    yield {"MONGODB_URI": uri, "MONGODB_DATABASE": db.name}
    await db.command("dropUser", name)
