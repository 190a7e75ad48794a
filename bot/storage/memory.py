"""Stores of one process without a database, for `tracklink show`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.models import Finding, Listing, ListingKind


class MemoryListings:
    def __init__(self) -> None:
        self._listings: dict[str, Listing] = {}

    async def get(self, kind: ListingKind, listing_id: str) -> Listing | None:
        return self._listings.get(f"{kind}:{listing_id}")

    async def put(self, listing: Listing) -> None:
        self._listings[listing.key] = listing


class MemoryFindings:
    def __init__(self) -> None:
        self._findings: dict[str, Finding] = {}

    async def get_many(self, keys: Sequence[str], *, reasons: bool = True) -> dict[str, Finding]:  # noqa: ARG002  all or part is the same here
        return {key: self._findings[key] for key in keys if key in self._findings}

    async def put_many(self, findings: Mapping[str, Finding]) -> None:
        self._findings.update(findings)
