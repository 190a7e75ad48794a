"""Which candidate is taken, which is offered and which is neither."""

from __future__ import annotations

import time

import pytest

from bot.models import CandidateKind, Track
from bot.youtube.match import ACCEPT, MAYBE, Outcome, best, outcome, rank, summary
from tests.youtube.match_cases import found, track

AUDIO, VIDEO = CandidateKind.AUDIO, CandidateKind.VIDEO
UPLOAD = CandidateKind.UPLOAD


def takes(asked: Track, title: str, channel: str | None, seconds: float | None = 211) -> bool:
    return best(asked, [found(title, channel, seconds)]) is not None


def codes(asked: Track, title: str, channel: str | None = "Luna Vega") -> dict[str, str]:
    match = rank(asked, [found(title, channel)])[0]
    return {reason.code: reason.detail for reason in match.reasons}


@pytest.mark.parametrize(
    ("title", "channel"),
    [
        ("Moonrise", "Luna Vega - Topic"),
        ("Moonrise (Remastered 2011)", "Luna Vega - Topic"),
        ("Moonrise (feat. Somebody)", "Luna Vega - Topic"),
        ('Moonrise (From "Some Film")', "Luna Vega - Topic"),
        ("Luna Vega - Moonrise (Official Video)", "Luna Vega"),
        ("Luna Vega - Moonrise [Official Audio]", "LunaVegaVEVO"),
        ("LUNA VEGA – MOONRISE (Video Oficial) [4K]", "Luna Vega Oficial"),
        ("Luna Vega - Moonrise (prod. by Somebody)", "LunaVegaTV"),
        ("Luna Vega & Nina Petrov - Moonrise", "Nina Petrov"),
        ("Nina Petrov - Moonrise (feat. Luna Vega)", "NinaPetrovVEVO"),
        ("Luna Vega - Moonrise (Official Video)", "Domino Recording Co."),
        ("Moonrise | Some Film | Luna Vega | Somebody", "T-Series"),
        ("Luna Vega - Moonrise", "Warner Music Italy"),
        ("Luna Vega - Moonrise (Official Video)", "Blue Hill Records"),
    ],
)
def test_official_recordings_are_taken(title: str, channel: str | None) -> None:
    """Art tracks, the artist's own channel, a fellow performer's and a label's are official."""
    assert takes(track(), title, channel)


@pytest.mark.parametrize(
    ("title", "channel"),
    [
        ("Luna Vega - Moonrise", "Crystal Vibes"),
        ("Luna Vega - Moonrise (Official Video)", "Crystal Vibes"),
        ("Luna Vega – Moonrise [HQ]", "Golden Music"),
        ("Luna Vega - Moonrise (Lyrics)", "Dream Lyrics"),
        ("Moonrise - Luna Vega | Letra", "Letras Perfectas"),
        ("Luna Vega - Moonrise", "Blue Hill Records"),
        ("Moonrise", "Luna Vega Fans"),
        ("Moonrise (Luna Vega)", "Nina Petrov"),
        ("Moonrise", "Luna Vega Tribute - Topic"),
        ("Moonrise", "Karaoke Stars - Topic"),
        ("Moonrise", "Nina Petrov - Topic"),
        ("Nina Petrov - Moonrise (Official Video)", "NinaPetrovVEVO"),
    ],
)
def test_other_peoples_uploads_are_not_taken(title: str, channel: str | None) -> None:
    """A stranger's channel, one of fans and another artist's are never the artist's."""
    assert not takes(track(), title, channel)


@pytest.mark.parametrize(
    ("asked", "other"),
    [
        ("Perfect", "Perfect Strangers"),
        ("One", "One More Time"),
        ("Stay", "Stay With Me"),
        ("Again", "Together Again"),
        ("Te amo", "Te amo más"),
        ("1979", "Tonight, Tonight (1979 cut)"),
        ("Song 2", "Song 1"),
        ("Song", "Song 2"),
        ("Alive, Pt. 1", "Alive, Pt. 2"),
        ("Alive", "Alive (Part II)"),
        ("When You Were Young", "When We Were Young Again"),
        ("Luna Vega", "Shooting Star"),
        ("月光", "星光"),
        ("Ночь", "Белая ночь"),
    ],
)
def test_another_song_of_the_artist_is_not_taken(asked: str, other: str) -> None:
    """A title has to be there whole, with its numbers, and with no more words than its own."""
    wanted = track(asked)

    assert not takes(wanted, other, "Luna Vega - Topic", 210)
    assert not takes(wanted, f"Luna Vega - {other} (Official Video)", "Luna Vega", 260)
    assert takes(wanted, asked, "Luna Vega - Topic", 210)


