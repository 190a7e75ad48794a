"""What people chose is shown as chosen, and never called official by that."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.models import CandidateKind, Chooser, Finding, ListingKind
from bot.models.results import count
from bot.models.view import ListingView
from bot.render.card import render_card
from bot.render.export.json_file import shape
from bot.render.listing import render_listing, summary
from bot.render.reply import plain
from tests.render.building import album, found, track

if TYPE_CHECKING:
    from bot.render.i18n import Words

YOU, LISTENERS = Chooser.YOU, Chooser.LISTENERS


def chosen(kind: CandidateKind, chooser: Chooser, *, unproven: bool = True) -> Finding:
    return replace(found(kind), chosen=chooser, unproven=unproven)


@pytest.mark.parametrize(
    ("result", "line", "sentence"),
    [
        (
            chosen(CandidateKind.UPLOAD, YOU),
            "YouTube ✎ chosen by hand",
            "It is not surely the right official recording.",
        ),
        (
            chosen(CandidateKind.AUDIO, LISTENERS),
            "YouTube ✎ chosen by listeners",
            "It is not surely the right official recording.",
        ),
        (
            chosen(CandidateKind.VIDEO, YOU, unproven=False),
            "YouTube ▶ official video · chosen by hand",
            "",
        ),
        (
            Finding(chosen=YOU),
            "YouTube search ⌕",
            "Marked by hand: no recording there is right.",
        ),
        (
            Finding(chosen=LISTENERS),
            "YouTube search ⌕",
            "Listeners said that no recording there is right.",
        ),
    ],
)
def test_the_card_of_a_choice(words: Words, result: Finding, line: str, sentence: str) -> None:
    """Who chose stands beside the link; the sentence says what that is worth."""
    listing = album(track(), kind=ListingKind.TRACK)
    text = plain(render_card(ListingView(listing=listing, results={0: result}), words).html)

    assert text.endswith(f"Spotify  ·  {line}\n{sentence}".rstrip())


def test_the_listing_of_choices(words: Words) -> None:
    """A choice has its own sign and is counted apart from what is official."""
    listing = album(*(track(f"Song {number}") for number in range(4)))
    results = {
        0: chosen(CandidateKind.AUDIO, YOU),
        1: chosen(CandidateKind.VIDEO, LISTENERS, unproven=False),
        2: found(),
        3: Finding(chosen=YOU),
    }
    text = plain(render_listing(ListingView(listing=listing, results=results), words).html)
    links = [line.strip() for line in text.splitlines() if "Spotify · " in line]

    assert [
        "Spotify · YouTube ✎",
        "Spotify · YouTube ▶",
        "Spotify · YouTube ♪",
        "Spotify · YouTube search ⌕",
    ] == links
    assert text.endswith("2 official · 1 chosen · 1 search only")
    assert "2 official · 1 chosen · 1 search only" == plain(
        summary(count(listing, results, None), words)
    )


def test_the_shape_of_choices() -> None:
    """Data calls a choice chosen and says by whom; only the matcher's word makes a kind."""
    listing = album(*(track(f"Song {number}") for number in range(3)))
    results = {
        0: chosen(CandidateKind.UPLOAD, YOU),
        1: chosen(CandidateKind.AUDIO, LISTENERS, unproven=False),
        2: Finding(chosen=LISTENERS),
    }
    rows = [row["youtube"] for row in shape(listing, results)["tracks"]]

    assert ["chosen", "audio", "search"] == [row["kind"] for row in rows]
    assert ["chosen by you", "chosen by listeners", "chosen by listeners"] == [
        row["reasons"][0]["detail"] for row in rows
    ]
