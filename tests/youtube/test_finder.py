from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.errors import (
    NotFound,
    RateLimited,
    Refused,
    Service,
    SourceError,
    Unavailable,
    Unreadable,
)
from bot.models import Candidate, CandidateKind, Finding, Track
from bot.net.circuit import CircuitBreaker
from bot.resolve.scheduler import LookupScheduler
from bot.resolve.song_finder import SongFinder
from bot.youtube import queries as searching
from bot.youtube.data_api import DataApi
from bot.youtube.finder import OTHERS, Finder, judged_again
from bot.youtube.matching.same_song import QUERY_CHARS
from bot.youtube.music import YouTubeMusic
from bot.youtube.queries import search_text
from tests.youtube.innertube import Said, Wire, answer, body_of, song

if TYPE_CHECKING:
    from collections.abc import Sequence

    import requests

    from bot.models import Match
    from bot.youtube.queries import SearchFilter
    from tests.conftest import SetClock

ASKED = Track(
    title="Glass Harbour",
    artists=("Nine Lanterns", "Ada Quill"),
    album="Night Ferry",
    duration_ms=212_000,
    spotify_id="glass",
)
RIGHT = Candidate(
    video_id="right000000",
    title="Glass Harbour",
    channel="Nine Lanterns",
    artists=("Nine Lanterns", "Ada Quill"),
    album="Night Ferry",
    album_id="MPREb_ferry",
    duration_s=212,
    kind=CandidateKind.AUDIO,
)
OTHER = Candidate(
    video_id="other000000",
    title="Copper Sky",
    channel="The Other Band",
    artists=("The Other Band",),
    album="Unrelated",
    duration_s=301,
    kind=CandidateKind.AUDIO,
)
RECORDED = Path(__file__).parents[3] / "shared" / "payloads" / "youtube-music"
DOWN = Unavailable(Service.YOUTUBE_MUSIC, "down")

Rows = list[Candidate] | SourceError


@dataclass
class Music(YouTubeMusic):
    """YouTube Music that gives its answers in turn, then nothing."""

    answers: list[Rows] = field(default_factory=list)
    pages: dict[str, Rows] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    requests: int = 0

    async def search(
        self, query: str, among: SearchFilter, *, again: bool = True
    ) -> list[Candidate]:
        self.asked.append((query, among))
        rows = self.answers.pop(0) if self.answers else []
        self.requests += 1 if rows or not again else 2
        return given(rows)

    async def album(self, browse_id: str) -> list[Candidate]:
        self.requests += 1
        self.asked.append((browse_id, "album"))
        return given(self.pages.get(browse_id, []))


@dataclass
class Catalogue(YouTubeMusic):
    """YouTube Music that knows these songs and finds them by their titles."""

    songs: Sequence[Candidate]
    asked: list[str] = field(default_factory=list)

    async def search(
        self, query: str, among: SearchFilter, *, again: bool = True
    ) -> list[Candidate]:
        self.asked.append(query)
        await asyncio.sleep(0)
        return [song for song in self.songs if song.title in query] or [OTHER]

    async def album(self, browse_id: str) -> list[Candidate]:
        self.asked.append(browse_id)
        await asyncio.sleep(0)
        return [song for song in self.songs if song.album_id == browse_id]


@dataclass
class Videos(DataApi):
    """The Data API with one answer."""

    answer: Rows
    asked: list[str] = field(default_factory=list)

    async def search(self, query: str, *, alone: bool = False) -> list[Candidate]:
        self.asked.append(query)
        return given(self.answer)


def given(rows: Rows) -> list[Candidate]:
    if isinstance(rows, SourceError):
        raise rows
    return rows


def track(**changes: object) -> Track:
    fields = ("title", "artists", "album", "duration_ms", "isrc", "spotify_id")
    return Track(**{name: getattr(ASKED, name) for name in fields} | changes)


MAIN = ("Nine Lanterns Glass Harbour", "songs")
VIDEOS = ("Nine Lanterns Glass Harbour", "videos")
ISRC = ("GBAAA2100001", "songs")
BY_ALBUM = ("Glass Harbour Night Ferry", "songs")
ALBUM_ROWS = [
    Candidate(
        video_id=f"album{n}",
        title=title,
        artists=("Nine Lanterns",),
        album="Night Ferry",
        duration_s=100 + n,
        kind=CandidateKind.AUDIO,
    )
    for n, title in enumerate(("Slow Bells", "Paper Anchor", "Low Tide"))
]
FOREIGN = Candidate(
    video_id="foreign0000",
    title="玻璃港",
    artists=("九盏灯笼",),
    duration_s=99,
    kind=CandidateKind.AUDIO,
)


