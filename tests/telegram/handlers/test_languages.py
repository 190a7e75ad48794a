"""What people and groups chose, as it shows in answers."""

from __future__ import annotations

import gettext
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from bot import app
from bot.models.job import JobState
from bot.render.i18n import Languages
from bot.storage.jobs import COLLECTION

if TYPE_CHECKING:
    from bot.sandbox.telegram.state import User
    from tests.e2e.live import LiveBot
    from tests.staged.telegram import Telegram

TRACK = "https://open.spotify.com/track/sampleTrackPaperMoth01"
NOTHING = {"en": "Nothing is running.", "de": "Es läuft nichts.", "tr": "Çalışan bir şey yok."}


def catalogue(language: str) -> gettext.NullTranslations:
    made, compiled = Catalog(locale=language), BytesIO()
    made.add(NOTHING["en"], NOTHING[language])
    write_mo(compiled, made)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


@pytest.fixture(autouse=True)
def languages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two languages more, of one sentence each."""
    known = Languages(
        {"en": gettext.NullTranslations} | {tag: partial(catalogue, tag) for tag in ("de", "tr")}
    )
    monkeypatch.setattr(app, "load_languages", lambda: known)


async def test_a_persons_language_goes_before_telegrams(
    bot: LiveBot, telegram: Telegram, alice: User
) -> None:
    """Who chose a language reads it, also where Telegram says another; forgotten, Telegram's."""
    [before] = await bot.ask(alice, "/cancel")
    await bot.services.preferences.change(alice.id, language="tr")
    [after] = await bot.ask(alice, "/cancel")
    await bot.ask(alice, "/forget")
    [forgotten] = await bot.ask(alice, "/cancel")

    assert [NOTHING["en"], NOTHING["tr"], NOTHING["en"]] == [
        answer["text"] for answer in (before, after, forgotten)
    ]


async def test_a_groups_language_holds_in_it(
    bot: LiveBot, telegram: Telegram, alice: User, bob: User
) -> None:
    """In a group its language goes before each person's; in private each has their own."""
    group = telegram.group("Friends", [alice, bob])
    await bot.services.preferences.change(alice.id, language="tr")
    [own] = await bot.ask(alice, "/cancel", chat=group)
    await bot.services.preferences.change(group.id, language="de")
    [there] = await bot.ask(alice, "/cancel", chat=group)
    [here] = await bot.ask(alice, "/cancel")

    assert [NOTHING["tr"], NOTHING["de"], NOTHING["tr"]] == [
        answer["text"] for answer in (own, there, here)
    ]


async def test_a_job_carries_what_was_chosen(
    bot: LiveBot, telegram: Telegram, alice: User, bob: User
) -> None:
    """A link's job knows the language and the platforms of whom, or of where, it was asked."""
    group = telegram.group("Friends", [alice, bob])
    await bot.services.preferences.change(alice.id, language="tr", platforms=("deezer", "spotify"))
    await bot.services.preferences.change(group.id, language="de")
    await bot.ask(alice, TRACK)
    await bot.ask(alice, TRACK, chat=group)
    stored = bot.backends.mongo.db[COLLECTION]
    jobs = stored.find({"user_id": alice.id, "state": JobState.DONE}, sort=[("created_at", 1)])

    assert [("tr", ["spotify", "deezer"]), ("de", ["spotify", "youtube"])] == [
        (job["language"], job["platforms"]) async for job in jobs
    ]


async def test_read_from_the_store(bot: LiveBot, alice: User) -> None:
    """What another process stored is known from the first message on."""
    await bot.services.users.choose(alice.id, language="tr")
    [answer] = await bot.ask(alice, "/cancel")

    assert NOTHING["tr"] == answer["text"]
