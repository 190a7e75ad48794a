from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.models import Track
from bot.platforms.urls import QUERY_CHARS, spotify_search_url, youtube_search_url


@pytest.mark.parametrize(
    ("title", "artists", "url"),
    [
        ("Glass Harbour", ["Nine Lanterns", "Ada Quill"], "Nine+Lanterns+Glass+Harbour"),
        ("Rock & Roll?", ["AC/DC"], "AC%2FDC+Rock+%26+Roll%3F"),
        ("夜", [], "%E5%A4%9C"),
        (" a\n b ", [], "a+b"),
    ],
)
def test_a_search_on_youtube(title: str, artists: list[str], url: str) -> None:
    """The results page for the first artist and the title, whatever signs they hold."""
    track = Track(title=title, artists=artists)

    assert f"https://www.youtube.com/results?search_query={url}" == youtube_search_url(track)


@given(st.text(), st.lists(st.text(), max_size=2))
def test_any_title(title: str, artists: list[str]) -> None:
    """No title breaks out of the query, and the link stays short enough to be one."""
    parts = urlsplit(youtube_search_url(Track(title=title, artists=artists)))

    assert ("www.youtube.com", "/results", "") == (parts.netloc, parts.path, parts.fragment)
    query = parse_qs(parts.query, strict_parsing=False, keep_blank_values=True)
    assert ["search_query"] == list(query)
    assert len(query["search_query"][0]) <= QUERY_CHARS


def test_lone_surrogates() -> None:
    """Half a character, as broken files have it, does not stop the link."""
    assert youtube_search_url(Track(title="a\ud800b")).endswith("=a%3Fb")


@pytest.mark.parametrize(
    ("track", "query"),
    [
        (Track(title="Halo", artists=("Beyoncé", "Guest")), "Beyonc%C3%A9%20Halo"),
        (Track(title="AC/DC?"), "AC%2FDC%3F"),
        (Track(title="x" * 300), "x" * 200),
    ],
)
def test_a_search_at_spotify(track: Track, query: str) -> None:
    """A song without a page gets a search for its first artist and its title."""
    assert f"https://open.spotify.com/search/{query}" == spotify_search_url(track)
