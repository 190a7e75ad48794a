"""Finding mongod, and reading what it said."""

from __future__ import annotations

import json
import signal
import subprocess
from typing import TYPE_CHECKING

import pytest

from bot.errors import SettingError
from bot.storage import private_mongod_process
from bot.storage.private_mongod_process import Guard, find_mongod, last_words

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def program(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without any mongod: an empty PATH and no package."""
    path = tmp_path / "bin"
    monkeypatch.setenv("PATH", str(path))
    monkeypatch.setattr(private_mongod_process, "find_spec", lambda name: None)
    return path


def test_configured_program_wins(bare: Path, tmp_path: Path) -> None:
    """MONGOD comes before the PATH."""
    program(bare / "mongod")
    mine = program(tmp_path / "mine")
    assert mine == find_mongod(mine)


def test_program_on_the_path(bare: Path) -> None:
    """Without MONGOD the PATH is searched."""
    expected = program(bare / "mongod")
    assert expected == find_mongod(None)


def test_program_of_the_package(
    bare: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Last comes the package of the embedded extra, which is not imported for it."""
    inside = program(tmp_path / "package" / "bin" / "mongod")
    monkeypatch.setattr(
        private_mongod_process, "_package_folders", lambda name: [str(tmp_path / "package")]
    )
    assert inside == find_mongod(None)


def test_package_folders() -> None:
    """A package is found by its name alone; one that is not there has no folders."""
    assert private_mongod_process._package_folders("bot.storage")[0].endswith("storage")
    assert [] == private_mongod_process._package_folders("nothing.here")


def test_none_at_all(bare: Path) -> None:
    """Without any mongod the sentence names the three ways to get one."""
    with pytest.raises(SettingError, match=r"MONGODB_URI.*MONGOD.*embedded extra"):
        find_mongod(None)


def test_configured_program_is_missing(tmp_path: Path) -> None:
    """A wrong MONGOD is not passed over."""
    with pytest.raises(SettingError, match=r"^MONGOD: .*nowhere"):
        find_mongod(tmp_path / "nowhere")


def entry(severity: str, message: str, **attributes: str) -> str:
    return json.dumps({"s": severity, "msg": message, "attr": attributes})


INFO = entry("I", "Shutting down")
ERROR = entry("E", "Failed to set up listener", error="in use")
FATAL = entry("F", "Fatal assertion", error="no space left")
ABORTING = entry("F", "aborting after fassert() failure")


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ([ERROR, INFO], 'Failed to set up listener {"error": "in use"}'),
        ([INFO, "mongod: cannot load libssl.so.3", INFO], "mongod: cannot load libssl.so.3"),
        (
            [INFO, ERROR, FATAL, INFO, ABORTING, "", INFO],
            'Fatal assertion {"error": "no space left"}',
        ),
        ([INFO], INFO),
        ([], "nothing"),
        (["[]"], "[]"),
    ],
)
def test_last_words(tmp_path: Path, lines: list[str], words: str) -> None:
    """The first fatal line is quoted, else the last error in whatever form, else the last line."""
    log = tmp_path / "mongod.log"
    log.write_text("\n".join(lines))
    assert words == last_words(log)


def test_no_log(tmp_path: Path) -> None:
    """A log that is not there is said to be missing."""
    assert "no log (No such file or directory)" == last_words(tmp_path / "mongod.log")


@pytest.fixture
def child() -> Iterator[subprocess.Popen[bytes]]:
    child = subprocess.Popen(["sleep", "60"])
    yield child
    child.kill()
    child.wait()


def test_guard_ends_what_it_watches(child: subprocess.Popen[bytes]) -> None:
    """Whatever happens to the process at the other end of the pipe, its end is noticed."""
    guard = Guard()
    guard.watch(0)
    guard.watch(child.pid)
    guard.close()
    assert -signal.SIGTERM == child.wait(5)


def test_guard_leaves_others_alone(child: subprocess.Popen[bytes]) -> None:
    """Once told that its mongod has ended it ends nobody, and one that was killed is replaced."""
    guard = Guard()
    guard.watch(child.pid)
    assert guard._process
    guard._process.kill()
    guard._process.wait()
    guard.watch(child.pid)
    guard.watch(0)
    guard.close()
    assert child.poll() is None