@pytest.mark.parametrize(
    ("asked", "answers", "queries"),
    [
        pytest.param(ASKED, [[OTHER, RIGHT]], [MAIN], id="the first answer holds it"),
        pytest.param(ASKED, [[OTHER], [RIGHT]], [MAIN, VIDEOS], id="only among videos"),
        pytest.param(
            track(isrc="GBAAA2100001"),
            [[OTHER], [OTHER], [RIGHT]],
            [MAIN, VIDEOS, ISRC],
            id="only by its ISRC",
        ),
        pytest.param(ASKED, [[OTHER], [OTHER]], [MAIN, VIDEOS], id="nowhere"),
        pytest.param(ASKED, [], [MAIN, VIDEOS], id="nothing is said at all"),
        pytest.param(
            track(isrc="GBAAA2100001"), [], [MAIN, ISRC], id="nothing is said, an ISRC is known"
        ),
        pytest.param(
            ASKED, [[FOREIGN], [OTHER]], [MAIN, VIDEOS, BY_ALBUM], id="another script, no artist"
        ),
        pytest.param(
            track(album=None), [[FOREIGN], [OTHER]], [MAIN, VIDEOS], id="the same without album"
        ),
        pytest.param(ASKED, [ALBUM_ROWS], [MAIN], id="the album is shown without it"),
        pytest.param(ASKED, [ALBUM_ROWS[:2]], [MAIN, VIDEOS], id="a bit of the album is shown"),
        pytest.param(
            track(title="玻璃港"),
            [ALBUM_ROWS],
            [("Nine Lanterns 玻璃港", "songs"), ("Nine Lanterns 玻璃港", "videos")],
            id="the album is shown, the title may hide in another script",
        ),
        pytest.param(
            track(title="Slow Bells - Live", duration_ms=400_000),
            [ALBUM_ROWS],
            [
                ("Nine Lanterns Slow Bells - Live", "songs"),
                ("Nine Lanterns Slow Bells - Live", "videos"),
            ],
            id="the album is shown with another version of it",
        ),
        pytest.param(
            track(artists=()),
            [[OTHER]],
            [BY_ALBUM, ("Glass Harbour Night Ferry", "videos")],
            id="the artist is not known",
        ),
    ],
)
async def test_queries(asked: Track, answers: list[Rows], queries: list[tuple[str, str]]) -> None:
    """What the answers bring decides what is asked next, three requests at most."""
    music = Music(answers=list(answers))

    finding = await Finder(music=music).find(asked)

    assert queries == music.asked
    assert music.requests <= 3
    is_there = any(RIGHT in rows for rows in answers if isinstance(rows, list))
    assert is_there == (finding.match is not None)


async def test_videos_preferred() -> None:
    """Where the operator wants videos, these are searched for first."""
    music = Music()

    await Finder(music=music, prefer=CandidateKind.VIDEO).find(ASKED)

    assert [VIDEOS, MAIN] == music.asked


CLIP = replace(RIGHT, video_id="clip0000000", kind=CandidateKind.VIDEO, album=None, duration_s=220)
SLOWED = replace(
    RIGHT,
    video_id="slowed00000",
    title="Glass Harbour (slowed)",
    channel="somebody",
    artists=("somebody",),
    kind=CandidateKind.UPLOAD,
)


@pytest.mark.parametrize("gap", [None, 0, 1])
async def test_wider(gap: int | None) -> None:
    """Songs and videos are both asked, whatever is right; only what may be the song comes back."""
    answers: list[Rows] = [[RIGHT, OTHER], [CLIP, SLOWED]]
    if gap is not None:
        answers[gap] = DOWN
    music = Music(answers)
    found = await Finder(music=music).wider(ASKED, [RIGHT])
    ids = [match.candidate.video_id for match in found]

    assert ["songs", "videos"] == [among for _, among in music.asked]
    clips = [] if gap == 1 else ["clip0000000", "slowed00000"]
    assert ["right000000", *clips] == ids


async def test_wider_without_an_answer() -> None:
    """When neither search answers, that is an error; without YouTube Music, what is known."""
    with pytest.raises(Unavailable):
        await Finder(music=Music([DOWN, DOWN])).wider(ASKED, [])
    assert ["right000000"] == [
        match.candidate.video_id for match in await Finder(music=None).wider(ASKED, [RIGHT])
    ]


async def test_others() -> None:
    """The next best are kept, the best first, at most five, and the match is not among them."""
    alike = [
        Candidate(
            video_id=f"alike{n}",
            title="Glass Harbour",
            channel="Nine Lanterns",
            artists=("Nine Lanterns",),
            duration_s=212 + n / 4,
            kind=CandidateKind.AUDIO,
        )
        for n in range(8)
    ]

    finding = await Finder(music=Music(answers=[[RIGHT, *alike]])).find(ASKED)

    assert finding.match is not None
    scores = [match.score for match in finding.others]
    assert (OTHERS, sorted(scores, reverse=True)) == (len(scores), scores)
    assert finding.match.candidate not in [match.candidate for match in finding.others]


