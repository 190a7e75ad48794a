"""What comes from outside is harmless in each kind of output."""

from __future__ import annotations

import csv
import json
from io import StringIO

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from bot.models.outside_text import (
    for_csv,
    for_json,
    for_log,
    for_message,
    for_terminal,
    from_csv,
    isolated,
    one_line,
)

ORDERS = "T\x1b]0;pwn\x07\x1b[31mX\x9b31mC1\u202egnp\u2066iso\x08\x08\rCR\u2028LS\ud83d"
FORMULAS = ["=1+1", "+1", "-1", "@x", "＝1", "＋1", "－1", "＠x"]
_bold = regex.compile(r"[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069\p{Cs}--[\n\t]]", regex.V1)
_cells = st.text(alphabet="=+-@\t\r\n＝＠ a1'\";|,", max_size=9) | st.text(max_size=9)


@pytest.mark.parametrize("clean", [one_line, isolated, for_message, for_terminal, for_json])
@given(text=st.text(st.characters(exclude_categories=[])) | st.just(ORDERS))
def test_no_orders(clean: object, text: str) -> None:
    """Nothing that moves a cursor, turns a direction, or cannot be encoded; isolates are ours."""
    assert callable(clean)
    given_ = json.dumps(text, ensure_ascii=False) if clean is for_json else one_line("x") + text
    if clean in (isolated, for_message):
        given_ = one_line(given_)
    made = clean(given_).removeprefix("\u2068").removesuffix("\u2069")
    kept = "\u2068\u2069" if clean is for_terminal else ""
    assert not set(_bold.findall(made)) - set(kept)
    made.encode()


@given(st.text(st.characters(exclude_categories=[])))
def test_json_comes_back(text: str) -> None:
    """Escaped is not lost."""
    assert text == json.loads(for_json(json.dumps(text, ensure_ascii=False)))


@pytest.mark.parametrize("formula", FORMULAS)
@pytest.mark.parametrize("before", ["", " ", "foo;", "foo; ", "foo|", "foo\t", 'foo;"', "foo;;"])
def test_no_formula_whatever_parts_the_cells(before: str, formula: str) -> None:
    """Where a semicolon, a bar or a tab separates, what stands behind it is a cell of its own."""
    safe = for_csv(before + formula)
    out = StringIO()
    csv.writer(out).writerow(("1", safe, "2"))
    for separator in ",;|\t":
        for cell in next(csv.reader([out.getvalue()], delimiter=separator)):
            assert not cell.strip(' "').startswith(tuple(each[0] for each in FORMULAS))


@given(_cells)
def test_cells_come_back(cell: str) -> None:
    """What the bot exports it reads again as it was."""
    assert cell == from_csv(for_csv(cell))


@pytest.mark.parametrize("cell", ["AC-DC", "rock; pop", "1-2", "a=b", "Beyoncé; Jay-Z", "x @ y"])
def test_other_cells_are_not_touched(cell: str) -> None:
    assert cell == for_csv(cell)


def test_a_value_of_the_log() -> None:
    """What can be printed stays; the rest is escaped."""
    assert ("Şıkıdım", "'x\\x1b[2J\\u202e'") == (for_log("Şıkıdım"), for_log("x\x1b[2J\u202e"))
