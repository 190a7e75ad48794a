"""How a fault ended: what was tried, and what of it was lost, doubled or wrong."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Mapping

JSON = Path("build/stress.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Counts. `remarks` say what is behind them, and what was measured."""

    tried: int = 0
    lost: int = 0
    doubled: int = 0
    wrong: int = 0
    remarks: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        return self.tried > 0 and not (self.lost or self.doubled or self.wrong)

    def __add__(self, other: Verdict) -> Verdict:
        return Verdict(
            tried=self.tried + other.tried,
            lost=self.lost + other.lost,
            doubled=self.doubled + other.doubled,
            wrong=self.wrong + other.wrong,
            remarks=self.remarks + other.remarks,
        )


def checked(*, remark: str = "", **facts: bool) -> Verdict:
    """One count for each fact that should hold; those that don't are wrong."""
    failed = tuple(
        f"not so: {name.replace('_', ' ')}" for name, holds in facts.items() if not holds
    )
    remarks = (*failed, remark) if remark else failed
    return Verdict(tried=len(facts), wrong=len(failed), remarks=remarks)


def write(verdicts: Mapping[str, Verdict], path: Path = JSON) -> None:
    """Add them to those of earlier runs; the counts stand in it, as the remarks do beside them."""
    known = json.loads(path.read_text()) if path.exists() else {}
    path.parent.mkdir(exist_ok=True)
    counts = {name: asdict(verdict) for name, verdict in verdicts.items()}
    path.write_text(json.dumps(known | counts, indent=2) + "\n")


def show(verdicts: Mapping[str, Verdict]) -> None:
    table = Table("fault", "tried", "lost", "doubled", "wrong", "remarks")
    for name, each in verdicts.items():
        counts = (each.tried, each.lost, each.doubled, each.wrong)
        table.add_row(name, *map(str, counts), "\n".join(each.remarks))
    Console(width=140).print(table)
