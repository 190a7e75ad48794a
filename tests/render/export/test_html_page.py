"""The web page holds what it was given, and nothing from outside is read as markup."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from babel.support import NullTranslations
from hypothesis import given
from hypothesis import strategies as st

from bot.models import Source
from bot.models.outside_text import one_line
from bot.models.view import ListingView, Picture
from bot.render.export.html_page import render_page
from bot.render.i18n import Words, load_languages
from tests.render.building import TRACK_ID, found, track
from tests.render.export.listings import HARM, listing, road_trip

ENGLISH = load_languages().words("en")
YOUTUBE = "https://www.youtube.com/watch?v=mWQIzeMqdwA"
VOID = {"meta", "link", "img", "input", "br"}


class Page(HTMLParser):
    """Elements with their attributes, and the text inside each."""

    def __init__(self, html: bytes) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None], list[str]]] = []
        self._open: list[int] = []
        self.feed(html.decode())
        assert not self._open, "every element is closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs), []))
        if tag not in VOID:
            self._open.append(len(self.elements) - 1)

    def handle_endtag(self, tag: str) -> None:
        assert tag == self.elements[self._open.pop()][0]

    def handle_data(self, data: str) -> None:
        for at in self._open:
            self.elements[at][2].append(data)

    def all(self, tag: str, **attributes: str) -> list[tuple[dict[str, str | None], str]]:
        wanted = {name.rstrip("_"): value for name, value in attributes.items()}
        return [
            (known, "".join(text).strip())
            for name, known, text in self.elements
            if name == tag and wanted.items() <= known.items()
        ]

    def texts(self, tag: str, **attributes: str) -> list[str]:
        return [text for _, text in self.all(tag, **attributes)]


def page(view: ListingView, picture: Picture | None = None, words: Words = ENGLISH) -> Page:
    return Page(render_page(view, words, picture))


def test_every_track_with_its_links() -> None:
    """A row each: position, names, length, and where the links lead, searches labelled."""
    shown = page(road_trip())
    assert [str(at) for at in range(1, 11)] == shown.texts("td", class_="number")
    assert ["Paper Moths", "Café del mar", "أنت عمري"] == shown.texts("td", class_="title")[:3]
    assert "Énergie 52, Tyler, The Creator" == shown.texts("td", class_="artists")[1]
    assert ["3:47", "1:00:05"] == shown.texts("td", class_="length")[:2]
    links = [re.sub(r"\s+", " ", text) for text in shown.texts("td", class_="links")]
    assert [
        "Spotify YouTube ♪",
        "Spotify YouTube ▶",
        "Spotify YouTube ✎",
        "Spotify YouTube search ⌕",
        "Spotify YouTube search ⌕",
        "Spotify search ⌕ YouTube search ⌕",
        "local file, only on its owner's device",
        "no longer on Spotify",
        "Spotify podcast episode",
    ] == links[:9]
    addresses = {known["href"] for known, _ in shown.all("a")}
    assert {f"https://open.spotify.com/track/{TRACK_ID}", YOUTUBE} <= addresses
    assert (
        f"https://www.youtube.com/watch_videos?video_ids={','.join(['mWQIzeMqdwA'] * 3)}"
        in addresses
    )


def test_the_cover_is_inside_and_attributed() -> None:
    """The picture as it came, in the page itself, linked to where it comes from."""
    content = b"\xff\xd8\xff picture"
    shown = page(road_trip(), Picture("image/jpeg", content))
    [(image, _)] = shown.all("img")
    kind, _, data = str(image["src"]).partition(",")

    assert "data:image/jpeg;base64" == kind
    assert content == base64.b64decode(data)
    assert "Titles and cover come from Spotify" in shown.texts("p")
    assert shown.all("a", class_="cover", href=str(road_trip().listing.url))
    assert [] == page(road_trip()).all("img")


def test_nothing_is_asked_for() -> None:
    """No element loads anything, and the policy lets nothing but its own style and script be."""
    shown = page(road_trip())
    [policy] = [known for known, _ in shown.all("meta") if "http-equiv" in known]
    loading = [
        known for _, known, _ in shown.elements if known.keys() & {"src", "srcset", "action"}
    ]
    assert [] == loading
    assert ["data:,"] == [known["href"] for known, _ in shown.all("link")]
    for tag, directive in (("style", "style-src"), ("script", "script-src")):
        [text] = ["".join(text) for name, _, text in shown.elements if name == tag]
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{directive} 'sha256-{digest}'" in str(policy["content"])
    assert str(policy["content"]).startswith("default-src 'none'; ")
    assert not any(
        name == "style" or name.startswith("on") for _, known, _ in shown.elements for name in known
    )


def test_harm_stays_text() -> None:
    """Markup in a title, an artist or an album is shown as it is written."""
    shown = page(road_trip())
    assert HARM == shown.texts("td", class_="title")[4]
    assert f"Road trip {HARM}" == shown.texts("h1")[0] == shown.texts("title")[0]
    assert 1 == len(shown.all("script"))


@pytest.mark.no_cover  # a whole page for each example
@given(
    st.text(
        alphabet=st.sampled_from("<>&\"'/ =ab`{}%#-!\u202e\x00\u2028") | st.characters(),
        max_size=30,
    )
)
def test_no_input_is_markup(text: str) -> None:
    """Whatever titles, names and addresses hold, the page has the elements of a harmless one."""

    def build(given: str) -> Page:
        tracks = [track(given, artists=(given,), album=given, isrc=given)]
        about = listing(tracks, title=given, owner=given, page_url=f"https://x.example/{given}")
        return page(ListingView(listing=about, results={0: found()}))

    shown, harmless = build("x" + text), build("xy")
    assert [name for name, _, _ in harmless.elements] == [name for name, _, _ in shown.elements]
    assert [known.keys() for _, known, _ in harmless.elements] == [
        known.keys() for _, known, _ in shown.elements
    ]
    assert one_line("x" + text).replace("\r", "") == shown.texts("h1")[0]


def test_only_web_addresses_are_links() -> None:
    """A list whose address is a script, or that has none, is not linked to."""
    for view in (
        road_trip(url="javascript:alert(1)"),
        replace(road_trip(), listing=replace(road_trip().listing, source=Source.UPLOAD)),
    ):
        shown = page(view, Picture("image/png", b"x"))
        assert all(str(known["href"]).startswith("https://") for known, _ in shown.all("a"))
        assert shown.all("span", class_="cover")


def test_many_videos_are_several_queues() -> None:
    """More than fifty recordings open behind one word, as in the chat."""
    tracks = [track(f"Song {at}") for at in range(120)]
    view = ListingView(listing=listing(tracks), results=dict.fromkeys(range(120), found()))
    shown = page(view)
    [opener] = shown.texts("summary")
    labels = [text for _, text in shown.all("a", class_="button")]

    assert "Play all" == opener
    assert ["Spotify ↗", "1–50", "51–100", "101–120"] == labels


def test_a_right_to_left_language() -> None:
    """The page of a reader of Arabic runs from right to left."""
    shown = page(road_trip(), words=Words("ar", NullTranslations()))
    [(root, _)] = shown.all("html")
    assert ("ar", "rtl") == (root["lang"], root["dir"])
