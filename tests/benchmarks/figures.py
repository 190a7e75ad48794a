"""A benchmark's figures beside their limits: the table for people, the file for machines."""

from __future__ import annotations

import json
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

FINE = 20  # limits below this are told to a tenth


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """The median of several runs, in `unit`.

    `limit` is what the delays alone would take, and `at_most` how often that much is good enough.
    Where there is no such limit, it is the bound itself, and `at_most` is 1. A figure without a
    bound has no `at_most`: it is only told.
    """

    name: str
    values: Sequence[float]
    unit: str
    limit: float
    at_most: float | None = 1.0

    @property
    def value(self) -> float:
        return median(self.values)

    @property
    def ratio(self) -> float:
        return self.value / self.limit

    @property
    def good(self) -> bool:
        return self.at_most is None or self.ratio <= self.at_most

    def row(self) -> tuple[str, ...]:
        digits = 1 if self.limit < FINE else 0
        spread = f"{min(self.values):,.{digits}f} to {max(self.values):,.{digits}f}"
        bound = "" if self.at_most is None else f"{self.at_most:.2f}"
        verdict = "" if self.at_most is None else "ok" if self.good else "TOO MUCH"
        return (
            self.name,
            f"{self.value:,.{digits}f} {self.unit}",
            f"{self.limit:,.{digits}f} {self.unit}",
            f"{self.ratio:.2f}",
            bound,
            f"{spread} ({len(self.values)})",
            verdict,
        )


HEAD = ("figure", "median", "limit", "ratio", "at most", "runs", "")


def table(figures: Sequence[Figure]) -> str:
    rows = [HEAD, *(figure.row() for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column in (0, len(HEAD) - 1) else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def write(figures: Sequence[Figure], path: Path) -> None:
    """`{"figure": {"value": x, "limit": y, "ratio": z, "at_most": w}}`, bounded figures only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    bounded = {
        figure.name: {
            "value": round(figure.value, 3),
            "limit": round(figure.limit, 3),
            "ratio": round(figure.ratio, 4),
            "at_most": figure.at_most,
        }
        for figure in figures
        if figure.at_most is not None
    }
    path.write_text(json.dumps(bounded, indent=1) + "\n", encoding="utf-8")
