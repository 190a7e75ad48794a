"""The stores of a single process keep what they are given."""

from __future__ import annotations

from bot.models import Finding
from bot.ops.show import MemoryFindings, MemoryListings
from tests.stage import listing


async def test_listings_are_found_by_kind_and_id() -> None:
    store, kept = MemoryListings(), listing(2)
    assert await store.get(kept.kind, kept.id) is None
    await store.put(kept)
    assert kept == await store.get(kept.kind, kept.id)


async def test_findings_are_found_by_key() -> None:
    store = MemoryFindings()
    await store.put_many({"a": Finding()})
    assert ({"a": Finding()}, {}) == await store.known(["a", "b"], 1)
