"""Writes the generated parts of README.md, or checks that they are current.

    python -m tests.tools.readme [--check]

A part stands between `<!-- name:begin -->` and `<!-- name:end -->`; what is around it is prose.
"""

from __future__ import annotations

import ast
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

from typer.core import TyperGroup
from typer.main import get_command

from bot.cli import cli
from bot.config import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pydantic.fields import FieldInfo

ROOT = Path(__file__).resolve().parents[2]


def command_table() -> str:
    head = "| command | what it does |\n| --- | --- |\n"
    group = get_command(cli)
    assert isinstance(group, TyperGroup)
    commands = {name: command for name, command in group.commands.items() if not command.hidden}
    return head + "\n".join(
        f"| `tracklink {name}` | {command.help} |" for name, command in commands.items()
    )


def settings_table() -> str:
    head = "| variable | default | meaning |\n| --- | --- | --- |\n"
    fields = Settings.model_fields.items()
    return head + "\n".join(_row(name.upper(), field) for name, field in fields)


def _row(name: str, field: FieldInfo) -> str:
    return " | ".join((f"| `{name}`", _default(field), f"{field.description} |"))


def _default(field: FieldInfo) -> str:
    if field.default is None or field.default == ():
        return ""
    if isinstance(field.default, bool):
        return f"`{field.default}`".lower()
    return f"`{field.default}`"


def package_table() -> str:
    """Each package of the first contract's layers, from the top down, with its first words."""
    head = "| where | what lives there |\n| --- | --- |\n"
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    layers = next(each["layers"] for each in contracts["contracts"] if each["type"] == "layers")
    names = (name.split(".")[1] for layer in layers for name in layer.split(" | "))
    return head + "\n".join(_room(name) for name in dict.fromkeys(names))


def _room(name: str) -> str:
    room = ROOT / "bot" / name
    source = room / "__init__.py" if room.is_dir() else room.with_suffix(".py")
    said = ast.get_docstring(ast.parse(source.read_text())) or ""
    first = said.partition("\n")[0].replace("|", r"\|")
    return f"| `{name}/` | {first} |" if room.is_dir() else f"| `{source.name}` | {first} |"


PARTS: Mapping[str, Callable[[], str]] = {
    "commands": command_table,
    "settings": settings_table,
    "packages": package_table,
}


def filled(text: str) -> str:
    """`text` with every part written anew; a part that is not there yet is appended."""
    for name, write in PARTS.items():
        text = put(text, name, write())
    return text


def put(text: str, name: str, part: str) -> str:
    """`text` with one part written anew."""
    begin, end = f"<!-- {name}:begin -->", f"<!-- {name}:end -->"
    if begin not in text:
        text = f"{text.rstrip()}\n\n{begin}\n{end}\n"
    before, rest = text.split(begin, 1)
    return f"{before}{begin}\n{part}\n{end}{rest.split(end, 1)[1]}"


def main(arguments: list[str], *, readme: Path = Path("README.md")) -> int:
    text = readme.read_text()
    current = filled(text)
    if "--check" not in arguments:
        readme.write_text(current)
        return 0
    if text != current:
        print(f"{readme.name} is behind the code: run make docs and commit it.")
        return 1
    print(f"{readme.name}: the generated parts are current.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
