"""What a burst leaves behind, as plain arithmetic beside the statement that MongoDB runs."""

from __future__ import annotations

from bot.quota.policy import BURST_STEP_MS


def burst_arrival(arrival_ms: int | None, now_ms: int) -> int:
    """The theoretical arrival time after a listing that was let through."""
    return max(arrival_ms or now_ms, now_ms) + BURST_STEP_MS
