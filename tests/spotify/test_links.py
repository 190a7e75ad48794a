from __future__ import annotations

import string
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.models import ListingKind
from bot.models.links import LinkKind, SpotifyLink
from bot.spotify.links import find_links

ID = "4uLU6hMCjMI75M1A2tKUQC"
OTHER = "6N9PS4QXF1D0OWPk0Sxtb4"
TRACK = SpotifyLink(LinkKind.TRACK, ID)
ALBUM = SpotifyLink(LinkKind.ALBUM, OTHER)
PLAYLIST = SpotifyLink(LinkKind.PLAYLIST, ID)
LISTINGS = {LinkKind(kind): kind for kind in ListingKind if kind is not ListingKind.LIST}
FULL_KINDS = [kind for kind in LinkKind if kind is not LinkKind.SHORT]

ids = st.text(string.ascii_letters + string.digits, min_size=22, max_size=22)
short_ids = st.text(string.ascii_letters + string.digits, min_size=1, max_size=20)
full_links = st.builds(SpotifyLink, st.sampled_from(FULL_KINDS), ids)
short_links = st.builds(
    lambda prefix, name: SpotifyLink(LinkKind.SHORT, prefix + name),
    st.sampled_from(["spotify.link/", "spotify.app.link/", "open.spotify.com/s/"]),
    short_ids,
)


def link(kind: str, spotify_id: str) -> SpotifyLink:
    return SpotifyLink(LinkKind(kind), spotify_id)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"https://open.spotify.com/track/{ID}", TRACK),
        (f"http://open.spotify.com/track/{ID}", TRACK),
        (f"open.spotify.com/track/{ID}", TRACK),
        (f"HTTPS://Open.Spotify.COM/track/{ID}", TRACK),
        (f"https://open.spotify.com:443/track/{ID}", TRACK),
        (f"https://open.spotify.com/track/{ID}/", TRACK),
        (f"https://open.spotify.com/track/{ID}?si=4f2b&utm_source=copy-link", TRACK),
        (f"https://open.spotify.com/track/{ID}#t=30", TRACK),
        (f"https://open.spotify.com/intl-tr/track/{ID}?si=1", TRACK),
        (f"https://open.spotify.com/intl-pt-BR/track/{ID}", TRACK),
        (f"https://open.spotify.com/embed/track/{ID}?theme=0", TRACK),
        (f"https://open.spotify.com/intl-de/embed/track/{ID}", TRACK),
        (f"https://play.spotify.com/track/{ID}", TRACK),
        (f"spotify:track:{ID}", TRACK),
        (f"Spotify:Track:{ID}", TRACK),
        (f"https://embed.spotify.com/?uri=spotify%3Atrack%3A{ID}", TRACK),
        (f"https://open.spotify.com/user/some.one/playlist/{ID}", PLAYLIST),
        (f"https://open.spotify.com/user/bj%C3%B6rk/playlist/{ID}?si=x", PLAYLIST),
        (f"spotify:user:some.one:playlist:{ID}", PLAYLIST),
        (f"spotify:user:spotify:playlist:{ID}", PLAYLIST),
        (f"https://open.spotify.com/artist/{ID}/discography/all", link("artist", ID)),
        ("https://spotify.link/AbC9", link("short", "spotify.link/AbC9")),
        ("spotify.app.link/AbC9?_p=c11", link("short", "spotify.app.link/AbC9")),
        ("https://open.spotify.com/s/AbC9/", link("short", "open.spotify.com/s/AbC9")),
        (f"https://open.spotify.com/episode/{ID}", link("episode", ID)),
        (f"https://open.spotify.com/embed-podcast/show/{ID}", link("show", ID)),
        ("https://open.spotify.com/user/some.one", link("user", "some.one")),
        ("spotify:user:someone", link("user", "someone")),
        ("https://open.spotify.com/collection/tracks", link("collection", "tracks")),
        ("https://open.spotify.com/collection", link("collection", "")),
        (f"https://open.spotify.com/concert/{ID}", link("concert", ID)),
        (f"https://open.spotify.com/prerelease/{ID}", link("prerelease", ID)),
        (f"https://open.spotify.com/socialsession/{ID}", link("jam", ID)),
        ("https://open.spotify.com/blend/invite-1", link("blend", "invite-1")),
    ],
)
def test_reads_every_form_that_people_paste(text: str, expected: SpotifyLink) -> None:
    """Each form of a link is read as what it names, whatever its host, prefix and query."""
    assert [expected] == find_links(text)


