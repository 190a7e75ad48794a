"""The queue of updates and the webhook's settings."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from bot.sandbox.telegram.errors import ApiError

if TYPE_CHECKING:
    from bot.sandbox.telegram.state import User
    from tests.staged.telegram import Telegram


async def texts(telegram: Telegram, **params: Any) -> list[str]:
    updates = await telegram.call("getUpdates", params)
    return [update["message"]["text"] for update in updates]


async def test_confirmed_by_offset(telegram: Telegram, alice: User) -> None:
    """An update comes again until a higher offset is asked for."""
    telegram.send_text(alice, "one")
    telegram.send_text(alice, "two")
    first, second = await telegram.call("getUpdates", {})
    assert ["one"] == await texts(telegram, limit="1")
    assert ["two"] == await texts(telegram, offset=str(second["update_id"]))
    assert first["update_id"] + 1 == second["update_id"]
    assert [] == await texts(telegram, offset=second["update_id"] + 1)
    assert telegram.idle


async def test_negative_offset(telegram: Telegram, alice: User) -> None:
    """A negative offset keeps only the newest updates."""
    for text in "abc":
        telegram.send_text(alice, text)
    assert ["b", "c"] == await texts(telegram, offset=-2)


async def test_long_poll(telegram: Telegram, alice: User) -> None:
    """A waiting poll ends with the first update, not with its timeout."""
    poll = asyncio.create_task(texts(telegram, timeout=50))
    await asyncio.sleep(0)
    telegram.send_text(alice, "late")
    assert ["late"] == await asyncio.wait_for(poll, 10)


async def test_second_poll(telegram: Telegram) -> None:
    """Of two polls the older one ends with a conflict."""
    older = asyncio.create_task(texts(telegram, timeout=50))
    await asyncio.sleep(0)
    assert [] == await texts(telegram)
    with pytest.raises(ApiError, match="409 Conflict: terminated by other getUpdates request"):
        await asyncio.wait_for(older, 10)


async def test_allowed_updates(telegram: Telegram, alice: User) -> None:
    """Only wanted kinds come; an empty list wants all but the rare ones."""
    await telegram.call("getUpdates", {"allowed_updates": '["callback_query"]'})
    telegram.send_text(alice, "unwanted")
    assert [] == await texts(telegram, allowed_updates=[])
    telegram.send_text(alice, "wanted")
    telegram.world.updates.add("message_reaction", {})
    assert ["wanted"] == await texts(telegram)


async def test_repeated(telegram: Telegram, alice: User) -> None:
    """An update can be delivered twice, as after a lost confirmation."""
    telegram.send_text(alice, "one")
    update = (await telegram.call("getUpdates", {}))[0]
    await telegram.call("getUpdates", {"offset": update["update_id"] + 1})
    telegram.repeat(update)
    assert [update] == await telegram.call("getUpdates", {})


async def test_webhook(telegram: Telegram, alice: User) -> None:
    """While a webhook is set, nobody may poll."""
    telegram.send_text(alice, "one")
    telegram.send_text(alice, "two")
    await telegram.call("setWebhook", {"url": "https://a.be/hook", "secret_token": "s"})
    info = await telegram.call("getWebhookInfo", {})
    assert ("https://a.be/hook", 2) == (info["url"], info["pending_update_count"])
    telegram.world.updates.pending.pop(0)
    with pytest.raises(ApiError, match="409 Conflict: can't use getUpdates method while webhook"):
        await telegram.call("getUpdates", {})
    await telegram.call("deleteWebhook", {})
    assert ["two"] == await texts(telegram)
    await telegram.call("deleteWebhook", {"drop_pending_updates": "true"})
    assert [] == await telegram.call("getUpdates", {})


async def test_bad_webhook(telegram: Telegram) -> None:
    """A webhook needs https, except on this machine."""
    with pytest.raises(ApiError, match="An HTTPS URL must be provided for webhook"):
        await telegram.call("setWebhook", {"url": "http://a.be"})
    assert await telegram.call("setWebhook", {"url": "http://127.0.0.1:1/hook"}) is True
