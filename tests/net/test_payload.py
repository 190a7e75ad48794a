from __future__ import annotations

import time
from email.utils import formatdate

import pytest

from bot.net.payload import address, code, cover, seconds


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ("7", 7.0),
        (" 86236 ", 86_236.0),
        ("1.5", 1.5),
        ("99999999999", 99_999_999_999.0),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0.0),
        ("Thu, 01 Jan 99999 00:00:00 GMT", 60.0),
        ("9" * 400, 60.0),
        ("-3", 60.0),
        ("1e15", 60.0),
        ("inf", 60.0),
        ("nan", 60.0),
        ("soon", 60.0),
        ("", 60.0),
        (None, 60.0),
    ],
)
def test_a_retry_after_is_a_number_or_a_date(header: str | None, told: float) -> None:
    """What is neither says nothing, and the default stands."""
    assert told == seconds(header, default=60.0)


@pytest.mark.parametrize("ahead", [90, 200_000_000_000])
def test_a_date_is_so_far_away(ahead: int) -> None:
    """Also one of the year 8000."""
    header = formatdate(time.time() + ahead, usegmt=True)

    assert ahead == pytest.approx(seconds(header, default=60.0), abs=5)


@pytest.mark.parametrize("bad", ['x"><img>', "a\nb", "a b", "é", "a" * 65, "", 7, None])
def test_an_id_is_made_of_letters_and_digits(bad: object) -> None:
    """Addresses are made of ids, and addresses stand in messages and files."""
    assert code({"id": bad}, "id") is None
    assert "4uLU6hMCjMI75M1A2tKUQC" == code({"id": "4uLU6hMCjMI75M1A2tKUQC"}, "id")


@pytest.mark.parametrize(
    "bad", ["javascript:alert(1)", "https://a.test/\x1b[2J", "https://a b", "https://" + "a" * 3000]
)
def test_an_address_holds_no_orders(bad: str) -> None:
    """What is no plain address of the web is left out."""
    good = {"url": "https://i.scdn.co/image/ab", "width": 64}
    assert address(bad) is None
    assert "https://i.scdn.co/image/ab" == cover([{"url": bad, "width": 640}, good])