@pytest.mark.parametrize(
    ("asked", "right", "wrong"),
    [
        ("Moonrise - Live", "Moonrise (En vivo)", "Moonrise"),
        ("Moonrise - Ao Vivo", "Moonrise (Live)", "Moonrise (Acoustic)"),
        ("Moonrise - Foxes Remix", "Moonrise (Foxes Remix)", "Moonrise (Wolves Remix)"),
        ("Moonrise - Live at Paris", "Moonrise (Live at Paris)", "Moonrise (Live in Oslo)"),
        ("Moonrise - Sped Up", "Moonrise (Sped Up Version)", "Moonrise (Slowed)"),
        ("Moonrise - Slowed", "Moonrise (slowed + reverb)", "Moonrise (Sped Up)"),
        ("Moonrise - Instrumental", "Moonrise (Instrumental)", "Moonrise"),
        ("Moonrise - Extended Mix", "Moonrise (Extended Mix)", "Moonrise"),
        ("Moonrise - English Version", "Moonrise (English Ver.)", "Moonrise"),
        ("Moonrise - Remastered 2011", "Moonrise (2015 Remaster)", "Moonrise (Live)"),
        ("Moonrise - Radio Edit", "Moonrise", "Moonrise (Extended Mix)"),
        ("Live Forever", "Live Forever (Remastered)", "Live Forever (Live)"),
        ("Cover Me", "Cover Me", "Cover Me (Cover)"),
        ("9 PM", "9PM", "6PM"),
        ("D.T.N.", "DTN", "DNT"),
        ("Alive, Pt. I", "Alive (Part 1)", "Alive (Part 2)"),
        (
            "Concerto No. 21 in C, K. 467: II. Andante",
            "Concerto No.21 in C, K.467: 2. Andante",
            "Concerto No. 21 in C, K. 467: I. Allegro",
        ),
        ("Rock / Champions - Medley", "Rock / Champions (Medley)", "Rock"),
        ("A$AP", "ASAP", "ASP"),
        ("?!", "?!", "!!"),
    ],
)
def test_versions_have_to_agree_both_ways(asked: str, right: str, wrong: str) -> None:
    """What a title asks for has to be there, and nothing that it does not ask for."""
    wanted = track(asked)

    assert takes(wanted, right, "Luna Vega - Topic", 210)
    assert not takes(wanted, wrong, "Luna Vega - Topic", 210)


@pytest.mark.parametrize(
    ("artist", "title", "channel", "theirs"),
    [
        ("Анна Белова", "Ночь", "Anna Belova - Topic", "Noch"),
        ("נועה לוי", "חלום", "נועה לוי", "נועה לוי - חלום (הקליפ הרשמי)"),
        ("אורטגה", "האסל", "Ortega", "האסל"),
        ("林小雨", "月光", "林小雨 Lin Xiao Yu", "林小雨【月光】Official MV"),
        ("Fox Wave", "カナタハルカ", "Fox Wave", "Fox Wave - Kanata Haruka (Official Video)"),
        ("Fox Wave", "KANATA HALUKA", "Fox Wave", "Fox Wave「カナタハルカ」Music Video"),
        ("Fox Wave", "前前前世", "Fox Wave", "Fox Wave - Zenzenzense"),
        ("Fox Wave", "Daydream (백일몽)", "Fox Wave", "Fox Wave '백일몽' MV"),
        ("Fox Wave", "Gülümse", "Fox Wave", "FOX WAVE - GULUMSE"),
        ("नेहा", "चाँदनी", "नेहा", "चाँदनी | नेहा | Official Video"),
    ],
)
def test_scripts_do_not_part_what_belongs_together(
    artist: str, title: str, channel: str | None, theirs: str
) -> None:
    """Titles and names are the same in another script, as far as it can be read."""
    assert takes(track(title, artist), theirs, channel)


@pytest.mark.parametrize("other", ["Aurora", "Fox Wave - Souvenir", "Fox Wave - 星の歌"])
def test_what_cannot_be_read_is_not_taken_for_the_same(other: str) -> None:
    """A title that is no reading of the ideographs is another title."""
    assert not takes(track("記念撮影", "Fox Wave"), other, "Fox Wave", 215)


@pytest.mark.parametrize(
    ("title", "channel", "seconds", "taken"),
    [
        ("Moonrise", "Luna Vega - Topic", 210, True),
        ("Moonrise", "Luna Vega - Topic", 120, False),
        ("Luna Vega - Moonrise (Official Video)", "Luna Vega", 260, True),
        ("Luna Vega - Moonrise", None, 210, True),
        ("Luna Vega - Moonrise", None, 300, False),
        ("Luna Vega - Moonrise", None, None, False),
        ("Moonrise", "Luna Vega - Topic", None, True),
    ],
)
def test_a_length_says_more_the_less_else_is_known(
    title: str, channel: str | None, seconds: float | None, taken: bool
) -> None:
    """Art tracks are as long as the recording; without a publisher, only the length is left."""
    assert taken == takes(track(), title, channel, seconds)


