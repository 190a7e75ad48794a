"""Links in a message: each becomes a job, and each job one reply."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from telegram.constants import MessageEntityType

from bot.errors import StoreUnavailable
from bot.models.job import new_job, stable_id
from bot.platforms.links import find_all_links
from bot.render.quota import render_burst
from bot.telegram.addressing import asker_of
from bot.telegram.delivery import answer, topic_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from telegram import Message, Update

    from bot.models.links import Link
    from bot.storage.jobs import Jobs
    from bot.telegram.context import Context


async def open_link(update: Update, link: Link, context: Context) -> None:
    """Answer a message as if it held this link."""
    message = update.effective_message
    asker = asker_of(message) if message else None
    if message and asker is not None:
        await accept(update, message, asker, [link], context)


async def accept(
    update: Update,
    message: Message,
    asker: int,
    links: Sequence[Link],
    context: Context,
    *,
    unasked: Collection[Link] = (),
    counted: bool = False,
) -> None:
    """A job for each link, as far as the minute's burst goes; nothing is said of `unasked` ones.

    With `counted` the burst knows of them.
    """
    services, chosen = context.services, context.preferences(update)
    updates, store = services.update_processor, services.update_processor.claimed(update)
    await updates.order.come(update)
    if update.message is None or updates.repeated(update):
        links = await _unanswered(message, links, context)
    job_ids = list[str]()
    for at, link in enumerate(links):
        wait = 0.0 if counted else services.bursts.take_here(asker)
        here = not wait
        if wait and store:
            try:
                wait = await services.bursts.take(asker)
            except StoreUnavailable:
                store = False  # known now: nobody has to wait for it a second time
        if wait:
            updates.order.leave(update)  # what is sent next need not wait until this is said
            if left := [link for link in links[at:] if link not in unasked]:
                said = render_burst(len(left), wait, context.words(update))
                await answer(message, said, reply=True)
            break
        job = new_job(
            _name(message, link),
            link,
            chosen,
            user_id=asker,
            chat_id=message.chat_id,
            message_id=message.message_id,
            chat_type=message.chat.type,
            topic_id=topic_of(message),
            created_at=services.clock(),
            unasked=link in unasked,
        )
        if not job.unasked:
            job_ids.append(job.id)
        if here and store and not counted:
            # What is within the burst here is stored while it is counted for the others.
            store, _ = await asyncio.gather(
                services.bursts.note(asker), services.runner.submit(job)
            )
        else:
            await services.runner.submit(job, store=store)
    else:
        if store and not counted and message.document is None:
            updates.noted(update)
    services.reactions.watch(message, job_ids)


async def noted(update: Update, jobs: Jobs) -> bool:
    """Whether every link of a message has its job already. Raises StoreUnavailable."""
    message = update.effective_message
    if message is None or message.document:
        return False
    ids = {stable_id(_name(message, link)) for link in links_of(message)}
    return bool(ids) and ids == await jobs.known(list(ids))


async def _unanswered(message: Message, links: Sequence[Link], context: Context) -> Sequence[Link]:
    """The links that came into a message by its edit, or were not reached at the first try."""
    ids = {stable_id(_name(message, link)): link for link in links}
    try:
        known = await context.services.jobs.known(list(ids))
    except StoreUnavailable:
        return links
    return [link for job_id, link in ids.items() if job_id not in known]


def _name(message: Message, link: Link) -> str:
    """The same for the same link in the same message, so that it is answered once."""
    return f"{message.chat_id}:{message.message_id}:{link.kind}:{link.id}"


def links_of(message: Message) -> list[Link]:
    """The links of a message in reading order: its text or caption, and links behind words."""
    text = message.text or message.caption or ""
    entities = message.entities or message.caption_entities
    hidden = [(e.offset, e.url) for e in entities if e.type == MessageEntityType.TEXT_LINK]
    raw = text.encode("utf-16-le", "replace")
    parts, start = [], 0
    for offset, url in sorted((offset, url) for offset, url in hidden if url):
        # Entities count in UTF-16 units, of two bytes each.
        parts += [raw[start : offset * 2].decode("utf-16-le", "ignore"), f" {url} "]
        start = offset * 2
    parts.append(raw[start:].decode("utf-16-le", "ignore"))
    return find_all_links("".join(parts))
