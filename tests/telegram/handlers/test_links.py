"""Links in messages, as people send them, and the whole answer that each gets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bot.telegram import update_processor
from tests.e2e.live import buttons
from tests.e2e.telegram_server import links

if TYPE_CHECKING:
    from bot.sandbox.telegram.state import User
    from bot.storage.database import Mongo
    from tests.conftest import SetClock
    from tests.e2e.live import LiveBot
    from tests.staged.telegram import Telegram

TRACK = "https://open.spotify.com/track/sampleTrackPaperMoth01"
ALBUM = "https://open.spotify.com/album/sampleAlbumHarbour0001"
ATLAS = "https://open.spotify.com/playlist/samplePlaylistAtlas001"
LONGEST = "https://open.spotify.com/playlist/samplePlaylistLongest1"
ARTIST = "https://open.spotify.com/artist/sampleArtistKelpMin001"
GONE = "https://open.spotify.com/album/sampleAlbumTakenDown01"
MOTHS = "Paper Moths at the Window\nOttoline Brack · Paper Moths at the Window · 3:47\n\n"
HINT = "Send me a Spotify link, or a song by artist and title. /help says more."
HARBOUR = """\
Harbour of Small Hours
Ondine Vargo · album · 2024
14 tracks · 57 min

1  Low Tide Radio · 3:42
    Spotify · YouTube ♪
2  Ropewalk · 4:05
    Spotify · YouTube ♪
3  Ropewalk - Night Ferry Remix · Ondine Vargo, Night Ferry Club · 6:13
    Spotify · YouTube ♪
4  A Lamp for the Pilot · 2:58
    Spotify · YouTube search ⌕
5  Sol na vetru · Ondine Vargo, Mira Lesnaya · 3:29
    Spotify · YouTube ♪
6  Barnacle Hymn · 3:14
    Spotify · YouTube ♪
7  Salt Ledger - Acoustic · 3:33
    Spotify · YouTube ♪
8  Customs House · 4:20
    Spotify · YouTube ▶
9  Fogbell - Radio Edit · 3:05
    Spotify · YouTube ♪
10  The Chandler's Daughter · 5:01
    Spotify · YouTube search ⌕
11  Breakwater - 2024 Remaster · 4:12
    Spotify · YouTube ♪
12  Tin Lighthouse (feat. Kofi Ablorde) · Ondine Vargo, Kofi Ablorde · 3:50
    Spotify · YouTube ♪
13  Gulls at the Opera · 2:41
    Spotify · YouTube ♪
14  Harbour of Small Hours (Instrumental) · 6:02
    Spotify · YouTube ♪

12 official · 2 search only"""


async def test_a_track_becomes_a_card(bot: LiveBot, alice: User) -> None:
    """A track's link gets its card: names, both links, buttons, and Spotify's own preview."""
    [card] = await bot.ask(alice, f"hey, listen to {TRACK}?si=abc !")

    text, below = card["text"].split("YouTube ♪ official audio")
    youtube = links(card)[1][1]
    assert f"{MOTHS}Spotify  ·  " == text
    assert "\n" not in below.strip()
    assert [("Spotify", TRACK), ("YouTube", youtube)] == links(card)
    assert youtube.startswith("https://www.youtube.com/watch?v=")
    assert [["Spotify ↗", "YouTube ↗"], ["All platforms ↗", "Wrong song?"], ["Share ↗"]] == (
        buttons(card)
    )
    preview = {"url": TRACK, "prefer_small_media": True, "show_above_text": True}
    assert preview == card["link_preview_options"]


async def test_an_album_becomes_a_listing(bot: LiveBot, alice: User) -> None:
    """An album's link gets every track with its links, and a last line that says what was found."""
    [listing] = await bot.ask(alice, ALBUM)

    found = links(listing)
    assert HARBOUR == listing["text"]
    assert ("Harbour of Small Hours", ALBUM) == found[0]
    assert ["Spotify"] * 14 == [name for name, _ in found[1::2]]
    searched = "https://www.youtube.com/results?search_query=Ondine+Vargo+A+Lamp+for+the+Pilot"
    assert ("YouTube search", searched) == found[8]
    assert not any("◀" in row for row in buttons(listing))


async def test_an_artist_becomes_its_top_ten(bot: LiveBot, alice: User) -> None:
    """An artist's link gets the artist's top ten tracks; only guests are named in them."""
    [listing] = await bot.ask(alice, ARTIST)

    assert "\n1  Department of Waves · 3:36\n" in listing["text"]
    assert "\n7  Out of Office · The Kelp Ministry, Wanda Quillfeather · 3:59\n" in listing["text"]
    assert "The Kelp Ministry\nartist, top tracks\n10 tracks · 38 min" in listing["text"]
    assert listing["text"].endswith("9 official · 1 search only")