@pytest.mark.parametrize(
    "around",
    [
        "{}",
        "Listen: {}!",
        "({})",
        "<{}>",
        "[song]({}).",
        "**{}**",
        "_{}_",
        "~{}~",
        "||{}||",
        '"{}"',
        "\u200f{}\u200f",
        "\u2067{}\u2069",
        "聴いて：{}。",
        "- {}\n- b",
        "-{}",
        "…{},",
        "{}\u3092",
    ],
)
@pytest.mark.parametrize("scheme", ["https://", ""])
def test_reads_a_link_whatever_stands_around_it(around: str, scheme: str) -> None:
    """Punctuation, brackets, markdown and direction marks touch the link without hiding it."""
    assert [TRACK] == find_links(around.format(f"{scheme}open.spotify.com/track/{ID}"))


def test_a_link_with_a_scheme_may_follow_a_word_at_once() -> None:
    """No space is needed before `https://`, as in languages that use none."""
    assert [TRACK] == find_links(f"听https://open.spotify.com/track/{ID}")


def test_several_links_come_in_order_each_once() -> None:
    """A link that is named again, in whatever form, is not repeated."""
    text = f"{ALBUM.url}?si=1\n{TRACK.uri}, {TRACK.url} {ALBUM.uri};{PLAYLIST.url}"
    assert [ALBUM, TRACK, PLAYLIST] == find_links(text)


def test_links_pasted_without_a_space_are_two() -> None:
    """The id ends after 22 characters where the next address begins."""
    assert [TRACK, ALBUM] == find_links(f"{TRACK.url}{ALBUM.url}")
    assert [TRACK, ALBUM] == find_links(f"{TRACK.url}?si=x{ALBUM.url}")


def test_a_links_own_query_names_no_further_link() -> None:
    """What the app notes about the place of sharing is not what was shared."""
    assert [TRACK] == find_links(f"{TRACK.url}?si=1&context=spotify%3Aplaylist%3A{OTHER}")


@pytest.mark.parametrize(
    "text",
    [
        f"https://open.spotify.com.evil.com/track/{ID}",
        f"https://open.spotify.com@evil.com/track/{ID}",
        f"https://open.spotify.com:443@evil.com/track/{ID}",
        f"https://me@open.spotify.com/track/{ID}",
        f"https://open.spotify.com\\@evil.com/track/{ID}",
        f"https://evil.com/open.spotify.com/track/{ID}",
        f"https://evil.com\\open.spotify.com/track/{ID}",
        f"https://not-open.spotify.com/track/{ID}",
        f"https://a.open.spotify.com/track/{ID}",
        f"xopen.spotify.com/track/{ID}",
        f"яopen.spotify.com/track/{ID}",
        f"ftp://open.spotify.com/track/{ID}",
        f"https://open.\u017fpotify.com/track/{ID}",
        f"https://\u043epen.spotify.com/track/{ID}",
        f"https://open.spotify.co/track/{ID}",
        "https://notspotify.link/AbC",
        "https://spotify.link.evil.com/AbC",
        "https://evil.com/spotify.link/AbC",
        "https://spotify.link/",
        f"notspotify:track:{ID}",
        f"evil.com/spotify:track:{ID}",
        "spotify:local:Artist:Album:Song:180",
    ],
)
def test_hosts_that_only_look_like_spotify_are_nothing(text: str) -> None:
    """Other hosts, user names before a host and letters of other scripts do not pass."""
    assert [] == find_links(text)


