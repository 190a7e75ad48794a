"""Logging that a test turns upside down is put back."""

from __future__ import annotations

import logging
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import structlog

from bot import telemetry

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def restored() -> Iterator[None]:
    """Logging, afterwards, as it was before the block."""
    root = logging.getLogger()
    level, handlers, hook = root.level, root.handlers[:], sys.excepthook
    root.handlers[:] = []  # pytest's own would be closed
    try:
        yield
    finally:
        logging.captureWarnings(capture=False)
        root.handlers[:], sys.excepthook = handlers, hook
        root.setLevel(level)
        for name in telemetry.QUIET:
            logging.getLogger(name).setLevel(logging.NOTSET)
        structlog.reset_defaults()
