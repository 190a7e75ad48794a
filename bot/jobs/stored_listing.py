"""Listings that were shown before, as they are stored: for later pages, exports and queues."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.jobs.allowance import read_for
from bot.jobs.retry import seconds_to
from bot.models.results import Counts, allowed_songs, songs
from bot.models.view import ListingView, State

if TYPE_CHECKING:
    from datetime import datetime

    from bot.models.job import Job
    from bot.resolve.resolver import Resolver

READ_WHOLE = 100  # findings that one query brings as fast as those of a page


async def stored_view(
    resolver: Resolver, job: Job, page: int, *, now: datetime | None = None
) -> ListingView:
    """A page of a listing that was shown before, from what is stored: also after a restart.

    With `now` it tells when the rest is tried again.

    Raises SourceError when the listing is no longer stored and Spotify does not give it again.
    """
    listing = await read_for(job, resolver)
    kept = job.outcome.get("counts")
    counts = Counts.of(kept) if kept else None
    allowed = len(songs(listing)) - counts.withheld if counts else None
    view = ListingView(
        listing=listing,
        allowed=allowed,
        state=State.STOPPED if job.outcome.get("stopped") else State.DONE,
        page=page,
        job=job.id,
        counts=counts,
        again_s=seconds_to(job.outcome.get("again_at"), now) if now else None,
        platforms=job.platforms,
    )
    wanted = allowed_songs(listing, allowed)
    whole = len(wanted) <= READ_WHOLE
    results = await resolver.known(listing, wanted if whole else view.on_screen, lane=job.user_id)
    return replace(view, results=results, whole=whole)


async def whole_view(resolver: Resolver, job: Job, shown: ListingView | None = None) -> ListingView:
    """A listing with all that is stored of it, reasons too; `shown` is what the chat has of it.

    Raises SourceError as `stored_view`, and StoreUnavailable.
    """
    view = shown or await stored_view(resolver, job, job.page)
    wanted = allowed_songs(view.listing, view.allowed)
    known = await resolver.known(view.listing, wanted, lane=job.user_id, reasons=True)
    return replace(view, results={**view.results, **known}, whole=True)
