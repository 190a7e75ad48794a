"""Whose channel a recording is on, as far as names tell."""

from __future__ import annotations

import pytest

from bot.models import CandidateKind
from bot.youtube.matching import artist_channels, asked_track, text
from bot.youtube.matching.artist_channels import Publisher, standing
from bot.youtube.matching.text import see
from tests.youtube.match_cases import found, track

UNKNOWN = CandidateKind.UNKNOWN
TITLE = "Luna Vega - Moonrise"


def stands(
    channel: str | None,
    title: str = TITLE,
    kind: CandidateKind = UNKNOWN,
    artist: str = "Luna Vega",
) -> Publisher:
    asked = asked_track.read(track("Moonrise", artist))
    candidate = found(title, channel, kind=kind)
    plain = text.native(title)
    seen = see(candidate, plain, text.latin(plain))
    return standing(asked, seen, own=artist_channels.is_artist(asked, seen.channel))


@pytest.mark.parametrize(
    ("channel", "expected"),
    [
        ("Luna Vega - Topic", Publisher.AUDIO),
        ("Somebody - Topic", Publisher.AUDIO),
        ("Luna Vega", Publisher.OWN),
        ("LUNA VEGA Official", Publisher.OWN),
        ("LunaVegaVEVO", Publisher.OWN),
        ("Luna Vega TV", Publisher.OWN),
        ("officiallunavega", Publisher.OWN),
        ("The Luna Vega Band", Publisher.OWN),
        ("Luna Vega / Somebody", Publisher.AKIN),
        ("LunaVegaUptown", Publisher.AKIN),
        ("ellunavegatv", Publisher.AKIN),
        ("SomebodyVEVO", Publisher.LABEL),
        ("T-Series Bhakti Sagar", Publisher.LABEL),
        ("Spinnin' Records", Publisher.LABEL),
        ("英皇娛樂 EEG Music", Publisher.LABEL),
        ("Luna Vega Lyrics", Publisher.FAN),
        ("Warner Music Karaoke", Publisher.FAN),
        ("Crystal Vibes", Publisher.PLAIN),
        ("Mute Swans", Publisher.PLAIN),
        ("Blue Hill Records", Publisher.PLAIN),
        (None, Publisher.UNTOLD),
        ("", Publisher.UNTOLD),
        ("***", Publisher.UNTOLD),
    ],
)
def test_a_channel_is_judged_by_its_name(channel: str | None, expected: Publisher) -> None:
    """Topic, the artist's own, labels that are known, fans; and the rest is unproven."""
    assert expected is stands(channel)


@pytest.mark.parametrize(
    ("title", "channel", "expected"),
    [
        ("Nina Petrov & Luna Vega - Moonrise", "Nina Petrov", Publisher.GUEST),
        ("Nina Petrov - Moonrise (feat. Luna Vega)", "NinaPetrovOfficial", Publisher.GUEST),
        ("Nina Petrov - Moonrise (Luna Vega)", "Nina Petrov", Publisher.PLAIN),
        ("Luna Vega - Moonrise", "Moonrise", Publisher.PLAIN),
        ("Luna Vega - Moonrise (Official Video)", "Blue Hill Records", Publisher.HOUSE),
        ("Luna Vega - Moonrise (Video Oficial)", "Discos Azules", Publisher.HOUSE),
    ],
)
def test_a_title_may_speak_for_a_channel(
    title: str, channel: str | None, expected: Publisher
) -> None:
    """Who performs with the artist may publish it; who performs instead of them may not."""
    assert expected is stands(channel, title)


@pytest.mark.parametrize(
    ("kind", "channel", "expected"),
    [
        (CandidateKind.UPLOAD, "Luna Vega", Publisher.UPLOAD),
        (CandidateKind.AUDIO, "Luna Vega", Publisher.AUDIO),
        (CandidateKind.VIDEO, None, Publisher.SOURCE),
        (CandidateKind.VIDEO, "Crystal Vibes", Publisher.PLAIN),
        (CandidateKind.OFFICIAL, "Blue Hill Records", Publisher.HOUSE),
    ],
)
def test_what_youtube_says_comes_before_names(
    kind: CandidateKind, channel: str | None, expected: Publisher
) -> None:
    """An upload stays one; that something is a video says nothing about who published it."""
    assert expected is stands(channel, kind=kind)


def test_a_short_name_is_not_looked_for_inside_others() -> None:
    """Eve is not in Everything, though the letters are."""
    assert Publisher.PLAIN is stands("Everything", "Eve - Moonrise", artist="Eve")
    assert Publisher.OWN is stands("Eve Official", "Eve - Moonrise", artist="Eve")


def test_a_name_of_own_words_is_still_a_name() -> None:
    """The Band's channel is The Band, and not every channel of a band."""
    assert Publisher.OWN is stands("The Band", "The Band - Moonrise", artist="The Band")
    assert Publisher.PLAIN is stands("Official Videos", "The Band - Moonrise", artist="The Band")
