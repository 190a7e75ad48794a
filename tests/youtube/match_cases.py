"""Tracks and candidates for the tests of the matcher, made up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st

from bot.models import Candidate, CandidateKind, Track

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hypothesis.strategies import SearchStrategy

WORDS = (
    *("moon", "rise", "river", "of", "the", "love", "Señor", "niño", "Ørsted", "İzmir", "für"),
    *("ночь", "река", "любовь", "שלום", "לילה", "قمر", "نهر", "月光", "夜に", "カナタ", "달빛"),
    *("चाँद", "νύχτα", "2", "II", "1979", "ft.", "-", "(", ")", "|", "「", "」", "&", "'"),
    *("official", "video", "remix", "en vivo", "Topic", "ライブ", "Part", "from", "version"),
)
NAMES = (
    "Luna Vega",
    "Анна Белова",
    "林小雨",
    "The Foxes",
    "A$AP Kit",
    "Los Ríos",
    "נועה לוי",
    "U2",
)
LENGTHS = st.none() | st.floats(min_value=0.0, max_value=4000.0)


def track(title: str = "Moonrise", *artists: str) -> Track:
    """Three and a half minutes long."""
    return Track(title=title, artists=artists or ("Luna Vega",), duration_ms=210_000)


def found(
    title: str = "Luna Vega - Moonrise",
    channel: str | None = "Luna Vega",
    seconds: float | None = 211,
    *,
    kind: CandidateKind = CandidateKind.UNKNOWN,
    artists: Sequence[str] = (),
    album: str | None = None,
    video_id: str = "a",
    views: int | None = None,
    explicit: bool | None = None,
) -> Candidate:
    return Candidate(
        video_id=video_id,
        title=title,
        channel=channel,
        duration_s=seconds,
        kind=kind,
        artists=artists,
        album=album,
        views=views,
        explicit=explicit,
    )


def phrases() -> SearchStrategy[str]:
    return st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(" ".join)


def titles() -> SearchStrategy[str]:
    """Titles like those of songs, alike often enough for two of them to match."""
    return st.sampled_from(("Moonrise", "月光", "Ночь", "Song 2", "Live Forever")) | phrases()


def tracks(texts: SearchStrategy[str] | None = None) -> SearchStrategy[Track]:
    said = titles() if texts is None else texts
    return st.builds(
        Track,
        title=said,
        artists=st.lists(st.sampled_from(NAMES) if texts is None else texts, max_size=2),
        album=st.none() | said,
        duration_ms=st.none() | st.integers(min_value=0, max_value=4_000_000),
        explicit=st.none() | st.booleans(),
    )


def candidates(texts: SearchStrategy[str] | None = None) -> SearchStrategy[Candidate]:
    names = st.sampled_from(
        (*NAMES, "Luna Vega - Topic", "LunaVegaVEVO", "Dream Lyrics", "T-Series")
    )
    said = titles() if texts is None else texts
    titled = said | st.tuples(names, titles()).map(" - ".join) if texts is None else texts
    return st.builds(
        Candidate,
        video_id=st.text("abc", min_size=1, max_size=4),
        title=titled,
        channel=st.none() | names if texts is None else st.none() | texts,
        artists=st.lists(names if texts is None else texts, max_size=2),
        album=st.none() | said,
        duration_s=LENGTHS,
        kind=st.sampled_from(CandidateKind),
        views=st.none() | st.integers(min_value=0, max_value=10**10),
        explicit=st.none() | st.booleans(),
    )


def searches() -> SearchStrategy[list[Candidate]]:
    """What a search brings: each video once."""
    return st.lists(candidates(), max_size=6, unique_by=lambda candidate: candidate.video_id)
