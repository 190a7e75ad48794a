from __future__ import annotations

import string
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.models import ListingKind
from bot.models.links import Elsewhere, ElsewhereKind, Link, LinkKind, SpotifyLink
from bot.platforms.links import find_all_links

VIDEO = "dQw4w9WgXcQ"
LIST = "PLQwVIlKxHM6qv-o99iX9R85og7IzF9YS_"
SPOTIFY = "4uLU6hMCjMI75M1A2tKUQC"


def elsewhere(kind: str, name: str) -> Elsewhere:
    return Elsewhere(ElsewhereKind(kind), name)


A_VIDEO = elsewhere("youtube_video", VIDEO)
A_LIST = elsewhere("youtube_playlist", LIST)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"https://www.youtube.com/watch?v={VIDEO}", A_VIDEO),
        (f"http://youtube.com/watch?v={VIDEO}&t=43s", A_VIDEO),
        (f"youtube.com/watch?feature=share&v={VIDEO}", A_VIDEO),
        (f"https://m.youtube.com/watch?v={VIDEO}&list={LIST}&index=3", A_VIDEO),
        (f"https://music.youtube.com/watch?v={VIDEO}&si=abc", A_VIDEO),
        (f"HTTPS://YOUTU.BE/{VIDEO}?si=x", A_VIDEO),
        (f"https://youtu.be/{VIDEO}.", A_VIDEO),
        (f"(https://youtu.be/{VIDEO})", A_VIDEO),
        (f"https://www.youtube.com/shorts/{VIDEO}?feature=share", A_VIDEO),
        (f"https://www.youtube.com/embed/{VIDEO}", A_VIDEO),
        (f"https://www.youtube-nocookie.com/embed/{VIDEO}?rel=0", A_VIDEO),
        (f"https://www.youtube.com/v/{VIDEO}", A_VIDEO),
        (f"https://www.youtube.com/playlist?list={LIST}", A_LIST),
        (f"https://music.youtube.com/playlist?list={LIST}&si=abc", A_LIST),
        (f"https://music.youtube.com/browse/VL{LIST}", A_LIST),
        (f"https://www.youtube.com/embed/videoseries?list={LIST}", A_LIST),
        (f"https://www.youtube.com/watch?list={LIST}", A_LIST),
        (
            "https://music.youtube.com/browse/MPREb_C8aRK1qmsDJ",
            elsewhere("youtube_playlist", "MPREb_C8aRK1qmsDJ"),
        ),
        (
            "https://music.youtube.com/playlist?list=RDCLAK5uy_mbdO3_xdD4NtU1",
            elsewhere("youtube_playlist", "RDCLAK5uy_mbdO3_xdD4NtU1"),
        ),
        (
            f"https://www.youtube.com/playlist?list=RD{VIDEO}x",
            elsewhere("youtube_private", f"RD{VIDEO}x"),
        ),
        ("https://www.youtube.com/playlist?list=LM", elsewhere("youtube_private", "LM")),
        ("https://www.youtube.com/@artist/videos", elsewhere("youtube_channel", "@artist")),
        ("https://www.youtube.com/channel/UC1", elsewhere("youtube_channel", "UC1")),
        ("https://www.youtube.com/c/artist", elsewhere("youtube_channel", "artist")),
        (f"https://www.youtube.com/live/{VIDEO}?x=1", elsewhere("youtube_live", VIDEO)),
        (
            "https://music.apple.com/gb/album/never-gonna/1558533900?i=1558534271&l=en",
            elsewhere("apple_track", "gb:1558534271"),
        ),
        (
            "https://music.apple.com/us/album/whenever/1558533900",
            elsewhere("apple_album", "us:1558533900"),
        ),
        ("music.apple.com/album/1558533900", elsewhere("apple_album", "us:1558533900")),
        (
            "https://music.apple.com/tr/song/never-gonna/1558534271",
            elsewhere("apple_track", "tr:1558534271"),
        ),
        (
            "https://geo.music.apple.com/de/album/_/1558533900?i=1558534271&mt=1&app=music",
            elsewhere("apple_track", "de:1558534271"),
        ),
        (
            "https://itunes.apple.com/us/album/whenever/id1558533900?i=1558534271&uo=4",
            elsewhere("apple_track", "us:1558534271"),
        ),
        (
            "https://music.apple.com/us/playlist/hits/pl.u-8aAVZ",
            elsewhere("apple_playlist", "pl.u-8aAVZ"),
        ),
        ("https://music.apple.com/us/artist/rick/669771", elsewhere("apple_artist", "669771")),
        ("https://music.apple.com/us/station/a/ra.1", elsewhere("apple_other", "ra.1")),
        ("https://music.apple.com/us/music-video/a/15", elsewhere("apple_other", "15")),
        ("https://www.deezer.com/track/3135556", elsewhere("deezer_track", "3135556")),
        ("https://www.deezer.com/fr/track/3135556?utm=1", elsewhere("deezer_track", "3135556")),
        ("https://deezer.com/en-gb/album/302127", elsewhere("deezer_album", "302127")),
        ("deezer.com/us/playlist/908622995!", elsewhere("deezer_playlist", "908622995")),
        ("https://www.deezer.com/en/artist/27", elsewhere("deezer_other", "27")),
        ("https://deezer.page.link/Ab_C-9", elsewhere("deezer_short", "deezer.page.link/Ab_C-9")),
        ("https://link.deezer.com/s/3aBc", elsewhere("deezer_short", "link.deezer.com/s/3aBc")),
    ],
)
def test_reads_every_form_that_people_paste(text: str, expected: Elsewhere) -> None:
    """Each form of a link is read as what it names, whatever its host, country and query."""
    assert [expected] == find_all_links(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "youtube",
        "https://www.youtube.com/",
        "https://www.youtube.com/watch?v=short",
        "https://www.youtube.com/watch",
        "https://www.youtube.com/playlist?list=PL",
        "https://www.youtube.com/results?search_query=a",
        "https://youtu.be/",
        f"https://notyoutube.com/watch?v={VIDEO}",
        f"https://youtube.com.evil.example/watch?v={VIDEO}",
        f"https://evil.example/youtu.be/{VIDEO}",
        f"me@youtu.be/{VIDEO}",
        f"my-youtu.be/{VIDEO}",
        f"https://www.youtube.com/watch?v={VIDEO}x",
        "https://music.apple.com/us/album/name",
        "https://music.apple.com/us/browse",
        "https://apple.com/us/album/name/1",
        "https://www.deezer.com/track/abc",
        "https://www.deezer.com/en/",
        "https://www.deezer.com/track/¹²³",
        "https://link.deezer.com/a/b/c",
        "https://link.deezer.com/",
    ],
)
def test_leaves_alone_what_only_looks_like_one(text: str) -> None:
    """Other hosts, pages without an id and ids of another form are no links."""
    assert [] == find_all_links(text)


