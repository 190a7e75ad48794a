"""The composition root: settings become services, services become the Application."""

from __future__ import annotations

import asyncio
import os
from functools import partial
from typing import TYPE_CHECKING, cast
from zoneinfo import ZoneInfo

from telegram.ext import (
    ApplicationBuilder,
    ContextTypes,
)

from bot.clock import Timing, utc_now
from bot.jobs.execution import JobContext
from bot.jobs.runner import Runner
from bot.models import CandidateKind
from bot.platforms.page_finder import PageFinder
from bot.quota.bursts import Bursts
from bot.quota.ledger import Ledger
from bot.quota.meter import Meter
from bot.quota.names import NameAllowance
from bot.quota.policy import Plans
from bot.render.i18n import load_languages
from bot.resolve.corrections import Corrections
from bot.resolve.resolver import Resolver
from bot.resolve.search import SongSearch
from bot.resolve.suggestions import Suggestions
from bot.resolve.uploads.source import UploadSource
from bot.storage.chats import Chats
from bot.storage.corrections import CorrectionStore
from bot.storage.exports import Exports
from bot.storage.jobs import Jobs
from bot.storage.listings import Listings
from bot.storage.matches import Matches
from bot.storage.platform_pages import PlatformPages
from bot.storage.seen_updates import SeenUpdates
from bot.storage.service_state import ServiceBudgets
from bot.storage.uploads import Uploads
from bot.storage.users import Users
from bot.telegram.context import SERVICES, App, Context, Services, read_ahead
from bot.telegram.handlers import (
    exports,
    files,
    links,
)
from bot.telegram.handlers.exports import Exporter
from bot.telegram.handlers.groups import Administrators
from bot.telegram.handlers.list_buttons import PageTurns
from bot.telegram.lifecycle import announce
from bot.telegram.places import Gate, Gates
from bot.telegram.polling import Polling
from bot.telegram.preferences import PreferencesCache
from bot.telegram.presenters import ChatPresenter, InlinePresenter
from bot.telegram.presses import Presses
from bot.telegram.reactions import Reactions
from bot.telegram.request import TelegramRequest
from bot.telegram.routes import register
from bot.telegram.send_limits import RateLimiter
from bot.telegram.update_processor import UpdateProcessor
from bot.telemetry import Mask
from bot.youtube import match
from bot.youtube.finder import judged_again

if TYPE_CHECKING:
    from telegram.request import BaseRequest

    from bot.backends import Backends
    from bot.clock import Clock
    from bot.config import Settings

UPDATES_AT_ONCE = 64  # as many as there are sockets to Telegram


def build(
    settings: Settings,
    backends: Backends,
    *,
    token: str,
    request: BaseRequest | None = None,
    clock: Clock = utc_now,
    timing: Timing = Timing(),
) -> App:
    """The Application, ready to be initialized. `request` replaces the way to Telegram."""
    # python-telegram-bot then gives waits as timedelta, as its next major version will.
    os.environ.setdefault("PTB_TIMEDELTA", "1")
    base = settings.telegram_base_url
    updates = SeenUpdates(backends.mongo.db, bot_id=token.partition(":")[0], clock=clock)
    jobs = Jobs(backends.mongo.db, clock=clock, timing=timing)
    db = backends.mongo.db
    preferences = PreferencesCache(
        Users(db, clock=clock), Chats(db, clock=clock), clock=clock, timing=timing
    )
    processor = UpdateProcessor(
        updates,
        most=UPDATES_AT_ONCE,
        noted=partial(links.noted, jobs=jobs),
        ahead=partial(read_ahead, preferences=preferences),
        timing=timing,
    )
    queue: asyncio.Queue[object] = asyncio.Queue()
    way = request or TelegramRequest(settings, connections=2)
    polling = Polling(way, queue, processor, undecided=lambda: processor.undecided, timing=timing)
    limiter = RateLimiter()
    application: App = (
        ApplicationBuilder()
        .token(token)
        .base_url(f"{base}/bot")
        .base_file_url(f"{base}/file/bot")
        .request(request or TelegramRequest(settings))
        .get_updates_request(polling)
        .update_queue(queue)
        .context_types(ContextTypes(context=Context))
        .concurrent_updates(processor)
        .rate_limiter(limiter)
        .job_queue(None)
        .post_init(_begin)
        .post_stop(_end)
        .build()
    )
    application.bot_data[SERVICES] = _services(
        settings,
        application,
        backends,
        update_processor=processor,
        jobs=jobs,
        preferences=preferences,
        polling=polling,
        limiter=limiter,
        clock=clock,
        timing=timing,
    )
    register(application)
    return application


