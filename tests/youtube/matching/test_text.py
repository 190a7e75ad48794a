"""How titles and names are folded, parted and read in other scripts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.models.music import NAME_CHARS
from bot.youtube.matching import text


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Señor Niño", "senor nino"),
        ("ＡＢＣ　ｄｅｆ", "abc def"),
        ("Don’t Stop", "dont stop"),
        ("A$AP Rocky", "asap rocky"),
        ("Ke$ha, P!nk", "kesha pink"),
        ("R.E.M. and M.I.A.", "rem and mia"),
        ("AC/DC", "ac dc"),
        ("Simon & Garfunkel", "simon and garfunkel"),
        ("Straße", "strasse"),
        ("İstanbul ISPARTA ılık", "istanbul isparta ilik"),
        ("Ωραία Ελλάδα", "oraia ellada"),
        ("Группа крови", "gruppa krovi"),
        ("ラーメン", "ramen"),
        ("時々", "shishi"),
        ("달빛", "dalbich"),
        ("🌙 Moon 🌙", "moon"),
        ("Alive, Pt. II", "alive part 2"),
        ("***", ""),
        ("", ""),
    ],
)
def test_folding_leaves_what_people_hear(written: str, folded: str) -> None:
    """Case, accents, widths, signs that stand for letters, and scripts are all brought to ASCII."""
    assert folded == " ".join(text.tokens(written))


@given(st.text())
def test_folding_twice_is_folding_once(written: str) -> None:
    """What is folded stays as it is, and is plain words."""
    once = text.tokens(written)

    assert once == text.tokens(" ".join(once))
    assert all(word.isascii() and word.isalnum() for word in once)


@pytest.mark.parametrize(
    ("title", "parts"),
    [
        ("Luna - Moon (Live) | Film", ["luna", "moon", "live", "film"]),
        ("YOASOBI「祝福」MV", ["yoasobi", "zhufu", "mv"]),
        ('Luna "Moon" feat. Fox', ["luna", "moon", "feat fox"]),
        ("Luna: Moon / Sun", ["luna", "moon", "sun"]),
        ("Self-Esteem) [Moon", ["self esteem", "moon"]),
        ("", []),
    ],
)
def test_titles_are_parted_at_brackets_dashes_and_bars(title: str, parts: list[str]) -> None:
    """Each stretch comes with its words."""
    found = text.segments(text.latin(text.native(title)))

    assert parts == [" ".join(part) for part in found]


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("ортега", "Ortega"),
        ("אורטגה", "Ortega"),
        ("カナタハルカ", "Kanata Haluka"),
        ("Путин", "Poutine"),
    ],
)
def test_two_romanisations_share_their_bones(one: str, two: str) -> None:
    """Consonants are left, near ones joined."""
    assert text.skeleton(text.squash(one)) == text.skeleton(text.squash(two))


@pytest.mark.parametrize(
    ("ideographs", "reading", "fits"),
    [
        ("前前前世", "zenzenzense", True),
        ("君と羊と青", "kimi to hitsuji to ao", True),
        ("二十歳の恋", "hatachi no koi", True),
        ("記念撮影", "aurora", False),
        ("記念撮影", "souvenir", False),
        ("月", "a very long sentence in english", False),
        ("カナタ", "kanata", False),
        ("月", "", False),
    ],
)
def test_a_reading_has_the_syllables_of_its_ideographs(
    ideographs: str, reading: str, fits: bool
) -> None:
    """Open syllables, one to three for each ideograph and one for each kana."""
    assert fits == text.may_be_read(ideographs, reading.split())


def test_words_of_another_script_are_told_apart() -> None:
    """What is not Latin is a double of the title, or an artist's name in their own script."""
    assert ["komu", "zhufu"] == text.local_words("Кому más 祝福 Moon")
    assert 3 == text.spaceless_letters("祝福 Moon 달")
    assert 0 == text.spaceless_letters("Кому")


def test_a_name_of_signs_is_kept_as_it_is() -> None:
    """Without letters or digits there is nothing to fold."""
    assert "!!!" == text.squash(" !!! ")


@pytest.mark.parametrize("sign", ["\ufdfa", "\u25fe", "\ufdfd", "\u0390", "&", "「", "愛"])
def test_what_is_folded_is_no_longer_than_a_name(sign: str) -> None:
    """Signs that stand for many letters do not make a name longer than names may be."""
    plain = text.native(sign * NAME_CHARS)

    assert len(plain) <= NAME_CHARS
    assert len(text.latin(plain)) <= NAME_CHARS
