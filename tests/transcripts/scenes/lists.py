"""Lists in the chat and what their buttons do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.transcripts.outside import MUSIC
from tests.transcripts.scenes.music import (
    ALBUM,
    ARTIST,
    ATLAS,
    DEEZER_PLAYLIST,
    LONGEST,
    SONGS,
    TRACK,
    UPLOAD,
    VIDEO,
)

if TYPE_CHECKING:
    from tests.transcripts.scene import Scene


async def listing(scene: Scene) -> None:
    """A playlist that is there at once, turned to its ends and back."""
    alice, bob = scene.person("Alice"), scene.person("Bob")
    await scene.say(alice, ATLAS)
    await scene.press(alice, "◀")
    await scene.press(alice, "1 / 3")
    await scene.press(alice, "▶")
    await scene.press(alice, "▶")
    await scene.press(alice, "▶")
    await scene.press(alice, "◀")
    await scene.say(bob, ATLAS)
    await scene.say(alice, "/cancel")


async def running(scene: Scene) -> None:
    """A list whose search takes its time: pages, stop, /cancel, and buttons that come too soon."""
    alice, bob = scene.person("Alice"), scene.person("Bob")
    scene.outside.held.add(MUSIC)
    await scene.say(alice, ATLAS)
    await scene.press(alice, "▶")
    await scene.press(alice, "Stop")
    await scene.press(alice, "Stop", on=scene.telegram.sent(alice)[0])
    await scene.say(alice, LONGEST)
    await scene.say(alice, ALBUM)
    await scene.say(alice, SONGS[0])
    await scene.say(alice, "/cancel")
    await scene.say(alice, "/quota")
    scene.outside.release()
    await scene.wait("twenty seconds", 20.0)
    scene.outside.held.add(MUSIC)
    await scene.say(bob, TRACK)
    scene.outside.release()
    await scene.wait("twenty seconds", 20.0)
    await scene.say(bob, ALBUM)


async def slow(scene: Scene) -> None:
    """Each search takes a second: progress is shown now and then, and the last state always."""
    alice = scene.person("Alice")
    scene.outside.slow[MUSIC] = 1.0
    await scene.say(alice, SONGS[0])
    await scene.say(alice, ATLAS)
    await scene.wait("half a minute", 30.0)
    scene.outside.slow[MUSIC] = 4.0
    await scene.say(alice, SONGS[14])
    await scene.say(alice, ARTIST)
    await scene.wait("half a minute", 30.0)


async def many(scene: Scene) -> None:
    """A list of which Spotify gives the beginning, with more queues than one."""
    alice = scene.person("Alice")
    await scene.say(alice, LONGEST)
    await scene.press(alice, "▶")
    await scene.press(alice, "Play all")
    await scene.press(alice, "Back")
    await scene.press(alice, "Export")
    await scene.press(alice, "CSV")
    await scene.say(alice, "/quota")


async def exports(scene: Scene) -> None:
    """Each format of an album and of a playlist, also asked twice."""
    alice, bob = scene.person("Alice"), scene.person("Bob")
    await scene.say(alice, ALBUM)
    await scene.press(alice, "Export")
    for label in ("CSV", "Text", "M3U8", "JSON", "Web page", "All as ZIP"):
        await scene.press(alice, label)
    await scene.wait("two minutes", 120.0)
    await scene.press(alice, "CSV")
    await scene.press(alice, "Back")
    await scene.say(alice, ATLAS)
    await scene.press(alice, "▶")
    await scene.press(alice, "Export")
    await scene.press(alice, "All as ZIP")
    await scene.press(alice, "JSON")
    await scene.press(alice, "Back")
    await scene.wait("two minutes", 120.0)
    group = scene.group("Friends", alice, bob)
    await scene.say(alice, ALBUM, group)
    await scene.press(bob, "Export", group)
    await scene.press(bob, "Text", group)
    await scene.press(bob, "Web page", group)
    await scene.wait("two minutes", 120.0)
    await scene.say(alice, DEEZER_PLAYLIST)
    await scene.press(alice, "Export")
    await scene.press(alice, "JSON")
    await scene.press(alice, "M3U8")


async def fixes(scene: Scene) -> None:
    """A card and tracks of a list put right, undone, and listed; and who may not."""
    alice, bob = scene.person("Alice"), scene.person("Bob")
    await scene.say(alice, "/fixes")
    await scene.say(alice, TRACK)
    await scene.press(alice, "Wrong song?")
    await scene.press(alice, "Back")
    await scene.press(alice, "Wrong song?")
    await scene.press(alice, "3")
    await scene.press(alice, "Wrong song?")
    await scene.press(alice, "Undo my choice")
    await scene.press(alice, "Wrong song?")
    await scene.press(alice, "None of these is right")
    await scene.press(alice, "Choose one")
    await scene.press(alice, "2")
    await scene.say(alice, ALBUM)
    await scene.press(alice, "Fix a track")
    await scene.press(alice, "4")
    await scene.press(alice, "1")
    await scene.press(alice, "Fix a track")
    await scene.press(alice, "13")
    await scene.press(alice, "1")
    await scene.press(alice, "Fix a track")
    await scene.press(alice, "Back")
    await scene.say(alice, "/fixes")
    await scene.press(alice, "✕ 1")
    await scene.press(alice, "✕ 1")
    await scene.say(bob, TRACK)
    await scene.say(alice, VIDEO)
    group = scene.group("Friends", alice, bob)
    await scene.say(alice, TRACK, group)
    await scene.press(bob, "Wrong song?", group)
    await scene.say(bob, "/fixes", group)
    await scene.say(alice, ATLAS)
    await scene.press(alice, "▶")
    await scene.press(alice, "Fix a track")
    await scene.press(alice, "30")
    await scene.press(alice, "1")
    await scene.say(alice, "/fixes")


async def fixes_of_three(scene: Scene) -> None:
    """What three people of some use say holds for a fourth, until one of them is forgotten."""
    people = [scene.person(name) for name in ("Alice", "Bob", "Carol")]
    for person in people:
        await scene.say(person, TRACK)
    await scene.skip("a day", days=1)
    for person in people:
        await scene.say(person, UPLOAD)
        await scene.press(person, "Choose one")
        await scene.press(person, "1")
    dave = scene.person("Dave")
    await scene.say(dave, UPLOAD)
    await scene.press(dave, "Wrong song?")
    await scene.say(people[-1], "/forget")
    await scene.say(dave, UPLOAD)


async def history(scene: Scene) -> None:
    """The last lists, opened again."""
    alice, bob = scene.person("Alice"), scene.person("Bob")
    for link in (ALBUM, ATLAS, TRACK, ARTIST, ALBUM, DEEZER_PLAYLIST):
        await scene.say(alice, link)
    await scene.say(alice, "Ottoline Brack - Paper Moths at the Window\nOndine Vargo - Ropewalk")
    await scene.say(alice, "/history")
    menu = scene.telegram.sent(alice)[-1]
    for label in scene.labels(alice):
        await scene.press(alice, label, on=menu)
    group = scene.group("Friends", alice, bob)
    await scene.say(alice, "/history", group)
    await scene.say(bob, "/history")
    await scene.skip("two days", days=2)
    await scene.say(alice, "/history")
    await scene.skip("forty days", days=40)
    await scene.say(alice, "/history")


async def old_buttons(scene: Scene) -> None:
    """Buttons that nobody made, of others, of things long gone, and pressed twice."""
    alice, bob = scene.person("Alice"), scene.person("Bob")
    await scene.say(alice, ALBUM)
    menu, job = scene.telegram.sent(alice)[-1], scene.job_of(alice)
    for data in ("zz:1", "p:nosuchjob00000:0", "s:nosuchjob00000", "x:nosuchjob00000"):
        await scene.forge(alice, menu, data)
    for data in ("x:nosuchjob00000:csv", "w:nosuchjob00000:0", "f:nosuchjob00000:0", "o:x:y"):
        await scene.forge(alice, menu, data)
    for data in ("ft:nosuchjob00000:0", "fx:nosuchjob00000:0:AAAA:undo", "fp:7", "fp:-1"):
        await scene.forge(alice, menu, data)
    for data in ("fu:0:nosuchkey", "h:nosuchjob00000", "w:501:track:sampleTrackPaperMoth01"):
        await scene.forge(alice, menu, data)
    for data in (f"p:{job}:7", f"p:{job}:-1", f"w:{job}:7", f"w:{job}:-1", f"x:{job}:exe"):
        await scene.forge(alice, menu, data)
    for data in (f"ft:{job}:99", f"f:{job}:99", f"fx:{job}:0:AAAA:mWQIzeMqdw_", f"h:{job}"):
        await scene.forge(alice, menu, data)
    await scene.forge(bob, menu, f"s:{job}")
    await scene.forge(bob, menu, f"f:{job}:0")
    await scene.say(alice, ATLAS)
    await scene.skip("eight days", days=8)
    for label in ("▶", "Export", "Back", "Fix a track", "Back"):
        await scene.press(alice, label)
    await scene.skip("forty days", days=40)
    await scene.press(alice, "▶")
    await scene.press(alice, "Fix a track")
    await scene.press(alice, "Export")
    await scene.press(alice, "CSV")


async def platforms(scene: Scene) -> None:
    """Cards and lists with the links of all platforms, at once and while they are looked for."""
    alice = scene.person("Alice")
    await scene.say(alice, "/settings")
    for label in ("YouTube Music", "Apple Music", "Deezer"):
        await scene.press(alice, label)
    await scene.say(alice, TRACK)
    await scene.say(alice, ALBUM)
    await scene.say(alice, ATLAS)
    await scene.press(alice, "▶")
    await scene.say(alice, DEEZER_PLAYLIST)
    await scene.say(alice, VIDEO)
    await scene.press(alice, "Export")
    await scene.press(alice, "CSV")
    scene.outside.slow |= {"itunes.apple.com": 1.0, "api.deezer.com": 0.5}
    await scene.say(alice, ARTIST)
    await scene.wait("a minute", 60.0)
    scene.outside.slow.clear()
    query = await scene.ask_inline(alice, TRACK)
    await scene.choose_inline(query, 0, alice, scene.strangers(alice))
