"""Asks pip-audit whether a locked version has a known vulnerability.

    python -m tests.tools.audit

A found vulnerability fails. An advisory service that is out of reach, or that does not know the
packages (a mirror), is said plainly and does not fail: it says nothing about this change.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

LOCK = "requirements-dev.txt"  # holds every version of the other locks too (tests.tools.locks)
COMMAND = (
    *(sys.executable, "-m", "pip_audit", "--requirement", LOCK, "--disable-pip"),
    *("--require-hashes", "--format", "json", "--progress-spinner", "off", "--timeout", "15"),
)
DEADLINE_S = 120
UNREACHABLE = (
    *("ConnectionError", "ProxyError", "SSLError", "ConnectTimeout", "ReadTimeout"),
    "ServiceError",
)


def report(answer: dict[str, Any]) -> tuple[int, str]:
    """The exit code and the text for pip-audit's answer."""
    rows = answer["dependencies"]
    vulnerable = [(row, flaw) for row in rows for flaw in row.get("vulns", ())]
    if vulnerable:
        return 1, "\n".join(
            f"{row['name']} {row['version']} has the known vulnerability {flaw['id']}; "
            f"fixed in {', '.join(flaw['fix_versions']) or 'no version yet'}"
            for row, flaw in vulnerable
        )
    unknown = sum("skip_reason" in row for row in rows)
    if unknown:
        return 0, f"Audit: NOT DONE for {unknown} of {len(rows)} packages: no advisories for them."
    return 0, f"Audit: no known vulnerability in {len(rows)} packages."


def run(command: Sequence[str], *, deadline_s: float = DEADLINE_S) -> tuple[int, str]:
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=deadline_s
        )
    except subprocess.TimeoutExpired:
        return 0, f"Audit: NOT DONE: the advisory service did not answer within {deadline_s:.0f} s."
    if done.stdout.strip():
        return report(json.loads(done.stdout))
    if any(name in done.stderr for name in UNREACHABLE):
        return 0, "Audit: NOT DONE: the advisory service cannot be reached from here."
    return 1, f"Audit: pip-audit failed.\n{done.stderr.strip()}"


def main() -> int:
    code, text = run(COMMAND)
    print(text)
    return code


if __name__ == "__main__":
    sys.exit(main())
