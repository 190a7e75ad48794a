"""Play all: queues of the official recordings, fifty rows in each, and their keyboard."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.models import Candidate, CandidateKind, Finding, Match
from bot.models.results import Counts
from bot.models.view import ListingView, State
from bot.platforms.urls import queue_url
from bot.render.buttons import (
    PAGE_QUEUES,
    queue_pages,
    queue_rows,
    queued_rows,
    queues,
    share_button,
)
from bot.render.listing import render_listing
from bot.sandbox.telegram.keyboards import check_markup
from tests.render.building import album, sends, track

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.models import Listing
    from bot.render.i18n import Words
    from bot.render.reply import Button


def video(at: int) -> str:
    return f"video{at:06}"


def found(positions: Iterable[int]) -> dict[int, Finding]:
    return {
        at: Finding(
            match=Match(
                candidate=Candidate(video_id=video(at), title="x", kind=CandidateKind.AUDIO),
                score=0.9,
            )
        )
        for at in positions
    }


def listing(rows: int) -> Listing:
    return album(*(track(f"Song {at}") for at in range(rows)))


def view(rows: int, positions: Iterable[int], **given: object) -> ListingView:
    known = {"listing": listing(rows), "results": found(positions), "job": "job"}
    return ListingView(**(known | given))  # type: ignore[arg-type]  # a test's own fields


def tools(shown: ListingView, words: Words) -> dict[str, Button]:
    return {b.text: b for row in render_listing(shown, words).rows for b in row}


def test_up_to_fifty_videos_are_one_queue() -> None:
    """Fifty videos of a longer list play at once, in the list's order, without what is missing."""
    positions = [at for at in range(80) if at % 8 < 5]
    [queue] = queues(listing(80), dict(reversed(found(positions).items())))

    assert (1, 80) == (queue.first, queue.last)
    assert [video(at) for at in positions] == list(queue.videos)
    assert queue.url == queue_url(queue.videos)
    assert queue.url.startswith("https://www.youtube.com/watch_videos?video_ids=video000000,video0")


def test_more_are_a_queue_for_each_fifty_rows() -> None:
    """The labels name the list's own rows; what was only a search is passed over."""
    parts = queues(listing(201), found(set(range(200)) - {3, 77} - set(range(100, 150))))

    assert [(1, 50), (51, 100), (151, 200)] == [(part.first, part.last) for part in parts]
    assert [49, 49, 50] == [len(part.videos) for part in parts]
    assert video(3) not in parts[0].videos


@pytest.mark.parametrize(
    ("rows", "results"),
    [(0, {}), (3, {}), (3, {0: Finding()})],
    ids=["no rows", "no results", "only searches"],
)
def test_nothing_found_is_no_queue(rows: int, results: dict[int, Finding]) -> None:
    """Where there is no official recording there is nothing to play."""
    assert [] == queues(listing(rows), results)


def test_the_button_opens_the_one_queue(words: Words) -> None:
    """With one queue the button of the finished listing is its link."""
    shown = tools(view(3, [0, 2]), words)
    assert queue_url([video(0), video(2)]) == shown["Play all ↗"].url


def test_the_button_opens_the_choice(words: Words) -> None:
    """With several queues, or when only the page is known, the button asks for the keyboard."""
    assert "w:job:0" == sends(tools(view(120, range(120)), words)["Play all"])
    on_page = view(300, range(20), whole=False, counts=Counts(official=200))
    assert "w:job:0" == sends(tools(on_page, words)["Play all"])


def test_no_button_without_videos(words: Words) -> None:
    """A running listing, and one without official recordings, offer no queue."""
    labels = {"Play all", "Play all ↗"}
    none = view(300, [], whole=False, counts=Counts(search=300))
    for shown in (view(3, [0], state=State.RUNNING), view(3, []), none):
        assert not labels & tools(shown, words).keys()


def test_the_keyboard_fits_whatever_the_list_is(words: Words) -> None:
    """Five thousand tracks stay within Telegram's limits, twelve queues a page."""
    shown = view(5_000, range(5_000), page=7)
    counts = Counts(official=5_000)
    pages = queue_pages(shown.listing, queued_rows(counts, 0))
    labels: list[str] = []
    for page in range(pages):
        parts = queues(shown.listing, shown.results, queued_rows(counts, page))
        rows = queue_rows(shown, parts, page, pages, words)
        check_markup(
            json.loads(json.dumps({"inline_keyboard": [[_api(b) for b in r] for r in rows]}))
        )
        labels += [button.text for row in rows for button in row if button.url]
        assert [f"w:job:{page - 1}", f"w:job:{page}", f"w:job:{page + 1}"] == [
            sends(button) for button in rows[-2]
        ]
        assert [("Back", "p:job:7")] == [(button.text, sends(button)) for button in rows[-1]]

    assert -(-100 // PAGE_QUEUES) == pages
    assert 100 == len(set(labels))
    assert ["1–50", "51–100", "4,951–5,000"] == [labels[0], labels[1], labels[-1]]


def test_one_page_needs_no_turning(words: Words) -> None:
    """Few queues stand above the way back alone; a queue of one row is named by it."""
    shown = view(101, range(101))
    rows = queue_rows(shown, queues(shown.listing, shown.results), 0, 1, words)
    assert [["1–50", "51–100", "101"], ["Back"]] == [[b.text for b in row] for row in rows]


def _api(button: Button) -> dict[str, str]:
    action = {"url": button.url} if button.url else {"callback_data": sends(button)}
    return {"text": button.text, **action}


def test_the_share_text_is_plain(words: Words) -> None:
    """It lands in another's draft: without controls, and nothing turned round."""
    listing = replace(album(track()), title="T\x1b[2J\u202egnp\u2066", owner="O\x9b")
    button = share_button(ListingView(listing=listing, bot="TracklinkBot"), words)
    assert button
    assert ["T [2Jgnp — O"] == parse_qs(urlsplit(button.url or "").query)["text"]
