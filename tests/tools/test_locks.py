from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.tools import locks
from tests.tools.locks import BUILD, DEV, RUNTIME, faults

if TYPE_CHECKING:
    from pathlib import Path

HASH = "    --hash=sha256:" + "0" * 64
PROJECT = """
[build-system]
requires = ["flit_core>=3.11"]
[project]
dependencies = ["Alpha-Lib>=2,<3"]
[project.optional-dependencies]
embedded = ["beta==1.0; sys_platform == 'linux'"]
[dependency-groups]
build = ["flit_core>=3.11"]
dev = [{ include-group = "build" }, "gamma>=5"]
"""


def pin(name: str, version: str, marker: str = "") -> str:
    return f"{name}=={version}{marker} \\\n{HASH}\n    # via tracklink (pyproject.toml)\n"


ALPHA, FLIT = pin("alpha-lib", "2.5"), pin("flit-core", "3.12.0")
BETA, GAMMA = pin("beta", "1.0", " ; sys_platform == 'linux'"), pin("gamma", "5.1rc1")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project whose locks are as they should be."""
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    (tmp_path / RUNTIME).write_text("# made by make lock\n" + ALPHA)
    (tmp_path / BUILD).write_text(FLIT)
    (tmp_path / DEV).write_text(ALPHA + BETA + FLIT + GAMMA)
    return tmp_path


def test_good_locks_have_no_faults(project: Path) -> None:
    """Neither markers, comments, spellings of a name nor a wanted pre-release disturb."""
    assert [] == list(faults(project))


@pytest.mark.parametrize(
    "line",
    [
        "--index-url https://example.org/simple",
        "-i https://example.org/simple",
        "--find-links wheels",
        "delta @ file:///wheels/delta.whl",
        "    # from https://example.org",
    ],
)
def test_an_address_is_a_fault(project: Path, line: str) -> None:
    """A lock names versions and hashes; where they come from is each machine's own matter."""
    with (project / RUNTIME).open("a") as lock:
        lock.write(f"{line}\n")

    assert any(fault.startswith(f"{RUNTIME}:5 holds an address") for fault in faults(project))


@pytest.mark.parametrize(
    ("name", "text", "fault"),
    [
        (RUNTIME, "alpha-lib==2.5\n", f"{RUNTIME}: alpha-lib==2.5 has no hash"),
        (RUNTIME, pin("alpha-lib", "3.0"), f"{RUNTIME} has 3.0 for Alpha-Lib<3,>=2: run make lock"),
        (RUNTIME, "", f"{RUNTIME} has no version for Alpha-Lib<3,>=2: run make lock"),
        (BUILD, pin("flit-core", "3.0"), f"{BUILD} has 3.0 for flit_core>=3.11: run make lock"),
        (RUNTIME, pin("alpha-lib", "2.6"), f"{RUNTIME} has alpha-lib 2.6, {DEV} has 2.5"),
        (RUNTIME, ALPHA + pin("deep", "1"), f"{RUNTIME} has deep 1, {DEV} has None"),
        (DEV, ALPHA + FLIT + GAMMA, f'{DEV} has no version for beta==1.0; sys_platform == "linux"'),
    ],
)
def test_a_stale_lock_is_a_fault(project: Path, name: str, text: str, fault: str) -> None:
    """What is locked is what pyproject.toml asks for, and what the tests ran with."""
    (project / name).write_text(text)

    assert [fault] == [found[: len(fault)] for found in faults(project)][:1]


def test_a_pin_without_its_extra_is_a_fault(project: Path) -> None:
    """pytest-cov, which is installed here, asks for coverage[toml]."""
    cov = pin("pytest-cov", "7.1.0")
    (project / DEV).write_text(ALPHA + BETA + FLIT + GAMMA + cov + pin("coverage[toml]", "7.17.3"))
    good = list(faults(project))
    (project / DEV).write_text(ALPHA + BETA + FLIT + GAMMA + cov + pin("coverage", "7.17.3"))

    assert [] == good
    assert [f"{DEV}: pytest-cov 7.1.0 asks for coverage[toml]"] == list(faults(project))


def test_the_exit_code_tells(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """CI stops at a fault."""
    monkeypatch.chdir(project)
    good = locks.main()
    (project / RUNTIME).write_text("")

    assert (0, 1) == (good, locks.main())
    assert "run make lock" in capsys.readouterr().out
