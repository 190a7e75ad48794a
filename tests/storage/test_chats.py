"""Groups: what their administrators chose, and where it goes when a group changes its id."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.models.preferences import Mode, Preferences
from bot.storage.chats import COLLECTION, KEPT_WITHOUT_BOT, Chats
from bot.storage.users import KEPT

if TYPE_CHECKING:
    from bot.storage.database import Database
    from tests.conftest import SetClock

GROUP, SUPERGROUP = -42, -1_000_000_000_042
CHOSEN = Preferences(language="fr", platforms=("youtube", "deezer"), mode=Mode.MENTIONED)


async def test_a_group_keeps_what_was_chosen(db: Database, now: SetClock) -> None:
    """A group is unknown until something is chosen; each choice leaves the others."""
    chats = Chats(db, clock=now)
    assert await chats.preferences(GROUP) is None
    await chats.choose(GROUP, language="fr")
    await chats.choose(GROUP, platforms=("deezer", "youtube"))

    assert CHOSEN == await chats.choose(GROUP, mode=Mode.MENTIONED)
    assert CHOSEN == await chats.preferences(GROUP)


async def test_a_group_without_the_bot_is_kept_a_while(db: Database, now: SetClock) -> None:
    """Once the bot is out, a month; used again, as long as every group."""
    chats = Chats(db, clock=now)
    await chats.choose(GROUP, language="fr")
    await chats.left(GROUP)
    assert now() + KEPT_WITHOUT_BOT == await _expires_at(db, GROUP)
    now.forward(days=1)
    await chats.preferences(GROUP)
    assert now() + KEPT == await _expires_at(db, GROUP)


async def test_leaving_an_unknown_group_stores_nothing(db: Database, now: SetClock) -> None:
    """A group that chose nothing leaves nothing behind."""
    await Chats(db, clock=now).left(GROUP)

    assert 0 == await db[COLLECTION].count_documents({})


async def test_a_group_moves_once(db: Database, now: SetClock) -> None:
    """A supergroup gets what its group chose; told twice, what it chose since then stays."""
    chats = Chats(db, clock=now)
    await chats.choose(GROUP, language="fr", platforms=CHOSEN.platforms, mode=CHOSEN.mode)
    await chats.move(GROUP, SUPERGROUP)
    assert CHOSEN == await chats.preferences(SUPERGROUP)
    assert await chats.preferences(GROUP) is None

    await chats.choose(SUPERGROUP, language="de")
    await chats.choose(GROUP, language="tr")
    await chats.move(GROUP, SUPERGROUP)
    await chats.move(GROUP, SUPERGROUP)
    moved = await chats.preferences(SUPERGROUP)
    assert moved is not None
    assert "de" == moved.language


async def _expires_at(db: Database, chat_id: int) -> object:
    document = await db[COLLECTION].find_one({"_id": chat_id})
    assert document is not None
    return document["expires_at"]