def _services(
    settings: Settings,
    application: App,
    backends: Backends,
    *,
    update_processor: UpdateProcessor,
    jobs: Jobs,
    preferences: PreferencesCache,
    polling: Polling,
    limiter: RateLimiter,
    clock: Clock,
    timing: Timing,
) -> Services:
    db, sources = backends.mongo.db, backends.sources
    users, chats = Users(db, clock=clock), Chats(db, clock=clock)
    languages = load_languages()
    plans = Plans(
        free=settings.quota_free,
        plus=settings.quota_plus,
        admins=frozenset(settings.admin_ids),
        zone=ZoneInfo(settings.quota_timezone),
        groups=settings.group_allowances,
    )
    pepper = application.bot.token.encode()
    ledger = Ledger(db, clock=clock, pepper=pepper)
    meter = Meter(ledger, plans, clock=clock)
    fixes = CorrectionStore(db, clock=clock)
    findings = Matches(db, fixes, version=match.VERSION, clock=clock)
    judge_again = partial(judged_again, prefer=CandidateKind(settings.youtube_prefer))
    listings, uploads = Listings(db, clock=clock), Uploads(db, clock=clock)
    counted = ServiceBudgets(db, clock=clock, pepper=pepper)
    names = NameAllowance(meter, counted, clock=clock)
    sent = UploadSource(uploads, sources.catalog, listings, names)
    resolver = Resolver(
        sources.catalog.having(sent.listing),
        sources.lookups,
        listings=listings,
        findings=findings,
        song=partial(listings.song, findings),
        judge_again=judge_again,
        timing=timing,
    )
    pages = PageFinder(sources.platforms.seekers, PlatformPages(db, clock=clock), timing=timing)
    chats_of_jobs = ChatPresenter(application.bot, languages, limiter, clock)
    inline_cards = InlinePresenter(application.bot, languages, limiter)
    song_search = SongSearch(sources.web_api, sources.music)
    runner = Runner(
        JobContext(
            resolver=resolver,
            jobs=jobs,
            meter=meter,
            presenter_of=lambda job: inline_cards if job.inline_id else chats_of_jobs,
            pages=pages,
            alone=settings.webhook_url is None,  # only one process may poll
            clock=clock,
            timing=timing,
            mask=Mask.of(settings),
            afterwards=partial(files.send_not_found, uploads=uploads, presenter=chats_of_jobs),
        )
    )
    return Services(
        settings=settings,
        clock=clock,
        languages=languages,
        runner=runner,
        reactions=Reactions(runner, limiter, timing=timing),
        presses=Presses(timing=timing),
        page_turns=PageTurns(runner),
        jobs=jobs,
        users=users,
        chats=chats,
        preferences=preferences,
        administrators=Administrators(application.bot, clock=clock),
        corrections=Corrections(
            findings,
            fixes,
            judge_again=judge_again,
            finder=sources.finder,
            is_regular=meter.is_regular,
        ),
        meter=meter,
        bursts=Bursts(db, clock=clock, pepper=pepper, groups=plans.groups),
        exporter=Exporter(Exports(db, clock=clock), sources.covers, token=application.bot.token),
        update_processor=update_processor,
        search=song_search,
        inline=Suggestions(resolver, song_search, meter, clock=clock, timing=timing),
        polling=polling,
        uploads=uploads,
        gates=Gates(
            # Links find room at YouTube, however many words are looked for.
            searches=Gate(max(1, settings.youtube_lookups // 2)),
            files=Gate(files.AT_ONCE),
            exports=Gate(exports.AT_ONCE),
            wider=Gate(),
        ),
    )


async def _begin(application: App) -> None:
    await announce(application.bot, services(application).languages)
    services(application).runner.start()


async def _end(application: App) -> None:
    """Bring every job to a safe point before the way to Telegram closes."""
    processor, runner = services(application).update_processor, services(application).runner
    await services(application).inline.stop()
    await services(application).reactions.close()
    await asyncio.gather(processor.cut_off(), runner.stop())


def services(application: App) -> Services:
    """The services behind an Application."""
    return cast("Services", application.bot_data[SERVICES])
