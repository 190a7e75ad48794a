from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from bot.config import Settings
from tests.tools import readme

PACKAGES = Path(__file__).resolve().parents[2] / "bot"
PROSE = "# Title\n\n<!-- settings:begin -->\nxyzzy\n<!-- settings:end -->\n\nThe end.\n"


def of(package: Path) -> str:
    return str(package.parent.relative_to(PACKAGES.parent))


def test_every_setting_has_a_row_with_its_default_and_its_meaning() -> None:
    """The table is the settings, in the order of the code."""
    rows = readme.settings_table().splitlines()[2:]

    assert [name.upper() for name in Settings.model_fields] == [row.split("`")[1] for row in rows]
    assert "| `PORT` | `8080` | Port of the webhook and of /health; 0 for none. |" in rows
    assert any(row.startswith("| `SPOTIFY_EMBED` | `true` | Read") for row in rows)
    assert any(row.startswith("| `ADMIN_IDS` |  | Telegram") for row in rows)
    assert all(row.count(" | ") == 2 for row in rows)


def test_every_command_has_a_row() -> None:
    """What `--help` lists, the README lists; `health` is for containers alone."""
    table = readme.command_table()

    assert "| `tracklink run` | Answer on Telegram" in table
    assert "tracklink health" not in table


def test_the_packages_stand_in_the_order_of_their_layers() -> None:
    """Each with the first line of its own docstring: from what is started to what all stand on."""
    rows = readme.package_table().splitlines()[2:]
    places = [row.split("`")[1] for row in rows]

    assert ["cli.py", "ops/", "sandbox/", "app.py"] == places[:4]
    assert places.index("telegram/") < places.index("jobs/") < places.index("resolve/")
    assert "| `jobs/` | The durable queue: each link becomes a job" in "\n".join(rows)
    assert {path.parent.name for path in PACKAGES.glob("*/__init__.py")} == {
        place.rstrip("/") for place in places if place.endswith("/")
    }


@pytest.mark.parametrize("package", sorted(PACKAGES.rglob("__init__.py")), ids=of)
def test_each_package_opens_with_a_tour(package: Path) -> None:
    """Its first line stands alone, as in the README; below it says where to begin reading."""
    first, blank, *more = (ast.get_docstring(ast.parse(package.read_text())) or "").splitlines()

    assert first.endswith(".")
    assert not blank
    assert "begin" in " ".join(more).lower()


def test_every_module_that_the_page_names_is_there() -> None:
    """A link's way through the layers leads past no door that was moved."""
    named = re.findall(r"`([a-z_/]+\.py)`", (PACKAGES.parent / "README.md").read_text())

    assert named
    assert [] == [name for name in named if not (PACKAGES / name).exists()]


def test_only_what_stands_between_the_markers_is_written() -> None:
    """The prose around it is a person's."""
    text = readme.filled(PROSE)

    assert text.startswith("# Title\n\n<!-- settings:begin -->\n| variable |")
    assert "\n<!-- settings:end -->\n\nThe end.\n" in text
    assert "xyzzy" not in text


def test_a_part_without_markers_is_added_once() -> None:
    """A second run changes nothing."""
    once = readme.filled(PROSE)

    assert once.endswith("<!-- packages:end -->\n")
    assert once == readme.filled(once)


def test_the_check_fails_until_the_file_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It says which command brings it up to date."""
    file = tmp_path / "README.md"
    file.write_text(PROSE)

    codes = [readme.main(["--check"], readme=file)]
    said = capsys.readouterr().out
    codes += [readme.main([], readme=file), readme.main(["--check"], readme=file)]

    assert [1, 0, 0] == codes
    assert "run make docs" in said
