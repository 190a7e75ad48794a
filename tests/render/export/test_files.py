"""What each file says, read back by the readers of its format."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from typing import TYPE_CHECKING
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.models.outside_text import for_csv, from_csv, one_line
from bot.models.view import Format, ListingView, Picture
from bot.render.export.csv_file import COLUMNS
from bot.render.export.files import export
from bot.render.export.json_file import shape
from tests.render.building import TRACK_ID, track
from tests.render.export.listings import HARM, listing, road_trip

if TYPE_CHECKING:
    from bot.render.i18n import Words

SPOTIFY = f"https://open.spotify.com/track/{TRACK_ID}"
YOUTUBE = "https://www.youtube.com/watch?v=mWQIzeMqdwA"


def text(kind: Format, words: Words) -> str:
    return export(road_trip(), kind, words).content.decode("utf-8")


def cells(words: Words) -> list[dict[str, str]]:
    sheet = text(Format.CSV, words)
    assert sheet.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(sheet.removeprefix("\ufeff"), newline="")))


def test_csv(words: Words) -> None:
    """Every row in its place, with the columns for programs in English."""
    rows = cells(words)
    assert list(COLUMNS) == list(rows[0])
    assert [str(number) for number in range(1, 11)] == [row["position"] for row in rows]
    assert [
        *("audio", "video", "chosen", "search", "search", "search"),
        *("local", "gone", "episode", "search"),
    ] == [row["kind"] for row in rows]
    assert {
        "position": "1",
        "title": "Paper Moths",
        "artists": "Ottoline Brack",
        "album": "Harbour",
        "length": "3:47",
        "isrc": "GBAYE0601477",
        "spotify_url": SPOTIFY,
        "youtube_url": YOUTUBE,
        "kind": "audio",
        "score": "0.98",
    } == rows[0]
    assert ("Énergie 52; Tyler, The Creator", "1:00:05") == (rows[1]["artists"], rows[1]["length"])
    assert ("", "", "") == (rows[5]["spotify_url"], rows[5]["length"], rows[5]["score"])
    assert rows[5]["youtube_url"].startswith("https://www.youtube.com/results?")


def test_csv_lines_end_as_spreadsheets_want(words: Words) -> None:
    """CRLF between the rows, and none inside a cell."""
    lines = text(Format.CSV, words).split("\r\n")
    assert 12 == len(lines)
    assert not any("\n" in line or "\r" in line for line in lines)
    assert "Two lines" == cells(words)[9]["title"]


def test_formulas_are_neutralised(words: Words) -> None:
    """What a spreadsheet would compute begins with an apostrophe, and harm stays text."""
    row = cells(words)[3]
    assert ("'=SUM(A1:A9)", "'@home;' -", "'+1") == (row["title"], row["artists"], row["album"])
    assert HARM == cells(words)[4]["title"]


@given(st.text(alphabet="=+-@\t\r\n＝＠ a1'\"", max_size=5))
def test_no_cell_is_a_formula(cell: str) -> None:
    """Whatever it is: it begins with an apostrophe, or with nothing that computes."""
    safe = for_csv(cell)
    assert not safe.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert cell == from_csv(safe)


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1, max_size=3))
def test_csv_comes_back(titles: list[str]) -> None:
    """Any titles come back from the reader as one row each, on one line."""
    from bot.render.i18n import load_languages

    words = load_languages().words("en")
    view = ListingView(listing=listing([track(title) for title in titles]))
    sheet = export(view, Format.CSV, words).content.decode("utf-8-sig")
    back = [row["title"] for row in csv.DictReader(io.StringIO(sheet, newline=""))]

    assert [for_csv(one_line(title)) for title in titles] == back
    assert not any(title.startswith(("=", "+", "-", "@")) for title in back)


def test_txt(words: Words) -> None:
    """A heading, two or three lines a track that say what each link is, and the counts."""
    content = export(road_trip(), Format.TXT, words).content
    assert content.startswith(b"\xef\xbb\xbf")
    blocks = content.decode("utf-8-sig").split("\r\n\r\n")
    assert [
        f"Road trip {HARM}",
        "Ada · playlist",
        "10 tracks",
        "https://open.spotify.com/playlist/37i9dQZF1DXcBWIGoYBM5M",
    ] == blocks[0].split("\r\n")
    assert [
        "1  Ottoline Brack - Paper Moths · 3:47",
        f"   Spotify: {SPOTIFY}",
        f"   YouTube, official audio: {YOUTUBE}",
    ] == blocks[1].split("\r\n")
    assert f"   YouTube, official video: {YOUTUBE}" == blocks[2].split("\r\n")[2]
    assert (
        f"   YouTube, chosen by you or by several listeners: {YOUTUBE}"
        == blocks[3].split("\r\n")[2]
    )
    assert "3  \u2068أم كلثوم - أنت عمري\u2069 · 3:47" == blocks[3].split("\r\n")[0]
    links = [line.partition(": https")[0] for line in blocks[6].split("\r\n")[1:]]
    assert ["   Spotify search", "   YouTube search"] == links
    assert "   local file, only on its owner's device" == blocks[7].split("\r\n")[1]
    assert ["8  Untitled", "   no longer on Spotify"] == blocks[8].split("\r\n")
    assert "   podcast episode" == blocks[9].split("\r\n")[2]
    assert (
        "2 official · 1 chosen · 2 search only · 2 not looked up · 1 local file · "
        "1 podcast episode · 1 no longer on Spotify\r\n"
    ) == blocks[11]


def test_m3u8(words: Words) -> None:
    """Extended M3U without a mark: what was found plays, the rest is a comment that says why."""
    content = export(road_trip(), Format.M3U8, words).content
    lines = content.decode("utf-8").split("\n")
    assert ["#EXTM3U", f"#PLAYLIST:Road trip {HARM}"] == lines[:2]
    assert ["#EXTINF:227,Ottoline Brack - Paper Moths", YOUTUBE] == lines[2:4]
    assert "#EXTINF:3605,Énergie 52, Tyler, The Creator - Café del mar" == lines[4]
    assert 3 == lines.count(YOUTUBE)
    assert "# 4  @home, - - =SUM(A1:A9): no official recording known" == lines[8]
    assert "# 7  Home demo: local file, only on its owner's device" == lines[11]
    assert all(line.startswith("#") or line in (YOUTUBE, "") for line in lines)


def test_an_unknown_length_in_m3u8(words: Words) -> None:
    """A recording whose length nobody says is -1 seconds long, as players expect."""
    view = road_trip()
    [first, *_] = view.listing.tracks
    view = replace(view, listing=listing([replace(first, duration_ms=None)], title=""))
    lines = export(view, Format.M3U8, words).content.decode().split("\n")
    assert ["#EXTM3U", "#EXTINF:-1,Ottoline Brack - Paper Moths"] == lines[:2]


def test_json_is_the_shape_of_show(words: Words) -> None:
    """The very data of `tracklink show --format json`, harm and all."""
    view = road_trip()
    tracks = [*view.listing.tracks[:9]]
    view = replace(view, listing=replace(view.listing, tracks=tracks))
    content = export(view, Format.JSON, words).content

    assert shape(view.listing, view.results) == json.loads(content)
    assert HARM == json.loads(content)["tracks"][4]["title"]
    assert ["no link is stored"] == [
        reason["detail"] for reason in json.loads(content)["tracks"][5]["youtube"]["reasons"]
    ]


def test_zip_holds_all(words: Words) -> None:
    """Every other file under its own name, the same bytes each time."""
    picture = Picture("image/png", b"\x89PNG")
    whole = export(road_trip(), Format.ZIP, words, picture)
    with ZipFile(io.BytesIO(whole.content)) as archive:
        packed = {name: archive.read(name) for name in archive.namelist()}
    files = [export(road_trip(), kind, words, picture) for kind in Format if kind != "zip"]

    assert {file.name: file.content for file in files} == packed
    assert whole == export(road_trip(), Format.ZIP, words, picture)


@pytest.mark.parametrize(
    ("owner", "name"),
    [("Ada", "Ada - Road trip.csv"), ("Road trip", "Road trip.csv"), (None, "Road trip.csv")],
)
def test_the_name_of_a_file(owner: str | None, name: str, words: Words) -> None:
    """The owner and the title, where they are not the same."""
    view = ListingView(listing=listing([track()], title="Road trip", owner=owner))
    assert name == export(view, Format.CSV, words).name


def test_a_list_without_a_name(words: Words) -> None:
    """Even so a file has one."""
    view = ListingView(listing=listing([], title="", owner=None))
    assert ["list.csv", "list.html"] == [
        export(view, kind, words).name for kind in (Format.CSV, Format.HTML)
    ]