@pytest.mark.parametrize(
    ("music", "videos", "asked"),
    [
        ([[RIGHT]], [OTHER], []),
        ([[OTHER]], [RIGHT], [MAIN[0]]),
        ([DOWN], [RIGHT], [MAIN[0]]),
    ],
)
async def test_data_api(music: list[Rows], videos: Rows, asked: list[str]) -> None:
    """The Data API is asked only where YouTube Music has no answer, or does not answer."""
    source = Videos(videos)

    finding = await Finder(music=Music(answers=music), videos=source).find(ASKED)

    assert asked == source.asked
    assert finding.match is not None
    assert RIGHT == finding.match.candidate
    assert not finding.partial


USED_UP = RateLimited(Service.YOUTUBE_API, "used up", retry_after_s=3600)


@pytest.mark.parametrize(
    ("music", "videos", "queries", "partial"),
    [
        ([[OTHER], DOWN], None, 2, True),
        ([DOWN], Videos([OTHER]), 1, True),
        ([Unreadable(Service.YOUTUBE_MUSIC, "?"), [OTHER]], None, 2, True),
        ([NotFound(Service.YOUTUBE_MUSIC, "?"), [OTHER]], None, 2, True),
        ([[OTHER]], Videos(USED_UP), 2, False),
    ],
)
async def test_a_source_fails(
    music: list[Rows], videos: Videos | None, queries: int, partial: bool
) -> None:
    """With what there is it goes on; a miss tells when YouTube Music was not heard in full."""
    source = Music(answers=music)

    finding = await Finder(music=source, videos=videos).find(ASKED)

    assert (None, queries, partial) == (finding.match, len(source.asked), finding.partial)


@pytest.mark.parametrize(
    ("music", "videos", "error"),
    [
        (Music(answers=[DOWN]), None, DOWN),
        (Music(answers=[DOWN]), Videos(USED_UP), DOWN),
        (None, Videos(USED_UP), USED_UP),
        (Music(answers=[Refused(Service.YOUTUBE_MUSIC, "403")]), None, Refused),
    ],
)
async def test_every_source_fails(
    music: Music | None, videos: Videos | None, error: SourceError | type[SourceError]
) -> None:
    """When nobody answered, the first failure is raised."""
    with pytest.raises(SourceError) as raised:
        await Finder(music=music, videos=videos).find(ASKED)

    assert error in (raised.value, type(raised.value))


async def test_no_source() -> None:
    """Without any source nothing is found, and no album has a page."""
    finder = Finder(music=None)

    assert (None, []) == ((await finder.find(ASKED)).match, await finder.album("MPREb_ferry"))


async def test_told_what_was_judged() -> None:
    """Who wants to explain a choice hears of all candidates, best first."""
    told: list[tuple[Track, list[str]]] = []

    def hear(asked: Track, judged: Sequence[Match]) -> None:
        told.append((asked, [match.candidate.video_id for match in judged]))

    await Finder(music=Music(answers=[[OTHER, RIGHT]]), heard=hear).find(ASKED)

    assert [(ASKED, [RIGHT.video_id, OTHER.video_id])] == told


async def test_judged_again() -> None:
    """What was kept of a finding is enough to judge it anew, whether it had a match or not."""
    finding = await Finder(music=Music(answers=[[OTHER, RIGHT]])).find(ASKED)
    missed = Finding(others=[finding.match] if finding.match else [])

    again = [judged_again(ASKED, kept, prefer=CandidateKind.AUDIO) for kept in (finding, missed)]

    assert [RIGHT, RIGHT] == [kept.match.candidate for kept in again if kept.match]


async def test_known_candidates() -> None:
    """What is known already is judged before anything is asked, and with what is asked after."""
    known, unknown = Music(), Music(answers=[[RIGHT]])

    first = await Finder(music=known).find(ASKED, known=[OTHER, RIGHT])
    second = await Finder(music=unknown).find(ASKED, known=[OTHER])

    assert first.match == second.match is not None
    assert ([], [MAIN]) == (known.asked, unknown.asked)


def test_long_query() -> None:
    """A query ends at a word, before it is too long for an answer."""
    text = search_text(track(title="Concerto " * 40))

    assert len(text) <= QUERY_CHARS
    assert text.endswith("Concerto")


TITLES = (
    "Anchor", "Bellflower", "Cinders", "Driftwood", "Embers", "Fathom",
    "Gullwing", "Halyard", "Icebound", "Jetsam", "Kestrel", "Lighthouse",
)  # fmt: skip


