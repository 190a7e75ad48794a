"""Runs the steps of a Dockerfile in an ordinary folder, for machines without a Docker engine.

Enough for one build stage and one final stage that copies from it: ENV, WORKDIR, COPY, RUN. The
image's own folders (/app, /src …) lie under one folder, and its Python is a bare virtual one.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

CONTINUED = re.compile(r"\\\n\s*")
STEP = re.compile(r"^([A-Z]+) +(.*)$", re.MULTILINE)
INNER = re.compile(r"(?<![\w./:])/(?!bin/|usr/|tmp/)(?=\w)")
STEP_S = 300.0


@dataclass(frozen=True, slots=True)
class Step:
    word: str
    text: str

    @property
    def words(self) -> list[str]:
        """The words of an instruction in exec form, such as ENTRYPOINT ["tracklink"]."""
        return [str(word) for word in json.loads(self.text[self.text.index("[") :])]


def stages(text: str) -> list[list[Step]]:
    """The steps of each stage, FROM first."""
    found: list[list[Step]] = []
    for match in STEP.finditer(CONTINUED.sub(" ", text)):
        if match[1] == "FROM":
            found.append([])
        found[-1].append(Step(match[1], match[2]))
    return found


def last(steps: Sequence[Step], word: str) -> Step:
    return next(step for step in reversed(steps) if step.word == word)


@dataclass
class Image:
    """What the steps have made so far. `root` stands for /, `context` is the project's folder."""

    root: Path
    context: Path
    env: dict[str, str] = field(default_factory=dict)
    folder: str = "/"

    def __post_init__(self) -> None:
        self.env = {"PATH": f"{self.root}/python/bin:{os.environ['PATH']}", **self.env}

    def inside(self, text: str) -> str:
        """The text with the image's absolute paths led under `root`."""
        return INNER.sub(f"{self.root}/", text)

    def build(self, steps: Sequence[Step]) -> None:
        """Raises CalledProcessError, with what was said, when a step fails."""
        for step in steps:
            match step.word:
                case "ENV":
                    self._set(step.text)
                case "WORKDIR":
                    self.folder = step.text
                    (self.root / self.folder.lstrip("/")).mkdir(parents=True, exist_ok=True)
                case "COPY" if not step.text.startswith("--from"):
                    self._copy(shlex.split(step.text))
                case "RUN":
                    self.run(["sh", "-c", self.inside(step.text)], check=True)

    def run(
        self, command: Sequence[str], env: Mapping[str, str] | None = None, *, check: bool = False
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=self.root / self.folder.lstrip("/"),
            env={**machine(), **self.env, **(env or {})},
            check=check,
            text=True,
            capture_output=True,
            timeout=STEP_S,
        )

    def _set(self, text: str) -> None:
        for pair in shlex.split(text):
            name, value = pair.split("=", 1)
            if name == "PIP_NO_CACHE_DIR":
                continue  # keeps an image small, and here only slows the steps down
            self.env[name] = self.inside(value).replace("$PATH", self.env["PATH"])

    def _copy(self, words: list[str]) -> None:
        *sources, to = words
        for source in sources:
            target = self.root / self.folder.lstrip("/") / to
            if (self.context / source).is_dir():
                shutil.copytree(
                    self.context / source, target, ignore=shutil.ignore_patterns("__pycache__")
                )
            else:
                shutil.copy(self.context / source, target / source)


def machine() -> dict[str, str]:
    """What pip needs of this machine: where its packages come from, and its cache."""
    return {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "HOME"))}