def test_links_come_in_reading_order_and_once() -> None:
    """Links of all platforms stand in the order in which they were written."""
    text = (
        f"first https://youtu.be/{VIDEO} then https://open.spotify.com/track/{SPOTIFY}\n"
        f"deezer.com/track/1 and again https://www.youtube.com/watch?v={VIDEO}"
    )
    expected: list[Link] = [
        A_VIDEO,
        SpotifyLink(LinkKind.TRACK, SPOTIFY),
        elsewhere("deezer_track", "1"),
    ]
    assert expected == find_all_links(text)


def test_links_pasted_without_a_space_are_two() -> None:
    """Where one address begins the one before it ends."""
    text = f"https://youtu.be/{VIDEO}https://www.deezer.com/track/1"
    assert [A_VIDEO, elsewhere("deezer_track", "1")] == find_all_links(text)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("youtube_video", ListingKind.TRACK),
        ("apple_album", ListingKind.LIST),
        ("deezer_short", None),
        ("youtube_channel", None),
    ],
)
def test_what_is_behind_a_link(kind: str, expected: ListingKind | None) -> None:
    """Tracks, lists, or nothing that can be read."""
    assert expected == elsewhere(kind, "1").listing_kind


ids = st.text(string.ascii_letters + string.digits + "-_", min_size=11, max_size=11)
numbers = st.integers(1, 10**12).map(str)
links = st.one_of(
    ids.map(lambda name: (f"https://youtu.be/{name}", elsewhere("youtube_video", name))),
    ids.map(lambda name: (f"youtube.com/watch?v={name}", elsewhere("youtube_video", name))),
    numbers.map(lambda name: (f"https://deezer.com/track/{name}", elsewhere("deezer_track", name))),
    numbers.map(
        lambda name: (
            f"https://music.apple.com/fr/song/x/{name}",
            elsewhere("apple_track", f"fr:{name}"),
        )
    ),
)
words = st.text(st.characters(exclude_characters="@/\\.:-_", exclude_categories=["Cs"]), max_size=9)


@given(st.lists(st.tuples(words, links), max_size=5))
def test_finds_links_among_any_words(parts: list[tuple[str, tuple[str, Elsewhere]]]) -> None:
    """Whatever stands between them, separated by a space."""
    text = " ".join(f"{word} {link}" for word, (link, _) in parts)
    expected = list(dict.fromkeys(link for _, (_, link) in parts))
    assert expected == find_all_links(text)


@given(st.text(max_size=300))
def test_any_text_can_be_read(text: str) -> None:
    """Nothing that people write makes it fail, and a link's id never holds what ends a link."""
    for link in find_all_links(f"https://youtube.com/{text} https://music.apple.com/us/{text}"):
        assert not set(" <>\n") & set(link.id)


@pytest.mark.parametrize("piece", ["youtube.com/", "https://youtube.com/watch?", "a.b-", "%"])
def test_long_texts_are_read_at_once(piece: str) -> None:
    """Time grows with the length of the text, not with its square."""
    started = time.perf_counter()
    find_all_links(piece * 30_000)
    assert time.perf_counter() - started < 5