@pytest.mark.parametrize(
    "text",
    [
        f"https://open.spotify.com/track/{ID[:-1]}",
        f"https://open.spotify.com/track/{ID}x",
        f"https://open.spotify.com/track/{ID[:-1]}é",
        f"spotify:track:{ID}1",
        f"https://open.spotify.com/user/me/playlist/{ID[:-1]}",
        "https://open.spotify.com/track/",
        "https://open.spotify.com/track",
        "https://open.spotify.com/",
        "https://open.spotify.com/user/",
        "https://open.spotify.com/user/...",
        f"https://open.spotify.com/short/{ID}",
        f"https://open.spotify.com/nothing/{ID}",
        "spotify:",
        "spotify::",
        "",
    ],
)
def test_ids_have_exactly_22_characters_of_base62(text: str) -> None:
    """Spotify's pages without an id, or with one that cannot be, are no links."""
    assert [] == find_links(text)


def test_the_kind_may_be_given_as_text() -> None:
    """A link from a store or a button is equal to one that was read."""
    stored: Any = "track"
    assert TRACK == SpotifyLink(stored, ID)
    assert hash(TRACK) == hash(SpotifyLink(stored, ID))


@pytest.mark.parametrize("kind", LinkKind)
def test_only_four_kinds_lead_to_tracks(kind: LinkKind) -> None:
    """A link leads to tracks exactly where it names a kind of listing."""
    expected = LISTINGS.get(kind)
    assert expected == SpotifyLink(kind, ID).listing_kind
    assert (expected is not None) == SpotifyLink(kind, ID).leads_to_tracks
    assert (kind is LinkKind.SHORT) == SpotifyLink(kind, ID).is_short


@given(st.one_of(full_links, short_links))
def test_every_link_is_found_in_its_own_url_and_uri(spotify: SpotifyLink) -> None:
    """Writing a link and reading it again gives the same link."""
    assert [spotify] == find_links(spotify.url)
    assert [spotify] == find_links(spotify.uri)


@given(
    full_links,
    st.sampled_from(["https://", "http://", "HTTPS://", ""]),
    st.sampled_from(["open.spotify.com", "OPEN.SPOTIFY.COM", "play.spotify.com"]),
    st.sampled_from(["", "intl-de/", "intl-pt-BR/", "intl-zh-hant/", "embed/", "intl-fr/embed/"]),
    st.sampled_from(["", "/", "?si=abc_-1", "/?a=b&c=d", "#x", "?"]),
)
def test_every_web_form_is_the_same_link(
    spotify: SpotifyLink, scheme: str, host: str, prefix: str, rest: str
) -> None:
    """Scheme, host, prefixes and what follows the id change nothing."""
    assert [spotify] == find_links(f"{scheme}{host}/{prefix}{spotify.kind}/{spotify.id}{rest}")


@given(st.lists(st.one_of(full_links, short_links), max_size=5), st.sampled_from(" \n,;|"))
def test_many_links_are_all_found(links: list[SpotifyLink], between: str) -> None:
    """However many there are, all of them are found in their order."""
    assert list(dict.fromkeys(links)) == find_links(between.join(one.url for one in links))


@given(st.text())
def test_no_text_crashes_it(text: str) -> None:
    """Any text gives a list, and each link in it can be read again."""
    for found in find_links(text):
        assert [found] == find_links(found.url)


PARTS = [
    "https://",
    "open.spotify.com/",
    "spotify:",
    "spotify%3A",
    "spotify.link/",
    "user/",
    "user:",
]
PARTS += [
    "playlist/",
    "track:",
    "intl-de/",
    "embed/",
    "?",
    "#",
    "@",
    "-",
    ".",
    " ",
    "é",
    ID,
    ID[:5],
]


@given(st.lists(st.sampled_from(PARTS), max_size=12).map("".join))
def test_no_mixture_of_parts_crashes_it(text: str) -> None:
    """Links that are broken, nested or glued together give links that can be read again."""
    for found in find_links(text):
        assert [found] == find_links(found.url)


@pytest.mark.parametrize(
    "unit",
    [
        "spotify%3Auser%3Aa",
        "spotify%3Atrack%3A",
        "open.spotify.com/user/a",
        "open.spotify.com/intl-aa/",
        "spotify:user:",
        "https://",
        "----",
        f"open.spotify.com/track/{ID}?",
    ],
)
def test_reading_takes_time_in_proportion_to_the_text(unit: str) -> None:
    """A hostile file of a megabyte is read in well under the seconds that backtracking takes."""
    text = unit * (1_000_000 // len(unit))
    begun = time.process_time()
    find_links(text)
    assert time.process_time() - begun < 3
