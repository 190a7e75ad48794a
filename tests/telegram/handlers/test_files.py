"""Lists of songs as a file or as text: the listing they become, and what is said of the rest."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.errors import StoreUnavailable
from bot.models.songlist import MOST_BYTES, MOST_LINES
from bot.quota.policy import BURST
from bot.sandbox.telegram.errors import ApiError, bad_request
from bot.storage.uploads import Uploads
from bot.telegram import delivery
from bot.telegram.handlers import files
from tests.e2e import worlds
from tests.e2e.faults import How
from tests.e2e.live import buttons, live
from tests.e2e.telegram_server import links
from tests.staged.faults import NoAnswer
from tests.telegram.conftest import CUT_OFF, QUICK

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.sandbox.telegram.state import Message, User
    from bot.storage.database import Mongo
    from tests.conftest import SetClock
    from tests.e2e.live import LiveBot
    from tests.e2e.services import Loopback
    from tests.staged.faults import NoResult
    from tests.staged.telegram import Telegram

TRACK = "https://open.spotify.com/track/sampleTrackPaperMoth01"
ALBUM = "https://open.spotify.com/album/sampleAlbumHarbour0001"
MOTHS = "Paper Moths at the Window"
MINE = f"""\
# my songs
Ottoline Brack - {MOTHS}
Ropewalk — Ondine Vargo
{TRACK}
https://open.spotify.com/track/0000000000000000000000
{ALBUM}
Zzz - Qqq
"""
NOT_FOUND = f"""\
# mine: lines without a song. Put them right and send me this file.

# line 5: no longer on Spotify
https://open.spotify.com/track/0000000000000000000000

# line 6: a link to a list: send it as a message of its own
{ALBUM}

# line 7: neither Spotify nor YouTube has surely the right song
Zzz - Qqq
"""
SONGS = worlds.tracks("Road trip", 45)


async def send(bot: LiveBot, user: User, name: str, content: bytes) -> list[Message]:
    return await bot.answers(bot.telegram.send_file(user, name, content))


async def test_a_text_file(bot: LiveBot, telegram: Telegram, alice: User) -> None:
    """A file becomes a listing of its name; what came to nothing comes back as a file."""
    listing, rest = await send(bot, alice, "mine.txt", MINE.encode())

    assert listing["text"].startswith(f"mine\nlist\n5 tracks\n\n1  {MOTHS} · Ottoline Brack")
    assert "2  Ropewalk · Ondine Vargo\n    Spotify · YouTube ♪\n" in listing["text"]
    assert f"3  {MOTHS} · Ottoline Brack · 3:47\n" in listing["text"]
    assert "4  Untitled\n    no longer on Spotify\n" in listing["text"]
    assert "5  Qqq · Zzz\n    Spotify search ⌕ · YouTube search ⌕\n" in listing["text"]
    assert listing["text"].endswith("3 official · 1 search only · 1 no longer on Spotify")
    assert ("Spotify search", "https://open.spotify.com/search/Zzz%20Qqq") in links(listing)
    assert "not_found.txt" == rest["document"]["file_name"]
    assert NOT_FOUND == telegram.file_of(rest).decode()
    caption = "3 lines of your list came to nothing. Here they are, with the reasons."
    assert caption == rest["caption"]
    assert listing["message_id"] == rest["reply_to_message"]["message_id"]


async def test_everything_is_found(bot: LiveBot, alice: User) -> None:
    """A list whose lines all have a song brings no file."""
    [listing] = await send(bot, alice, "a.txt", f"Ottoline Brack - {MOTHS}\n{TRACK}".encode())

    assert listing["text"].endswith("2 official")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1254", "cp1252"])
async def test_a_table(bot: LiveBot, alice: User, encoding: str) -> None:
    """Exportify's columns, in any encoding: what the table says is not asked for again."""
    text = (
        "Track URI,Track Name,Artist Name(s),Album Name,Track Duration (ms)\r\n"
        f"spotify:track:sampleTrackPaperMoth01,Ça va: {MOTHS},Ottoline Brack,,227000\r\n"
        ",Low Tide Radio,Ondine Vargo,Harbour of Small Hours,222000\r\n"
    )
    listing = (await send(bot, alice, "Road_trip.csv", text.encode(encoding)))[0]

    assert listing["text"].startswith("Road trip\nlist\n2 tracks · 8 min\n\n1  Ça va: Paper Moths")
    assert ("Spotify", TRACK) in links(listing)
    assert "2  Low Tide Radio · Ondine Vargo · 3:42\n    Spotify · YouTube ♪" in listing["text"]