def test_an_upload_is_never_official() -> None:
    """The same title, artist, length and channel, but YouTube says that a user uploaded it."""
    upload = found("Moonrise", "Luna Vega", 210, kind=UPLOAD, artists=["Luna Vega"])
    match = rank(track(), [upload])[0]

    assert Outcome.ACCEPT is not outcome(match)
    assert "a user's upload" in [reason.detail for reason in match.reasons]


def test_official_audio_of_the_same_album_comes_first() -> None:
    """Then other official audio, then the official video, whatever their views."""
    asked = Track(title="Moonrise", artists=["Luna Vega"], album="Tides", duration_ms=210_000)
    video = found("Luna Vega - Moonrise (Official Video)", seconds=210, video_id="v", views=10**9)
    single = found(
        "Moonrise",
        seconds=210,
        kind=AUDIO,
        artists=["Luna Vega"],
        album="Moonrise EP",
        video_id="s",
    )
    album = found(
        "Moonrise", seconds=210, kind=AUDIO, artists=["Luna Vega"], album="Tides", video_id="a"
    )

    ranked = rank(asked, [video, single, album])

    assert ["a", "s", "v"] == [match.candidate.video_id for match in ranked]


def test_the_operator_may_put_videos_first() -> None:
    """When a video is surely right it comes before the audio, and a reason says why."""
    video = found("Luna Vega - Moonrise (Official Video)", seconds=212, kind=VIDEO, video_id="v")
    audio = found("Moonrise", "Luna Vega - Topic", 210, video_id="a")

    ranked = rank(track(), [audio, video], prefer=VIDEO)

    assert ["v", "a"] == [match.candidate.video_id for match in ranked]
    assert "official video comes first" == ranked[1].reasons[-1].detail


def test_what_is_not_surely_right_may_still_be_offered() -> None:
    """Between the two bounds a match is kept for those who correct."""
    match = rank(track(), [found("Luna Vega - Moonrise (Spring Version)", seconds=214)])[0]

    assert MAYBE <= match.score < ACCEPT
    assert Outcome.MAYBE is outcome(match)
    assert Outcome.NONE is outcome(rank(track(), [found("Something Else")])[0])


@pytest.mark.parametrize(
    ("title", "code", "detail"),
    [
        ("Luna Vega - Moonrise", "title", "same title"),
        ("Luna Vega - Moonrise", "artist", "same artist"),
        ("Luna Vega - Moonrise", "official", "the artist's own channel"),
        ("Luna Vega - Moonrise", "length", "1.0 s apart"),
        ("Moonrise (Live)", "version", "a live recording, which was not asked for"),
        ("Something Else", "title", "another title"),
    ],
)
def test_reasons_are_in_plain_words(title: str, code: str, detail: str) -> None:
    """Each sign is told as a phrase that a person understands."""
    assert detail == codes(track(), title)[code]


def test_the_summary_names_what_agrees() -> None:
    """The codes for the line on a card, in the order in which they are told."""
    match = best(track(), [found("Moonrise", "Luna Vega - Topic", 210)])

    assert match is not None
    assert ("title", "artist", "official", "length") == summary(match)


def test_an_album_excuses_what_it_says_of_all_its_tracks() -> None:
    """On a live album a live recording of the same length is the one that is meant."""
    asked = Track(
        title="Moonrise", artists=["Luna Vega"], album="Live in Oslo", duration_ms=210_000
    )

    assert takes(asked, "Moonrise (Live)", "Luna Vega - Topic", 210)
    assert not takes(asked, "Moonrise (Live)", "Luna Vega - Topic", 260)


def test_an_art_track_on_a_karaoke_album_is_not_taken() -> None:
    """What an album says of its tracks is heard, where their titles do not say it."""
    asked = Track(title="Moonrise", artists=["Luna Vega"], album="Tides", duration_ms=210_000)
    other = found("Moonrise", seconds=214, kind=AUDIO, artists=["Luna Vega"], album="Karaoke Hits")

    assert best(asked, [other]) is None


def test_clean_and_explicit_are_told_apart() -> None:
    """Of two recordings that are alike otherwise, the one with the same words is taken."""
    asked = Track(title="Moonrise", artists=["Luna Vega"], duration_ms=210_000, explicit=True)
    clean, explicit = (
        found(
            "Moonrise", seconds=210, kind=AUDIO, artists=["Luna Vega"], video_id=one, explicit=said
        )
        for one, said in (("a", False), ("b", True))
    )

    assert "b" == rank(asked, [clean, explicit])[0].candidate.video_id


@pytest.mark.parametrize("sign", ["愛", "ka", "カラオケ", "a.", "e\u0301"])
def test_endless_names_take_no_time(sign: str) -> None:
    """Names of 10,000 letters, on both sides, are compared as far as people would read them."""
    asked = Track(title=(sign * 10_000)[:10_000], artists=["Luna Vega"], duration_ms=211_000)
    began = time.process_time()
    rank(asked, [found(asked.title[at:] + "x" * 9_000, "Luna Vega", 211) for at in range(20)])
    assert time.process_time() - began < 1