def test_names_are_folded_once_for_all_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundred long names, again for each row found, would hold the loop."""
    folded: list[str] = []
    fold = searching.fold

    def noted(text: str) -> str:
        folded.append(text)
        return fold(text)

    monkeypatch.setattr(searching, "fold", noted)
    rows = [Candidate(video_id=f"v{at}", title="Song") for at in range(20)]
    names = [f"愛{at}" for at in range(100)]

    assert searching.is_artist_unsure(Track(title="Song", artists=names), rows)
    assert len(names) + len(rows) == len(folded)


def album_track(number: int, title: str, **changes: object) -> Track:
    length = 150_000 + 7000 * number
    return track(title=title, duration_ms=length, spotify_id=title, **changes)


def album_songs(**changes: object) -> list[Candidate]:
    return [
        Candidate(
            video_id=title,
            title=title,
            channel="Nine Lanterns",
            artists=("Nine Lanterns",),
            duration_s=150 + 7 * number,
            kind=CandidateKind.AUDIO,
            **{"album": "Night Ferry", "album_id": "MPREb_ferry"} | changes,  # type: ignore[arg-type]
        )
        for number, title in enumerate(TITLES)
    ]


@pytest.mark.parametrize(
    ("songs", "requests"),
    [
        pytest.param(album_songs(), 3, id="the same album"),
        pytest.param(album_songs(album="Night Ferry (Deluxe)"), 3, id="a larger album"),
        pytest.param(album_songs()[1:], 4, id="an album without the first track"),
    ],
)
async def test_whole_album(songs: list[Candidate], requests: int) -> None:
    """An album of twelve takes three or four requests, each track still judged for itself."""
    music = Catalogue(songs)
    lookups = LookupScheduler(SongFinder(Finder(music=music), None), width=8)
    asked = [(n, album_track(n, title)) for n, title in enumerate(TITLES)]

    answers = dict([answer async for answer in lookups.order(asked, lane=1)])

    matched = {
        TITLES[position]: finding.match.candidate.video_id
        for position, finding in answers.items()
        if not isinstance(finding, SourceError) and finding.match
    }
    assert {song.title: song.video_id for song in songs} == matched
    assert requests == len(music.asked)


async def test_recorded_album(now: SetClock) -> None:
    """A recorded page of twenty tracks answers all of its album: at most four requests."""
    page = RECORDED / "get_album_not_signed_in_20250611.json"
    if not page.is_file():
        pytest.skip("the recorded answers are not part of the repository")

    def search(request: requests.PreparedRequest) -> Said:
        wanted = next(row for row in rows if row.title in body_of(request)["query"])
        minutes, seconds = divmod(round(wanted.duration_s or 0), 60)
        row = song(
            wanted.title,
            video=wanted.video_id,
            artists=("The Beatles",),
            album=wanted.album,
            length=f"{minutes}:{seconds:02}",
        )
        return Said(answer(row))

    wire = Wire(browse=Said(page.read_bytes()), search=search)
    circuit = CircuitBreaker(Service.YOUTUBE_MUSIC, clock=now)
    music = YouTubeMusic(base_url="http://127.0.0.1:9", circuit=circuit, adapter=wire)
    rows = [row for row in await music.album("MPREb_ferry") if row.kind is CandidateKind.AUDIO]
    wire.requests.clear()
    asked = [
        Track(
            title=row.title,
            artists=row.artists,
            album=row.album,
            duration_ms=round((row.duration_s or 0) * 1000),
            spotify_id=row.video_id,
        )
        for row in rows
    ]

    order = LookupScheduler(SongFinder(Finder(music=music), None), width=8).order(
        list(enumerate(asked)), lane=1
    )
    answers = [each async for each in order]
    music.close()

    assert len(asked) > 10
    assert len(wire.requests) <= 4
    assert {n: row.video_id for n, row in enumerate(rows)} == {
        position: found.match.candidate.video_id
        for position, found in answers
        if isinstance(found, Finding) and found.match
    }


async def test_the_video_of_a_list_is_judged_before_anything_is_asked() -> None:
    """Where it is right and official it is the one; an upload is only one to choose from."""
    music = Music([[RIGHT]])
    clip = replace(RIGHT, video_id="clip0000000", kind=CandidateKind.VIDEO)
    found = await Finder(music=music).find(replace(ASKED, video=clip))
    assert (clip, []) == (found.match and found.match.candidate, music.asked)

    upload = replace(clip, kind=CandidateKind.UPLOAD)
    found = await Finder(music=music).find(replace(ASKED, video=upload))
    assert RIGHT == (found.match and found.match.candidate)
    assert 1 == len(music.asked)
