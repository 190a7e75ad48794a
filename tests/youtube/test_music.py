from __future__ import annotations

import asyncio
import json
import threading
import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests
from werkzeug import Response

from bot.clock import Timing
from bot.errors import (
    NotFound,
    RateLimited,
    Refused,
    Service,
    SourceError,
    Unavailable,
    Unreadable,
)
from bot.models import Candidate, CandidateKind
from bot.net.bounded import MAX_BYTES
from bot.net.circuit import ATTEMPTS, CircuitBreaker
from bot.youtube import transport
from bot.youtube.music import Seat, YouTubeMusic
from tests.drip import HEAD_200, dripping
from tests.youtube import innertube
from tests.youtube.innertube import HEAD, OMV, Json, Said, Wire, body_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from pytest_httpserver import HTTPServer
    from werkzeug import Request

    from tests.conftest import SetClock

BASE = "http://127.0.0.1:9/music"
FOUND = Said(innertube.answer(innertube.song()))
HTML = Said(b"<html><title>Sorry...</title></html>", headers={"Content-Type": "text/html"})
RECORDED = Path(__file__).parents[3] / "shared" / "payloads" / "youtube-music"


@pytest.fixture
def make(now: SetClock) -> Iterator[Callable[..., tuple[YouTubeMusic, Wire]]]:
    made: list[YouTubeMusic] = []

    def music(timing: Timing = Timing(), **replies: Any) -> tuple[YouTubeMusic, Wire]:
        wire = Wire(**replies)
        circuit = CircuitBreaker(Service.YOUTUBE_MUSIC, clock=now)
        made.append(
            YouTubeMusic(base_url=BASE, circuit=circuit, adapter=wire, clock=now, timing=timing)
        )
        return made[-1], wire

    yield music
    for music_ in made:
        music_.close()


async def test_song(make: Callable[..., tuple[YouTubeMusic, Wire]]) -> None:
    """A row among songs gives everything a candidate can hold."""
    row = innertube.song(artists=("Nine Lanterns", "Ada Quill"), explicit=True)
    music, _ = make(search=Said(innertube.answer(row)))

    found = await music.search("Nine Lanterns Glass Harbour", "songs")

    assert [
        Candidate(
            video_id="songsongs01",
            title="Glass Harbour",
            channel="Nine Lanterns",
            artists=("Nine Lanterns", "Ada Quill"),
            album="Night Ferry",
            album_id="MPREb_ferry",
            duration_s=212,
            kind=CandidateKind.AUDIO,
            views=1_500_000,
            explicit=True,
        )
    ] == found


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        ("MUSIC_VIDEO_TYPE_ATV", CandidateKind.AUDIO),
        ("MUSIC_VIDEO_TYPE_OMV", CandidateKind.VIDEO),
        ("MUSIC_VIDEO_TYPE_OFFICIAL_SOURCE_MUSIC", CandidateKind.OFFICIAL),
        ("MUSIC_VIDEO_TYPE_UGC", CandidateKind.UPLOAD),
        ("MUSIC_VIDEO_TYPE_SOMETHING_NEW", CandidateKind.UNKNOWN),
        (None, CandidateKind.UNKNOWN),
    ],
)
async def test_kinds(
    make: Callable[..., tuple[YouTubeMusic, Wire]], told: str | None, kind: CandidateKind
) -> None:
    """YouTube's word for what a video is decides, and an unknown word claims nothing."""
    rows = innertube.answer(innertube.video(kind=told), shelf="Videos")
    music, _ = make(search=Said(rows))

    (found,) = await music.search("Glass Harbour", "videos")

    assert kind == found.kind


@pytest.mark.parametrize(
    ("views", "count"),
    [
        ("1.4M views", 1_400_000),
        ("2B views", 2_000_000_000),
        ("4,505 views", 4505),
        ("37 views", 37),
        ("No views", None),
        (f"{'9' * 21} views", None),
        (f"{'9' * 20}B views", None),
    ],
)
async def test_views(
    make: Callable[..., tuple[YouTubeMusic, Wire]], views: str, count: int | None
) -> None:
    """View counts are numbers; what is none is left out."""
    rows = innertube.answer(innertube.video(views=views), shelf="Videos")
    music, _ = make(search=Said(rows))

    (found,) = await music.search("Glass Harbour", "videos")

    assert count == found.views


async def test_rows_that_lack_something(make: Callable[..., tuple[YouTubeMusic, Wire]]) -> None:
    """A row without id or greyed out is skipped; one without the rest is kept without it."""
    greyed = innertube.song(video="greyedgrey1")
    renderer = greyed["musicResponsiveListItemRenderer"]
    renderer["musicItemRendererDisplayPolicy"] = innertube.GREYED_OUT
    bare = innertube.song(video="barebarebar", artists=(), album=None, length="1:00", kind=None)
    music, _ = make(search=Said(innertube.answer(innertube.song(video=None), greyed, bare)))

    found = await music.search("Glass Harbour", "songs")

    expected = Candidate(
        video_id="barebarebar",
        title="Glass Harbour",
        duration_s=60,
        views=1_500_000,
        explicit=False,
    )
    assert [expected] == found


