"""Lists of songs that people send: a .txt or .csv file, or a message of several lines."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog
from telegram import InputFile
from telegram.error import TelegramError

from bot.errors import ChatBusy, ChatClosed, ChatRefused, StoreUnavailable
from bot.models.links import Elsewhere, ElsewhereKind
from bot.models.songlist import MOST_BYTES, BadList, Flaw
from bot.render import uploads as render
from bot.render.problems import render_problem
from bot.render.quota import render_burst
from bot.resolve.uploads.reader import read_file, read_text
from bot.telegram.delivery import answer, deliver
from bot.telegram.handlers import links

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from telegram import Document, Message, Update

    from bot.models.job import Job
    from bot.models.songlist import SongList
    from bot.models.view import ListingView
    from bot.storage.uploads import Uploads
    from bot.telegram.context import Context
    from bot.telegram.presenters import ChatPresenter

log = structlog.get_logger()

AT_ONCE = 2  # files that are read at the same time: one of 20 MB takes five times that while read
DOWNLOAD_S = 60.0


_NEVER_TEXT = ("image/", "video/", "audio/")


def is_text(document: Document) -> bool:
    """Whether a file says of itself that it is text."""
    name, mime = (document.file_name or "").casefold(), document.mime_type or ""
    return name.endswith((".txt", ".csv", ".tsv")) or mime.startswith("text/")


async def on_text(update: Update, message: Message, asker: int, context: Context) -> None:
    """Answer the list in a message as a listing, or say what is wrong with it."""

    async def songs() -> SongList:
        return await asyncio.to_thread(read_text, message.text or "")

    await _answer(update, message, asker, songs, context)


async def on_file(update: Update, message: Message, asker: int, context: Context) -> None:
    """Read the list in a file and answer it as a listing, or say what is wrong with it."""
    services, words, document = context.services, context.words(update), message.document
    if document is None or (document.file_size or 0) > MOST_BYTES:
        await answer(message, render.render_flaw(Flaw.TOO_BIG, words), reply=True)
        return
    if (document.mime_type or "").startswith(_NEVER_TEXT):
        await answer(message, render.render_flaw(Flaw.BINARY, words), reply=True)
        return

    async def songs() -> SongList:
        try:
            async with services.gates.files.passed(asker):
                raw = await _fetch(document)
                return await asyncio.to_thread(read_file, document.file_name or "", raw)
        except asyncio.CancelledError:
            # At the stop of a process: nothing of it is stored yet.
            if not services.update_processor.sent_again(update):
                await answer(message, render.render_cut_off(words), reply=True)
            raise

    await _answer(update, message, asker, songs, context)


async def _answer(
    update: Update,
    message: Message,
    asker: int,
    songs: Callable[[], Awaitable[SongList]],
    context: Context,
) -> None:
    """Keep the list, and let a job show it; or say what is wrong with it.

    The minute's burst is asked first: a download costs more than its job.
    """
    services, words = context.services, context.words(update)
    try:
        wait = await services.bursts.take(asker)
    except StoreUnavailable:  # the list cannot be kept then, and that is said
        wait = 0.0
    if wait:
        await answer(message, render_burst(1, wait, words), reply=True)
        return
    try:
        name = await services.uploads.put(asker, await songs(), title=render.list_title(words))
    except BadList as error:
        said = render.render_flaw(error.why, words)
    except ChatRefused as error:
        big = "too big" in str(error).lower()
        said = render.render_flaw(Flaw.TOO_BIG, words) if big else render.render_no_file(words)
    except (ChatBusy, ChatClosed, TelegramError, TimeoutError) as error:
        log.warning("file not fetched", error=str(error))
        said = render.render_no_file(words)
    except StoreUnavailable as error:
        said = render_problem(error, "", words, services.clock())
    else:
        link = Elsewhere(ElsewhereKind.UPLOAD, name)
        await links.accept(update, message, asker, [link], context, counted=True)
        return
    await answer(message, said, reply=True)


async def _fetch(document: Document) -> bytes:
    """The file's bytes. Raises as `deliver`, and TimeoutError."""
    async with asyncio.timeout(DOWNLOAD_S):
        file = await deliver(document.get_file)
        if isinstance(file, bool):
            raise ChatBusy("no file")
        content = await deliver(file.download_as_bytearray)
    if isinstance(content, bool):
        raise ChatBusy("no content")
    return bytes(content)


async def send_not_found(
    job: Job, view: ListingView, *, uploads: Uploads, presenter: ChatPresenter
) -> None:
    """Send, once behind a finished list, the lines of it that came to nothing, if there are any."""
    songs = await uploads.get(job.link_id) if job.link_kind == ElsewhereKind.UPLOAD else None
    if songs is None:
        return
    words = presenter.words(job)
    text, count = render.not_found(songs, view, words)
    if count:
        document = InputFile(text.encode(), filename=render.NOT_FOUND)
        await presenter.attach(job, document, render.render_not_found(count, words))