async def test_lines_of_a_message(bot: LiveBot, telegram: Telegram, alice: User) -> None:
    """Two lines that look like songs are a list; one message answers them."""
    [listing] = await bot.ask(alice, f"1. Ottoline Brack - {MOTHS}\n2. Ropewalk — Ondine Vargo")

    assert listing["text"].startswith("Your list\nlist\n2 tracks\n\n")
    assert listing["text"].endswith("2 official")
    assert 1 == len(telegram.calls_of("sendMessage"))


async def test_links_that_were_copied(wired: LiveBot, alice: User) -> None:
    """Links from Spotify's desktop app, one a line, are one list with pages."""
    text = "\n".join(f"https://open.spotify.com/track/{song.spotify_id}" for song in SONGS)
    [listing] = await wired.ask(alice, text)

    assert "Your list\nlist\n45 tracks · " in listing["text"]
    assert f"1  {SONGS[0].title} · {SONGS[0].artists[0]} · " in listing["text"]
    assert listing["text"].endswith("45 official")
    assert ["◀", "1 / 3", "▶"] == buttons(listing)[0]
    assert None is await wired.toast(alice, listing, "▶")
    assert "21  " in (await wired.says(alice, "2 / 3|21  "))["text"]


async def test_a_few_links_keep_their_own_answers(bot: LiveBot, alice: User) -> None:
    """A song's name above its link, and a few links in lines, are answered link by link."""
    [card] = await bot.ask(alice, f"Ottoline Brack - {MOTHS}\n{TRACK}")
    assert card["text"].startswith(f"{MOTHS}\nOttoline Brack · ")

    assert 2 == len(await bot.ask(alice, f"{TRACK}?si=2\n{ALBUM}"))


async def test_a_group_is_left_alone(
    bot: LiveBot, telegram: Telegram, alice: User, bob: User
) -> None:
    """In groups people send files and write lines that are not meant for the bot."""
    group = telegram.group("Friends", [alice, bob])
    assert [] == await bot.ask(alice, "A - b\nC - d", chat=group)
    assert [] == await bot.answers(telegram.send_file(alice, "a.txt", b"A - b", chat=group))


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.txt", b"\0\1\2" * 99, "I can't read this file: it is not text. Send .txt or .csv, one"),
        ("a.mp3", b"ID3 any words", "I can't read this file: it is not text."),
        ("a.pdf", b"%PDF" + bytes(range(256)), "I can't read this file: it is not text."),
        ("a.txt", b" \n", "There is nothing in this file."),
        ("a.txt", b"...\n", "I see no song in it."),
        ("a.txt", ALBUM.encode(), "That file holds links to albums, playlists or artists."),
        ("a.csv", b"a,b,c\n", "I don't know the columns of this table."),
        ("a.txt", b"a\n" * (MOST_LINES + 1), "That list is too long: I take 10,000 lines"),
        ("a.txt", b"a" * (MOST_BYTES + 1), "That file is larger than 20 MB, more than Telegram"),
    ],
)
async def test_what_is_no_list(
    bot: LiveBot, alice: User, name: str, content: bytes, sentence: str
) -> None:
    """A file that is no list gets one sentence: what it is, and what to send."""
    [answer] = await send(bot, alice, name, content)

    assert answer["text"].startswith(sentence)


