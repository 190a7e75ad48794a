"""Tables, as the tools that people use write them."""

from __future__ import annotations

import tracemalloc

import pytest

from bot.models.songlist import BadList, Flaw, Miss, Row, Unread
from bot.resolve.uploads.reader import read_file
from bot.resolve.uploads.table import MOST_CELLS

ID = "0DiWol3AO6WpXZgp0goxAV"
OTHER = "3H3cOQ6LBLSvmcaV7QkZEu"
HEAD = (
    '"Track URI","Track Name","Artist URI(s)","Artist Name(s)","Album Name",'
    '"Track Duration (ms)","ISRC"\n'
)
EXPORTIFY = (
    f'"spotify:track:{ID}","One More Time","spotify:artist:a","Daft Punk, Tyler\\, The Creator",'
    '"Discovery","320357","GBDUW0000053"\n'
    '"spotify:local:Kitchen+Band::Demo:213","Demo","","Kitchen Band","","213000",""\n'
)


def test_exportify() -> None:
    """Exportify's columns: link, names, album, length and ISRC; a local file has no link."""
    found = read_file("Road_trip.csv", f"{HEAD}{EXPORTIFY}".encode("utf-8-sig"))

    assert "Road trip" == found.title
    assert () == found.misses
    first, second = found.rows
    assert (2, ("track", ID), "One More Time") == (first.line, first.link, first.title)
    assert ("Daft Punk", "Tyler, The Creator") == first.artists
    assert ("Discovery", 320_357, "GBDUW0000053") == (first.album, first.length_ms, first.isrc)
    assert (None, "Demo", 213_000) == (second.link, second.title, second.length_ms)


@pytest.mark.parametrize(
    ("head", "row"),
    [
        ("Title;Artist;Album;Length", "Aerodynamic;Daft Punk;Discovery;3:32"),
        ("artist\ttitle\talbum\tduration", "Daft Punk\tAerodynamic\tDiscovery\t212"),
        ("#|Song|Performer|Album|Time", "1|Aerodynamic|Daft Punk|Discovery|0:03:32"),
        ("Şarkı,Sanatçı,Albüm,Süre", "Aerodynamic,Daft Punk,Discovery,212000"),
        (
            '"track_name","artist_name","duration_ms","album_name"',
            '"Aerodynamic","Daft Punk","212000","Discovery"',
        ),
        (
            "position,title,artists,album,length,ISRC,Spotify URL,YouTube URL,kind,score",
            "2,Aerodynamic,Daft Punk,Discovery,3:32,,,https://www.youtube.com/watch?v=x,audio,0.9",
        ),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1254"])
def test_columns(head: str, row: str, encoding: str) -> None:
    """Whatever sign parts the columns, and whatever they are called."""
    found = read_file("a.csv", f"{head}\r\n{row}\r\n\r\n".encode(encoding))

    [song] = found.rows
    assert ("Aerodynamic", ("Daft Punk",), "Discovery", 212_000) == (
        song.title,
        song.artists,
        song.album,
        song.length_ms,
    )


@pytest.mark.parametrize("length", ["9" * 10, "9" * 320, "9" * 5000, "²", "٣"])
@pytest.mark.parametrize("column", ["Track Duration (ms)", "Length"])
def test_a_length_that_is_none(column: str, length: str) -> None:
    """What no recording lasts, in digits that nobody counts with, is no length; the song stays."""
    found = read_file("a.csv", f"title,artist,{column}\nVoyager,Daft Punk,{length}\n".encode())

    assert [("Voyager", None)] == [(row.title, row.length_ms) for row in found.rows]


def test_only_links() -> None:
    """A table of links needs no names; cells that are no song are misses with their line."""
    text = (
        "Spotify URL,Artist,Added\n"
        f"https://open.spotify.com/track/{ID},,2026\n"
        ",Nobody,2026\n"
        f"https://open.spotify.com/album/{OTHER},,2026\n"
    )
    found = read_file("a.csv", text.encode())

    assert [("track", ID)] == [row.link for row in found.rows]
    assert [(3, Unread.NO_TITLE), (4, Unread.LIST)] == [(m.line, m.why) for m in found.misses]


def test_cells_that_could_be_formulas() -> None:
    """What an export put before a sign is taken away again; line breaks in a cell are spaces."""
    found = read_file("a.csv", b"title,artist\n'=1+1,'@band\n\"two\nlines\",x;y\n")

    assert [("=1+1", ("@band",)), ("two lines", ("x", "y"))] == [
        (row.title, row.artists) for row in found.rows
    ]
    assert [2, 4] == [row.line for row in found.rows]


def test_a_table_without_names() -> None:
    """Two columns are artist and title; a link is one wherever it stands."""
    text = f"Daft Punk,Aerodynamic\n1,x,spotify:track:{ID}\nDaft Punk - Face to Face,\n...,\n"
    found = read_file("a.csv", text.encode())

    assert [("Aerodynamic", None), ("", ("track", ID)), ("Face to Face", None)] == [
        (row.title, row.link) for row in found.rows
    ]
    assert [Miss(line=4, text="...", why=Unread.NO_SONG)] == list(found.misses)


@pytest.mark.parametrize("text", ["a,b,c\nd,e,f\n", 'title,artist\n"' + "x" * 200_000 + '",y\n'])
def test_columns_that_nobody_knows(text: str) -> None:
    """More columns without names, or a cell without an end, are refused as a whole."""
    with pytest.raises(BadList) as caught:
        read_file("a.csv", text.encode())
    assert Flaw.COLUMNS is caught.value.why


def test_rows_that_are_too_short() -> None:
    """A row may end early."""
    found = read_file("a.csv", b"title,artist,album\nAerodynamic\n")

    assert [Row(line=2, text="Aerodynamic", title="Aerodynamic")] == list(found.rows)


@pytest.mark.parametrize(
    ("raw", "flaw"),
    [
        (b"title,artist\n" + b"ab," * 1_600_000 + b"ab", Flaw.NO_SONGS),
        (b"title;artist\n" + b"ab;" * 1_600_000 + b"ab", Flaw.NO_SONGS),
        (b"title,artist\n" + b'"\n' + (b'",' + b"ab," * 400 + b'"\n') * 4_000, Flaw.COLUMNS),
        (b"a," * 2_500_000 + b"a", Flaw.COLUMNS),
    ],
    ids=["commas", "semicolons", "quotes", "without names"],
)
def test_millions_of_cells(raw: bytes, flaw: Flaw) -> None:
    """A file of nothing but cells is refused before they are made: each takes 60 bytes."""
    tracemalloc.start()
    try:
        with pytest.raises(BadList) as caught:
            read_file("a.csv", raw)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert flaw is caught.value.why
    assert peak < 30_000_000


def test_a_line_of_too_many_cells() -> None:
    """It alone is missed, with its number; empty cells at an end are none."""
    empty = "," * 16_384
    junk = "x," * MOST_CELLS + "x"
    text = f'title,artist{empty}\n"Aero\ndynamic",Daft Punk{empty}\n{junk}\n{empty}\nVoyager,\n'
    found = read_file("a.csv", text.encode())

    assert [(3, "Aero dynamic"), (6, "Voyager")] == [(row.line, row.title) for row in found.rows]
    assert [(4, Unread.TOO_LONG)] == [(miss.line, miss.why) for miss in found.misses]
