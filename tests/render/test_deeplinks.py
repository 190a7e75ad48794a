"""Addresses that open something in the private chat: they lead back to what they were made of."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.models import ListingKind, Source
from bot.models.links import Elsewhere, ElsewhereKind, LinkKind, SpotifyLink
from bot.models.view import ListingView
from bot.render.buttons import TITLE_UNITS, share_button
from bot.render.deeplinks import command_url, link_in, payload_of, start_url
from bot.render.i18n import load_languages
from tests.stage import listing

WORDS = load_languages().words("en")
ID = "4uLU6hMCjMI75M1A2tKUQC"
ALBUM = replace(listing(3), kind=ListingKind.ALBUM, id=ID)


@pytest.mark.parametrize(
    ("payload", "link"),
    [
        (f"track_{ID}", SpotifyLink(LinkKind.TRACK, ID)),
        (f"album_{ID}", SpotifyLink(LinkKind.ALBUM, ID)),
        (f"playlist_{ID}", SpotifyLink(LinkKind.PLAYLIST, ID)),
        (f"artist_{ID}", SpotifyLink(LinkKind.ARTIST, ID)),
        ("youtube_video_a-_DEF45678", Elsewhere(ElsewhereKind.YOUTUBE_VIDEO, "a-_DEF45678")),
        (
            "youtube_playlist_PL-_o1W8mHgCUkCm1M4sV2hQ0u_vYv7xk3w",
            Elsewhere(ElsewhereKind.YOUTUBE_PLAYLIST, "PL-_o1W8mHgCUkCm1M4sV2hQ0u_vYv7xk3w"),
        ),
        ("apple_track_tr-1440833098", Elsewhere(ElsewhereKind.APPLE_TRACK, "tr:1440833098")),
        ("apple_album_us-1440833098", Elsewhere(ElsewhereKind.APPLE_ALBUM, "us:1440833098")),
        ("deezer_track_3135556", Elsewhere(ElsewhereKind.DEEZER_TRACK, "3135556")),
        ("deezer_playlist_908622995", Elsewhere(ElsewhereKind.DEEZER_PLAYLIST, "908622995")),
    ],
)
def test_a_payload_leads_to_its_link(payload: str, link: SpotifyLink | Elsewhere) -> None:
    """Each kind that can be opened has one payload, read and written alike."""
    assert link == link_in(payload)
    if isinstance(link, Elsewhere):
        made = replace(
            listing(2),
            kind=link.listing_kind or ListingKind.LIST,
            id=link.listing_id,
            source=Source.YOUTUBE,
        )
    else:
        made = replace(listing(2), kind=ListingKind(str(link.kind)), id=link.id)
    assert payload == payload_of(made)


@pytest.mark.parametrize(
    "payload",
    [
        "",
        "album_",
        "album",
        ID,
        f"album_{ID}x",
        f"album_{ID[:-1]}",
        f"album_{ID[:-1]}-",
        f" album_{ID}",
        f"album_{ID}\n",
        f"episode_{ID}",
        "short_abc",
        "upload_abc",
        "youtube_video_short",
        "apple_track_1440833098",
        "deezer_track_x",
        "deezer_track_٣",
        "list_abcdefghijklmnop",
        "$where",
    ],
)
def test_what_nobody_made_leads_nowhere(payload: str) -> None:
    assert None is link_in(payload)


@given(st.text(max_size=80))
def test_any_text_is_read_without_failing(payload: str) -> None:
    """What comes back is a link whose own payload it is, or nothing."""
    link = link_in(payload)
    assert link is None or re.fullmatch(r"[A-Za-z0-9_-]{1,64}", payload)


def test_a_list_that_a_person_sent_is_theirs() -> None:
    """No address leads to it, so that it cannot be shared by mistake."""
    sent = replace(listing(2), kind=ListingKind.LIST, id="upload:abc", source=Source.UPLOAD)

    assert None is payload_of(sent)
    assert None is start_url("TracklinkBot", sent)
    assert None is share_button(ListingView(listing=sent, bot="TracklinkBot"), WORDS)


def test_the_addresses() -> None:
    assert f"https://t.me/TracklinkBot?start=album_{ID}" == start_url("TracklinkBot", ALBUM)
    assert "https://t.me/TracklinkBot?start=history" == command_url("TracklinkBot", "history")
    assert None is start_url("", ALBUM)


@pytest.mark.parametrize(
    ("title", "owner", "text"),
    [
        ("Ropes & 100 % #1?", "A=B", "Ropes & 100 % #1? — A=B"),
        ("Gulls", None, "Gulls"),
        ("خبز", "فيروز", "خبز — فيروز"),
    ],
)
def test_sharing_says_what_it_is(title: str, owner: str | None, text: str) -> None:
    """Telegram's own sharing page gets the address and the title, whatever signs are in it."""
    shown = ListingView(listing=replace(ALBUM, title=title, owner=owner), bot="TracklinkBot")
    button = share_button(shown, WORDS)

    assert button is not None
    assert button.url is not None
    parts = urlsplit(button.url)
    assert ("t.me", "/share/url") == (parts.netloc, parts.path)
    assert {"url": [start_url("TracklinkBot", ALBUM)], "text": [text]} == parse_qs(parts.query)


def test_sharing_a_track_names_its_artists() -> None:
    shown = ListingView(listing=listing(1), bot="TracklinkBot")
    button = share_button(shown, WORDS)

    assert button is not None
    assert "text=List%201%20%E2%80%94%20Band" in str(button.url)


def test_a_long_title_fits_into_an_address() -> None:
    """Telegram takes addresses of some 2,000 characters; a sign may take twelve of them."""
    shown = ListingView(listing=replace(ALBUM, title="語" * 500), bot="TracklinkBot")
    button = share_button(shown, WORDS)

    assert button is not None
    assert len(str(button.url)) < 12 * TITLE_UNITS + 200
