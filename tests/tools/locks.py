"""Holds the lock files against pyproject.toml, without a network.

    python -m tests.tools.locks

A lock is wrong when it names an address, when a version has no hash, when it does not satisfy
what pyproject.toml asks for, when the tests would run with other versions than the image, or when
it pins a package without the extras that another one asks of it: pip 23.2, which comes with
Python 3.11, then looks for the newest version of that package with these extras and stops for
want of a hash, from the day on which there is a newer one.
"""

from __future__ import annotations

import re
import sys
import tomllib
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path
from typing import TYPE_CHECKING, Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

RUNTIME, BUILD, DEV = "requirements.txt", "requirements-build.txt", "requirements-dev.txt"
ADDRESS = re.compile(r"\w+://|^-(-index-url|-extra-index-url|-find-links|i|f)\b| @ ", re.MULTILINE)
PINNED = re.compile(
    r"^(?P<name>[\w.-]+)(?:\[(?P<extras>[\w.,-]+)\])?==(?P<version>[\w.!+]+)", re.MULTILINE
)
ENTRY = re.compile(r"^\S.*(?:\n[ \t]+.*)*", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Lock:
    """`versions` and `extras` by canonical name."""

    name: str
    text: str
    versions: Mapping[str, str]
    extras: Mapping[str, frozenset[str]]

    @classmethod
    def read(cls, path: Path) -> Lock:
        text = path.read_text()
        versions: dict[str, str] = {}
        extras: dict[str, frozenset[str]] = {}
        for pin in PINNED.finditer(text):
            name = canonicalize_name(pin["name"])
            versions[name] = pin["version"]
            extras[name] = frozenset((pin["extras"] or "").split(",")) - {""}
        return cls(path.name, text, versions, extras)

    def faults(self) -> Iterator[str]:
        for address in ADDRESS.finditer(self.text):
            line = self.text.count("\n", 0, address.start()) + 1
            yield f"{self.name}:{line} holds an address; a lock holds versions and hashes only"
        for entry in ENTRY.findall(self.text):
            if not entry.startswith("#") and "--hash=sha256:" not in entry:
                yield f"{self.name}: {entry.splitlines()[0]} has no hash"

    def misses(self, wanted: Iterable[str]) -> Iterator[str]:
        for requirement in map(Requirement, wanted):
            version = self.versions.get(canonicalize_name(requirement.name))
            if version is None or not requirement.specifier.contains(version, prereleases=True):
                yield f"{self.name} has {version or 'no version'} for {requirement}: run make lock"

    def bare(self) -> Iterator[str]:
        """Pins that lack an extra. Asks the packages that are installed here, as CI has them."""
        for package, version in self.versions.items():
            for asked in self._asked_by(package):
                if missing := asked.extras - self.extras.get(canonicalize_name(asked.name), set()):
                    extra = ",".join(sorted(missing))
                    yield f"{self.name}: {package} {version} asks for {asked.name}[{extra}]"

    def _asked_by(self, package: str) -> Iterator[Requirement]:
        try:
            lines = requires(package) or []
        except PackageNotFoundError:  # for another system
            return
        for asked in map(Requirement, lines):
            markers = [{"extra": extra} for extra in ("", *self.extras[package])]
            if asked.marker is None or any(map(asked.marker.evaluate, markers)):
                yield asked


def demands(project: Mapping[str, Any]) -> dict[str, list[str]]:
    """What pyproject.toml asks for directly, by the lock that must satisfy it."""
    runtime = project["project"]["dependencies"]
    groups = project["dependency-groups"]
    extras = project["project"]["optional-dependencies"].values()
    build = [*groups["build"], *project["build-system"]["requires"]]
    dev = [row for row in groups["dev"] if isinstance(row, str)]
    return {
        RUNTIME: [*runtime],
        BUILD: build,
        DEV: [*runtime, *build, *dev, *(row for extra in extras for row in extra)],
    }


def faults(folder: Path) -> Iterator[str]:
    project = tomllib.loads((folder / "pyproject.toml").read_text())
    locks = {name: Lock.read(folder / name) for name in (RUNTIME, BUILD, DEV)}
    for name, wanted in demands(project).items():
        yield from locks[name].faults()
        yield from locks[name].misses(wanted)
        yield from locks[name].bare()
    tested = locks[DEV].versions
    for lock in (locks[RUNTIME], locks[BUILD]):
        for package, version in lock.versions.items():
            if tested.get(package) != version:
                yield f"{lock.name} has {package} {version}, {DEV} has {tested.get(package)}"


def main() -> int:
    found = list(faults(Path.cwd()))
    print("\n".join(found) or "Locks: current, with hashes, without addresses.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
