"""Stores that keep nothing, for a single look without a database (`tracklink show`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.models import Finding, Listing, ListingKind


class NoListings:
    async def get(self, kind: ListingKind, listing_id: str) -> Listing | None:
        return None

    async def put(self, listing: Listing) -> None:
        pass


class NoFindings:
    async def get_many(self, keys: Sequence[str]) -> dict[str, Finding]:
        return {}

    async def put_many(self, findings: Mapping[str, Finding]) -> None:
        pass
