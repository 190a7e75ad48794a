"""Every language says all there is to say, with the same values and the same HTML."""

from __future__ import annotations

import re
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from babel.messages.pofile import read_po

from bot.errors import OutOfBudget, Refused, Service, Unavailable
from bot.render.commands import COMMANDS
from bot.render.i18n import load_languages
from bot.render.problems import service_name
from bot.render.toasts import Toast, render_failure
from tests.tools.catalogue import sources, translated, updated

if TYPE_CHECKING:
    from pathlib import Path

    from babel.messages.catalog import Message

LANGUAGES = {"en", "tr", "es", "pt-BR", "fr", "de", "ru", "hi", "ar", "id"}
PLACEHOLDER, TAG = re.compile(r"\{\w*\}"), re.compile(r"</?\w[^>]*>")
COMMAND_TEXT_MOST, TOAST_MOST = 256, 200  # characters; core.telegram.org/bots/api


def of(source: Path) -> str:
    return source.parent.parent.name


def forms(message: Message) -> list[tuple[str, str]]:
    """Each form of a translation, with the English sentence that it must agree with."""
    if isinstance(message.id, str):
        return [(message.id, str(message.string))]
    return [(message.id[-1], form) for form in message.string or ()]


def test_ten_languages() -> None:
    """Those that the README names, English without a file of its own."""
    assert LANGUAGES == set(load_languages().known)


@pytest.mark.parametrize("source", sources(), ids=of)
def test_nothing_is_missing(source: Path) -> None:
    """Each sentence has all its forms; nothing is marked as a guess."""
    catalogue = translated(source)
    sentences = [message for message in catalogue if message.id]
    missing = [m.id for m in sentences if not all(text for _, text in forms(m))]

    assert [] == missing
    assert [] == [m.id for m in sentences if m.fuzzy]
    assert {catalogue.num_plurals} == {len(m.string or ()) for m in sentences if m.pluralizable}


@pytest.mark.parametrize("source", sources(), ids=of)
def test_a_plural_rule_stays_with_its_sentences(source: Path) -> None:
    """A file brought up to date keeps its rule, whichever one Babel has for the language by now."""
    renewed = read_po(BytesIO(updated(source)), abort_invalid=True)

    assert translated(source).plural_forms == renewed.plural_forms


@pytest.mark.parametrize("source", sources(), ids=of)
def test_values_and_tags_are_the_same(source: Path) -> None:
    """A value that is missing or misspelt would be lost, or would fail in the chat.

    A form for one alone may say it without the number.
    """
    for message in translated(source):
        for english, text in forms(message) if message.id else []:
            wanted, given = (sorted(PLACEHOLDER.findall(each)) for each in (english, text))
            without = sorted({*wanted} - {"{n}"}) if message.pluralizable else wanted
            assert given in (wanted, without), text
            assert sorted(TAG.findall(english)) == sorted(TAG.findall(text)), text
            assert english.count("\n") == text.count("\n"), text


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_telegram_takes_them(language: str) -> None:
    """Toasts and the menu's words stay within what Telegram allows."""
    words = load_languages().words(language)

    assert language == words.language
    assert TOAST_MOST >= max(len(words.plain(toast.value)) for toast in Toast)
    for service in Service:
        for error in (Unavailable, Refused, partial(OutOfBudget, retry_after_s=60.0)):
            said = render_failure(error(service), words)
            assert said
            assert service_name(service) in said
            assert len(said) <= TOAST_MOST
    assert COMMAND_TEXT_MOST >= max(len(words.plain(COMMANDS[name])) for name in COMMANDS)
