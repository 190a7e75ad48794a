"""Libraries without what they import for a part of theirs that is of no use here."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def without(name: str, **stand_ins: object) -> Iterator[None]:
    """Nothing imports that module in here: it seems not installed, or to hold the stand-ins alone.

    Whoever imports it later gets the real one, and nothing changes where it is there already.
    """
    if name in sys.modules:
        yield
        return
    empty = ModuleType(name)
    vars(empty).update(stand_ins)
    sys.modules[name] = empty if stand_ins else None  # type: ignore[assignment]  # as importlib says
    try:
        yield
    finally:
        del sys.modules[name]