async def test_a_playlist_has_pages(bot: LiveBot, alice: User) -> None:
    """A playlist gets its first 20 rows, the buttons of its pages, and the count of all rows."""
    [listing] = await bot.ask(alice, ATLAS)

    rows = [line for line in listing["text"].splitlines() if line[:1].isdigit()]
    counts = (
        "41 official · 1 search only · 1 local file · 1 podcast episode · 1 no longer on Spotify"
    )
    assert "45 tracks · 3 h 30 min" == rows[0]
    assert "20  Il gatto del semaforo · Orchestra Zafferano Blu · 3:16" == rows[20]
    assert [counts] == rows[21:]
    assert "local file, only on its owner's device" in listing["text"]
    assert ["◀", "1 / 3", "▶"] == buttons(listing)[0]


async def test_a_cut_playlist_says_so(bot: LiveBot, alice: User) -> None:
    """Where Spotify shows only the first 100 tracks, the answer says it and what to do."""
    [listing] = await bot.ask(alice, LONGEST)

    assert listing["text"].endswith(
        "100 official\nSpotify shows this bot only the first 100 tracks. "
        "If there are more, select them in "
        "Spotify's desktop app, copy, and paste them here."
    )


async def test_an_answer_replies_to_its_message(
    bot: LiveBot, telegram: Telegram, alice: User
) -> None:
    """The listing is a reply to the message with the link, and one message from begin to end."""
    said = telegram.send_text(alice, ALBUM)
    [listing] = await bot.answers(said)

    assert said["message_id"] == listing["reply_to_message"]["message_id"]
    assert 1 == len(telegram.calls_of("sendMessage"))


@pytest.mark.parametrize(
    "text",
    [
        "https://open.spotify.com/intl-pt-BR/track/sampleTrackPaperMoth01?si=1#x",
        "https://open.spotify.com/embed/track/sampleTrackPaperMoth01/",
        "http://play.spotify.com/track/sampleTrackPaperMoth01",
        "spotify:track:sampleTrackPaperMoth01",
        "open.spotify.com/track/sampleTrackPaperMoth01, and much more",
    ],
)
async def test_all_forms_of_a_link_lead_to_the_same(bot: LiveBot, alice: User, text: str) -> None:
    """Whatever form a link has, its track is found."""
    [card] = await bot.ask(alice, text)

    assert card["text"].startswith(MOTHS)


async def test_a_short_link_is_followed(bot: LiveBot, alice: User) -> None:
    """A short link leads to the listing that it stands for."""
    [listing] = await bot.ask(alice, "https://spotify.link/sampleMix")

    assert listing["text"].startswith("Atlas of Imaginary Radio\n")


async def test_a_link_behind_words_is_found(bot: LiveBot, alice: User) -> None:
    """A link under words counts as one in the text, and stands in its place among the others."""
    hidden = {"type": "text_link", "offset": 9, "length": 4, "url": ALBUM}
    answers = await bot.ask(alice, f"🎧 first this then {TRACK}", entities=[hidden])

    assert ["Harbour of Small Hours", "Paper Moths at the Window"] == [
        answer["text"].splitlines()[0] for answer in answers
    ]


async def test_a_caption_is_read(bot: LiveBot, telegram: Telegram, alice: User) -> None:
    """A link under a picture is answered."""
    [card] = await bot.answers(telegram.send_photo(alice, caption=f"look: {TRACK}"))

    assert card["text"].startswith(MOTHS)


async def test_a_forward_is_read(bot: LiveBot, alice: User, bob: User) -> None:
    """A link in a forwarded message is answered."""
    [card] = await bot.ask(alice, TRACK, forward_from=bob)

    assert card["text"].startswith(MOTHS)


async def test_several_links_get_an_answer_each(bot: LiveBot, alice: User) -> None:
    """Each link of a message has its own reply, in their order; a link given twice has one."""
    answers = await bot.ask(alice, f"{ALBUM} {TRACK}\n{ALBUM}?si=2 {ARTIST}")

    assert ["Harbour of Small Hours", "Paper Moths at the Window", "The Kelp Ministry"] == [
        answer["text"].splitlines()[0] for answer in answers
    ]


PEOPLE = "Send a track, album, playlist or artist."


@pytest.mark.parametrize(
    ("page", "sentence"),
    [
        (
            "episode/sampleDMKnJcNxbYovTm80",
            "That link leads to a podcast episode. I only know music.",
        ),
        ("show/sampleShowMaps00000001", "That link leads to a podcast. I only know music."),
        ("audiobook/sampleBookMaps00000001", "That link leads to an audiobook. I only know music."),
        ("user/someone", f"That link leads to a person's profile. {PEOPLE}"),
        (
            "collection/tracks",
            "Only you can see your liked songs. Put them into a public playlist and send its link.",
        ),
        ("socialsession/abcDEF", f"Only the people in a Jam can open it. {PEOPLE}"),
        ("blend/abcDEF", f"Only the people in a Blend can open it. {PEOPLE}"),
        ("concert/abcDEF", "That link leads to a concert. I only know recorded music."),
        (
            "prerelease/abcDEF",
            "That album is not out yet. Send the link again when it is.",
        ),
        ("genre/pop", f"I can't read that kind of Spotify link. {PEOPLE}"),
    ],
)
async def test_what_holds_no_tracks_is_named(
    bot: LiveBot, alice: User, page: str, sentence: str
) -> None:
    """A link to something else than tracks gets one sentence that says to what."""
    [answer] = await bot.ask(alice, f"https://open.spotify.com/{page}")

    assert sentence == answer["text"]


