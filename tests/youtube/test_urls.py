from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.models import Track
from bot.youtube.urls import QUERY_CHARS, search_url


@pytest.mark.parametrize(
    ("title", "artists", "url"),
    [
        ("Glass Harbour", ["Nine Lanterns", "Ada Quill"], "Nine+Lanterns+Glass+Harbour"),
        ("Rock & Roll?", ["AC/DC"], "AC%2FDC+Rock+%26+Roll%3F"),
        ("夜", [], "%E5%A4%9C"),
        (" a\n b ", [], "a+b"),
    ],
)
def test_search_url(title: str, artists: list[str], url: str) -> None:
    """The results page for the first artist and the title, whatever signs they hold."""
    track = Track(title=title, artists=artists)

    assert f"https://www.youtube.com/results?search_query={url}" == search_url(track)


@given(st.text(), st.lists(st.text(), max_size=2))
def test_any_title(title: str, artists: list[str]) -> None:
    """No title breaks out of the query, and the link stays short enough to be one."""
    parts = urlsplit(search_url(Track(title=title, artists=artists)))

    assert ("www.youtube.com", "/results", "") == (parts.netloc, parts.path, parts.fragment)
    query = parse_qs(parts.query, strict_parsing=False, keep_blank_values=True)
    assert ["search_query"] == list(query)
    assert len(query["search_query"][0]) <= QUERY_CHARS


def test_lone_surrogates() -> None:
    """Half a character, as broken files have it, does not stop the link."""
    assert search_url(Track(title="a\ud800b")).endswith("=a%3Fb")
