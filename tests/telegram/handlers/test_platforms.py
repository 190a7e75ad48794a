"""Links of other platforms in, and links to them out, in the whole bot."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.models import CandidateKind
from bot.sandbox.services import catalogue
from bot.sandbox.services.ids import number, youtube_list
from tests.e2e import worlds
from tests.e2e.faults import How
from tests.e2e.live import buttons, complaints, live, page
from tests.telegram.conftest import QUICK, WORLD

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.models import Candidate, Listing
    from bot.sandbox.telegram.state import Message, User
    from tests.conftest import SetClock
    from tests.e2e.live import LiveBot
    from tests.e2e.services import Loopback
    from tests.e2e.spec import Spec

SAMPLES = catalogue.world(catalogue.read())
SONG = next(iter(SAMPLES.tracks().values()))  # Paper Moths at the Window
ALL = ("spotify", "youtube", "youtube_music", "apple_music", "deezer")
TRACK = f"https://open.spotify.com/track/{SONG.spotify_id}"


def recording(kind: CandidateKind) -> Candidate:
    """A recording of the song that has several."""
    known = [find.candidate for find in SAMPLES.finds if "aper " in find.candidate.title]
    return next(found for found in known if found.kind is kind)


def listing(kind: str) -> Listing:
    return next(found for found in SAMPLES.listings.values() if found.kind == kind)


def addresses(message: Message) -> list[str]:
    """Where the links of a message lead, in their order."""
    return [entity["url"] for entity in message["entities"] if entity["type"] == "text_link"]


async def choose(bot: LiveBot, user: User, *platforms: str) -> None:
    await bot.services.preferences.change(user.id, platforms=list(platforms))


async def test_a_video_becomes_its_track(bot: LiveBot, alice: User) -> None:
    """The card has Spotify's page, and the very video that was sent where it is official."""
    video = recording(CandidateKind.VIDEO)
    [card] = await bot.ask(alice, f"listen: https://youtu.be/{video.video_id}?si=1")

    assert card["text"].startswith("Paper Moths at the Window\nOttoline Brack")
    assert [SONG.url, video.url] == addresses(card)
    assert "▶ official video" in card["text"]


async def test_an_upload_is_never_called_official(bot: LiveBot, alice: User) -> None:
    """A user's upload that is nothing else gets searches, labelled as such, and says so."""
    video = recording(CandidateKind.UPLOAD)
    [card] = await bot.ask(alice, video.url)

    assert "The video you sent is a user's upload." in card["text"]
    assert "official audio" not in card["text"]
    assert "official video" not in card["text"]
    assert "Spotify search ⌕" in card["text"]
    assert video.url in addresses(card)


async def test_a_video_that_is_gone(bot: LiveBot, alice: User) -> None:
    """It is YouTube that has nothing, and that is said."""
    [said] = await bot.ask(alice, "https://www.youtube.com/watch?v=aaaaaaaaaaa")
    assert said["text"].startswith("YouTube has nothing behind that link, or it is private.")


async def test_a_playlist_of_youtube_becomes_a_listing(bot: LiveBot, alice: User) -> None:
    """Its own videos are its links; lost rows keep their place and are named."""
    playlist = listing("playlist")
    [shown] = await bot.ask(
        alice, f"https://music.youtube.com/playlist?list={youtube_list(playlist.id)}"
    )

    assert shown["text"].startswith(f"{playlist.title}\nSample Listener · list · 2026\n45 tracks")
    assert "no longer on YouTube" in shown["text"]
    assert "38 official · 7 no longer on YouTube" in shown["text"]
    assert "1 / 3" == page(shown)


@pytest.mark.parametrize("service", ["apple", "deezer"])
async def test_a_song_elsewhere_is_found_at_spotify(
    bot: LiveBot, alice: User, service: str
) -> None:
    """The card is that of Spotify's track."""
    name = number(service, SONG.key)
    link = {
        "apple": f"https://music.apple.com/tr/album/x/1?i={name}",
        "deezer": f"https://www.deezer.com/fr/track/{name}",
    }[service]
    [card] = await bot.ask(alice, link)

    assert SONG.url == addresses(card)[0]
    assert "♪ official audio" in card["text"]


@pytest.mark.parametrize("service", ["apple", "deezer"])
async def test_an_album_elsewhere_becomes_a_listing(
    bot: LiveBot, alice: User, service: str
) -> None:
    """All its songs come, under its own page."""
    album = listing("album")
    name = number(service, album.id)
    link = {
        "apple": f"https://music.apple.com/us/album/x/{name}",
        "deezer": f"deezer.com/album/{name}",
    }[service]
    [shown] = await bot.ask(alice, link)

    assert shown["text"].startswith(f"{album.title}\nOndine Vargo · list · 2024")
    assert addresses(shown)[0].endswith(name)


async def test_a_short_link_is_followed(bot: LiveBot, alice: User) -> None:
    """Deezer's short links lead to what they stand for."""
    [card] = await bot.ask(alice, f"https://link.deezer.com/s/sample{number('deezer', SONG.key)}")
    assert SONG.url == addresses(card)[0]


@pytest.mark.parametrize(
    ("link", "words"),
    [
        ("https://www.youtube.com/@somebody", "a YouTube channel"),
        ("https://music.apple.com/us/playlist/x/pl.1", "does not let bots read playlists"),
        ("https://www.deezer.com/artist/27", "that kind of Deezer link"),
        ("https://deezer.page.link/unknown", "Deezer has nothing behind that link"),
    ],
)
async def test_what_cannot_be_read_is_said(
    bot: LiveBot, alice: User, link: str, words: str
) -> None:
    """A link that leads to nothing readable gets one sentence."""
    [said] = await bot.ask(alice, link)
    assert words in said["text"]


