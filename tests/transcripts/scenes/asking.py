"""The ways to ask for music: links, words, lists, other chats."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.transcripts.scenes.music import (
    ALBUM,
    APPLE_ALBUM,
    APPLE_TRACK,
    ARTIST,
    ATLAS,
    AUDIO,
    DEEZER_ALBUM,
    DEEZER_PLAYLIST,
    DEEZER_SHORT,
    DEEZER_TRACK,
    GONE,
    LONGEST,
    LOST_VIDEO,
    SHORT,
    SONGS,
    TRACK,
    UPLOAD,
    VIDEO,
)

if TYPE_CHECKING:
    from tests.transcripts.scene import Scene

PAGES = ("episode", "show", "audiobook", "chapter", "track", "album", "playlist", "artist")
NOTHING = "sampleNothingIsHere001"
OTHERS = (
    "https://open.spotify.com/user/somebody",
    "https://open.spotify.com/collection/tracks",
    "https://open.spotify.com/concert/abc",
    "https://open.spotify.com/prerelease/abc",
    "https://open.spotify.com/socialsession/abc",
    "https://open.spotify.com/blend/abc",
    "https://open.spotify.com/genre/abc",
    "https://open.spotify.com/search/abc",
    "https://spotify.link/nothing",
    "https://open.spotify.com/playlist/tooshort",
    LOST_VIDEO,
    "https://www.youtube.com/playlist?list=PLnothingIsHere1",
    "https://www.youtube.com/playlist?list=LL",
    "https://www.youtube.com/watch?v=aaaaaaaaaaa&list=RDaaaaaaaaaaa",
    "https://www.youtube.com/@somebody",
    "https://www.youtube.com/live/aaaaaaaaaaa",
    "https://music.apple.com/us/album/sample/1",
    "https://music.apple.com/us/song/sample/1",
    "https://music.apple.com/us/playlist/sample/pl.1",
    "https://music.apple.com/us/artist/sample/1",
    "https://music.apple.com/us/station/sample/ra.1",
    "https://www.deezer.com/track/1",
    "https://www.deezer.com/album/1",
    "https://www.deezer.com/playlist/1",
    "https://www.deezer.com/artist/1",
    "https://www.deezer.com/show/1",
    "https://link.deezer.com/s/nothing",
)


async def links(scene: Scene) -> None:
    """Each kind of link that leads to music, in the forms in which people paste it."""
    alice = scene.person("Alice")
    for link in (TRACK, f"{TRACK}?si=1", "spotify:track:sampleTrackPaperMoth01"):
        await scene.say(alice, link)
    for link in (ALBUM, ARTIST, SHORT):
        await scene.say(alice, link)
    for link in (AUDIO, VIDEO, UPLOAD):
        await scene.say(alice, f"listen: {link}")
    for link in (APPLE_TRACK, APPLE_ALBUM):
        await scene.say(alice, link)
    for link in (DEEZER_TRACK, DEEZER_SHORT, DEEZER_ALBUM, DEEZER_PLAYLIST):
        await scene.say(alice, link)
    hidden = {"type": "text_link", "offset": 0, "length": 4, "url": SONGS[0]}
    await scene.say(alice, "this", entities=[hidden])
    await scene.say(alice, "https://www.youtube.com/playlist?list=" + scene.youtube_list())


async def nowhere(scene: Scene) -> None:
    """Links of the right form with nothing behind them, and kinds that are not music."""
    alice = scene.person("Alice")
    await scene.say(alice, GONE)
    for page in PAGES:
        await scene.say(alice, f"https://open.spotify.com/{page}/{NOTHING}")
    for link in OTHERS:
        await scene.say(alice, link)


async def several(scene: Scene) -> None:
    """Several links in a message, the same one twice, and lists that wait for each other."""
    alice, bob = scene.person("Alice"), scene.person("Bob")
    await scene.say(alice, f"{TRACK} and {SONGS[0]}, {TRACK}\n{SONGS[1]}")
    await scene.say(alice, f"{ALBUM}\n{GONE}\n{DEEZER_TRACK}\n{VIDEO}")
    scene.outside.held.add("music.youtube.com")
    await scene.say(alice, ATLAS)
    await scene.say(alice, f"{SONGS[2]} {ARTIST}")
    await scene.say(bob, SONGS[3])
    scene.outside.release()
    await scene.wait("twenty seconds", 20.0)


async def bursts(scene: Scene) -> None:
    """More than a minute allows, at once and one after the other."""
    alice = scene.person("Alice")
    await scene.say(alice, "\n".join(SONGS[:9]))
    await scene.say(alice, TRACK)
    await scene.say(alice, TRACK)
    await scene.say(alice, TRACK)
    await scene.say(alice, TRACK)
    await scene.wait("five minutes", 300.0)
    bob = scene.person("Bob")
    await scene.together(bob, *("/quota" for _ in range(10)))
    await scene.together(bob, *(f"paper moths {at}" for at in range(8)))
    await scene.together(bob, *SONGS[10:17])


async def deep_links(scene: Scene) -> None:
    """What a t.me link may bring along."""
    alice = scene.person("Alice")
    payloads = ["track_sampleTrackPaperMoth01", "album_sampleAlbumHarbour0001"]
    payloads += ["playlist_samplePlaylistAtlas001", "artist_sampleArtistKelpMin001"]
    payloads += ["youtube_video_mWQIzeMqdw_", "apple_track_us-100144984870332160"]
    payloads += ["apple_album_us-100049648452616289", "deezer_track_100015792054341019"]
    payloads += ["deezer_album_100226524361317846", "deezer_playlist_100004877742466191"]
    payloads += ["history", "fixes", "inline", "nobody-made-this", "track_short"]
    payloads += ["upload_0123456789012345678901", "track_sampleNothingIsHere001"]
    for payload in payloads:
        await scene.say(alice, f"/start {payload}")
    group = scene.group("Friends", alice)
    await scene.say(alice, "/start track_sampleTrackPaperMoth01", group)
    await scene.say(alice, "/start nobody-made-this", group)
    await scene.say(alice, "/start history", group)


async def search(scene: Scene) -> None:
    """Words with the command and without, the choice, and who may choose."""
    alice, bob = scene.person("Alice"), scene.person("Bob")
    await scene.say(alice, "paper moths")
    await scene.press(alice, "Paper Moths")
    await scene.say(alice, "/search sideways weather")
    await scene.say(alice, "/search night bus to elsewhere")
    choices = scene.newest(alice, "Night Bus")
    await scene.press(alice, "Night Bus", on=choices)
    await scene.press(alice, "Sideways Weather - Live")
    await scene.say(alice, "papre mohts")
    await scene.say(alice, "zzzz qqqq")
    await scene.say(alice, "two spoons & a <moon>")
    await scene.say(alice, "41")
    await scene.say(alice, "w" * 201)
    await scene.say(alice, f"/search {TRACK}")
    await scene.say(alice, "/search https://example.org/")
    await scene.say(alice, "harbour")
    await scene.skip("two days", days=2)
    await scene.press(alice, "Harbour")
    group = scene.group("Friends", alice, bob)
    await scene.say(alice, "/search ropewalk", group)
    await scene.press(bob, "Ropewalk", group)
    await scene.press(alice, "Ropewalk", group)
    await scene.say(bob, "@TracklinkBot ropewalk", group)
    await scene.say(bob, "ropewalk", group)


async def inline(scene: Scene) -> None:
    """Typing behind the bot's name, what is offered, and what becomes of it in another chat."""
    alice, bob = scene.person("Alice"), scene.person("Bob")
    chat = scene.strangers(alice, bob)
    for text in ("", "pa", "paper moths", "paper moths", "zzzz qqqq"):
        await scene.ask_inline(alice, text)
    query = await scene.ask_inline(alice, "paper moths")
    await scene.choose_inline(query, 0, alice, chat)
    for link in (SONGS[0], ARTIST, SHORT):
        query = await scene.ask_inline(alice, link)
        await scene.choose_inline(query, 0, alice, chat)
    query = await scene.ask_inline(bob, ALBUM)
    await scene.choose_inline(query, 1, bob, chat)
    await scene.choose_inline(query, 5, bob, chat)
    for link in (GONE, VIDEO, UPLOAD, LOST_VIDEO, APPLE_TRACK, DEEZER_TRACK, DEEZER_ALBUM):
        query = await scene.ask_inline(bob, link)
    for link in ("https://example.org/", "https://open.spotify.com/show/" + NOTHING, LONGEST):
        await scene.ask_inline(bob, link)
    await scene.say(alice, "/quota")
    carol = scene.person("Carol", "de")
    query = await scene.ask_inline(carol, SONGS[4])
    await scene.choose_inline(query, 0, carol, chat)
    await scene.say(carol, "/start inline")


