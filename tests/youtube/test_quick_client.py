"""The faster reader reads what the slower one reads."""

from __future__ import annotations

import json

import pytest

from bot.youtube.quick_client import read


@pytest.mark.parametrize(
    "body", [b'{"a": [1, "\xc3\xa9"]}', rb'{"half": "\ud83c"}', b'{"much": Infinity}']
)
def test_reads_as_json_does(body: bytes) -> None:
    """Also halves of characters and numbers that others refuse."""
    assert json.loads(body) == read(body)


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"a": ', b"[" * 2000])
def test_refuses_as_json_does(body: bytes) -> None:
    """What is cut short or no JSON is said in the same way."""
    with pytest.raises((json.JSONDecodeError, RecursionError)):
        read(body)
