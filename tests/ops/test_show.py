"""`tracklink show`: the JSON that scripts read, the table that people read, and the verdicts."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from bot.config import load, sample_settings
from bot.ops.show import show
from bot.sandbox import services
from bot.telemetry import configure
from tests.e2e import worlds
from tests.e2e.faults import How
from tests.e2e.live import SAMPLE, addresses
from tests.e2e.services import Loopback
from tests.e2e.serving import serve
from tests.logs import restored

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.config import Settings

TRACK = "https://open.spotify.com/track/sampleTrackPaperMoth01"
ALBUM = "https://open.spotify.com/album/sampleAlbumHarbour0001"
ATLAS = "https://open.spotify.com/playlist/samplePlaylistAtlas001"
LONGEST = "https://open.spotify.com/playlist/samplePlaylistLongest1"
ORDERS = "T\x1b]0;pwn\x07\x1b[31mX\x9b31mC1\u202egnp\u2066iso\x08\rCR\u2028LS"
PLAIN = worlds.playlist("Nasty", 2)
SONG = replace(PLAIN.tracks[0], title=ORDERS, artists=(ORDERS,), album=ORDERS)
NASTY = replace(PLAIN, title=ORDERS, owner=ORDERS, tracks=(SONG, PLAIN.tracks[1]))
WORLD = worlds.world([worlds.playlist("Road trip", 5), NASTY])
ROAD_TRIP = f"https://open.spotify.com/playlist/{worlds.playlist_id('Road trip')}"
LISTING = {"kind", "id", "title", "url", "source", "complete", "tracks"}
ROW = {
    *("position", "title", "artists", "album", "duration_ms", "isrc"),
    *("spotify_url", "youtube"),
}


async def sampled(capsys: pytest.CaptureFixture[str], *texts: str) -> list[dict[str, Any]]:
    code = await show(texts, sample_settings(), as_json=True, transports=services.transports())
    out, err = capsys.readouterr()
    assert (0, "") == (code, err)
    shown: list[dict[str, Any]] = json.loads(out)
    return shown


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """The log as the command line sets it up: errors only, and never on stdout."""
    with restored():
        configure(load(_env_file=None, log_level="ERROR"))
        yield


@pytest.fixture
def loopback() -> Iterator[Loopback]:
    with serve(Loopback(world=WORLD)) as loopback:
        yield loopback


@pytest.fixture
def settings(loopback: Loopback) -> Settings:
    return load(_env_file=None).model_copy(update=SAMPLE | addresses(loopback))


async def test_a_track_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    """Every field of the contract, with the official recording, its score and its reasons."""
    [listing] = await sampled(capsys, TRACK)

    [row] = listing["tracks"]
    youtube = row["youtube"]
    assert LISTING <= listing.keys()
    assert ROW <= row.keys()
    assert ["track", "sampleTrackPaperMoth01", TRACK, "web_api", True] == [
        listing[name] for name in ("kind", "id", "url", "source", "complete")
    ]
    assert [1, "Paper Moths at the Window", ["Ottoline Brack"], 227_000, TRACK] == [
        row[name] for name in ("position", "title", "artists", "duration_ms", "spotify_url")
    ]
    assert row["isrc"].startswith("ZZSMP26")
    assert {"url", "kind", "score", "reasons"} == youtube.keys()
    assert youtube["url"].startswith("https://www.youtube.com/watch?v=")
    assert "audio" == youtube["kind"]
    assert 0.5 < youtube["score"] <= 1
    assert youtube["reasons"]


async def test_every_kind_of_row_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    """Positions count all rows; what is no song has no YouTube link, and a search has no score."""
    [listing] = await sampled(capsys, ATLAS)

    rows = listing["tracks"]
    kinds = [row["youtube"] and row["youtube"]["kind"] for row in rows]
    [searched] = [row["youtube"] for row in rows if (row["youtube"] or {}).get("kind") == "search"]
    assert list(range(1, 46)) == [row["position"] for row in rows]
    assert {"audio", "video", "search", None} == set(kinds)
    assert 3 == kinds.count(None)
    assert searched["url"].startswith("https://www.youtube.com/results?search_query=")
    assert [None, []] == [searched["score"], searched["reasons"]]


async def test_a_cut_list_is_not_complete(capsys: pytest.CaptureFixture[str]) -> None:
    """What the embed page cuts says so."""
    [listing] = await sampled(capsys, LONGEST)

    assert ["embed", False, 100] == [listing["source"], listing["complete"], len(listing["tracks"])]


async def test_all_samples_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    """Every sample listing, small ones first."""
    shown = await sampled(capsys, *services.links())

    assert services.links() == [listing["url"] for listing in shown]


async def test_a_table_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    """Names, whole links and what was found, for copying."""
    code = await show([ALBUM], sample_settings(), transports=services.transports())
    out, _ = capsys.readouterr()

    assert 0 == code
    assert "Harbour of Small Hours" in out
    assert ALBUM in out
    assert "audio https://www.youtube.com/watch?v=t3IfcIr0xQ_" in out.replace("\n", " ")
    assert out.rstrip().endswith("12 official · 2 search only")


@pytest.mark.parametrize(("as_json", "explain"), [(False, False), (False, True), (True, True)])
async def test_nothing_gives_the_terminal_orders(
    loopback: Loopback, capsys: pytest.CaptureFixture[str], *, as_json: bool, explain: bool
) -> None:
    """Whatever songs are called: no cursor moves, no title of the window, no direction turned."""
    settings = load(_env_file=None, **SAMPLE | addresses(loopback))
    assert NASTY.url
    await show([NASTY.url, f"{ORDERS} nothing"], settings, as_json=as_json, explain=explain)
    out, err = capsys.readouterr()

    assert "gnp" in out
    assert not {sign for sign in ORDERS if not sign.isprintable()} & set(out + err)


async def test_links_among_other_words(capsys: pytest.CaptureFixture[str]) -> None:
    """Several links in one argument are all shown; a bad one does not keep the good ones away."""
    code = await show(
        [f"this {TRACK} and {ALBUM}", "nonsense"],
        sample_settings(),
        as_json=True,
        transports=services.transports(),
    )
    out, err = capsys.readouterr()

    assert (2, "nonsense: this is no link that I can read.\n") == (code, err)
    assert [TRACK, ALBUM] == [listing["url"] for listing in json.loads(out)]


async def test_youtube_does_not_answer(
    capsys: pytest.CaptureFixture[str], loopback: Loopback, settings: Settings
) -> None:
    """The listing is printed with its searches and why, and the exit code says that it failed."""
    loopback.fail("youtube_music", How.HTML, path="search")
    code = await show([ROAD_TRIP], settings, as_json=True)
    out, err = capsys.readouterr()

    [listing] = json.loads(out)
    assert 3 == code
    assert err.startswith("Road trip: 5 tracks were not looked up: youtube_music")
    assert 1 == err.count("\n")
    assert {"search"} == {row["youtube"]["kind"] for row in listing["tracks"]}
    reasons = [row["youtube"]["reasons"][0]["code"] for row in listing["tracks"]]
    assert ["not_looked_up"] * 5 == reasons


async def test_a_verdict_is_one_line_whatever_the_list_is_called(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A list's name cannot pass for a second line of what is said about it."""
    loopback_world = worlds.world([replace(PLAIN, title="Nice\nnonsense: done")])
    with serve(Loopback(world=loopback_world)) as loopback:
        loopback.fail("youtube_music", How.HTML, path="search")
        settings = load(_env_file=None).model_copy(update=SAMPLE | addresses(loopback))
        assert PLAIN.url
        await show([PLAIN.url], settings, as_json=True)

    assert ["Nice nonsense: done"] == [
        line.split(": 2 tracks")[0] for line in capsys.readouterr().err.splitlines()
    ]


async def test_spotify_does_not_answer(
    capsys: pytest.CaptureFixture[str], loopback: Loopback, settings: Settings
) -> None:
    """One sentence on stderr, an empty list on stdout, exit code 3."""
    loopback.fail("spotify_api", How.STATUS, status=403)
    loopback.fail("spotify_web", How.STATUS, status=403)
    code = await show([ROAD_TRIP], settings, as_json=True)
    out, err = capsys.readouterr()

    assert (3, []) == (code, json.loads(out))
    assert (
        f"{ROAD_TRIP}: Spotify does not let bots read this playlist. "
        "Select its songs in Spotify's desktop app, copy, and paste them here, "
        "or send me a .txt or .csv file.\n"
    ) == err
