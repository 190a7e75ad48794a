"""Parsers of what comes from outside, fed with any bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz.profile import fuzzing
from tests.fuzz.targets import TARGETS, run

if TYPE_CHECKING:
    from collections.abc import Callable

# Each makes thousands of calls, and what a property reaches shows little of what is tested.
pytestmark = pytest.mark.no_cover
SEEDS = [
    b"https://open.spotify.com/track/4uLU6hMCjMI75M1A2tKUQC?si=1",
    b"spotify%3Auser%3Ax%3Aplaylist%3A4uLU6hMCjMI75M1A2tKUQC",
    b"https://www.deezer.com/track/" + b"9" * 5000,
    b"https://music.apple.com/us/album/x/1?i=" + b"\xef\xbc\x91" * 30,
    b"p:AAAAAAAAAAAAAAAA:1",
    b'Artist,Title\n"a,"b"\n=cmd()|\'x\'!A1,\x00',
    b"\xff\xfeA\x00 \x00-\x00",
    b'{"a":' * 5000,
]


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.__name__)
def test_any_bytes(target: Callable[[bytes], None]) -> None:
    """Nothing is raised but errors of ours, whatever comes."""

    @fuzzing(150)
    @given(st.binary(max_size=400) | st.text(max_size=200).map(str.encode))
    def check(data: bytes) -> None:
        run(target, data)

    for seed in SEEDS:
        run(target, seed)
    check()


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.__name__)
@pytest.mark.parametrize(
    "piece", [b"[", b'{"a":', b"spotify:user:", b"https://", b"%3A", b"'", b"a - b\n", b"\x00"]
)
def test_long_texts_take_no_long_time(target: Callable[[bytes], None], piece: bytes) -> None:
    """Reading stays linear: a message of the longest length, of the same piece all over."""
    run(target, piece * (20_000 // len(piece)))
