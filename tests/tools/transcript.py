"""Writes down anew what the chat says: the golden files of tests/transcripts.

    python -m tests.tools.transcript [SCENE…]

`git diff tests/transcripts/golden` then shows what a change does to the words that people read.
Where nothing is to be written, `make test` compares, and shows the difference.
"""

from __future__ import annotations

import os
import subprocess
import sys

RENEW = "TRACKLINK_TRANSCRIPT"  # read by tests/transcripts/test_transcripts.py


def main(scenes: list[str]) -> int:
    chosen = ["-k", " or ".join(f"test_transcript[{name}]" for name in scenes)] if scenes else []
    command = [sys.executable, "-m", "pytest", "-q", "--numprocesses", "2", "tests/transcripts"]
    return subprocess.call([*command, *chosen], env={**os.environ, RENEW: "renew"})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
