"""The exported page in a real browser: search, sort, links, looks, and no request to anybody.

Needs Chromium: `apt-get install chromium` puts it at /usr/bin/chromium; the variable CHROMIUM names
another place. Without it these tests are skipped. SHOTS names a folder for screenshots.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bot.models.view import Format, ListingView, Picture
from bot.render.export.files import export
from bot.sandbox.services.transports import cover
from tests.render.building import TRACK_ID, found, track
from tests.render.export.listings import HARM, listing, road_trip

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from bot.render.i18n import Words

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
# Sandboxes need rights that test machines seldom give; the others keep Chromium from its own hosts
ARGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1200, "height": 900}
YOUTUBE = "https://www.youtube.com/watch?v=mWQIzeMqdwA"

pytestmark = pytest.mark.skipif(
    not CHROMIUM.exists(), reason=f"no Chromium at {CHROMIUM}: apt-get install chromium"
)


@dataclass
class Opened:
    """A page, the messages of its console, and the addresses that it asked for."""

    page: Page
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def titles(self) -> list[str]:
        return self.page.locator("tbody tr:visible .title").all_inner_texts()

    def sort(self, column: str) -> str | None:
        """Sort by a column; how its heading says that it is sorted."""
        self.page.get_by_role("button", name=column, exact=True).click()
        heading = self.page.get_by_role("columnheader", name=column, exact=True)
        return heading.get_attribute("aria-sort")

    def colour(self, name: str) -> int:
        """How bright a colour of the body is, 0 to 765."""
        script = f"getComputedStyle(document.body).{name}.match(/\\d+/g).map(Number)"
        return sum(self.page.evaluate(script)[:3])

    def width(self) -> int:
        return int(self.page.evaluate("document.documentElement.scrollWidth"))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        yield browser
        browser.close()


@contextmanager
def opened(
    browser: Browser, view: ListingView, words: Words, folder: Path, **options: Any
) -> Iterator[Opened]:
    """Open the page of a listing from a file, as a person does who got it in a chat."""
    path = folder / "page.html"
    path.write_bytes(export(view, Format.HTML, words, Picture("image/png", cover())).content)
    context = browser.new_context(**({"viewport": DESKTOP} | options))
    shown = Opened(context.new_page())
    shown.page.on("console", lambda message: shown.said.append(message.text))
    shown.page.on("pageerror", lambda error: shown.said.append(str(error)))
    shown.page.on("dialog", lambda dialog: shown.said.append(dialog.message))
    shown.page.on("request", lambda request: shown.asked.append(request.url))
    try:
        shown.page.goto(path.as_uri())
        yield shown
        outside = [url for url in shown.asked if not url.startswith(("data:", path.as_uri()))]
        assert [] == outside
        assert [] == shown.said
    finally:
        context.close()


@pytest.fixture
def shown(browser: Browser, words: Words, tmp_path: Path) -> Iterator[Opened]:
    with opened(browser, road_trip(), words, tmp_path) as shown:
        yield shown


def test_search(shown: Opened) -> None:
    """Words find titles, artists and albums whatever their case and accents; all must be there."""
    box = shown.page.get_by_label("Search this list")
    results = {}
    for query in ("CAFE", "ottoline moths", "energie tyler", "عمري", "xyzzy", " "):
        box.fill(query)
        results[query] = (shown.titles()[:2], shown.page.locator("output").inner_text())

    assert (["Café del mar"], "1 of 10 tracks") == results["CAFE"]
    assert (["Paper Moths"], "1 of 10 tracks") == results["ottoline moths"]
    assert (["Café del mar"], "1 of 10 tracks") == results["energie tyler"]
    assert (["أنت عمري"], "1 of 10 tracks") == results["عمري"]
    assert ([], "No track of this list fits.") == results["xyzzy"]
    assert "" == results[" "][1]
    assert 10 == len(shown.titles())


def test_enter_sends_nothing(shown: Opened) -> None:
    """Enter in the search box leaves the page as it is."""
    box = shown.page.get_by_label("Search this list")
    box.fill("moths")
    box.press("Enter")
    assert ["Paper Moths"] == shown.titles()
    assert "moths" == box.input_value()


def test_sort(browser: Browser, words: Words, tmp_path: Path) -> None:
    """Each heading sorts up, then down; lengths as numbers, and what is empty stays last."""
    tracks = [
        track("b 10", artists=("Zoë",), duration_ms=600_000, album="One"),
        track("B 9", artists=("Ångström",), duration_ms=61_000),
        track("a", artists=("Zed",), duration_ms=None, album="Two"),
    ]
    view = ListingView(listing=listing(tracks), results={1: found()})
    with opened(browser, view, words, tmp_path) as shown:
        orders = {
            (column, shown.sort(column)): "".join(title[-1] for title in shown.titles())
            for column in ("Title", "Title", "Length", "Length", "Artists", "Album", "Links")
        }
        shown.sort("Position")

        assert {
            ("Title", "ascending"): "a90",
            ("Title", "descending"): "09a",
            ("Length", "ascending"): "90a",
            ("Length", "descending"): "09a",
            ("Artists", "ascending"): "9a0",
            ("Album", "ascending"): "0a9",
            ("Links", "ascending"): "90a",
        } == orders
        assert ["b 10", "B 9", "a"] == shown.titles()
        assert 1 == shown.page.locator("th[aria-sort]").count()


def test_keys_are_enough(shown: Opened) -> None:
    """Without a mouse: the headings are buttons, and Enter sorts."""
    shown.page.get_by_role("button", name="Title", exact=True).focus()
    shown.page.keyboard.press("Enter")
    assert "ascending" == shown.page.locator("th").nth(1).get_attribute("aria-sort")


def test_links_lead_where_they_say(shown: Opened) -> None:
    """The links of a row, of the list and of its queue are those of the chat, and tell nobody."""
    row = shown.page.locator("tbody tr").first
    assert [f"https://open.spotify.com/track/{TRACK_ID}", YOUTUBE] == [
        link.get_attribute("href") for link in row.get_by_role("link").all()
    ]
    queue = shown.page.get_by_role("link", name="Play all")
    assert "watch_videos?video_ids=mWQIzeMqdwA," in str(queue.get_attribute("href"))
    for link in shown.page.get_by_role("link").all():
        assert str(link.get_attribute("href")).startswith("https://")
        assert "noopener noreferrer" == link.get_attribute("rel")


def test_harm_does_nothing(shown: Opened) -> None:
    """Markup in a title is read as text: no dialog, no request, no element of its own."""
    assert HARM in shown.titles()
    assert 1 == shown.page.locator("img").count()


def test_the_cover_is_whole(shown: Opened) -> None:
    """The picture is drawn, in its own proportions."""
    size = shown.page.evaluate(
        "(({naturalWidth, naturalHeight, width, height}) => "
        "[naturalWidth, naturalHeight, width === height])(document.querySelector('img'))"
    )
    assert [300, 300, True] == size


def test_dark_and_light(browser: Browser, words: Words, tmp_path: Path) -> None:
    """The page takes the colours that the device asks for."""
    seen = {}
    for scheme in ("light", "dark"):
        with opened(browser, road_trip(), words, tmp_path, color_scheme=scheme) as shown:
            seen[scheme] = shown.colour("backgroundColor") - shown.colour("color")
            _shoot(shown, f"desktop-{scheme}")
    assert seen["light"] > 500
    assert seen["dark"] < -500


@pytest.mark.parametrize("width", [320, 390, 768])
def test_a_narrow_screen(browser: Browser, words: Words, tmp_path: Path, width: int) -> None:
    """Nothing stands beyond the edge, however long the words are; title and links are in sight."""
    tracks = [*road_trip().listing.tracks, track("Donaudampfschifffahrt" * 9, artists=("x" * 99,))]
    view = ListingView(listing=listing(tracks), results=road_trip().results)
    size = PHONE | {"width": width}
    with opened(browser, view, words, tmp_path, viewport=size, has_touch=True) as shown:
        assert width == shown.width()
        assert shown.page.get_by_label("Search this list").is_visible()
        for part in shown.page.locator("tbody td.title, tbody td.links a").all():
            box = part.bounding_box()
            assert box
            assert 0 <= box["x"]
            assert box["x"] + box["width"] <= width
        assert "descending" == shown.sort("Position")
        _shoot(shown, f"narrow-{width}")


def test_right_to_left(browser: Browser, words: Words, tmp_path: Path) -> None:
    """An Arabic title beside Latin text begins at its right, and does not turn the row around."""
    with opened(browser, road_trip(), words, tmp_path) as shown:
        cells = shown.page.locator("tbody tr").nth(2).locator("td")
        edges = [box["x"] for box in (cell.bounding_box() for cell in cells.all()) if box]
        direction = cells.nth(1).locator("bdi").evaluate("each => getComputedStyle(each).direction")
        assert sorted(edges) == edges
        assert "rtl" == direction


def test_print(browser: Browser, words: Words, tmp_path: Path) -> None:
    """On paper: dark on white also for a dark device, no controls, addresses that can be typed."""
    with opened(browser, road_trip(), words, tmp_path, color_scheme="dark") as shown:
        shown.page.emulate_media(media="print", color_scheme="dark")
        assert 765 == shown.colour("backgroundColor")
        assert 0 == shown.colour("color")
        assert not shown.page.locator("form").is_visible()
        assert not shown.page.locator("nav").is_visible()
        assert ["youtube.com/watch?v=mWQIzeMqdwA", ""] == [
            shown.page.locator("tbody tr")
            .nth(row)
            .locator("td.links a")
            .nth(1)
            .evaluate("link => getComputedStyle(link, '::after').content.slice(1, -1)")
            for row in (0, 3)
        ]
        assert shown.page.pdf().startswith(b"%PDF")


def test_without_script(browser: Browser, words: Words, tmp_path: Path) -> None:
    """Where scripts are off all tracks are there, and no search box that does nothing."""
    with opened(browser, road_trip(), words, tmp_path, java_script_enabled=False) as shown:
        assert 10 == shown.page.locator("tbody tr").count()
        assert not shown.page.locator("form").is_visible()


def _shoot(shown: Opened, name: str) -> None:
    """A screenshot for people to look at, where SHOTS names a folder for it."""
    if folder := os.environ.get("SHOTS"):
        shown.page.screenshot(path=Path(folder) / f"{name}.png")
