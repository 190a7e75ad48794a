"""The Telegram in memory held against one that others wrote, so that not our opinion is tested."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

PEER_PYTHON = "TG_AUTO_TEST_PYTHON"
ROOT = Path(__file__).parents[2]
TIMEOUT_S = 60


@pytest.mark.skipif(
    PEER_PYTHON not in os.environ,
    reason=f"{PEER_PYTHON} names no Python that has tg-auto-test",
)
def test_agreement() -> None:
    """Texts, marks, buttons, toasts, edits, files and commands look the same on both."""
    run = subprocess.run(
        [os.environ[PEER_PYTHON], str(ROOT / "tests" / "terminal" / "peer.py")],
        env={"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"]},
        capture_output=True,
        check=True,
        timeout=TIMEOUT_S,
    )
    shown = json.loads(run.stdout)
    assert shown["theirs"] == shown["ours"]