async def test_what_is_asked(make: Callable[..., tuple[YouTubeMusic, Wire]]) -> None:
    """A search names its filter, in English, and asks for one page only, at our address."""
    music, wire = make(search=Said(innertube.answer(innertube.song(), more=True)))

    await music.search("Nine Lanterns Glass Harbour", "songs")

    (asked,) = wire.asked("search")
    body = body_of(asked)
    assert f"{BASE}/youtubei/v1/search?alt=json" == asked.url
    assert ("Nine Lanterns Glass Harbour", "en") == (
        body["query"],
        body["context"]["client"]["hl"],
    )
    assert "EgWKAQIIAUICCAFqDBAOEAoQAxAEEAkQBQ%3D%3D" == body["params"]  # songs, spelt as asked
    assert (transport.CONNECT_S, Timing().music_silence_s) == wire.options[-1]["timeout"]


@pytest.mark.parametrize(("again", "requests_"), [(True, 2), (False, 1)])
async def test_empty(
    make: Callable[..., tuple[YouTubeMusic, Wire]], again: bool, requests_: int
) -> None:
    """An empty answer is asked for once more, and no oftener, unless it need not be."""
    music, wire = make(search=Said(innertube.nothing()))

    found = await music.search("Glass Harbour", "songs", again=again)

    assert ([], requests_) == (found, len(wire.asked("search")))


async def test_empty_by_chance(make: Callable[..., tuple[YouTubeMusic, Wire]]) -> None:
    """What the second asking brings is the answer."""
    music, _ = make(search=[Said(innertube.nothing()), FOUND])

    assert 1 == len(await music.search("Glass Harbour", "songs"))


async def test_album(make: Callable[..., tuple[YouTubeMusic, Wire]]) -> None:
    """An album's page gives its tracks, which bear the album's name, artists and page."""
    page = innertube.album(
        innertube.album_song(1, "Glass Harbour", video="albumsong01"),
        innertube.album_song(2, "Slow Bells", video="albumsong02", length="4:05"),
        innertube.album_song(3, "Not on sale", video=None),
    )
    music, wire = make(browse=Said(page))

    first, second = await music.album("MPREb_ferry")

    assert {"browseId": "MPREb_ferry"}.items() <= body_of(wire.asked("browse")[0]).items()
    assert ("Slow Bells", 245, CandidateKind.AUDIO, "MPREb_ferry") == (
        second.title,
        second.duration_s,
        second.kind,
        second.album_id,
    )
    assert ("albumsong01", ("Nine Lanterns",), "Night Ferry") == (
        first.video_id,
        first.artists,
        first.album,
    )


async def test_no_album(make: Callable[..., tuple[YouTubeMusic, Wire]]) -> None:
    """What is no album's id is not asked for."""
    music, wire = make(browse=HTML)

    with pytest.raises(NotFound):
        await music.album("UCsomebody")

    assert [] == wire.asked("browse")


TRUNCATED = Said(json.dumps(innertube.answer(innertube.song())).encode()[:-40])
OTHER_SHAPE: Json = {"contents": {"tabbedSearchResultsRenderer": {"tabs": [{}]}}}


@pytest.mark.parametrize(
    ("reply", "error", "attempts"),
    [
        (HTML, Unavailable, ATTEMPTS),
        (Said(b"<!doctype html>"), Unavailable, ATTEMPTS),
        (TRUNCATED, Unavailable, ATTEMPTS),
        (Said(b""), Unavailable, ATTEMPTS),
        (Said(b"7"), Unreadable, 1),
        (Said(b"[" * 100_000), Unreadable, 1),
        (Said(OTHER_SHAPE), Unreadable, 1),
        (Said(innertube.answer(innertube.song(), {"someOtherRenderer": {}})), Unreadable, 1),
        (Said({"error": {"message": "bad"}}, status=400), Refused, 1),
        (Said({"error": {}}, status=403), Refused, 1),
        (Said(b"", status=404), NotFound, 1),
        (Said(b"", status=408), Unavailable, ATTEMPTS),
        (Said(b"broken", status=500), Unavailable, ATTEMPTS),
        (Said(b"", status=302, headers={"Location": "https://consent.example/"}), Refused, 1),
        (Said(b"", status=429, headers={"Retry-After": "2"}), RateLimited, ATTEMPTS),
        (Said(b"", status=429, headers={"Retry-After": "80000"}), RateLimited, 1),
        (Said(b"", status=429), RateLimited, 1),
        (requests.ConnectTimeout(), Unavailable, ATTEMPTS),
        (requests.ReadTimeout(), Unavailable, ATTEMPTS),
        (requests.ConnectionError(), Unavailable, ATTEMPTS),
    ],
)
async def test_failures(
    make: Callable[..., tuple[YouTubeMusic, Wire]],
    reply: Said | Exception,
    error: type[SourceError],
    attempts: int,
) -> None:
    """Every failure comes out as the error of its meaning, and only what may pass is retried."""
    music, wire = make(search=reply)

    with pytest.raises(error) as raised:
        await music.search("Glass Harbour", "songs")

    assert (error, Service.YOUTUBE_MUSIC) == (type(raised.value), raised.value.service)
    assert len(str(raised.value)) < 100  # ytmusicapi's own texts quote the whole answer
    assert attempts == len(wire.asked("search"))


