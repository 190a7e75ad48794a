"""Logging that a test turns upside down is put back."""

from __future__ import annotations

import logging
import sys
import threading
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
    level, handlers = root.level, root.handlers[:]
    events = structlog.get_config()
    hooks = sys.excepthook, threading.excepthook, sys.unraisablehook
    root.handlers[:] = []  # pytest's own would be closed
    try:
        yield
    finally:
        logging.captureWarnings(capture=False)
        root.handlers[:] = handlers
        sys.excepthook, threading.excepthook, sys.unraisablehook = hooks
        root.setLevel(level)
        for name in (*telemetry.QUIET, *telemetry.OURS):
            logging.getLogger(name).setLevel(logging.NOTSET)
        structlog.configure(**events)
