"""Whose channel a recording is on, as far as names tell."""

from __future__ import annotations

import pytest

from bot.models import CandidateKind
from bot.youtube.matching import artist_channels, asked_track, text
from bot.youtube.matching.artist_channels import Standing, standing
from bot.youtube.matching.candidate_text import see
from tests.youtube.match_cases import found, track

UNKNOWN = CandidateKind.UNKNOWN
TITLE = "Luna Vega - Moonrise"


def stands(
    channel: str | None,
    title: str = TITLE,
    kind: CandidateKind = UNKNOWN,
    artist: str = "Luna Vega",
) -> Standing:
    asked = asked_track.read(track("Moonrise", artist))
    candidate = found(title, channel, kind=kind)
    plain = text.native(title)
    seen = see(candidate, plain, text.latin(plain))
    return standing(asked, seen, own=artist_channels.is_artist(asked, seen.channel))


@pytest.mark.parametrize(
    ("channel", "expected"),
    [
        ("Luna Vega - Topic", Standing.AUDIO),
        ("Somebody - Topic", Standing.AUDIO),
        ("Luna Vega", Standing.OWN),
        ("LUNA VEGA Official", Standing.OWN),
        ("LunaVegaVEVO", Standing.OWN),
        ("Luna Vega TV", Standing.OWN),
        ("officiallunavega", Standing.OWN),
        ("The Luna Vega Band", Standing.OWN),
        ("Luna Vega / Somebody", Standing.AKIN),
        ("LunaVegaUptown", Standing.AKIN),
        ("ellunavegatv", Standing.AKIN),
        ("SomebodyVEVO", Standing.LABEL),
        ("T-Series Bhakti Sagar", Standing.LABEL),
        ("Spinnin' Records", Standing.LABEL),
        ("英皇娛樂 EEG Music", Standing.LABEL),
        ("Luna Vega Lyrics", Standing.FAN),
        ("Warner Music Karaoke", Standing.FAN),
        ("Crystal Vibes", Standing.PLAIN),
        ("Mute Swans", Standing.PLAIN),
        ("Blue Hill Records", Standing.PLAIN),
        (None, Standing.UNTOLD),
        ("", Standing.UNTOLD),
        ("***", Standing.UNTOLD),
    ],
)
def test_a_channel_is_judged_by_its_name(channel: str | None, expected: Standing) -> None:
    """Topic, the artist's own, labels that are known, fans; and the rest is unproven."""
    assert expected is stands(channel)


@pytest.mark.parametrize(
    ("title", "channel", "expected"),
    [
        ("Nina Petrov & Luna Vega - Moonrise", "Nina Petrov", Standing.GUEST),
        ("Nina Petrov - Moonrise (feat. Luna Vega)", "NinaPetrovOfficial", Standing.GUEST),
        ("Nina Petrov - Moonrise (Luna Vega)", "Nina Petrov", Standing.PLAIN),
        ("Luna Vega - Moonrise", "Moonrise", Standing.PLAIN),
        ("Luna Vega - Moonrise (Official Video)", "Blue Hill Records", Standing.HOUSE),
        ("Luna Vega - Moonrise (Video Oficial)", "Discos Azules", Standing.HOUSE),
    ],
)
def test_a_title_may_speak_for_a_channel(
    title: str, channel: str | None, expected: Standing
) -> None:
    """Who performs with the artist may publish it; who performs instead of them may not."""
    assert expected is stands(channel, title)


@pytest.mark.parametrize(
    ("kind", "channel", "expected"),
    [
        (CandidateKind.UPLOAD, "Luna Vega", Standing.UPLOAD),
        (CandidateKind.AUDIO, "Luna Vega", Standing.AUDIO),
        (CandidateKind.VIDEO, None, Standing.SOURCE),
        (CandidateKind.VIDEO, "Crystal Vibes", Standing.PLAIN),
        (CandidateKind.OFFICIAL, "Blue Hill Records", Standing.HOUSE),
    ],
)
def test_what_youtube_says_comes_before_names(
    kind: CandidateKind, channel: str | None, expected: Standing
) -> None:
    """An upload stays one; that something is a video says nothing about who published it."""
    assert expected is stands(channel, kind=kind)


def test_a_short_name_is_not_looked_for_inside_others() -> None:
    """Eve is not in Everything, though the letters are."""
    assert Standing.PLAIN is stands("Everything", "Eve - Moonrise", artist="Eve")
    assert Standing.OWN is stands("Eve Official", "Eve - Moonrise", artist="Eve")


def test_a_name_of_own_words_is_still_a_name() -> None:
    """The Band's channel is The Band, and not every channel of a band."""
    assert Standing.OWN is stands("The Band", "The Band - Moonrise", artist="The Band")
    assert Standing.PLAIN is stands("Official Videos", "The Band - Moonrise", artist="The Band")
