from __future__ import annotations

import json
import sys
from typing import Any

import pytest

from tests.tools import audit

GOOD = {"name": "alpha", "version": "1", "vulns": []}
UNKNOWN = {"name": "beta", "skip_reason": "not found"}


def flawed(*fixes: str) -> dict[str, Any]:
    flaw = {"id": "CVE-2026-1", "fix_versions": list(fixes)}
    return {"name": "gamma", "version": "2", "vulns": [flaw]}


def program(text: str) -> list[str]:
    return [sys.executable, "-c", text]


@pytest.mark.parametrize(
    ("rows", "code", "said"),
    [
        ([GOOD], 0, "Audit: no known vulnerability in 1 packages."),
        ([GOOD, UNKNOWN], 0, "Audit: NOT DONE for 1 of 2 packages: no advisories for them."),
        (
            [UNKNOWN, flawed("2.1", "3")],
            1,
            "gamma 2 has the known vulnerability CVE-2026-1; fixed in 2.1, 3",
        ),
        ([flawed()], 1, "gamma 2 has the known vulnerability CVE-2026-1; fixed in no version yet"),
    ],
)
def test_only_a_found_vulnerability_fails(rows: list[Any], code: int, said: str) -> None:
    """What could not be asked is said, whatever else was found."""
    answer = json.dumps({"dependencies": rows})

    assert (code, said) == audit.run(program(f"print({answer!r})"))


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("raise SystemExit('requests.exceptions.ConnectionError: x')", 0, "cannot be reached"),
        ("raise SystemExit('requests.exceptions.SSLError: x')", 0, "cannot be reached"),
        ("raise SystemExit('error: invalid requirement')", 1, "invalid requirement"),
        ("import time; time.sleep(60)", 0, "did not answer within 0 s"),
    ],
)
def test_a_service_out_of_reach_is_no_vulnerability(text: str, code: int, said: str) -> None:
    """Anything else that goes wrong is a fault of the audit, and fails."""
    found, words = audit.run(program(text), deadline_s=0.4 if "sleep" in text else 30)

    assert code == found
    assert said in words
