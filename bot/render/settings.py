"""/settings and /language: what holds now, and the buttons that change it in place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from bot.models import Platform
from bot.models.preferences import Mode
from bot.render.callback_data import ChangeSetting, Setting
from bot.render.reply import Button, Reply, in_rows

if TYPE_CHECKING:
    from collections.abc import Collection

    from bot.models.preferences import Preferences
    from bot.render.i18n import Words

# The languages of the catalogues, by the name that their speakers read
LANGUAGES = {
    "en": "English",
    "tr": "Türkçe",
    "es": "Español",
    "pt-BR": "Português (Brasil)",
    "fr": "Français",
    "de": "Deutsch",
    "ru": "Русский",
    "hi": "हिन्दी",
    "ar": "العربية",
    "id": "Bahasa Indonesia",
}
# The same in all languages
_PLATFORMS = {
    Platform.SPOTIFY: "Spotify",
    Platform.YOUTUBE: "YouTube",
    Platform.YOUTUBE_MUSIC: "YouTube Music",
    Platform.APPLE_MUSIC: "Apple Music",
    Platform.DEEZER: "Deezer",
}
# In the data of buttons: no language of one's own, and the two views
TELEGRAMS = "auto"
SETTINGS_VIEW, LANGUAGES_VIEW = "settings", "language"
_ON = "✓ "
_ACROSS = 2  # buttons in a row that a phone shows whole


def render_settings(chosen: Preferences, words: Words, *, group: bool) -> Reply:
    """One message: what holds, and a button for each thing that can be changed."""
    title = words.gettext("Settings of this group") if group else words.gettext("Your settings")
    lines = [Markup("<b>{}</b>").format(title), Markup(), _which_links(chosen, words)]
    if group:
        lines += [_when(chosen.mode, words), words.gettext("Only administrators can change this.")]
    rows = in_rows([_platform(each, chosen) for each in Platform], _ACROSS)
    if group:
        rows += _modes(chosen.mode, words)
    name = LANGUAGES.get(chosen.language or "") or words.plain("as in Telegram")
    label = words.plain("Language: {name}", name=name)
    rows.append((_choice(label, Setting.VIEW, LANGUAGES_VIEW),))
    return Reply(Markup("\n").join(lines), tuple(rows))


def render_languages(chosen: Preferences, words: Words, *, group: bool) -> Reply:
    """The languages to choose from, each by its own name."""
    if group:
        text = words.gettext("Which language do I speak in this group?")
    else:
        text = words.gettext("Which language do I speak with you?")
    buttons = [
        _choice(name, Setting.LANGUAGE, tag, on=chosen.language == tag)
        for tag, name in LANGUAGES.items()
    ]
    label = words.plain("As in Telegram")
    telegrams = _choice(label, Setting.LANGUAGE, TELEGRAMS, on=chosen.language is None)
    back = _choice(words.plain("◀ Settings"), Setting.VIEW, SETTINGS_VIEW)
    return Reply(text, (*in_rows(buttons, _ACROSS), (telegrams,), (back,)))


def render_for_administrators(words: Words) -> Markup:
    """Somebody else asked for a group's settings."""
    return words.gettext(
        "Only administrators can change the settings of a group. Send me /settings in private "
        "for your own."
    )


def digits(platforms: Collection[str]) -> str:
    """The platforms as a button carries them: each by its place in the order."""
    return "".join(str(at) for at, each in enumerate(Platform) if each.value in platforms)


def platforms_of(carried: str) -> tuple[str, ...]:
    """What `digits` wrote."""
    return tuple(each.value for at, each in enumerate(Platform) if str(at) in carried)


def _which_links(chosen: Preferences, words: Words) -> Markup:
    names = words.series([_PLATFORMS[Platform(each)] for each in chosen.platforms])
    return words.gettext("Links: {names}", names=names)


def _when(mode: Mode, words: Words) -> Markup:
    if mode is Mode.MENTIONED:
        return words.gettext("I answer links only beside my name, or in a reply to me.")
    return words.gettext("I answer every link, unless !skip stands beside it.")


def _platform(platform: Platform, chosen: Preferences) -> Button:
    """The button carries what holds after it is pressed, so that pressing twice is harmless."""
    on = platform.value in chosen.platforms
    after = set(chosen.platforms) ^ {platform.value}
    return _choice(_PLATFORMS[platform], Setting.PLATFORMS, digits(after), on=on)


def _modes(mode: Mode, words: Words) -> list[tuple[Button, ...]]:
    labels = {
        Mode.AUTOMATIC: words.plain("Every link"),
        Mode.MENTIONED: words.plain("When mentioned"),
    }
    return [
        tuple(_choice(label, Setting.MODE, each, on=mode is each) for each, label in labels.items())
    ]


def _choice(text: str, setting: Setting, value: str, *, on: bool = False) -> Button:
    return Button(_ON + text if on else text, data=ChangeSetting(setting, value))
