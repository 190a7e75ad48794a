"""What a person may have while the store is away: each process counts for itself, in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cachetools import LRUCache

from bot.clock import loop_s

if TYPE_CHECKING:
    from collections.abc import Callable

# Single tracks an hour: what one pastes by hand. Lists wait for the store.
LOOKUPS, LOOKUPS_S = 20, 3600.0
MOST_PEOPLE = 10_000  # about 2 MB; who was not here for longest begins anew
NOBODY = 0  # all who are no person share what one has: anybody can make groups at will


class Rate:
    """At most so many in any such time, evenly spread after the first: see `policy.burst_wait`.

    By the loop's own time, which no wrong clock moves.
    """

    def __init__(
        self,
        most: int,
        period_s: float,
        *,
        people: int = MOST_PEOPLE,
        timer: Callable[[], float] = loop_s,
    ) -> None:
        self._step_s = period_s / max(1, most)
        self._early_s = (most - 1) * self._step_s
        self._timer = timer
        self._arrivals: LRUCache[int, float] = LRUCache(people)

    def take(self, user_id: int) -> float:
        """Let one through and return 0.0, or return the seconds to wait and count nothing."""
        who, now = max(NOBODY, user_id), self._timer()
        arrival = max(now, self._arrivals.get(who, now))
        wait = arrival - now - self._early_s
        if wait > 0:
            return wait
        self._arrivals[who] = arrival + self._step_s
        return 0.0

    def hold(self, user_id: int, wait_s: float) -> None:
        """Let nothing through for so long."""
        if wait_s > 0:
            self._arrivals[max(NOBODY, user_id)] = self._timer() + wait_s + self._early_s
