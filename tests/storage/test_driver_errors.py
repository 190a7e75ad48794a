from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bot.errors import StoreUnavailable
from bot.storage.driver_errors import guarded

if TYPE_CHECKING:
    from bot.storage.database import Database


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
