"""The search of a made-up YouTube."""

import pytest

from bot.models import Candidate, CandidateKind
from bot.sandbox.services.ids import album_browse_id
from bot.sandbox.services.world import ANSWERS, Find, Search, World, words

SONG = Candidate(
    video_id="1",
    title="Işıksız İskele",
    artists=["Limon Vapuru"],
    album="Yağmurdan Ödünç",
    kind=CandidateKind.AUDIO,
)
LIVE = Candidate(
    video_id="2", title="Işıksız İskele (Live)", artists=["Limon Vapuru"], kind=CandidateKind.VIDEO
)
SEARCH = Search([Find(candidate=LIVE), Find(candidate=SONG, also="ZZSMP2600001")])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Déjà-Vu, déjà vu", {"deja", "vu"}),
        ("金魚 郵便局", {"金魚", "郵便局"}),
        ("が", {"か"}),
        ("", set()),
    ],
)
def test_words_ignore_case_and_marks(text: str, expected: set[str]) -> None:
    """Words are compared without case, accents and voicing marks."""
    assert expected == words(text)


@pytest.mark.parametrize(
    ("query", "kind", "expected"),
    [
        ("Limon Vapuru Işıksız İskele", CandidateKind.AUDIO, ["1"]),
        ("limon vapuru ışıksız iskele", CandidateKind.VIDEO, ["2"]),
        ("Işıksız İskele Yağmurdan Ödünç", CandidateKind.AUDIO, ["1"]),
        ("ZZSMP2600001", CandidateKind.AUDIO, ["1"]),
        ("isiksiz iskele", CandidateKind.AUDIO, ["1"]),
        ("limon vap", CandidateKind.AUDIO, ["1"]),
        ("lmion vapru isskele", CandidateKind.AUDIO, ["1"]),
        ("lxmon vapuxu", CandidateKind.AUDIO, ["1"]),
        ("limonade vapxxu", CandidateKind.AUDIO, []),
        ("Limon Vapuru Tuzlu Saatler Balkon", CandidateKind.AUDIO, []),
        ("something else", CandidateKind.AUDIO, []),
        ("", CandidateKind.AUDIO, []),
    ],
)
def test_a_search_finds_what_shares_enough_words(
    query: str, kind: CandidateKind, expected: list[str]
) -> None:
    """A candidate is found by most of a query's words, in its kind; wrong queries find nothing."""
    assert expected == [found.video_id for found in SEARCH.find(query, (kind,))]


def test_the_fuller_match_comes_first() -> None:
    """Results stand in the order of the words they share with the query."""
    found = SEARCH.find("Işıksız İskele (Live)", tuple(CandidateKind))

    assert ["2", "1"] == [candidate.video_id for candidate in found]


def test_an_answer_has_a_last_row() -> None:
    """However much fits, one answer holds as many rows as YouTube Music's first."""
    alike = [
        Find(candidate=Candidate(video_id=str(number), title="Same", kind=CandidateKind.AUDIO))
        for number in range(ANSWERS + 5)
    ]

    assert ANSWERS == len(Search(alike).find("same", (CandidateKind.AUDIO,)))


def test_albums_hold_what_names_them() -> None:
    """An album's page holds the candidates that name it, under its id."""
    world = World(listings={}, finds=(Find(candidate=SONG), Find(candidate=LIVE)))

    assert {album_browse_id("Yağmurdan Ödünç", "Limon Vapuru"): [SONG]} == world.albums()