async def test_a_link_in_a_caption(bot: LiveBot, telegram: Telegram, alice: User) -> None:
    """A link in a file's caption is answered as ever; a list below it, too."""
    said = telegram.send_file(alice, "a.pdf", b"%PDF", caption=TRACK)
    assert 1 == len(await bot.answers(said))

    said = telegram.send_file(alice, "a.txt", b"Ropewalk \xe2\x80\x94 Ondine Vargo", caption=ALBUM)
    assert 2 == len(await bot.answers(said))


@pytest.mark.parametrize("error", [ApiError(500, "Internal Server Error"), NoAnswer()])
async def test_telegram_does_not_give_the_file(
    bot: LiveBot, telegram: Telegram, alice: User, error: NoResult
) -> None:
    """A file that does not come is said to be missing, and on whose side."""
    telegram.fail("getFile", *[error] * delivery.ATTEMPTS)
    [answer] = await send(bot, alice, "a.txt", b"A - b")

    assert "Telegram did not give me that file. Send it again in a few minutes." == answer["text"]


async def test_a_stop_in_the_middle_of_a_file(
    settings: Settings, now: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody will read it any more, so its sender is told."""
    fetching = asyncio.Event()

    async def slow(_: object) -> bytes:
        fetching.set()
        await asyncio.Event().wait()
        return b""

    monkeypatch.setattr(files, "_fetch", slow)
    async with live(settings, clock=now, timing=CUT_OFF) as bot:
        sender = bot.telegram.user("Sender")
        said = bot.telegram.send_file(sender, "a.txt", b"A - b")
        await fetching.wait()

    [told] = bot.telegram.sent(sender)
    assert said["message_id"] == told["reply_to_message"]["message_id"]
    assert told["text"] == "I am being restarted and did not get to this file. Send it again."


async def test_telegram_says_no(bot: LiveBot, telegram: Telegram, alice: User) -> None:
    """What Telegram says of a file is put into words."""
    telegram.fail("getFile", bad_request("file is too big"))
    [answer] = await send(bot, alice, "a.txt", b"A - b")
    assert answer["text"].startswith("That file is larger than 20 MB")

    telegram.fail("getFile", bad_request("wrong file_id"))
    [answer] = await send(bot, alice, "a.txt", b"A - b")
    assert answer["text"].startswith("Telegram did not give me that file.")


async def test_a_list_goes_with_its_person(
    bot: LiveBot, mongo: Mongo, alice: User, now: SetClock
) -> None:
    """/forget deletes the lists of a person, and those only."""
    await send(bot, alice, "a.txt", f"Ottoline Brack - {MOTHS}".encode())
    assert 1 == await mongo.db["uploads"].count_documents({"user_id": alice.id})
    await bot.ask(alice, "/forget")

    assert 0 == await mongo.db["uploads"].count_documents({})


async def test_spotify_is_away(wired: LiveBot, loopback: Loopback, alice: User) -> None:
    """Links that Spotify does not name keep their place and their link, and it is said why."""
    loopback.fail("spotify_api", How.STATUS, status=500)
    loopback.fail("spotify_web", How.STATUS, status=500)
    text = "\n".join(f"https://open.spotify.com/track/{song.spotify_id}" for song in SONGS[:6])
    listing, rest = await wired.ask(alice, f"{text}\n{SONGS[7].artists[0]} - {SONGS[7].title}")

    assert "1  Untitled\n    Spotify · not looked up: its name is not known\n" in listing["text"]
    assert listing["text"].endswith(
        "1 official · 6 without a name\n"
        "Spotify did not answer for some of your links. Send the list again later for these."
    )
    assert "# line 1: Spotify did not say what this is: send it once more\n" in (
        wired.telegram.file_of(rest).decode()
    )


async def test_without_credentials(settings: Settings, now: SetClock) -> None:
    """Without Spotify's credentials a song by words has a labelled search there."""
    bare = settings.model_copy(update={"spotify_client_id": None, "spotify_client_secret": None})
    async with live(bare, clock=now) as bot:
        alice = bot.telegram.user("Alice")
        [listing] = await send(bot, alice, "a.txt", f"{MOTHS} - Ottoline Brack".encode())

    assert "    Spotify search ⌕ · YouTube ♪" in listing["text"]


async def test_a_table_cannot_speak_for_others(bot: LiveBot, alice: User, bob: User) -> None:
    """What one person's table says of a Spotify track changes nothing for others."""
    lie = f"uri,title,artist\n{TRACK},Low Tide Radio,Ondine Vargo\n".encode()
    listing = (await send(bot, alice, "a.csv", lie))[0]
    [card] = await bot.ask(bob, TRACK)

    assert ("Spotify", TRACK) in links(listing)
    assert "YouTube ♪ official audio\nSame title, artist, album, and length" in card["text"]
    assert dict(links(card))["YouTube"] != dict(links(listing))["YouTube"]


async def test_files_count_as_bursts(bot: LiveBot, telegram: Telegram, alice: User) -> None:
    """The seventh file of a minute is not even fetched; each counts once, whatever is in it."""
    for at in range(BURST - 1):
        await send(bot, alice, "a.txt", f"Zzz - Qqq {at}".encode())
    await send(bot, alice, "a.txt", b"...\n")
    fetched = len(telegram.calls_of("getFile"))
    [refused] = await send(bot, alice, "a.txt", b"Zzz - Qqq")

    assert BURST == fetched == len(telegram.calls_of("getFile"))
    assert refused["text"].startswith("That was quick: I take 6 links a minute. Send this one")


async def test_a_list_that_is_not_meant(bot: LiveBot, alice: User) -> None:
    """`!skip` holds for lists as for links."""
    assert [] == await bot.ask(alice, "!skip\nA - b\nC - d")


async def test_without_a_memory(bot: LiveBot, alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """A list needs memory; without, it is said and nothing is lost."""

    async def away(*_: object, **__: object) -> str:
        raise StoreUnavailable("MongoDB does not answer")

    monkeypatch.setattr(Uploads, "put", away)
    [answer] = await send(bot, alice, "a.txt", b"A - b")

    assert answer["text"].startswith("My memory is not answering at the moment.")


async def test_a_list_that_was_deleted_meanwhile(
    bot: LiveBot, mongo: Mongo, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The listing of a list that is no longer kept says so; its file is not sent again."""
    listing = (await send(bot, alice, "a.txt", ("Zzz - Qqq\n" * 21).encode()))[0]
    await mongo.db["uploads"].delete_many({})

    toast = "That list is too old to turn. Send its link again."
    assert toast == await bot.toast(alice, listing, "▶")


async def test_a_crowd_of_links_in_one_line(bot: LiveBot, alice: User) -> None:
    """Six links of tracks with nothing but spaces between them are one list."""
    text = " ".join([TRACK, *(f"https://open.spotify.com/track/{n:022d}" for n in range(5))])
    listing = (await bot.ask(alice, text))[0]

    assert listing["text"].startswith(f"Your list\nlist\n6 tracks · 4 min\n\n1  {MOTHS} · ")


@pytest.mark.parametrize("timing", [replace(QUICK, wait_note_after_s=60.0)])  # it would go ahead
async def test_a_paste_in_several_messages(wired: LiveBot, telegram: Telegram, alice: User) -> None:
    """What Telegram parts into messages is answered in its order, a listing each."""
    urls = [f"https://open.spotify.com/track/{song.spotify_id}" for song in SONGS]
    for part in range(0, 45, 15):
        said = telegram.send_text(alice, "\n".join(urls[part : part + 15]))
    await wired.answers(said)

    firsts = [message["text"].split("\n")[4] for message in telegram.sent(alice)]
    assert [SONGS[at].title for at in (0, 15, 30)] == [
        line.removeprefix("1  ").split(" · ")[0] for line in firsts
    ]
