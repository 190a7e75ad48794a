"""Made-up Apple Music and Deezer answer in the shapes and with the faults of the real ones."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.sandbox.services import catalogue
from bot.sandbox.services.ids import number, youtube_list
from bot.sandbox.services.transports import Services

WORLD = catalogue.world(catalogue.read())
SERVICES = Services(WORLD)
SONG = next(iter(WORLD.tracks().values()))
ALBUM = next(at for at in WORLD.listings.values() if at.kind == "album")
LONG = max(WORLD.listings.values(), key=lambda at: len(at.tracks))
APPLE = f"https://itunes.apple.com/lookup?id={number('apple', SONG.key)}"
DEEZER = "https://api.deezer.com"


def get(url: str) -> Any:
    answer = SERVICES.answer("GET", url, {}, b"")
    return json.loads(answer.content) if answer.content else answer.status


def test_a_song_of_apple() -> None:
    """As the iTunes Search API names things."""
    [row] = get(APPLE)["results"]
    assert (SONG.title, SONG.duration_ms, "song", "track") == (
        row["trackName"],
        row["trackTimeMillis"],
        row["kind"],
        row["wrapperType"],
    )


def test_an_album_of_apple() -> None:
    """The album itself, and its songs only where they are asked for."""
    address = f"https://itunes.apple.com/lookup?id={number('apple', ALBUM.id)}"
    assert ["collection"] == [row["wrapperType"] for row in get(address)["results"]]
    rows = get(f"{address}&entity=song")["results"]
    assert len(ALBUM.tracks) + 1 == len(rows) == get(f"{address}&entity=song")["resultCount"]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("lookup?id=1", {"resultCount": 0, "results": []}),
        ("search?term=no+such+song", {"resultCount": 0, "results": []}),
        ("other", 404),
    ],
)
def test_what_apple_does_not_have(path: str, expected: Any) -> None:
    """An empty list, never an error."""
    assert expected == get(f"https://itunes.apple.com/{path}")


def test_a_track_of_deezer_by_number_and_by_code() -> None:
    """The same row, with its ISRC."""
    name = number("deezer", SONG.key)
    row = get(f"{DEEZER}/track/{name}")
    assert row == get(f"{DEEZER}/track/isrc:{SONG.isrc}")
    assert (SONG.title, SONG.isrc, f"https://www.deezer.com/track/{name}") == (
        row["title"],
        row["isrc"],
        row["link"],
    )


@pytest.mark.parametrize("path", ["track/1", "track/isrc:XX", "album/1", "playlist/1/tracks", "x"])
def test_what_deezer_does_not_have(path: str) -> None:
    """An error that comes with HTTP 200."""
    answer = SERVICES.answer("GET", f"{DEEZER}/{path}", {}, b"")
    assert (200, 800) == (answer.status, json.loads(answer.content)["error"]["code"])


def test_deezers_pages() -> None:
    """25 rows unless another number is asked for, and where the next ones are."""
    path = f"{DEEZER}/playlist/{number('deezer', LONG.id)}/tracks"
    first = get(path)
    assert 25 == len(first["data"])
    assert "index=25" in first["next"]
    rest = get(f"{path}?index=100&limit=100")
    assert first["total"] - 100 == len(rest["data"])
    assert "next" not in rest


def test_deezers_search() -> None:
    """All words have to be there."""
    assert SONG.title == get(f"{DEEZER}/search?q=paper+moths+window&limit=1")["data"][0]["title"]
    assert [] == get(f"{DEEZER}/search?q=paper+elephants")["data"]


def test_short_links() -> None:
    """A known code redirects to the page, an unknown one is not there."""
    name = number("deezer", SONG.key)
    answer = SERVICES.answer("GET", f"https://link.deezer.com/s/sample{name}", {}, b"")
    assert 302 == answer.status
    assert answer.headers["location"].startswith(f"https://www.deezer.com/track/{name}?")
    for gone in ("https://link.deezer.com/s/x", "https://deezer.page.link/"):
        assert 404 == SERVICES.answer("GET", gone, {}, b"").status


def test_ids_are_well_formed_and_stay() -> None:
    """The same number each time, another one at each service."""
    assert number("apple", "x") == number("apple", "x") != number("deezer", "x")
    assert number("apple", "x").isdecimal()
    assert youtube_list(LONG.id).startswith("PL")
