"""What is shown to who puts a match right: numbers of tracks, recordings, and what was chosen."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Service, Unavailable
from bot.models import Candidate, CandidateKind, Chooser, Finding, ListingKind, Match, RowKind
from bot.models.job import Job
from bot.models.results import Alternatives, Correction, allowed_songs, count
from bot.models.view import PAGE_ROWS, ListingView, State
from bot.render.card import render_card
from bot.render.commands import LABEL_UNITS, render_history, render_private
from bot.render.corrections import (
    LIST_ROWS,
    counted,
    fixable,
    number_rows,
    render_fixes,
    render_offer,
)
from bot.render.listing import render_listing
from bot.render.reply import MESSAGE_UNITS, plain, units, visible_units
from tests.render.building import album, found, sends, track

if TYPE_CHECKING:
    from bot.render.i18n import Words
    from bot.render.reply import Reply

NOW = datetime(2026, 11, 20, tzinfo=UTC)


def match(number: int = 1, score: float = 0.1, **given: object) -> Match:
    known = {
        "video_id": f"video{number:06}",
        "title": f"Moths <{number}>",
        "channel": "Moonmilk & Co",
        "duration_s": 262.4,
        "kind": CandidateKind.UPLOAD,
    }
    return Match(candidate=Candidate(**known | given), score=score)  # type: ignore[arg-type]  # a test's own fields


def labels(reply: Reply) -> list[list[str]]:
    return [[button.text for button in row] for row in reply.rows]


def listing_view(songs: int = 3, **given: object) -> ListingView:
    rows = [track(f"Song {number}") for number in range(songs)]
    results = {at: found() for at in range(songs)}
    return ListingView(listing=album(*rows), results=results, job="job", **given)  # type: ignore[arg-type]  # a test's own fields


def card_view(**given: object) -> ListingView:
    listing = album(track(), kind=ListingKind.TRACK)
    return ListingView(listing=listing, results={0: found()}, job="job", **given)  # type: ignore[arg-type]  # a test's own fields


def test_the_numbers_of_the_page(words: Words) -> None:
    """Five in a row under the list, only for songs that were looked up, and the way back."""
    view = listing_view(22, page=1)
    rows = number_rows("job", view.shown_page, fixable(view), words)

    assert [["21", "22"], ["Back"]] == [[button.text for button in row] for row in rows]
    assert ["ft:job:20", "ft:job:21"] == [sends(button) for button in rows[0]]
    assert "p:job:1" == sends(rows[-1][0])
    first = number_rows("job", 0, fixable(replace(view, page=0)), words)
    assert [5, 5, 5, 5, 1] == [len(row) for row in first]


def test_only_what_was_looked_up_can_be_put_right(words: Words) -> None:
    """No number stands for a local file, a song without an answer, or one for another day."""
    rows = [track(), track("Demo", row=RowKind.LOCAL, spotify_id=None), track("B"), track("C")]
    view = ListingView(
        listing=album(*rows), results={0: found(), 3: found()}, allowed=[0, 2], job="job"
    )

    assert [["1"], ["Back"]] == [
        [b.text for b in row] for row in number_rows("job", view.shown_page, fixable(view), words)
    ]


@given(
    rows=st.lists(st.sampled_from([RowKind.SONG] * 20 + [*RowKind]), max_size=50),
    failed=st.sets(st.integers(0, 200), max_size=1),
    granted=st.none() | st.sets(st.integers(0, 50)),
    page=st.integers(0, 2),
)
def test_the_numbers_are_known_from_the_counts(
    rows: list[RowKind], failed: set[int], granted: set[int] | None, page: int
) -> None:
    """Where they are, they are those that the listing itself has."""
    listing = album(*(track(f"Song {at}", row=row) for at, row in enumerate(rows)))
    down = Unavailable(Service.YOUTUBE_MUSIC)
    results = {at: down if at in failed else found() for at in allowed_songs(listing, granted)}
    view = ListingView(listing=listing, results=results, allowed=granted, page=page)
    counts = count(listing, results, granted)
    numbers = counted(job(1, counts=asdict(counts)), page)

    if numbers:
        assert fixable(view) == [*numbers]
    else:
        assert not counts.is_gapless or page * PAGE_ROWS >= counts.looked_up


def test_a_stopped_list_is_not_counted() -> None:
    """Its counts do not say which rows were looked up before it was stopped."""
    assert range(3) == counted(job(1, counts={"official": 3}), 0)
    assert not counted(job(1, counts={"official": 3}, stopped=True), 0)
    assert not counted(job(1), 0)


@pytest.mark.parametrize(
    ("view", "has"),
    [
        (listing_view(), True),
        (listing_view(state=State.RUNNING), False),
        (replace(listing_view(), job=""), False),
        (replace(listing_view(), results={}), False),
    ],
)
def test_a_listing_can_be_put_right_when_it_is_done(
    words: Words, view: ListingView, *, has: bool
) -> None:
    found_labels = [label for row in labels(render_listing(view, words)) for label in row]
    assert has == ("Fix a track" in found_labels)


@pytest.mark.parametrize(
    ("view", "label"),
    [
        (card_view(), "Wrong song?"),
        (replace(card_view(), results={0: Finding()}), "Choose one"),
        (card_view(state=State.RUNNING), None),
        (replace(card_view(), job=""), None),
        (replace(card_view(), results={}), None),
    ],
)
def test_a_card_can_be_put_right_when_it_is_done(
    words: Words, view: ListingView, label: str | None
) -> None:
    shown = [each for row in labels(render_card(view, words)) for each in row]
    assert label in shown or (label is None and not {"Wrong song?", "Choose one"} & {*shown})


def test_the_recordings_to_choose_from(words: Words) -> None:
    """Title as a link, channel, length and kind of each; only the matcher says official."""
    candidates = [
        match(1),
        match(2, score=0.7, kind=CandidateKind.VIDEO, channel=None, artists=("Ottoline Brack",)),
        match(3, kind=CandidateKind.AUDIO, channel=None, duration_s=None),
        match(4, kind=CandidateKind.UNKNOWN, title=""),
    ]
    offer = Alternatives(shown=found(), candidates=candidates)
    reply = render_offer(card_view(), 0, offer, "dige", words)

    assert (
        "Paper Moths\n"
        "Ottoline Brack · 3:47\n"
        "\n"
        "Now: YouTube ♪ · official audio\n"
        "\n"
        "Which one is right?\n"
        "\n"
        "1  Moths <1>\n"
        "    Moonmilk & Co · 4:22 · a user's upload\n"
        "\n"
        "2  Moths <2>\n"
        "    Ottoline Brack · 4:22 · official video\n"
        "\n"
        "3  Moths <3>\n"
        "    audio\n"
        "\n"
        "4  Untitled\n"
        "    Moonmilk & Co · 4:22 · video"
    ) == plain(reply.html)
    assert [["1", "2", "3", "4"], ["None of these is right"], ["Back"]] == labels(reply)
    assert "fx:job:0:dige:video000001" == sends(reply.rows[0][0])
    assert ["fx:job:0:dige:none", "p:job:0"] == [sends(row[0]) for row in reply.rows[1:]]
    assert 'href="https://www.youtube.com/watch?v=video000001">Moths &lt;1&gt;<' in reply.html


@pytest.mark.parametrize(
    ("shown", "candidates", "now", "rows"),
    [
        (
            Finding(match=match(), chosen=Chooser.YOU, unproven=True),
            [match(2)],
            "Now: YouTube ✎ · chosen by hand",
            [["1"], ["None of these is right"], ["Undo my choice"], ["Back"]],
        ),
        (
            Finding(chosen=Chooser.YOU),
            [match(2)],
            "Now: YouTube search ⌕ · chosen by hand",
            [["1"], ["Undo my choice"], ["Back"]],
        ),
        (
            Finding(chosen=Chooser.LISTENERS),
            [match(2)],
            "Now: YouTube search ⌕ · chosen by listeners",
            [["1"], ["None of these is right"], ["Back"]],
        ),
        (Finding(), [], "I know no other recording of it.", [["Back"]]),
    ],
)
def test_what_can_be_said_depends_on_what_stands_there(
    words: Words, shown: Finding, candidates: list[Match], now: str, rows: list[list[str]]
) -> None:
    """Who chose can undo it, and nobody is asked to say again what they said."""
    reply = render_offer(
        listing_view(), 2, Alternatives(shown=shown, candidates=candidates), "dige", words
    )

    assert now in plain(reply.html)
    assert rows == labels(reply)
    assert "p:job:0" == sends(reply.rows[-1][0])


def fix(number: int = 1, **given: object) -> Correction:
    known: dict[str, object] = {
        "key": f"key{number}",
        "title": f"Song <{number}>",
        "artists": ("Band",),
        "match": match(number),
        "official": False,
        "at": NOW - timedelta(days=number),
    }
    return Correction(**known | given)  # type: ignore[arg-type]  # a test's own fields


def test_what_a_person_put_right(words: Words) -> None:
    """Track and choice of each, with a button that takes it back."""
    fixes = [fix(1), fix(2, match=None), fix(3, title="", official=True)]
    reply = render_fixes(fixes, 0, words)

    assert (
        "What you put right\n"
        "Press a number to undo it.\n"
        "\n"
        "1  Song <1> · Band\n"
        "    Moths <1> ✎\n"
        "\n"
        "2  Song <2> · Band\n"
        "    no recording there is right\n"
        "\n"
        "3  Untitled · Band\n"
        "    Moths <3> ▶"
    ) == plain(reply.html)
    assert [["✕ 1", "✕ 2", "✕ 3"]] == labels(reply)
    assert "fu:0:key1" == sends(reply.rows[0][0])


def test_many_corrections_have_pages(words: Words) -> None:
    """Ten on each, numbered through; a page that is no more is the last one."""
    fixes = [fix(number) for number in range(2 * LIST_ROWS + 1)]

    assert ["◀", "2 / 3", "▶"] == labels(render_fixes(fixes, 1, words))[-1]
    assert [["✕ 21"], ["◀", "3 / 3", "▶"]] == labels(render_fixes(fixes, 9, words))
    assert "fp:2" == sends(render_fixes(fixes, 1, words).rows[-1][2])


def test_no_corrections_yet(words: Words) -> None:
    reply = render_fixes([], 0, words)
    assert "You have put no track right yet." in reply.html
    assert () == reply.rows


def test_long_names_fit(words: Words) -> None:
    """Whatever names come from outside, a message holds them and callback data stays short."""
    long = "語🎵" * 300
    candidates = [match(n, title=long, channel=long) for n in range(5)]
    rows = [track(long, artists=(long,))]
    view = ListingView(listing=album(*rows), results={0: found()}, job="j" * 16)
    offer = render_offer(view, 0, Alternatives(shown=found(), candidates=candidates), "dige", words)
    key = "text:" + "f" * 24
    fixes = render_fixes(
        [fix(n, title=long, artists=(long,), match=candidates[0], key=key) for n in range(30)],
        1,
        words,
    )

    for reply in (offer, fixes):
        assert visible_units(reply.html) <= MESSAGE_UNITS
        assert all(len(sends(b).encode()) <= 64 for row in reply.rows for b in row)


def job(number: int, **outcome: object) -> Job:
    return Job(
        id=f"job{number}",
        user_id=1,
        chat_id=1,
        message_id=1,
        chat_type="private",
        link_kind="album",
        link_id="x",
        created_at=NOW,
        outcome=outcome,
    )


def test_the_history_is_a_row_of_buttons(words: Words) -> None:
    """Each opens a listing again; a list that is called like its owner says it once."""
    jobs = [
        job(1, title="Harbour", owner="Ottoline Brack"),
        job(2, title="Band", owner="Band"),
        job(3, title="", owner=None),
        job(4, title="語" * 300, owner="Band"),
    ]
    reply = render_history(jobs, words)

    assert [["Harbour — Ottoline Brack"], ["Band"], ["Untitled"]] == labels(reply)[:3]
    assert units(reply.rows[3][0].text) <= LABEL_UNITS
    assert "h:job1" == sends(reply.rows[0][0])


def test_no_history_yet(words: Words) -> None:
    assert "You have opened no list yet. Send me a link first." == render_history([], words).html


def test_private_things_lead_to_the_private_chat(words: Words) -> None:
    [[button]] = render_private("TracklinkBot", "history", words).rows
    assert "https://t.me/TracklinkBot?start=history" == button.url