async def test_recovery(make: Callable[..., tuple[YouTubeMusic, Wire]]) -> None:
    """A failure that passes is not seen."""
    music, _ = make(search=[Said(b"", status=503), HTML, FOUND])

    assert 1 == len(await music.search("Glass Harbour", "songs"))


async def test_circuit(make: Callable[..., tuple[YouTubeMusic, Wire]], now: SetClock) -> None:
    """After a long Retry-After nothing is asked until it has passed."""
    limited = Said(b"", status=429, headers={"Retry-After": "600"})
    music, wire = make(search=[limited, FOUND])

    with pytest.raises(RateLimited):
        await music.search("Glass Harbour", "songs")
    with pytest.raises(Unavailable):
        await music.search("Glass Harbour", "songs")
    assert 1 == len(wire.asked("search"))
    now.forward(seconds=601)

    assert 1 == len(await music.search("Glass Harbour", "songs"))


async def test_slow_drip(now: SetClock) -> None:
    """An answer that drips for longer than the whole time allowed is given up."""
    with dripping(HEAD_200) as address:
        circuit = CircuitBreaker(Service.YOUTUBE_MUSIC, clock=now)
        timing = Timing(whole_answer_s=0.1)
        music = YouTubeMusic(base_url=address, circuit=circuit, width=1, timing=timing)
        with pytest.raises(Unavailable, match="too slow"):
            await music.search("Glass Harbour", "songs")
        music.close()


async def test_huge(make: Callable[..., tuple[YouTubeMusic, Wire]]) -> None:
    """An answer beyond all measure is given up."""
    music, _ = make(search=Said(b" " * (MAX_BYTES + 1)))

    with pytest.raises(Unreadable, match=f"more than {MAX_BYTES} bytes"):
        await music.search("Glass Harbour", "songs")


async def test_one_visitor_for_all(make: Callable[..., tuple[YouTubeMusic, Wire]]) -> None:
    """The main page is fetched once, however many threads search, and all send its visitor."""
    barrier = threading.Barrier(8)

    def together(_: requests.PreparedRequest) -> Said:
        barrier.wait(timeout=10)  # every one of the eight threads is searching
        return FOUND

    music, wire = make(search=together)

    await asyncio.gather(*(music.search(f"song {n}", "songs") for n in range(8)))

    assert 1 == len(wire.asked("page"))
    assert {"a-visitor"} == {
        request.headers.get("X-Goog-Visitor-Id") for request in wire.asked("search")
    }