async def test_groups_are_not_told_what_nobody_asked(bot: LiveBot, alice: User) -> None:
    """A channel's link is no question in a group; a song's is."""
    group = bot.telegram.group("Friends", [alice])
    assert [] == await bot.ask(alice, "see https://www.youtube.com/@somebody", chat=group)
    link = f"https://www.deezer.com/track/{number('deezer', SONG.key)}"
    assert 1 == len(await bot.ask(alice, link, chat=group))


async def test_a_platform_that_is_turned_off(
    settings: Settings, now: SetClock, spec: Spec | None
) -> None:
    """Its links are answered with words."""
    settings = settings.model_copy(update={"deezer": False, "apple_music": False})
    async with live(settings, clock=now) as bot:
        alice = bot.telegram.user("Alice")
        [said] = await bot.ask(alice, "https://www.deezer.com/track/1")
    assert said["text"].startswith("Links of Deezer are turned off here.")
    assert [] == complaints(bot.telegram, spec)


@pytest.mark.parametrize("timing", [QUICK])
async def test_a_card_has_the_links_that_were_chosen(bot: LiveBot, alice: User) -> None:
    """All five, each labelled, in their order, with buttons; no search is needed for them."""
    await choose(bot, alice, *ALL)
    [card] = await bot.ask(alice, TRACK)

    links = next(line for line in card["text"].splitlines() if "Spotify" in line)
    assert (
        "Spotify  ·  YouTube ♪ official audio  ·  YouTube Music  ·  Apple Music  ·  Deezer" == links
    )
    hosts = [url.split("/")[2] for url in addresses(card)]
    assert [
        "open.spotify.com",
        "www.youtube.com",
        "music.youtube.com",
        "music.apple.com",
        "www.deezer.com",
    ] == hosts
    labels = [label for row in buttons(card) for label in row]
    assert {"Apple Music ↗", "Deezer ↗", "YouTube Music ↗"} <= set(labels)


@pytest.mark.parametrize("timing", [QUICK])
async def test_only_the_chosen_links_stand_there(bot: LiveBot, alice: User) -> None:
    """Who wants Deezer alone gets nothing else."""
    await choose(bot, alice, "deezer")
    [card] = await bot.ask(alice, TRACK)
    assert [f"https://www.deezer.com/track/{number('deezer', SONG.key)}"] == addresses(card)


@pytest.mark.parametrize("timing", [QUICK])
async def test_a_listing_fills_in_the_page_on_screen(bot: LiveBot, alice: User) -> None:
    """Deezer's pages come for the rows on screen, Apple's as searches; turning brings the rest."""
    await choose(bot, alice, *ALL)
    playlist = listing("playlist")
    [shown] = await bot.ask(alice, playlist.url or "")

    assert "YouTube Music · Apple Music search ⌕ · Deezer" in shown["text"]
    assert len(shown["entities"]) <= 100
    assert "1 / 3" == page(shown)
    await bot.toast(alice, shown, "▶")
    await bot.rest()
    [turned] = bot.telegram.sent(alice)
    assert "2 / 3" == page(turned)
    assert any("deezer.com/track" in url for url in addresses(turned))


async def test_a_failing_platform_leaves_the_others(
    wired: LiveBot, loopback: Loopback, alice: User
) -> None:
    """Deezer down: its link is a search, the others are there."""
    loopback.fail("deezer", How.STATUS, status=500)
    await choose(wired, alice, *ALL)
    song = next(iter(WORLD.tracks().values()))
    [card] = await wired.ask(alice, f"https://open.spotify.com/track/{song.spotify_id}")

    assert "Apple Music  ·  Deezer search ⌕" in card["text"]
    assert "YouTube ♪ official audio" in card["text"]


async def test_a_found_page_is_not_searched_again(
    wired: LiveBot, loopback: Loopback, alice: User, bob: User
) -> None:
    """What was found for one is there for all."""
    song = next(iter(WORLD.tracks().values()))
    for user in (alice, bob):
        await choose(wired, user, "spotify", "deezer")
        [card] = await wired.ask(user, f"https://open.spotify.com/track/{song.spotify_id}")
        assert any("deezer.com/track" in url for url in addresses(card))
    assert 1 == len(loopback.requests("deezer"))


async def test_a_list_that_is_no_longer_kept_is_not_asked_for(
    wired: LiveBot, loopback: Loopback, alice: User
) -> None:
    """A page is of what was sent: where that is gone, its link has to be sent again."""
    name = number("deezer", worlds.playlist_id("Road trip"))
    [shown] = await wired.ask(alice, f"https://www.deezer.com/playlist/{name}")
    await wired.backends.mongo.db["listings"].delete_many({})
    asked = len(loopback.requests("deezer"))
    toast = await wired.toast(alice, shown, "▶")
    assert "That list is too old to turn. Send its link again." == toast
    assert asked == len(loopback.requests("deezer"))


async def test_the_usual_links_ask_nobody_else(
    wired: LiveBot, loopback: Loopback, alice: User
) -> None:
    """Who has chosen nothing costs Apple and Deezer no request."""
    song = next(iter(WORLD.tracks().values()))
    await wired.ask(alice, f"https://open.spotify.com/track/{song.spotify_id}")
    assert [] == loopback.requests("deezer") + loopback.requests("apple")