MINE = f"""\
# my songs
Ottoline Brack - Paper Moths at the Window
Ropewalk — Ondine Vargo
{TRACK}
https://open.spotify.com/track/0000000000000000000000
{ALBUM}
Zzz - Qqq
"""
TABLE = """\
Track URI,Track Name,Artist Name(s),Album Name,Duration (ms)
spotify:track:sampleTrackPaperMoth01,Paper Moths at the Window,Ottoline Brack,,227000
,Işıksız İskele,Limon Vapuru,Yağmurdan Ödünç,242000
,Nobody Knows,Nobody At All,,1000
"""


MOST = 10_000  # lines that a list may have


async def uploads(scene: Scene) -> None:
    """Lists of songs as text and as files, good and bad ones."""
    alice = scene.person("Alice")
    await scene.say(alice, MINE)
    await scene.say(alice, "Ottoline Brack - Paper Moths at the Window\nOndine Vargo - Ropewalk")
    await scene.send(alice, "mine.txt", MINE.encode())
    await scene.press(alice, "Export")
    await scene.press(alice, "Text")
    await scene.press(alice, "Back")
    await scene.press(alice, "Fix a track")
    await scene.send(alice, "table.csv", TABLE.encode("utf-8-sig"))
    await scene.send(alice, "table.csv", TABLE.encode("cp1254"))
    await scene.send(alice, "empty.txt", b"\n\n")
    await scene.send(alice, "blank.csv", b"a,b\n1,2\n")
    await scene.send(alice, "zeros.txt", bytes(2000))
    await scene.send(alice, "picture.png", b"\x89PNG\r\n\x1a\n" + bytes(100), mime="image/png")
    await scene.send(alice, "words.pdf", b"%PDF-1.7\n" + bytes(range(256)), mime="application/pdf")
    await scene.send(alice, "more.txt", b"Somebody - Something\n" * (MOST + 1))
    scene.outside.held.add("music.youtube.com")
    most = "".join(f"Somebody - Something {number}\n" for number in range(MOST))
    await scene.send(alice, "most.txt", most.encode())
    await scene.press(alice, "Stop")
    scene.outside.release()
    await scene.wait("twenty seconds", 20.0)
    await scene.say(alice, "/history")
    await scene.say(alice, "/quota")
