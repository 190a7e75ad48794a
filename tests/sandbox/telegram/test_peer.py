"""The Telegram in memory held against one that others wrote, so that not our opinion is tested."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

HERE = sys.executable if find_spec("tg_auto_test") else ""
PEER_PYTHON = os.environ.get("TG_AUTO_TEST_PYTHON", HERE)  # of an environment that has it
ROOT = Path(__file__).parents[3]
TIMEOUT_S = 60


@pytest.mark.skipif(not PEER_PYTHON, reason="tg-auto-test is not installed: make peers")
def test_agreement() -> None:
    """Texts, marks, buttons, toasts, edits, files and commands look the same on both."""
    run = subprocess.run(
        [PEER_PYTHON, str(ROOT / "tests" / "sandbox" / "telegram" / "peer.py")],
        env={"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"]},
        capture_output=True,
        check=True,
        timeout=TIMEOUT_S,
    )
    shown = json.loads(run.stdout)
    assert shown["theirs"] == shown["ours"]
