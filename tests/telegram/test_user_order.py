"""What one person sends is taken in its order, and nobody waits for others."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from telegram import Chat, Message, Update, User
from telegram.constants import ChatID

from bot.clock import Timing
from bot.telegram.update_processor import UserOrder


def update(number: int, person: int = 1) -> Update:
    made = Update(number)
    made._effective_user = User(person, "Alice", is_bot=False)
    return made


async def test_links_of_one_person_come_in_their_order() -> None:
    """The second waits for the first, a stranger's does not; who leaves lets the next one come."""
    line, first, second = UserOrder(), update(1), update(2)
    with line.arrived(first), line.arrived(second):
        await line.come(first)
        await line.come(update(9, person=2))
        waiting = asyncio.create_task(line.come(second))
        await asyncio.wait({waiting}, timeout=0.02)
        assert not waiting.done()
        line.leave(first)
        await waiting
    assert {} == line._lines


async def test_anonymous_administrators_are_no_one_person() -> None:
    """All of them, in all groups, are one user for Telegram: a group waits for itself alone."""

    def said_in(group: int, number: int) -> Update:
        chat = Chat(group, Chat.SUPERGROUP)
        user = User(ChatID.ANONYMOUS_ADMIN, "Group", is_bot=True)
        message = Message(number, datetime.now(UTC), chat, from_user=user, sender_chat=chat)
        return Update(number, message=message)

    line = UserOrder(Timing(order_s=60.0))
    with line.arrived(said_in(-1, 1)), line.arrived(said_in(-2, 2)):
        async with asyncio.timeout(1):
            await line.come(said_in(-2, 2))


async def test_nobody_waits_for_good() -> None:
    """A handler that hangs holds the next one up for a moment only."""
    line = UserOrder(Timing(order_s=0.01))
    with line.arrived(update(1)), line.arrived(update(2)):
        await line.come(update(2))


async def test_what_nobody_sent_has_no_line() -> None:
    """An update without a person, or what is no update."""
    line = UserOrder()
    with line.arrived(Update(1)), line.arrived("no update"):
        await line.come(Update(1))
        line.leave(Update(1))
    assert {} == line._lines
