"""The words of a language: catalogue, numbers, lengths and spans."""

from __future__ import annotations

import gettext
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from bot.render.i18n import Languages, Words, _read, load_languages

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def words() -> Words:
    """English, of sentences that nobody was given to translate too."""
    return load_languages().words("en")


@pytest.mark.parametrize(
    ("milliseconds", "expected"),
    [(320_000, "5:20"), (59_600, "1:00"), (3_723_000, "1:02:03"), (0, ""), (None, ""), (-5, "")],
)
def test_lengths_are_as_players_show_them(
    words: Words, milliseconds: int | None, expected: str
) -> None:
    """Minutes and seconds; hours only where there are some; nothing where none is known."""
    assert expected == words.length(milliseconds)


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0, "1 s"),
        (39.2, "40 s"),
        (60, "1 min"),
        (61, "2 min"),
        (3600, "1 h"),
        (18_720, "5 h 12 min"),
    ],
)
def test_spans_are_rounded_up(words: Words, seconds: float, expected: str) -> None:
    """Who is told to wait 2 min must not come back too early."""
    assert expected == words.span(seconds)


def test_values_are_escaped_and_our_own_text_is_not(words: Words) -> None:
    """What comes from outside can never become a tag."""
    text = words.gettext("<b>{title}</b>", title="<i>&")
    assert "<b>&lt;i&gt;&amp;</b>" == text
    assert "<b><i>x</i></b>" == words.gettext("<b>{title}</b>", title=Markup("<i>x</i>"))


def test_buttons_and_toasts_are_plain(words: Words) -> None:
    """Telegram reads no HTML there, so nothing is escaped."""
    assert "Tom & Jerry" == words.plain("{a} & {b}", a="Tom", b="Jerry")


@pytest.mark.parametrize(
    ("n", "expected"), [(1, "1 track"), (2, "2 tracks"), (5000, "5,000 tracks")]
)
def test_plurals_and_numbers(words: Words, n: int, expected: str) -> None:
    """Numbers stand as the language writes them."""
    assert expected == words.ngettext("{n} track", "{n} tracks", n)


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "title, artist, and album"),
        ("de", "title, artist und album"),
        ("hi", "title, artist और album"),
        ("ar", "title وartist وalbum"),
    ],
)
def test_a_series_is_joined_as_the_language_does(language: str, expected: str) -> None:
    """Each language has its own word and its own last comma."""
    assert expected == load_languages().words(language).series(["title", "artist", "album"])


PO = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=2; plural=n>1;\\n"

msgid "album"
msgstr "albüm"

msgid "{n} track"
msgid_plural "{n} tracks"
msgstr[0] "{n} parça"
msgstr[1] "{n} parça!"
"""


def test_a_catalogue_is_read_from_its_source(tmp_path: Path) -> None:
    """The .po file is all there is: nothing compiled is kept in the repository."""
    (tmp_path / "tracklink.po").write_text(PO, encoding="utf-8")
    turkish = Words("tr", _read(tmp_path / "tracklink.po"))
    assert "albüm" == turkish.gettext("album")
    assert "1.234 parça!" == turkish.ngettext("{n} track", "{n} tracks", 1234)


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("pt-BR", "pt-BR"),
        ("pt_br", "pt-BR"),
        ("pt", "pt-BR"),
        ("pt-PT", "pt-BR"),
        ("tr-TR", "tr"),
        ("xx", "en"),
        (None, "en"),
        ("", "en"),
    ],
)
def test_the_nearest_language_serves(tag: str | None, expected: str) -> None:
    """A person's tag, its base language, another country's form of it, else English."""
    none = gettext.NullTranslations
    languages = Languages({"en": none, "tr": none, "pt-BR": none})
    assert expected == languages.words(tag).language


@given(st.text(max_size=40))
def test_no_tag_breaks_the_choice(tag: str) -> None:
    """Telegram sends what the client says; English serves where it says nonsense."""
    assert "en" == load_languages().words(f"x{tag}").language


def test_the_template_holds_every_sentence() -> None:
    """A sentence that is not in the template could not be translated."""
    from tests.tools.catalogue import TEMPLATE, template

    assert template() == TEMPLATE.read_bytes()


def test_the_check_of_the_template_fails_when_it_is_old(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The check must be able to fail."""
    from tests.tools import catalogue

    old = catalogue.ROOT / "build"
    old.mkdir(exist_ok=True)
    monkeypatch.setattr(catalogue, "TEMPLATE", old / "old.pot")
    monkeypatch.setattr("sys.argv", ["catalogue", "--check"])
    (old / "old.pot").write_text("msgid")
    assert 1 == catalogue.main()
    assert "make docs" in capsys.readouterr().err
    monkeypatch.setattr("sys.argv", ["catalogue"])
    assert 0 == catalogue.main()
    monkeypatch.setattr("sys.argv", ["catalogue", "--check"])
    assert 0 == catalogue.main()
