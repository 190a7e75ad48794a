"""One person's share of what people use together. Pure.

Whoever comes first takes most of it, and never all: each next person finds a part of what is left,
and the more people come, the more even it gets. Nobody has to be registered for that.
"""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from math import floor

NOBODY = 0  # who asks where no person does; groups and channels, of which anybody can make many
SHARED_FOR = timedelta(days=1)  # since a second person asked; then the first counts as alone again


SHARED = Fraction(1, 2)
# For who was alone for `SHARED_FOR`. The rest is there for a guest, until two are counted.
ALONE = Fraction(7, 8)


def person_of(asker: int) -> int:
    """Who shares are counted for: a person, whose id is above zero, or `NOBODY`."""
    return max(NOBODY, asker)


def share(left: int, *, shared: bool) -> int:
    """How much one person may have in all, where the others have `left` so much."""
    return max(1, floor(left * (SHARED if shared else ALONE)))
