"""The standing texts and the day's allowance in the user's words."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from bot.models.preferences import Plan
from bot.quota.policy import Plans, allowance, standing
from bot.render import commands
from bot.render.quota import render_quota
from bot.render.reply import plain

if TYPE_CHECKING:
    from bot.render.i18n import Words

NOW = datetime(2026, 11, 20, 18, 48, tzinfo=UTC)
PLANS = Plans(free=300, plus=3000, admins=frozenset({7}), zone=ZoneInfo("UTC"))


def quota(words: Words, user_id: int = 1, used: int = 0, plan: Plan = Plan.FREE) -> str:
    given = allowance(PLANS, user_id, NOW, plan)
    return plain(render_quota(given, standing(given, used, NOW), words, now=NOW, zone="UTC"))


def test_quota_says_used_left_plan_and_when_the_day_turns(words: Words) -> None:
    assert quota(words, used=14) == (
        "Today you used 14 of your 300 tracks; 286 are left.\n"
        "Plan: free. The day turns in 5 h 12 min, at midnight UTC."
    )


def test_quota_of_the_plus_plan(words: Words) -> None:
    assert "of your 3,000 tracks" in quota(words, plan=Plan.PLUS)
    assert "Plan: plus." in quota(words, plan=Plan.PLUS)


def test_quota_of_an_administrator(words: Words) -> None:
    assert quota(words, user_id=7).startswith("You are an administrator: no daily limit")


def test_help_explains_the_three_signs(words: Words) -> None:
    """The signs are the same everywhere, and this is where they are explained."""
    text = commands.render_help(words)
    assert all(f"{sign} " in text for sign in "♪▶⌕")
    assert all(f"/{command}" in text for command in ("quota", "cancel", "privacy", "forget"))


def test_privacy_says_what_and_how_long(words: Words) -> None:
    text = plain(commands.render_privacy(words))
    assert all(part in text for part in ("30 days", "31 days", "one minute", "/forget"))


@pytest.mark.parametrize("command", commands.COMMANDS)
def test_every_command_says_what_it_does(words: Words, command: str) -> None:
    """Telegram takes 1 to 256 characters."""
    assert 0 < len(words.plain(commands.COMMANDS[command])) <= 256


@pytest.mark.parametrize(
    ("stopped", "start"),
    [(0, "Nothing is running."), (1, "Stopped 1 list."), (2, "Stopped 2 lists.")],
)
def test_cancel_says_how_many(words: Words, stopped: int, start: str) -> None:
    assert commands.render_cancelled(stopped, words).startswith(start)


def test_standing_texts_are_one_message(words: Words) -> None:
    """Each fits a phone screen or two."""
    for render in (
        commands.render_start,
        commands.render_hint,
        commands.render_help,
        commands.render_forgotten,
    ):
        assert 0 < len(render(words)) < 1500
