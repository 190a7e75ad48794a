"""How alike two titles are, in grades."""

from __future__ import annotations

import pytest

from bot.youtube.matching import asked_track, text, titles
from bot.youtube.matching.text import see
from tests.youtube.match_cases import found, track


def grade(asked: str, title: str, artist: str = "Luna Vega") -> str:
    read = asked_track.read(track(asked, artist))
    plain = text.native(title)
    folded = text.latin(plain)
    if titles.is_hopeless(read, folded, plain):
        return "hopeless"
    return titles.grade(read, see(found(title), plain, folded))


@pytest.mark.parametrize(
    ("asked", "title", "expected"),
    [
        ("Moonrise", "Luna Vega - MOONRISE", "same"),
        ("Seaside Town", "Luna Vega: Sea Side Town", "same"),
        ("9 PM", "9PM (Official Video)", "same"),
        ("Daydream (백일몽)", "백일몽", "same"),
        ("Luna Vega", "Luna Vega - Luna Vega", "same"),
        ("Luna Vega", "Luna Vega (Remastered 2011)", "same"),
        ("Luna Vega", "Luna Vega - Something", "other"),
        ("Crazy Little Thing", "Crazy Litle Thing", "nearly"),
        ("Crazy Little Thing", "Crazy Little Song", "partly"),
        ("Footsteps", "Footstep", "alike"),
        ("Angel", "Angles", "other"),
        ("Virtual (Blue Balenciagas)", "Luna Vega - Blue Balenciagas", "alike"),
        ("月光", "月光下", "alike"),
        ("Know Your Worth", "Know Your Enemy", "partly"),
        ("Снова я напиваюсь", "Snova ya napivaius", "nearly"),
        ("KANATA HALUKA", "カナタハルカ", "sounds"),
        ("前前前世", "Zenzenzense", "unread"),
        ("Zenzenzense", "前前前世", "unread"),
        ("前前前世", "星の歌", "hopeless"),
        ("前前前世", "Hello World", "other"),
        ("Moonrise", "夜", "other"),
        ("Moonrise", "Something Else Altogether", "hopeless"),
        ("Moonrise", "", "hopeless"),
        ("?!", "?!", "same"),
        ("?!", "??", "other"),
    ],
)
def test_titles_are_compared_word_by_word(asked: str, title: str, expected: str) -> None:
    """Whole words in other spellings and scripts, but never an artist's name for the song."""
    assert expected == grade(asked, title)