async def test_parsed_one_after_the_other(
    make: Callable[..., tuple[YouTubeMusic, Wire]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Answers that come together are parsed in turn, and a failed parse lets the next one in."""
    parsing: list[int] = []
    most = 0

    def parse(rows: Sequence[Json]) -> list[Candidate]:
        nonlocal most
        parsing.append(1)
        most = max(most, len(parsing))
        time.sleep(0)  # lets another thread run, were there one
        parsing.pop()
        raise KeyError(len(rows))

    monkeypatch.setattr("bot.youtube.music.candidates", parse)
    barrier = threading.Barrier(8)

    def together(_: requests.PreparedRequest) -> Said:
        barrier.wait(timeout=10)
        return FOUND

    music, _ = make(search=together)
    results = await asyncio.gather(
        *(music.search(f"song {n}", "songs") for n in range(16)), return_exceptions=True
    )

    assert ({Unreadable}, 1) == ({type(result) for result in results}, most)


@pytest.mark.parametrize(
    "page",
    [
        Said(b"", status=500),
        Said(b"nothing is set here"),
        Said(b"ytcfg.set({broken}) ;"),
        Said(b'ytcfg.set({"OTHER": 1}) ;'),
        Said(b'ytcfg.set({"VISITOR_DATA": 7}) ;'),
        Said(b'ytcfg.set({"VISITOR_DATA": "a\\nb"}) ;'),
        Said(b'ytcfg.set({"VISITOR_DATA": "\\u4e16"}) ;'),
        Said(b'ytcfg.set({"VISITOR_DATA": ' + b"[" * 100_000 + b"}) ;"),
        RuntimeError("whatever it is"),
        requests.ReadTimeout(),
    ],
)
async def test_main_page_fails(
    make: Callable[..., tuple[YouTubeMusic, Wire]], page: Said | Exception
) -> None:
    """A main page that fails or is odd fails no search and is not asked for again."""
    music, wire = make(page=page, search=FOUND)

    await music.warm_up()
    await music.warm_up()
    found = await music.search("Glass Harbour", "songs")

    assert (1, 1) == (len(found), len(wire.asked("page")))


async def test_main_page_hangs(
    make: Callable[..., tuple[YouTubeMusic, Wire]],
) -> None:
    """A main page that does not come is waited for only so long."""
    enough = threading.Event()

    def hang(_: requests.PreparedRequest) -> Said:
        enough.wait(timeout=10)
        return FOUND

    music, _ = make(page=hang, search=FOUND, timing=Timing(visitor_s=0.01))
    found = await music.search("Glass Harbour", "songs")
    enough.set()

    assert 1 == len(found)


def test_client_of_the_day() -> None:
    """A thread keeps its client for a day: it tells YouTube a version made of the date."""
    seat = Seat(transport.Transport(BASE, under=Wire()))

    first = seat.client(date(2026, 11, 20), {})
    again = seat.client(date(2026, 11, 20), {})
    later = seat.client(date(2026, 11, 21), {})

    assert (True, False) == (first is again, first is later)


async def test_close(make: Callable[..., tuple[YouTubeMusic, Wire]]) -> None:
    """Closing closes the transport beneath."""
    music, wire = make(search=FOUND)

    music.close()

    assert wire.closed


async def test_over_http(httpserver: HTTPServer, now: SetClock) -> None:
    """Over real sockets the whole way works, without cookies kept from answer to answer."""
    cookies: list[str] = []

    def search(request: Request) -> Response:
        cookies.append(request.headers.get("Cookie", ""))
        found = Response(json.dumps(innertube.answer(innertube.video(kind=OMV), shelf="Videos")))
        found.content_type = "application/json"  # no charset: nothing is guessed
        found.set_cookie("tracking", "you")
        return found

    httpserver.expect_request("/youtubei/v1/search").respond_with_handler(search)
    circuit = CircuitBreaker(Service.YOUTUBE_MUSIC, clock=now)
    music = YouTubeMusic(base_url=httpserver.url_for("").rstrip("/"), circuit=circuit, width=2)

    await music.search("Glass Harbour", "videos")
    (found,) = await music.search("Glass Harbour", "videos")
    music.close()

    assert ("Glass Harbour (Official Video)", CandidateKind.VIDEO) == (found.title, found.kind)
    assert ["SOCS=CAI", "SOCS=CAI"] == cookies


def recorded(name: str) -> Said:
    if not RECORDED.is_dir():
        pytest.skip("the recorded answers are not part of the repository")
    return Said((RECORDED / name).read_bytes(), headers=HEAD)


@pytest.mark.parametrize(
    ("name", "among", "least", "kind"),
    [
        ("search_songs_20231226.json", "songs", 20, CandidateKind.AUDIO),
        ("search_videos_20231226.json", "videos", 15, CandidateKind.VIDEO),
        ("search_videos_20240612.json", "videos", 15, CandidateKind.UPLOAD),
        ("search_artists_no_results_20231226.json", "songs", 0, None),
        ("search_basic_no_results_20240721.json", "songs", 0, None),
    ],
)
async def test_recorded_searches(
    make: Callable[..., tuple[YouTubeMusic, Wire]],
    name: str,
    among: Any,
    least: int,
    kind: CandidateKind | None,
) -> None:
    """Recorded searches are read in full."""
    music, _ = make(search=recorded(name))

    found = await music.search("recorded", among)

    assert len(found) >= least
    assert kind is None or kind in {row.kind for row in found}
    assert all(row.duration_s or row.kind is not CandidateKind.AUDIO for row in found)


@pytest.mark.parametrize(
    "name", ["get_album_20240724.json", "get_album_not_signed_in_20250611.json"]
)
async def test_recorded_albums(make: Callable[..., tuple[YouTubeMusic, Wire]], name: str) -> None:
    """Recorded album pages are read in full."""
    music, _ = make(browse=recorded(name))

    found = await music.album("MPREb_recorded")

    assert len(found) >= 5
    assert all(row.duration_s and row.album and row.artists for row in found)
    assert {row.kind for row in found} <= {CandidateKind.AUDIO, CandidateKind.VIDEO}
