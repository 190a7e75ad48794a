"""Preferences inside a document, whoever it belongs to, kept for as long as they are used."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bot.models.preferences import Mode, Preferences, in_order

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bot.storage.database import Collection

KEPT = timedelta(days=400)  # without use; a year and a month, for those who come once a year
NOTED_EVERY = timedelta(days=30)  # how seldom a use has to be written down for that
FIELDS = ("language", "platforms", "mode")


async def read(collection: Collection, owner_id: int, now: datetime) -> Preferences | None:
    """The owner's preferences, None for somebody unknown. Being read is being used."""
    document = await collection.find_one({"_id": owner_id}, [*FIELDS, "expires_at"])
    if document is None:
        return None
    expires_at = document.get("expires_at")
    if expires_at and expires_at < now + KEPT - NOTED_EVERY:
        await collection.update_one({"_id": owner_id}, {"$max": {"expires_at": now + KEPT}})
    return preferences(document)


def preferences(document: Mapping[str, Any]) -> Preferences:
    mode = document.get("mode")
    return Preferences(
        language=document.get("language"),
        platforms=in_order(document.get("platforms")),
        mode=Mode(mode) if mode in tuple(Mode) else Mode.AUTOMATIC,
    )


def checked(changes: Mapping[str, Any]) -> dict[str, Any]:
    """The changes as they are stored. Raises TypeError for what is no preference."""
    if unknown := changes.keys() - set(FIELDS):
        raise TypeError(f"preferences have no {', '.join(sorted(unknown))}")
    return {
        key: list(value) if isinstance(value, tuple) else value for key, value in changes.items()
    }
