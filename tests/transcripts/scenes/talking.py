"""What the bot says about itself and to whom: commands, settings, languages, the allowance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.transcripts.scenes.music import ALBUM, ARTIST, ATLAS, GONE, LONGEST, TRACK

if TYPE_CHECKING:
    from tests.transcripts.scene import Scene

LANGUAGES = ("en", "tr", "es", "pt-BR", "fr", "de", "ru", "hi", "ar", "id")
COMMANDS = ("start", "help", "search", "history", "fixes", "quota", "settings", "language")
ABOUT_ONESELF = ("cancel", "privacy", "forget")


async def commands(scene: Scene) -> None:
    """Each command to somebody new, and what is no command."""
    await scene.shows_its_start()
    alice = scene.person("Alice")
    for command in (*COMMANDS, *ABOUT_ONESELF):
        await scene.say(alice, f"/{command}")
    await scene.say(alice, "/help@TracklinkBot")
    await scene.say(alice, "/nosuchcommand")
    await scene.say(alice, "🎵🎵🎵")
    await scene.say(alice, "https://example.org/not-music")
    await scene.say(alice, f"{TRACK} !skip")
    await scene.picture(alice, caption=f"look {TRACK}")
    await scene.picture(alice, caption="only words")
    card = scene.newest(alice, "Wrong song?")
    await scene.say(alice, card["text"], forward_from=scene.bot_itself)
    said = await scene.say(alice, "/quota please")
    await scene.edit(said, TRACK)
    await scene.edit(said, TRACK)


async def settings(scene: Scene) -> None:
    """Every button of /settings and /language, and what it does to the next answer."""
    alice = scene.person("Alice")
    await scene.say(alice, "/settings")
    await scene.press(alice, "✓ Spotify")
    await scene.press(alice, "✓ YouTube")
    await scene.press(alice, "Deezer")
    await scene.press(alice, "Apple Music")
    await scene.press(alice, "YouTube Music")
    await scene.say(alice, TRACK)
    await scene.press(alice, "✓ YouTube")
    await scene.press(alice, "✓ YouTube Music")
    await scene.say(alice, ALBUM)
    await scene.press(alice, "Language: as in Telegram")
    for name in ("Türkçe", "Español", "Português (Brasil)", "Français", "Deutsch", "Русский"):
        await scene.press(alice, name)
    for name in ("हिन्दी", "العربية", "Bahasa Indonesia"):
        await scene.press(alice, name)
    await scene.say(alice, "/quota")
    await scene.press(alice, "o:v:settings")
    await scene.say(alice, "/language")
    await scene.press(alice, "o:l:auto")
    await scene.press(alice, "English")
    for tag in ("de-AT", "pt", "zh-hans", None):
        await scene.say(scene.person(f"Somebody who reads {tag}", tag), "/quota")


async def language(scene: Scene, *, tag: str) -> None:
    """The same in each language: what is said most, and what is said when the allowance ends."""
    person = scene.person("Alice", tag)
    for command in ("start", "help", "privacy", "settings"):
        await scene.say(person, f"/{command}")
    await scene.say(person, TRACK)
    await scene.press(person, f"ft:{scene.job_of(person)}:0")
    await scene.say(person, ARTIST)
    job = scene.job_of(person)
    await scene.press(person, f"x:{job}")
    await scene.press(person, f"x:{job}:html")
    await scene.say(person, ALBUM)
    await scene.say(person, "/quota")
    await scene.say(person, GONE)
    await scene.send(person, "mine.txt", b"Ottoline Brack - Paper Moths\nZzz - Qqq\n")
    await scene.say(person, "/cancel")
    await scene.say(person, "/forget")


async def quota(scene: Scene) -> None:
    """A list within the allowance, one that it cuts, one that it refuses, and the next day."""
    alice = scene.person("Alice")
    await scene.say(alice, "/quota")
    await scene.say(alice, ALBUM)
    await scene.say(alice, "/quota")
    await scene.say(alice, ALBUM)
    await scene.say(alice, "/quota")
    await scene.say(alice, ATLAS)
    await scene.press(alice, "▶")
    await scene.press(alice, "▶")
    await scene.say(alice, "/quota")
    await scene.say(alice, TRACK)
    await scene.say(alice, ARTIST)
    await scene.press(alice, "Export")
    await scene.press(alice, "CSV")
    await scene.say(alice, "/start")
    query = await scene.ask_inline(alice, TRACK)
    await scene.choose_inline(query, 0, alice, scene.strangers(alice))
    await scene.skip("a day", days=1)
    await scene.say(alice, "/quota")
    await scene.say(alice, ATLAS)
    await scene.say(alice, "/quota")


async def quota_of_a_long_list(scene: Scene) -> None:
    """A list of more tracks than a day allows."""
    alice = scene.person("Alice")
    await scene.say(alice, LONGEST)
    await scene.press(alice, "▶")
    await scene.say(alice, "/quota")
    await scene.say(alice, TRACK)
    await scene.skip("a day", days=1)
    await scene.say(alice, LONGEST)


async def forget(scene: Scene) -> None:
    """What is gone afterwards, and what stays."""
    alice = scene.person("Alice")
    await scene.say(alice, TRACK)
    await scene.press(alice, "Wrong song?")
    await scene.press(alice, "3")
    await scene.say(alice, ALBUM)
    await scene.say(alice, "/language")
    await scene.press(alice, "Deutsch")
    await scene.say(alice, "/history")
    await scene.say(alice, "/forget")
    await scene.say(alice, "/history")
    await scene.say(alice, "/fixes")
    await scene.say(alice, "/quota")
    await scene.press(alice, "Export")
    await scene.press(alice, "Fix a track")
    await scene.say(alice, TRACK)
    scene.outside.held.add("music.youtube.com")
    await scene.say(alice, ATLAS)
    await scene.say(alice, "/forget")
    scene.outside.release()
    await scene.wait("twenty seconds", 20.0)
