"""The words of one language: every sentence goes through the gettext catalogue here."""

from __future__ import annotations

import gettext
from functools import partial
from importlib import resources
from io import BytesIO
from typing import TYPE_CHECKING

from babel.core import Locale
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime
    from importlib.resources.abc import Traversable

DOMAIN = "tracklink"
_THOUSAND = 1000
SOURCE_LANGUAGE = "en"  # the language of the message ids


def marked(message: str) -> str:
    """Mark a sentence for the catalogue where it stands before it is known who reads it."""
    return message


class Words:
    """Sentences, numbers and lengths in one language.

    `gettext` and `ngettext` give HTML: values are escaped unless they are `Markup` already.
    `plain` gives text for buttons and toasts, where Telegram reads no HTML.
    """

    def __init__(self, language: str, catalogue: gettext.NullTranslations) -> None:
        self.language = language
        self._catalogue = catalogue
        self._locale = Locale.parse(language, sep="-")

    def gettext(self, message: str, /, **values: object) -> Markup:
        return Markup(self._catalogue.gettext(message)).format(**values)  # noqa: S704 - our own text

    def ngettext(self, one: str, many: str, n: int, /, **values: object) -> Markup:
        """The form for `n`, in which `{n}` is the number as the language writes it."""
        message = self._catalogue.ngettext(one, many, n)
        return Markup(message).format(n=self.number(n), **values)  # noqa: S704 - our own text

    def plain(self, message: str, /, **values: object) -> str:
        return self._catalogue.gettext(message).format(**values)

    def number(self, value: int) -> str:
        # Below the first separator of thousands all languages write the same, and faster.
        return str(value) if 0 <= value < _THOUSAND else format_decimal(value, locale=self._locale)

    def series(self, parts: Sequence[str]) -> str:
        """`a, b and c`, as the language joins them."""
        return format_list(parts, locale=self._locale)

    def length(self, milliseconds: int | None) -> str:
        """A track's length as players show it: 5:20, 1:02:03; empty when it is not known."""
        if not milliseconds or milliseconds < 0:
            return ""
        minutes, seconds = divmod(round(milliseconds / 1000), 60)
        hours, minutes = divmod(minutes, 60)
        return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"

    def span(self, seconds: float) -> Markup:
        """A stretch of time in words: 1 h 1 min, 12 min, 40 s. Rounded up, never nothing."""
        whole = max(1, -int(-seconds // 1))
        if whole < 60:  # noqa: PLR2004 - seconds in a minute
            return self.gettext("{seconds} s", seconds=whole)
        hours, minutes = divmod(-(-whole // 60), 60)
        if not hours:
            return self.gettext("{minutes} min", minutes=minutes)
        if not minutes:
            return self.gettext("{hours} h", hours=self.number(hours))
        return self.gettext("{hours} h {minutes} min", hours=self.number(hours), minutes=minutes)

    def span_until(self, at: datetime | None, now: datetime) -> Markup | None:
        """How long it is until then; None where that is not ahead."""
        return self.span((at - now).total_seconds()) if at and at > now else None


class Languages:
    """The catalogues that the program has, each read when first needed, and which serves whom."""

    def __init__(self, catalogues: Mapping[str, Callable[[], gettext.NullTranslations]]) -> None:
        self._catalogues = catalogues
        self._words: dict[str, Words] = {}

    @property
    def known(self) -> tuple[str, ...]:
        """The IETF tags of all languages, English first."""
        others = sorted(self._catalogues.keys() - {SOURCE_LANGUAGE})
        return (SOURCE_LANGUAGE, *others)

    def words(self, language: str | None) -> Words:
        """The words for an IETF tag such as `pt-BR`; the nearest there is, else English."""
        nearest = self._nearest((language or "").replace("_", "-").lower())
        if nearest not in self._words:
            self._words[nearest] = Words(nearest, self._catalogues[nearest]())
        return self._words[nearest]

    def _nearest(self, wanted: str) -> str:
        """The tag itself, its language, else another country's form of it."""
        base = wanted.partition("-")[0]
        known = {tag.lower(): tag for tag in self._catalogues}
        bases = {tag.partition("-")[0]: of for tag, of in known.items()}
        return known.get(wanted) or known.get(base) or bases.get(base) or SOURCE_LANGUAGE


def load_languages() -> Languages:
    """The catalogues of `bot/render/locales`: `<language>/LC_MESSAGES/tracklink.po`."""
    catalogues: dict[str, Callable[[], gettext.NullTranslations]] = {
        SOURCE_LANGUAGE: gettext.NullTranslations
    }
    for folder in resources.files("bot.render.locales").iterdir():
        source = folder / "LC_MESSAGES" / f"{DOMAIN}.po"
        if folder.is_dir() and source.is_file():
            catalogues[folder.name] = partial(_read, source)
    return Languages(catalogues)


def _read(source: Traversable) -> gettext.GNUTranslations:
    compiled = BytesIO()
    write_mo(compiled, read_po(BytesIO(source.read_bytes()), abort_invalid=True))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
