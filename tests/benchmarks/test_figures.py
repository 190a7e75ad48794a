"""What the benchmark says of its figures."""

import json
from pathlib import Path

import pytest

from tests.benchmarks.figures import Figure, table, write

FAST = Figure(name="fast", values=[480.0, 470.0, 900.0], unit="ms", limit=470, at_most=1.15)
SLOW = Figure(name="slow", values=[260.0], unit="ms", limit=170, at_most=1.3)
TOLD = Figure(name="told", values=[9000.0], unit="ms", limit=1, at_most=None)


@pytest.mark.parametrize(("figure", "good"), [(FAST, True), (SLOW, False), (TOLD, True)])
def test_a_figure_is_good_within_its_bound(figure: Figure, *, good: bool) -> None:
    """The median decides, against the limit and the factor it may take; the told is no verdict."""
    assert good == figure.good


def test_the_table_shows_each_figure_beside_its_limit() -> None:
    """One line a figure, with its limit, its spread and a word where it is beyond its bound."""
    _, fast, slow, told = table([FAST, SLOW, TOLD]).splitlines()

    assert ["fast", "480", "ms", "470", "ms", "1.02", "1.15", "470", "to", "900", "(3)", "ok"] == (
        fast.split()
    )
    assert slow.endswith("TOO MUCH")
    assert told.endswith("(1)")


def test_the_file_holds_bounded_figures(tmp_path: Path) -> None:
    """The file has value, limit, ratio and at_most by name, and nothing that is only told."""
    path = tmp_path / "build" / "bench.json"
    write([FAST, TOLD], path)

    assert {"fast": {"value": 480.0, "limit": 470, "ratio": 1.0213, "at_most": 1.15}} == json.loads(
        path.read_text()
    )
