"""Made-up ids look right and can belong to nothing."""

import re

from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.services import ids


@given(st.text())
def test_a_spotify_id_is_well_formed_and_above_the_largest(name: str) -> None:
    """A made-up Spotify id has 22 signs of base 62 and begins above every 128-bit number."""
    made = ids.spotify_id("track", name)

    assert re.fullmatch(r"[0-9A-Za-z]{22}", made)
    assert made[0] > "7"


@given(st.text())
def test_a_video_id_is_well_formed_and_ends_where_none_does(name: str) -> None:
    """A made-up video id has 11 signs, the last of them one that no 64-bit number ends in."""
    made = ids.video_id(name)

    assert re.fullmatch(r"[0-9A-Za-z_-]{11}", made)
    assert made[-1] not in "AEIMQUYcgkosw048"


def test_other_ids_have_the_services_forms() -> None:
    """Channels, albums and recordings get ids of the lengths that YouTube and ISRC use."""
    assert re.fullmatch(r"UC[\w-]{22}", ids.channel_id("Ondine Vargo"))
    assert re.fullmatch(r"MPREb_[\w-]{11}", ids.album_browse_id("Harbour", "Ondine Vargo"))
    assert re.fullmatch(r"ZZSMP26\d{5}", ids.isrc("Low Tide Radio"))


def test_ids_depend_on_each_name_and_nothing_else() -> None:
    """The same names give the same id, names that are divided otherwise give another."""
    assert ids.spotify_id("track", "a", "b") == ids.spotify_id("track", "a", "b")
    assert ids.spotify_id("track", "a", "b") != ids.spotify_id("track", "ab")
    assert ids.video_id("a") != ids.video_id("b")