async def test_nothing_behind_a_link(bot: LiveBot, alice: User) -> None:
    """A link to an album that was taken down gets a sentence and what to do."""
    [answer] = await bot.ask(alice, GONE)

    assert (
        "Spotify has nothing behind that link, or it is private. "
        "Open it in Spotify, share it again, and make a playlist public first."
    ) == answer["text"]


@pytest.mark.parametrize("text", ["🎉", "https://example.org/track/1", "/nonsense"])
async def test_no_link_in_private_gets_a_line_of_help(bot: LiveBot, alice: User, text: str) -> None:
    """A message that is neither a link nor a song gets one line of help in a private chat."""
    [answer] = await bot.ask(alice, text)

    assert HINT == answer["text"]


async def test_a_group_hears_nothing_without_a_link(
    bot: LiveBot, telegram: Telegram, alice: User, bob: User
) -> None:
    """In a group, messages without a link have no answer."""
    group = telegram.group("Friends", [alice, bob])

    assert [] == await bot.ask(bob, "hello all", chat=group)


async def test_a_group_gets_a_silent_reply(
    bot: LiveBot, telegram: Telegram, alice: User, bob: User
) -> None:
    """In a group, a link is answered as a reply and without a sound."""
    group = telegram.group("Friends", [alice, bob])
    said = telegram.send_text(bob, TRACK, chat=group)
    [card] = await bot.answers(said)

    assert said["message_id"] == card["reply_to_message"]["message_id"]
    assert [True] == [c.params["disable_notification"] for c in telegram.calls_of("sendMessage")]


async def test_an_edit_that_brings_a_link_is_answered(
    bot: LiveBot, telegram: Telegram, alice: User
) -> None:
    """A link that is edited into a message is answered; the links it had before are not again."""
    said = telegram.send_text(alice, TRACK)
    await bot.rest()
    telegram.edit_text(said, f"{TRACK} {ALBUM}")
    card, listing = await bot.answers(said)

    assert card["text"].startswith(MOTHS)
    assert HARBOUR == listing["text"]


async def test_edits_of_answered_links_cost_nothing(
    bot: LiveBot, telegram: Telegram, alice: User
) -> None:
    """However often a message is edited, its old links take nothing from the minute's burst."""
    said = telegram.send_text(alice, TRACK)
    await bot.rest()
    for number in range(8):
        telegram.edit_text(said, f"{TRACK} {number}")
        await bot.rest()
    telegram.edit_text(said, f"{TRACK} {ALBUM}")

    assert 2 == len(await bot.answers(said))
    [artist] = await bot.ask(alice, ARTIST)
    assert artist["text"].startswith("The Kelp Ministry\n")


async def test_an_edit_without_a_link_is_left_alone(
    bot: LiveBot, telegram: Telegram, alice: User
) -> None:
    """A message that is edited and has no link gets no second line of help."""
    said = telegram.send_text(alice, "?!")
    await bot.rest()
    telegram.edit_text(said, "?!!")
    [answer] = await bot.answers(said)

    assert HINT == answer["text"]


async def test_the_same_update_is_answered_once(
    bot: LiveBot, telegram: Telegram, alice: User
) -> None:
    """An update that Telegram delivers again has no second answer."""
    said = telegram.send_text(alice, TRACK)
    update = telegram.world.updates.pending[-1]
    await bot.rest()
    telegram.repeat(update)
    await telegram.until(lambda: telegram.idle)

    [card] = await bot.answers(said)

    assert card["text"].startswith(MOTHS)


async def test_a_message_of_which_a_part_is_stored(
    bot: LiveBot, telegram: Telegram, mongo: Mongo, now: SetClock, alice: User
) -> None:
    """Where a process died in its middle, the next one answers the links that have no job."""
    said = telegram.send_text(alice, f"{TRACK} {ALBUM}")
    update = telegram.world.updates.pending[-1]
    await bot.rest()
    await mongo.db["jobs"].delete_one({"link_kind": "album"})
    telegram.repeat(update)
    now.forward(seconds=update_processor.LEASE_S)

    card, album, again = await bot.answers(said)

    assert card["text"].startswith(MOTHS)
    assert album["text"] == again["text"] != card["text"]


async def test_other_bots_are_not_answered(bot: LiveBot, telegram: Telegram, alice: User) -> None:
    """What comes from a bot, or through one, has no answer: two bots would never stop."""
    group = telegram.group("Friends", [alice])
    told: dict[str, Any] = telegram.send_text(alice, TRACK, chat=group)
    update = telegram.world.updates.pending.pop()
    through = update["message"] | {"via_bot": telegram.world.bot.to_api()}
    by_bot = update["message"] | {"from": {"id": 9, "is_bot": True, "first_name": "Robot"}}
    telegram.world.updates.add("message", through)
    telegram.world.updates.add("message", by_bot)

    assert [] == await bot.answers(told)
